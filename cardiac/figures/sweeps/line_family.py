"""A number along one axis, a line for each value of the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import FigureError, name_axis
from cardiac.figures.sweeps._axes import asked_for, label_axis, place, positions, spoken
from cardiac.spelling import choices
from cardiac.table import SweepTable

_MOST = 24  # lines
_FEW = 7  # of which each has a colour of its own


def draw(page: Page, table: SweepTable, *, of: str | None = None, along: str | None = None) -> None:
    """`of` is what was collected, the first number if it is not said; `along` the axis, by default its last one."""
    from matplotlib import colormaps

    name = asked_for(table, of, "f")
    one = table.variable(name)
    if "case" in one.dimensions:
        raise FigureError(f"{name} lies along cases, not along axes of a grid")
    along = along or one.dimensions[-1]
    if along not in one.dimensions:
        raise FigureError(f'{name}: no axis "{along}"{choices(along, one.dimensions)}')
    others = [axis for axis in one.dimensions if axis != along]
    values = np.moveaxis(one.values, one.dimensions.index(along), -1)
    places = list(np.ndindex(values.shape[:-1]))
    if len(places) > _MOST:
        raise FigureError(f"{name} has {len(places)} lines along {along}, at most {_MOST} are drawn")
    axes = page.open(3.4).subplots()
    for n, at in enumerate(places):
        label = ", ".join(place(table, axis, k) for axis, k in zip(others, at, strict=True))
        own: dict[str, Any] = {}
        if len(places) > _FEW:
            own = {"color": colormaps["viridis"](0.9 * n / (len(places) - 1)), "ls": "-"}
        axes.plot(positions(table, along), values[at], marker="o", ms=3, label=label, **own)
    label_axis(axes, table, along, "x")
    name_axis(axes.yaxis, spoken(name), table.unit(name))
    if others:
        page.key(axes)
