"""One collected number against another, a line for each value of the other axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import MUTED, OUTCOMES, PALETTE, FigureError, name_axis
from cardiac.figures.sweeps._axes import Array, asked_for, place, spoken
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = len(PALETTE)  # lines
_GAP = 0.06  # of the height, between the lowest point and what has no value
_LOST: dict[str, Any] = {"marker": "x", "ms": 7, "mew": 2}


def draw(
    page: Page,
    table: SweepTable,
    *,
    of: str | None = None,
    against: str | None = None,
    outcome: str | None = None,
) -> None:
    """`of` and `against` are numbers that were collected, the first two if not said; the last axis makes a line.

    Where `of` has no value, as of a wave that was blocked, a cross stands at the lower edge; `outcome`, a text
    that was collected, colours the points.
    """
    y = asked_for(table, of, "f")
    others = [name for name in table.names() if name not in (y, "seconds") and _is_number(table, name)]
    if against is None and not others:
        raise FigureError(f"{table.path} holds one number only - collect another to draw {y} against")
    x = asked_for(table, against or others[0], "f")
    text = asked_for(table, outcome, "O") if outcome else None
    one = table.variable(y)
    if "case" in one.dimensions:
        raise FigureError(f"{y} lies along cases, not along axes of a grid")
    places = list(np.ndindex(one.values.shape[:-1]))
    if len(places) > _MOST:
        raise FigureError(f"{y} has {len(places)} lines, at most {_MOST} are drawn - sweep over less")
    axes = page.open(3.2).subplots()
    for n, at in enumerate(places):
        colour = PALETTE[n] if text is None else MUTED
        label = ", ".join(place(table, axis, k) for axis, k in zip(one.dimensions, at, strict=False))
        axes.plot(table[x][at], one.values[at], color=colour, ls="-", marker="o", ms=3, label=label or None)
    low = _lowered(axes, one.values)
    for n, at in enumerate(places):
        lost = np.isnan(one.values[at])
        axes.plot(table[x][at][lost], np.full(lost.sum(), low), color=PALETTE[n], ls="", marker="x", ms=5)
    if text:
        _coloured(axes, table[x], one.values, table[text], low)
    name_axis(axes.xaxis, spoken(x), table.unit(x))
    name_axis(axes.yaxis, spoken(y), table.unit(y))
    page.key(axes)


def _is_number(table: SweepTable, name: str) -> bool:
    values = table[name]
    return values.dtype.kind == "f" and values.ndim > 0


def _lowered(axes: Axes, values: Array) -> float:
    """Where crosses stand, for which the axis is extended if there are any."""
    low, high = axes.get_ylim()
    if np.isnan(values).any():
        low -= _GAP * (high - low)
    axes.set_ylim(low, high)
    return float(low + 0.5 * _GAP * (high - low))


def _coloured(axes: Axes, x: Array, y: Array, texts: Array, low: float) -> None:
    """The points of each text in its colour."""
    found = [str(text) for text in np.unique(texts.astype(str)) if text]
    own = dict(zip(found, PALETTE, strict=False)) | OUTCOMES
    for text in sorted(found, key=lambda text: list(own).index(text)):
        style: dict[str, Any] = {"color": own[text], "ls": "", "zorder": 3}
        at, lost = (texts == text) & ~np.isnan(y), (texts == text) & np.isnan(y)
        label = text
        for places, heights, mark in (
            (at, y[at], {"marker": "o", "ms": 6}),
            (lost, np.full(lost.sum(), low), _LOST),
        ):
            if places.any():
                axes.plot(x[places], heights, label=label, **mark, **style)
                label = "_"  # once
