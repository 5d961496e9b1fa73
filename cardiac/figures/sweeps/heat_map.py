"""A number over two axes, as colours, grey where it is not defined; a panel for each value of the others."""

from __future__ import annotations

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import DURATION_MAP, MUTED, FigureError, name_axis
from cardiac.figures.sweeps._axes import asked_for, edges, grid_of_axes, height_of, label_axis, panels, spoken
from cardiac.table import SweepTable


def draw(page: Page, table: SweepTable, *, of: str | None = None) -> None:
    """`of` is what was collected, the first number if it is not said."""
    name = asked_for(table, of, "f")
    every = list(panels(table, name, 2))
    x_axis, y_axis = table.variable(name).dimensions[-2:]
    values = np.stack([panel.values for panel in every])
    if not np.isfinite(values).any():
        raise FigureError(f"{name} is nowhere defined")
    limits = float(np.nanmin(values)), float(np.nanmax(values))
    figure = page.open(height_of(len(every), page), exact=True)
    row = grid_of_axes(figure, len(every), page)
    for axes, panel in zip(row, every, strict=True):
        x, y = edges(table, x_axis), edges(table, y_axis)
        mesh = axes.pcolormesh(x, y, panel.values.T, cmap=DURATION_MAP, vmin=limits[0], vmax=limits[1])
        axes.set_facecolor(MUTED)  # where it is not defined
        axes.set_title(panel.title)
        label_axis(axes, table, x_axis, "x")
        label_axis(axes, table, y_axis, "y")
        axes.label_outer()
    bar = figure.colorbar(mesh, ax=row, aspect=25, pad=0.02)
    name_axis(bar.ax.yaxis, spoken(name), table.unit(name))
