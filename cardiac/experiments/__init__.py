"""Experiments on single cells and on tissue: a file here is an experiment.

An experiment file begins with a sentence that says what it finds, and defines the record Options (what may be
chosen, with units and defaults) and `perform(cell, options) -> Outcome` or `perform(tissue, options) -> Outcome`: the
name of its first parameter says what it is about. One on cells works on any number of them side by side (see
`cardiac.cell.Cell`): other doses of a mechanism, other parameters. One on tissue gets a `cardiac.preparation.
Preparation`. Optional are

    problems(options, model)      what makes no sense, as (key, text): a config is checked by it
    obstacles(tissue, options)    what cannot be done on this tissue, likewise: told by `cardiac check` too
    OF = ("sheet",)               the tissues that it can be done on, if not on cables and sheets
    KEEPS = ("activation",)       what its maps show, if figures of runs can draw them: see SHOWS of these figures
    DOI = "10.1161/..."           the paper it rests on (or its key), an entry of `citations.bib`, which reports cite

and `perform` refuses both (see `_checks`). In Python:

    from cardiac.experiments import strength_duration
    found = strength_duration.perform(cell, strength_duration.Options(durations=(0.5, 1.0, 2.0)))
    found.tables["strength_duration"].columns["current"]
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac import registry
from cardiac.analysis.outcome import Verdict
from cardiac.registry import WORDS, Kind

Array: TypeAlias = npt.NDArray[np.float64]


EXAMPLE: dict[Kind, str] = {
    "cable": "{size: 20 mm, spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}",
    "sheet": "{size: [20 mm, 10 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}",
}
CELL, TISSUE = "cell, options", "tissue, options"  # what `perform` takes


class ExperimentError(registry.EntryError):
    """An experiment that cannot be performed on this, or a file that is none; the message says why."""


class Obstacles(ExperimentError):
    """What is in the way, as (key, text)."""

    def __init__(self, found: Iterable[tuple[str, str]]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(f"{key}: {text}" for key, text in self.found))


class Column(NamedTuple):
    """A column of a table: numbers (or flags, 0 and 1), their unit, and what they are."""

    values: npt.NDArray[Any]
    unit: str = "1"
    about: str = ""


class Outcome(NamedTuple):
    """What an experiment has found.

    Every table about cells has a column `cell`, the number of the cell that a row is about. The first table is the
    result; others are what it rests on, among them `tried`: every value that a search tried, and the answer. Maps are
    columns whose values are laid out like the tissue: (ny, nx), or (beats, ny, nx).
    """

    tables: Mapping[str, Mapping[str, Column]]
    sentences: tuple[str, ...]  # of each cell, or of the tissue, what was found
    answers: tuple[str, ...] = ()  # of each cell what it is, in a word, where that is no number; else empty
    maps: Mapping[str, Column] = {}  # of the tissue, by name
    verdicts: Mapping[str, Verdict] = {}  # what became of waves, by name
    numerics: Mapping[str, Any] = {}  # for the provenance: how it was solved, where not as the config says


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(registry.Documented):
    """Something to be found out about cells or tissue."""

    name: str
    doc: str
    Options: Any  # class: what may be chosen
    perform: Callable[..., Outcome]  # (cell or tissue, options)
    problems: Callable[..., Iterable[tuple[str, str]]]  # (options, model or None) -> (key, text)
    obstacles: Callable[..., Iterable[tuple[str, str]]]  # (tissue, options) -> (key, text)
    of: tuple[Kind, ...]  # what it is about
    keeps: tuple[str, ...]  # what else its maps show, as figures ask for it

    def unfit(self, kind: Kind) -> str:
        """Why it cannot be performed on this, and what to do; empty if it can."""
        if kind in self.of:
            return ""
        about = " or ".join(WORDS[own] for own in self.of)
        todo = "tissue: cell" if self.of == ("cell",) else f"for example, tissue: {EXAMPLE[self.of[0]]}"
        return f"{self.name} is about {about}, this is {WORDS[kind]} - write {todo}"


def names() -> list[str]:
    """The names of all experiments."""
    return registry.names(__name__)


@cache
def load(name: str) -> Experiment:
    """The experiment with this name; raises ExperimentError where there is none, or a file that is none."""
    module = registry.module_of(name, __name__, "experiment", ExperimentError)
    contract = registry.Contract(module)
    performed = getattr(module, "perform", None)
    on_tissue = callable(performed) and next(iter(inspect.signature(performed).parameters), "") == "tissue"
    experiment = Experiment(
        name=name,
        doc=contract.doc,
        Options=contract.get("Options", type, "class Options(NamedTuple) with what may be chosen"),
        perform=contract.function("perform", TISSUE if on_tissue else CELL),
        problems=contract.optional("problems", "options, model", lambda options, model: ()),
        obstacles=contract.optional("obstacles", TISSUE, lambda tissue, options: ()),
        of=getattr(module, "OF", ("cable", "sheet")) if on_tissue else ("cell",),
        keeps=getattr(module, "KEEPS", ()),
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


def flag(values: Any) -> Any:
    """Truth as a column of flags."""
    return np.asarray(values, dtype=bool).astype(int)


def single(value: float, unit: str = "1", about: str = "") -> Column:
    """A column of one row."""
    return Column(np.array([float(value)]), unit, about)
