"""Tables that a spreadsheet or pandas opens: probes, maps, verdicts, what experiments and sweeps have found.

One table a file, one value a place: a row for every cell, time or case, a column for every quantity, with its unit in
the head. Numbers come back to the last bit; what is not defined is empty. Frames stay in the result: as text they
would take ten times its size, and xarray reads them from there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from cardiac.result import Result
from cardiac.storage import Table
from cardiac.storage.sweeps import Gridded
from cardiac.storage.tidy import Column, cell, head, tidy
from cardiac.table import SweepTable

# How tables are called by what their rows are.
_NAMES = {
    (): "numbers",
    ("beat",): "beats",
    ("y", "x"): "maps",
    ("beat", "y", "x"): "maps_by_beat",
    ("region", "y", "x"): "regions",
}

Columns = Mapping[str, Column]


def target(path: Path) -> Path:
    """A folder beside the result."""
    return path.with_name(f"{path.stem}_csv")


def export(subject: Result | SweepTable, target: Path) -> list[Path]:
    """Write the tables into the folder `target`."""
    tables = _of_result(subject) if isinstance(subject, Result) else _of_sweep(subject)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, columns in tables:
        path = target / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(head(name, column.unit) for name, column in columns.items())
            values = (column.values.tolist() for column in columns.values())
            rows.writerows(map(cell, row) for row in zip(*values, strict=True))
        written.append(path)
    return written


def _of_result(result: Result) -> Iterator[tuple[str, Columns]]:
    gridded = {
        name: Gridded(variable.dimensions, result[name], variable.unit, variable.long_name)
        for name, variable in result.contents.variables.items()
        if variable.dimensions[:1] != ("time",)
    }
    for dimensions, columns in tidy(gridded).items():
        yield _NAMES.get(dimensions, f"by_{'_'.join(dimensions)}"), columns
    for name, probe in result.probes.items():
        yield f"probe_{name}", _columns(probe.table)
    for name in result.recorded:
        yield name, _columns(result.table(name))
    for name, table in result.tables.items():
        yield f"table_{name}", _columns(table)
    if verdicts := list(_verdicts(result)):
        words = ("verdict", "quantity", "value", "unit")
        yield (
            "verdicts",
            {
                w: Column(np.array(c, object), "")
                for w, c in zip(words, zip(*verdicts, strict=True), strict=True)
            },
        )
    if events := result.events:
        yield (
            "events",
            {
                "time": Column(np.array([event.time for event in events]), "ms"),
                "kind": Column(np.array([event.kind for event in events], object), ""),
                "text": Column(np.array([event.text for event in events], object), ""),
            },
        )


def _columns(table: Table) -> Columns:
    first = sorted(table.columns, key=lambda name: name != "time")
    return {name: Column(table.columns[name], table.units[name]) for name in first}


def _verdicts(result: Result) -> Iterator[tuple[object, ...]]:
    for name, verdict in result.block.items():
        for quantity in verdict.names():
            yield name, quantity, getattr(verdict, quantity), verdict.units(quantity)


def _of_sweep(table: SweepTable) -> Iterator[tuple[str, Columns]]:
    for columns in tidy(table.contents).values():
        yield "boundary" if "boundary" in columns else "cases", columns
