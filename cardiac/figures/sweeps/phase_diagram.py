"""What came out, over two axes: colours on a grid, or a boundary that was found and the points that were run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._style import PALETTE, FigureError, canvas, patch_key
from cardiac.figures.sweeps._axes import (
    NOT_RUN,
    asked_for,
    colours,
    edges,
    label_axis,
    panels,
    place,
    positions,
)
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(table: SweepTable, *, of: str | None = None) -> Figure:
    """`of` is a text that was collected, the first if it is not said; of a search it is what was searched for."""
    if "boundary" in table.contents:
        return _searched(table)
    return _gridded(table, of or ("answer" if "answer" in table.contents else None))


def _gridded(table: SweepTable, of: str | None) -> Figure:
    """Colours on a grid; the points of a grid that was refined where it had to be."""
    from matplotlib.colors import ListedColormap

    name = asked_for(table, of, "O")
    every = list(panels(table, name, 2))
    x_axis, y_axis = table.variable(name).dimensions[-2:]
    meaning = colours(table[name])
    numbers = {text: k + 1 for k, text in enumerate(meaning)} | {"": 0}
    palette = ListedColormap([NOT_RUN, *meaning.values()])
    figure = canvas(3.2, table.title, _told(table))
    row = figure.subplots(1, len(every), squeeze=False, sharey=True)[0]
    for axes, panel in zip(row, every, strict=True):
        shown = np.vectorize(lambda text: numbers[str(text)], otypes=[int])(panel.values.T)
        axes.pcolormesh(
            edges(table, x_axis),
            edges(table, y_axis),
            shown,
            cmap=palette,
            vmin=-0.5,
            vmax=len(meaning) + 0.5,
        )
        axes.set_title(panel.title)
        label_axis(axes, table, x_axis, "x")
        label_axis(axes, table, y_axis, "y")
        axes.label_outer()
    if name == "answer":
        _dots(table, row, x_axis, y_axis)
    _key(figure, row[-1], meaning)
    return figure


def _dots(table: SweepTable, row: list[Axes], x_axis: str, y_axis: str) -> None:
    """The points that were run."""
    x, y = np.meshgrid(positions(table, x_axis), positions(table, y_axis))
    for axes, panel in zip(row, panels(table, "state", 2), strict=True):
        run = panel.values.T != "not run"
        axes.plot(x[run], y[run], ".", color="black", ms=1.5)


def _searched(table: SweepTable) -> Figure:
    """The boundary along one other axis, a curve for each value of the rest, and what was run around it."""
    others = table.variable("boundary").dimensions
    numeric = [axis for axis in others if table[axis].dtype.kind != "O"]
    if not numeric:
        raise FigureError("a boundary is drawn over another axis of numbers, which this sweep does not have")
    x_axis, rest = numeric[-1], [axis for axis in others if axis != numeric[-1]]
    boundary = np.moveaxis(table["boundary"], others.index(x_axis), -1)
    places = list(np.ndindex(boundary.shape[:-1]))
    meaning = colours(table["case.answer"])
    figure = canvas(3.4, table.title, _told(table))
    axes = figure.subplots()
    _points(axes, table, x_axis, meaning if len(places) == 1 else {})
    for k, at in enumerate(places):
        label = ", ".join(place(table, axis, i) for axis, i in zip(rest, at, strict=True))
        colour = "black" if len(places) == 1 else PALETTE[k % len(PALETTE)]
        axes.plot(positions(table, x_axis), boundary[at], "o-", ms=3, color=colour, label=label or "boundary")
    label_axis(axes, table, x_axis, "x")
    _label_along(axes, table)
    if len(places) == 1:
        _key(figure, axes, meaning)
    else:
        axes.legend(loc="upper right", title=_sides(table))
    return figure


def _points(axes: Axes, table: SweepTable, x_axis: str, meaning: dict[str, str]) -> None:
    """The points that were run, by their answer; where there are several curves, without colour."""
    x, y = table[f"case.{x_axis}"], table[f"case.{table.along}"]
    for text, colour in (meaning or {"": "#CCCCCC"}).items():
        own = table["case.answer"] == text if text else np.full(x.shape, True)
        axes.plot(x[own], y[own], ".", color=colour, ms=4, zorder=1)


def _label_along(axes: Axes, table: SweepTable) -> None:
    from cardiac.figures._style import plain_numbers, with_unit

    axes.set_ylabel(with_unit(table.along.replace("_", " "), table.unit("boundary")))
    if table.along in table.logarithmic:
        axes.set_yscale("log")
        plain_numbers(axes.yaxis)


def _sides(table: SweepTable) -> str:
    """What lies on either side of the boundary."""
    below, above = (sorted({str(text) for text in table[name].ravel()} - {""}) for name in ("below", "above"))
    return f"below: {', '.join(below)}; above: {', '.join(above)}"


def _told(table: SweepTable) -> str:
    runs, full = int(table.attributes["runs"]), int(table.attributes["runs_of_full_grid"])
    return f"{runs} runs, where a full grid of this resolution has {full}" if full > runs else f"{runs} runs"


def _key(figure: Figure, axes: Axes, meaning: dict[str, str]) -> None:
    keys = [patch_key(text, colour) for text, colour in meaning.items()]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys))
