"""One collected number against another, a line for each value of the other axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import GREY, MUTED, OUTCOMES, PALETTE, FigureError, line_key, name_axis
from cardiac.figures.sweeps._axes import Array, asked_for, place, spoken
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = len(PALETTE)  # lines
_ABOVE = 1.05  # of the height of the axes: where no value can be read off
_LOST: dict[str, Any] = {"marker": "x", "ls": "", "clip_on": False}


def draw(
    page: Page,
    table: SweepTable,
    *,
    of: str | None = None,
    against: str | None = None,
    outcome: str | None = None,
) -> None:
    """`of` and `against` are numbers that were collected, the first two if not said; the last axis makes a line.

    Where `of` has no value, as of a wave that was blocked, a cross stands above the axes; `outcome`, a text that was
    collected, colours the points.
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
    lost = np.isnan(one.values)
    if text:
        _coloured(axes, table[x], one.values, table[text])
    else:
        for n, at in enumerate(places):
            _cross(axes, table[x][at][lost[at]], color=PALETTE[n], ms=5)
    name_axis(axes.xaxis, spoken(x), table.unit(x))
    name_axis(axes.yaxis, spoken(y), table.unit(y))
    keys = axes.get_legend_handles_labels()[0]
    page.key(axes, [*keys, line_key(f"no {spoken(y)}", color=GREY, ms=5, **_LOST)] if lost.any() else keys)


def _is_number(table: SweepTable, name: str) -> bool:
    values = table[name]
    return values.dtype.kind == "f" and values.ndim > 0


def _cross(axes: Axes, x: Array, **look: Any) -> None:
    """Crosses above the axes."""
    axes.plot(x, np.full(len(x), _ABOVE), transform=axes.get_xaxis_transform(), **_LOST, **look)


def _coloured(axes: Axes, x: Array, y: Array, texts: Array) -> None:
    """The points of each text in its colour."""
    found = [str(text) for text in np.unique(texts.astype(str)) if text]
    own = dict(zip(found, PALETTE, strict=False)) | OUTCOMES
    for text in sorted(found, key=lambda text: list(own).index(text)):
        at, lost = (texts == text) & ~np.isnan(y), (texts == text) & np.isnan(y)
        if at.any():
            axes.plot(x[at], y[at], "o", ms=6, color=own[text], zorder=3, label=text)
        _cross(axes, x[lost], color=own[text], ms=7, mew=2, label=None if at.any() else text)
