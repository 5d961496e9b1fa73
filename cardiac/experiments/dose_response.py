"""Dose-response: any other experiment against the dose of a mechanism.

The cells of all doses are side by side, and the experiment is performed once on all of them. Its tables gain a column
`dose`. The mechanism acts always, fully: channels that light opens are open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cardiac import experiments, mechanisms
from cardiac.cell import Cell
from cardiac.experiments import Column, Experiment, ExperimentError, Outcome
from cardiac.references import Doses, doses, experiment
from cardiac.simulation import Added
from cardiac.units import Unit, units_of

SAID = 3  # changes that the sentence mentions


class Options(NamedTuple):
    """The options of another experiment, and a mechanism with several doses."""

    of: experiment
    doses: doses


def perform(cell: Cell, options: Options) -> Outcome:
    """The experiment on each cell at each dose."""
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
    ends = f"From {given[0]:g} to {given[-1]:g} {unit.symbol}".removesuffix(" 1") + f" {named}"
    sentences = tuple(
        f"{ends}: {_change(found, k * len(given), (k + 1) * len(given) - 1)}" for k in range(cell.n)
    )
    return Outcome(tables, sentences)


def _experiment(options: Any) -> Experiment:
    """The experiment that these Options belong to."""
    if isinstance(options, Options):
        raise ExperimentError("a dose-response of a dose-response - name the experiment itself")
    return experiments.of(options)


def added_at_each(cell: Cell, use: Doses) -> Added:
    """The mechanism with all doses for each of the cells, in turn."""
    mechanism = mechanisms.load(use.mechanism)
    if not use.values:
        raise ExperimentError("there are no doses - write two or more")
    if mechanism.pattern is not None:
        raise ExperimentError(f"{use.mechanism} acts differently at different places, and a cell has none")
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


def _change(found: Outcome, first: int, last: int) -> str:
    """What differs between the cells of the first and of the last dose."""
    each = len(found.sentences)
    for table in found.tables.values():
        if np.array_equal(table["cell"].values, np.arange(each)):
            break
    else:  # no table with one row for each cell
        return f"{found.sentences[first]} - {found.sentences[last]}"
    measured = {name: column for name, column in table.items() if column.values.dtype.kind == "f"}
    changes = [
        f"{name} from {_value(column.values[first])} to {_value(column.values[last])} {column.unit}".removesuffix(
            " 1"
        )
        for name, column in measured.items()
        if not np.array_equal(column.values[first], column.values[last], equal_nan=True)
    ]
    return f"{', '.join(changes[:SAID])}." if changes else "nothing changes."


def _value(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "infinite" if np.isinf(value) else "none"
