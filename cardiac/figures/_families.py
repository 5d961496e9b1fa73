"""Families of curves from the tables of an experiment: one curve for each cell, named by its dose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cardiac.result import Result
from cardiac.storage import Array, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = 3  # in a row
_NAMED = 8  # curves beyond which only some of them are named


class Member(NamedTuple):
    """The rows of one cell."""

    name: str
    colour: tuple[float, ...] | str
    columns: dict[str, Array]


def members(table: Table) -> Iterator[Member]:
    """The cells of a table in their order; the colours of many run from dark to bright."""
    from matplotlib import colormaps

    from cardiac.figures._style import PALETTE

    cells, numbers = np.unique(
        [table.columns[key] for key in ("cell", "dose") if key in table.columns], axis=1, return_inverse=True
    )
    cells = cells.T
    named = set(np.linspace(0, len(cells) - 1, min(len(cells), _NAMED)).round().astype(int).tolist())
    for k in range(len(cells)):
        own = numbers.ravel() == k
        columns = {name: values[own] for name, values in table.columns.items()}
        few = len(cells) <= len(PALETTE) - 1
        colour = PALETTE[k] if few else colormaps["viridis"](0.9 * k / (len(cells) - 1))
        yield Member(_name(table, columns) if k in named else "_", colour, columns)


def _name(table: Table, columns: dict[str, Array]) -> str:
    if "dose" not in columns:
        return ""
    unit = table.units["dose"]
    return f"{columns['dose'][0]:g}" + (f" {unit}" if unit != "1" else "")


def legend(axes: Axes, table: Table, result: Result) -> None:
    """Name the curves, where there is more than one."""
    if "dose" in table.columns:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title=dosed(result))


def dosed(result: Result) -> str:
    """The mechanism whose dose tells the cells apart."""
    asked = next(iter(result.config["experiment"].values()))["doses"]
    mechanism, inputs = next(iter(asked.items()))
    key = next(key for key, value in inputs.items() if isinstance(value, list))
    return f"{key} of {mechanism.replace('_', ' ')}"


def panels(figure: Figure, result: Result, table: Table, names: Sequence[str]) -> None:
    """A panel for each of these columns, against the dose or, without one, the number of the cell."""
    x = "dose" if "dose" in table.columns else "cell"
    rows, columns = -(-len(names) // _PANELS), min(len(names), _PANELS)
    every = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axes, name in zip(every, names, strict=False):
        axes.plot(table.columns[x], table.columns[name], "o-", ms=3)
        axes.set_ylabel(label(table, name, name))
    for axes in every[len(names) :]:
        axes.remove()
    for axes in every[: len(names)][-columns:]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel(label(table, "dose", dosed(result)) if x == "dose" else "number of the cell")


def label(table: Table, name: str, what: str) -> str:
    """The label of an axis."""
    unit = table.units[name]
    return f"{what} ({unit})" if unit not in ("", "1") else what
