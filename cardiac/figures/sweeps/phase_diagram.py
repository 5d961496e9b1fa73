"""What came out, over two axes: colours on a grid, or a boundary that was found and the points that were run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import (
    GREY,
    PALETTE,
    FigureError,
    line_key,
    name_axis,
    patch_key,
    plain_numbers,
    with_unit,
)
from cardiac.figures.sweeps._axes import (
    NOT_RUN,
    asked_for,
    colours,
    edges,
    grid_of_axes,
    height_of,
    label_axis,
    panels,
    place,
    positions,
)
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PALE = 0.15  # opacity of an area


def draw(page: Page, table: SweepTable, *, of: str | None = None) -> None:
    """`of` is a text that was collected, the first if it is not said; of a search it is what was searched for."""
    if "boundary" in table.contents:
        _searched(page, table)
    else:
        _gridded(page, table, of or ("answer" if "answer" in table.contents else None))


def _gridded(page: Page, table: SweepTable, of: str | None) -> None:
    """Colours on a grid; the points of a grid that was refined where it had to be."""
    from matplotlib.colors import ListedColormap

    name = asked_for(table, of, "O")
    every = list(panels(table, name, 2))
    x_axis, y_axis = table.variable(name).dimensions[-2:]
    meaning = colours(table[name])
    numbers = {text: k + 1 for k, text in enumerate(meaning)} | {"": 0}
    palette = ListedColormap([NOT_RUN, *meaning.values()])
    figure = page.open(height_of(len(every), page), _told(table), exact=True)
    row = grid_of_axes(figure, len(every), page)
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
    page.key(row[-1], [patch_key(text, colour) for text, colour in meaning.items()])


def _dots(table: SweepTable, row: list[Axes], x_axis: str, y_axis: str) -> None:
    """The points that were run."""
    x, y = np.meshgrid(positions(table, x_axis), positions(table, y_axis))
    for axes, panel in zip(row, panels(table, "state", 2), strict=True):
        run = panel.values.T != "not run"
        axes.plot(x[run], y[run], ".", color="black", ms=1.5)


def _searched(page: Page, table: SweepTable) -> None:
    """The boundary along one other axis, a curve for each value of the rest, and what was run around it."""
    others = table.variable("boundary").dimensions
    numeric = [axis for axis in others if table[axis].dtype.kind != "O"]
    if not numeric:
        raise FigureError("a boundary is drawn over another axis of numbers, which this sweep does not have")
    x_axis, rest = numeric[-1], [axis for axis in others if axis != numeric[-1]]
    places = list(np.ndindex(tuple(len(table[axis]) for axis in rest)))
    if len(places) > len(PALETTE):
        raise FigureError(
            f"there are {len(places)} boundaries over {x_axis}, at most {len(PALETTE)} are drawn"
        )
    axes = page.open(3.6, _told(table)).subplots()
    label_axis(axes, table, x_axis, "x")
    _label_along(axes, table)
    _points(axes, table, x_axis, alone=len(places) == 1)
    if len(places) == 1:
        axes.set_ylim(axes.get_ylim())
        _areas(axes, table, x_axis)
    x = positions(table, x_axis)
    boundary, exact = (_lines(table, name, x_axis) for name in ("boundary", "exact"))
    keys: list[Any] = []
    for k, at in enumerate(places):
        colour = "black" if len(places) == 1 else PALETTE[k]
        label = ", ".join(place(table, axis, i) for axis, i in zip(rest, at, strict=True)) or "boundary"
        keys += axes.plot(x, boundary[at], "o-", ms=3.5, mew=0, lw=1.2, color=colour, label=label)
        if exact is not None:
            axes.plot(x, exact[at], "--", lw=0.9, color="black", zorder=3)
    if exact is not None:
        keys.append(line_key("theory, gates at rest", color="black", ls="--", lw=0.9))
    _sides(page, axes, table, keys, alone=len(places) == 1)


def _lines(table: SweepTable, name: str, x_axis: str) -> Any:
    """A variable along the axes of the boundary, `x_axis` last; None where the table has none."""
    if name not in table.contents:
        return None
    one = table.variable(name)
    return np.moveaxis(one.values, one.dimensions.index(x_axis), -1)


def _points(axes: Axes, table: SweepTable, x_axis: str, alone: bool) -> None:
    """The points that were run: by their answer around one boundary, faint where there are several."""
    x, y = table[f"case.{x_axis}"], table[f"case.{table.along}"]
    if not alone:
        axes.plot(x, y, ".", color="#D0D0D0", ms=3.0, mew=0, zorder=1)
        return
    for text, colour in colours(table["case.answer"]).items():
        own = table["case.answer"] == text
        axes.plot(x[own], y[own], ".", color=colour, ms=5, mew=0, zorder=1)


def _areas(axes: Axes, table: SweepTable, x_axis: str) -> None:
    """What is said on either side of the only boundary, as pale areas."""
    (x, boundary), meaning = (
        (positions(table, x_axis), _lines(table, "boundary", x_axis).ravel()),
        colours(table["case.answer"]),
    )
    for side, end in (("below", 0), ("above", 1)):
        said, limit = _lines(table, side, x_axis).ravel(), axes.get_ylim()[end]
        for text in sorted({str(text) for text in said} - {""}):
            own = (said == text) & np.isfinite(boundary)
            axes.fill_between(x, boundary, limit, where=own, color=meaning[text], alpha=_PALE, lw=0, zorder=0)


def _sides(page: Page, axes: Axes, table: SweepTable, keys: list[Any], alone: bool) -> None:
    """What the lines are, and what lies on either side of them."""
    if alone:
        meaning = colours(table["case.answer"])
        page.key(axes, [*keys, *(line_key(text, color=c, marker=".", ls="") for text, c in meaning.items())])
        return
    page.key(axes, keys)
    for name, height, alignment in (("above", 0.97, "top"), ("below", 0.03, "bottom")):
        answers = sorted({str(text) for text in table[name].ravel()} - {""})
        axes.text(
            0.98,
            height,
            " or ".join(answers),
            transform=axes.transAxes,
            ha="right",
            va=alignment,
            color=GREY,
            style="italic",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )


def _label_along(axes: Axes, table: SweepTable) -> None:
    what, unit = table.along.replace("_", " "), table.unit("boundary")
    if table.along in table.logarithmic:
        axes.set_ylabel(with_unit(what, unit))
        axes.set_yscale("log")
        plain_numbers(axes.yaxis)
    else:
        name_axis(axes.yaxis, what, unit)


def _told(table: SweepTable) -> str:
    runs, full = int(table.attributes["runs"]), int(table.attributes["runs_of_full_grid"])
    grouped = f"{full:,}".replace(",", "\u2009")
    return f"{runs} runs; a full grid of this resolution has {grouped}" if full > runs else f"{runs} runs"
