"""Arrays along dimensions as the rows of tables: one column a variable, one row a place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cardiac.storage.format import Array
from cardiac.storage.sweeps import BESIDE, Gridded


class Column(NamedTuple):
    """A column of a table, (rows,) numbers or texts, and its unit."""

    values: Array
    unit: str


def tidy(contents: Mapping[str, Gridded]) -> dict[tuple[str, ...], dict[str, Column]]:
    """A table for all variables that have the same dimensions, by these: first the coordinates, then what lies there.

    What has no dimensions makes a table of one row.
    """
    found: dict[tuple[str, ...], dict[str, Column]] = {}
    for name, one in contents.items():
        if one.dimensions == (name,) or one.long_name == BESIDE:
            continue
        table = found.setdefault(one.dimensions, _coordinates(contents, one))
        table[name] = Column(np.asarray(one.values).ravel(), one.unit)
    return found


def _coordinates(contents: Mapping[str, Gridded], one: Gridded) -> dict[str, Column]:
    """The coordinates of a variable, as many as it has values, and those that lie beside them."""
    columns = {}
    shape = np.shape(one.values)
    for k, dimension in enumerate(one.dimensions):
        for name, along in contents.items():
            if name == dimension or (along.dimensions == (dimension,) and along.long_name == BESIDE):
                lying = np.reshape(along.values, [-1 if k == i else 1 for i in range(len(shape))])
                columns[name] = Column(np.broadcast_to(lying, shape).ravel(), along.unit)
    return columns


def head(name: str, unit: str) -> str:
    """The head of a column: "x (mm)"; what is a pure number, or no number, has its name alone."""
    return f"{name} ({unit})" if unit not in ("", "1") else name


def cell(value: Any) -> Any:
    """A value as a spreadsheet has it: nothing where it is not defined."""
    return "" if isinstance(value, float) and math.isnan(value) else value
