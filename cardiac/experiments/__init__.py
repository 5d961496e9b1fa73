"""Experiments on single cells: a file here is an experiment.

An experiment file begins with a sentence that says what it finds, and defines the record Options (what may be
chosen, with units and defaults) and `perform(cell, options) -> Outcome`. It works on any number of cells side by side
(see `cardiac.cell.Cell`): other doses of a mechanism, other parameters. Optional is `problems(options, model)`: what
makes no sense, as (key, text). A config is checked by it, and `perform` refuses it (see `_checks`). In Python:

    from cardiac.experiments import strength_duration
    found = strength_duration.perform(cell, strength_duration.Options(durations=(0.5, 1.0, 2.0)))
    found.tables["strength_duration"].columns["current"]
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac import registry

Array: TypeAlias = npt.NDArray[np.float64]


class ExperimentError(registry.EntryError):
    """An experiment that cannot be performed on these cells, or a file that is none; the message says why."""


class Column(NamedTuple):
    """A column of a table: numbers (or flags, 0 and 1), their unit, and what they are."""

    values: npt.NDArray[Any]
    unit: str = "1"
    about: str = ""


class Outcome(NamedTuple):
    """What an experiment has found.

    Every table has a column `cell`, the number of the cell that a row is about. The first table is the result; others
    are what it rests on, among them `tried`: every value that a search tried, and the answer.
    """

    tables: Mapping[str, Mapping[str, Column]]
    sentences: tuple[str, ...]  # of each cell, what was found
    answers: tuple[str, ...] = ()  # of each cell what it is, in a word, where that is no number; else empty


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(registry.Documented):
    """Something to be found out about cells."""

    name: str
    doc: str
    Options: Any  # class: what may be chosen
    perform: Callable[..., Outcome]  # (cell, options)
    problems: Callable[..., Iterable[tuple[str, str]]]  # (options, model or None) -> (key, text)


def names() -> list[str]:
    """The names of all experiments."""
    return registry.names(__name__)


@cache
def load(name: str) -> Experiment:
    """The experiment with this name, which is one of `names()`; raises ExperimentError for a file that is none."""
    module = importlib.import_module(f"{__name__}.{name}")
    contract = registry.Contract(module)
    experiment = Experiment(
        name=name,
        doc=contract.doc,
        Options=contract.get("Options", type, "class Options(NamedTuple) with what may be chosen"),
        perform=contract.function("perform", "cell, options"),
        problems=contract.optional("problems", "options, model", lambda options, model: ()),
    )
    contract.check(ExperimentError)
    return experiment


def of(options: Any) -> Experiment:
    """The experiment to which a record of options belongs; raises ExperimentError if it belongs to none."""
    name = type(options).__module__.rpartition(".")[2]
    if name not in names() or load(name).Options is not type(options):
        raise ExperimentError(
            f"{options!r} are not the Options of an experiment - for example threshold.Options()"
        )
    return load(name)


def cells_column(n: int, each: int = 1) -> Column:
    """The column `cell` of a table with `each` rows for each of `n` cells."""
    return Column(np.repeat(np.arange(n), each), about="number of the cell")
