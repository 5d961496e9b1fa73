"""Measures: what is found from watching a run. A file here is a measure.

A measure file begins with a sentence that says what it finds, and defines `measure(seen, options)`, which writes
that with its unit. Optional are

    Options                 record of what may be written for it, see `cardiac.units` and `cardiac.references`
    problems(options)       what makes no sense in them, as (key, text)
    label(options)          how what it writes is called, if it may be asked for more than once
    level(options)          the potential [mV] at which a beat begins, for everything that is measured of it
    NOT_IN_A_CELL           why it has no meaning in a single cell
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cardiac import registry

if TYPE_CHECKING:  # a config needs no more than the options
    from cardiac.assembly import Assembly
    from cardiac.simulation import Activity, Array
    from cardiac.storage import Writer


LEVEL = -40.0  # mV, at which a beat begins unless a measure says otherwise


class MeasureError(registry.EntryError):
    """A file that is not a measure; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a measure is made from, and where it is written."""

    assembly: Assembly
    activity: Activity
    V_start: Array  # (ny, nx) [mV]
    writer: Writer

    def activation(self, beat: int) -> Array:
        """When each cell was activated for the `beat`-th time, from 1, (ny, nx) [ms]; NaN where it was not."""
        times = self.activity.activation
        found: Array = times[beat - 1] if beat <= len(times) else np.full(times.shape[1:], np.nan)
        return found

    def map(self, name: str, values: Array, unit: str, long_name: str) -> None:
        """Write a map, undefined in scars."""
        self.writer.field(name, np.where(self.assembly.conducting, values, np.nan), unit, long_name)


class NoOptions(NamedTuple):
    """Of a measure of which nothing can be chosen."""


@dataclass(frozen=True, slots=True)
class Measure(registry.Documented):
    """Something to be measured during a run."""

    name: str
    doc: str
    Options: Any  # class: what a user writes
    measure: Callable[[Seen, Any], None]
    problems: Callable[[Any], Iterable[tuple[str, str]]]  # options -> (key, text)
    label: Callable[[Any], str]  # options -> the name of what it writes
    level: Callable[[Any], float | None]  # options -> mV
    not_in_a_cell: str


def names() -> list[str]:
    """The names of all measures."""
    return registry.names(__name__)


@cache
def load(name: str) -> Measure:
    """The measure with this name, which is one of `names()`; raises MeasureError."""
    module = import_module(f"{__name__}.{name}")
    contract = registry.Contract(module)
    measure = Measure(
        name=name,
        doc=contract.doc,
        Options=getattr(module, "Options", NoOptions),
        measure=contract.function("measure", "seen, options"),
        problems=contract.optional("problems", "options", lambda options: ()),
        label=contract.optional("label", "options", lambda options: name),
        level=contract.optional("level", "options", lambda options: None),
        not_in_a_cell=getattr(module, "NOT_IN_A_CELL", ""),
    )
    contract.check(MeasureError)
    return measure


def of_beat(name: str, beat: int) -> str:
    """The name of what was found of one beat: that of the first is bare."""
    return name if beat == 1 else f"{name}_beat_{beat}"
