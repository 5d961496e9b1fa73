"""A number over two axes, as colours, grey where it is not defined; a panel for each value of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._style import MUTED, FigureError, canvas, with_unit
from cardiac.figures.sweeps._axes import asked_for, edges, label_axis, panels
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(table: SweepTable, *, of: str | None = None) -> Figure:
    """`of` is what was collected, the first number if it is not said."""
    name = asked_for(table, of, "f")
    every = list(panels(table, name, 2))
    x_axis, y_axis = table.variable(name).dimensions[-2:]
    values = np.stack([panel.values for panel in every])
    if not np.isfinite(values).any():
        raise FigureError(f"{name} is nowhere defined")
    limits = float(np.nanmin(values)), float(np.nanmax(values))
    figure = canvas(3.2, table.title)
    row = figure.subplots(1, len(every), squeeze=False, sharey=True)[0]
    for axes, panel in zip(row, every, strict=True):
        x, y = edges(table, x_axis), edges(table, y_axis)
        mesh = axes.pcolormesh(x, y, panel.values.T, vmin=limits[0], vmax=limits[1])
        axes.set_facecolor(MUTED)  # where it is not defined
        axes.set_title(panel.title)
        label_axis(axes, table, x_axis, "x")
        label_axis(axes, table, y_axis, "y")
        axes.label_outer()
    figure.colorbar(mesh, ax=list(row), label=with_unit(name, table.unit(name)))
    return figure
