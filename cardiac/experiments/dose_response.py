"""Dose-response: any other experiment against the dose of a mechanism.

The cells of all doses are side by side, and the experiment is performed once on all of them. Its tables gain a column
`dose`. The mechanism acts always, fully: channels that light opens are open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from cardiac import experiments, mechanisms
from cardiac.cell import Cell, rest
from cardiac.experiments import Column, Experiment, ExperimentError, Outcome
from cardiac.experiments._checks import Problems, refuse
from cardiac.references import Doses, doses, experiment
from cardiac.simulation import Added
from cardiac.units import Unit, units_of

SAID = 4  # changes that the sentence mentions
RESTING, NONE = "resting potential", Column(np.empty(0))  # not that between the beats of a paced cell


class Options(NamedTuple):
    """The options of another experiment, and a mechanism with several doses."""

    of: experiment
    doses: doses


def problems(options: Options, model: Any) -> Problems:
    """Doses that make no sense."""
    yield from of_doses(options.doses)


def of_doses(use: Doses) -> Problems:
    """Doses that there are not, or of what no cell has."""
    if not use.values:
        yield "doses", "there are no doses - write two or more"
    if mechanisms.load(use.mechanism).pattern is not None:
        text = f"{use.mechanism} acts differently at different places, and a cell has none"
        yield "doses", f"{text} - use bias_current"


def perform(cell: Cell, options: Options) -> Outcome:
    """The experiment on each cell at each dose."""
    refuse(problems(options, cell.model))
    within, mechanism = _experiment(options.of), mechanisms.load(options.doses.mechanism)
    given = np.asarray(options.doses.values, dtype=float)
    numbers = np.repeat(np.arange(cell.n), len(given))
    several = cell.of(numbers)
    added = added_at_each(cell, options.doses)
    found = within.perform(several._replace(mechanisms=[*several.mechanisms, added]), options.of)
    unit = units_of(mechanism.Inputs)[options.doses.key]
    named = f"{options.doses.key} of {mechanism.name}"
    tables = {
        name: _with_dose(table, np.tile(given, cell.n), numbers, unit, named)
        for name, table in found.tables.items()
    }
    response = Response(found, given, unit, named, rest(cell).V_rest)
    sentences = tuple(response.sentence(k) for k in range(cell.n))
    return Outcome(tables, sentences)


class Response(NamedTuple):
    """What an experiment found at each dose, in words."""

    found: Outcome  # on the cells of all doses
    doses: Any  # (k,)
    unit: Unit
    named: str  # the dose
    V_rest: Any  # (n,) of the cells without the mechanism [mV]

    def sentence(self, cell: int) -> str:
        """Of one cell: what changes with the dose, by what law V_rest does, and what ceases."""
        count = len(self.doses)
        first = cell * count
        answers = self.found.answers[first : first + count] or ("",) * count
        numbers = [k for k, answer in enumerate(answers) if answer in ("", "graded")]
        parts = [self._change(first, numbers[0], numbers[-1])] if numbers else []
        return "; ".join([*parts, *self._law(cell), *self._ranges(answers)]) + "."

    def _change(self, first: int, low: int, high: int) -> str:
        """What differs between the cells of two doses."""
        ends = f"From {self._dose(low, '')} to {self._dose(high)} {self.named}"
        table = self._of_cells()
        if low == high:
            return f"At {self._dose(low)} {self.named}: {self.found.sentences[first + low].rstrip('.')}"
        if table is None:
            before, after = (self.found.sentences[first + k].rstrip(".") for k in (low, high))
            return f"{ends}: {before} - {after}"
        changes = filter(
            None, (_change(name, column, first + low, first + high) for name, column in table.items())
        )
        return f"{ends}: {', '.join(list(changes)[:SAID]) or 'nothing changes'}"

    def _law(self, cell: int) -> Iterator[str]:
        """Where V_rest is that without the mechanism, and how much a tenfold concentration changes it."""
        table, count = self._of_cells(), len(self.doses)
        if table is None or count < 2 or not table.get("V_rest", NONE).about.startswith(RESTING):
            return
        V, order = table["V_rest"].values[cell * count : (cell + 1) * count], np.argsort(self.doses)
        V, doses = V[order], self.doses[order]
        shift = V - self.V_rest[cell]
        for k in np.flatnonzero((shift[1:] > 0.0) & (shift[:-1] < 0.0)):
            unchanged = float(np.interp(0.0, shift[k : k + 2], doses[k : k + 2]))
            without = f"V_rest is the same as without it, {self.V_rest[cell]:.2f} mV"
            yield f"{without}, at {unchanged:.2f} {self.unit.symbol}"
        if self.unit.quantity == "concentration" and doses[0] > 0.0:
            slopes = np.diff(V) / np.diff(np.log10(doses))
            if np.isfinite(slopes).all():
                ends = f"{slopes[0]:.1f} mV per decade at the lowest and {slopes[-1]:.1f} mV at the highest doses"
                yield f"V_rest changes by {ends}"

    def _of_cells(self) -> Mapping[str, Column] | None:
        """The first table with one row for each cell."""
        every = np.arange(len(self.found.sentences))
        tables = self.found.tables.values()
        return next((table for table in tables if np.array_equal(table["cell"].values, every)), None)

    def _ranges(self, answers: Sequence[str]) -> Iterator[str]:
        """At which doses the answer is a word, as in "inexcitable from 0.8 mS/uF on"."""
        last = len(answers) - 1
        rising = self.doses[-1] > self.doses[0]
        for answer, group in groupby(range(len(answers)), key=lambda k: answers[k]):
            low, *others = group
            high = [low, *others][-1]
            if not answer:
                continue
            if low == 0 and high == last:
                yield f"{answer} at every dose"
            elif low == 0:
                yield f"{answer} {'up' if rising else 'down'} to {self._dose(high)}"
            elif high == last:
                yield f"{answer} from {self._dose(low)} on"
            else:
                between = self._dose(low) if low == high else f"{self._dose(low, '')} to {self._dose(high)}"
                yield f"{answer} at {between}"

    def _dose(self, k: int, unit: str | None = None) -> str:
        """A dose as it would be written."""
        symbol = self.unit.symbol if unit is None else unit
        return f"{self.doses[k]:g} {symbol}".removesuffix(" 1").rstrip()


def _change(name: str, column: Column, low: int, high: int) -> str:
    """How two values of a column differ, if they are numbers and can be told apart."""
    ends = column.values[[low, high]]
    before, after = (f"{value:.4g}" for value in ends.tolist())
    if ends.dtype.kind != "f" or not np.isfinite(ends).all() or before == after:
        return ""
    return f"{name} from {before} to {after} {column.unit}".removesuffix(" 1")


def _experiment(options: Any) -> Experiment:
    """The experiment that these Options belong to."""
    if isinstance(options, Options):
        raise ExperimentError("a dose-response of a dose-response - name the experiment itself")
    return experiments.of(options)


def added_at_each(cell: Cell, use: Doses) -> Added:
    """The mechanism with all doses for each of the cells, in turn."""
    mechanism = mechanisms.load(use.mechanism)
    try:
        met = [mechanism.met(cell.model, inputs) for inputs in use.each]
    except ValueError as error:
        raise ExperimentError(f"{use.mechanism}: {error}") from None
    values = (_per_cell(column, cell.n) for column in zip(*met, strict=True))
    return Added(mechanism, mechanism.Parameters(*values))


def _per_cell(values: Sequence[float], cells: int) -> Any:
    """A parameter at each dose as that of each cell; a number if it is the same at all of them."""
    alike = len({repr(value) for value in values}) == 1
    return values[0] if alike else np.tile(np.asarray(values, dtype=float), cells)


def _with_dose(
    table: Mapping[str, Column], doses: Any, cells: Any, unit: Unit, named: str
) -> dict[str, Column]:
    """A table of the cells of all doses as one of the cells, with the dose."""
    number = table["cell"].values
    dose = Column(doses[number], unit.symbol, named)
    return {"cell": table["cell"]._replace(values=cells[number]), "dose": dose} | {
        name: column for name, column in table.items() if name != "cell"
    }
