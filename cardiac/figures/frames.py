"""Snapshots of the tissue side by side, on one colour scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._style import POTENTIAL_MAP, SCAR, WIDTH, FigureError, canvas, robust_limits
from cardiac.result import Frames, Result
from cardiac.units import ms

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = 8  # about, when the times are not given
_HEIGHT = 5.0  # inches, at most, of all panels


def draw(result: Result, *, of: str = "V", times: tuple[ms, ...] | None = None) -> Figure:
    """Frames of a variable nearest to the `times` [ms], by default evenly spread over the activity."""
    if 1 in result.shape:
        raise FigureError('frames: a cable and a cell have no maps - draw "space_time" or "traces"')
    frames = _tissue.frames_of(result, "frames", of)
    width, height = result.size
    if times is None:
        rows, columns, _ = _arrangement(_PANELS, height / width)
        times = _informative(result, frames, rows * columns)
    chosen = sorted({frames.nearest(time) for time in times})
    images = np.stack([frames[i] for i in chosen])
    low, high, extend = robust_limits(images)

    rows, columns, row_height = _arrangement(len(chosen), height / width)
    figure = canvas(rows * row_height + 0.45, result.title, _tissue.subtitle(result))
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, image, time in zip(panels.flat, images, frames.time[chosen], strict=False):
        axes.set_facecolor(SCAR)
        shown = axes.imshow(
            image, origin="lower", extent=_tissue.extent(result), cmap=POTENTIAL_MAP, vmin=low, vmax=high
        )
        _tissue.outlines(axes, result, named=False)
        axes.set_title(f"{time:g} ms", pad=3)
    for axes in panels.flat[len(chosen) :]:
        axes.set_axis_off()
    for column in range(columns):
        lowest = panels[(len(chosen) - 1 - column) // columns, column]
        lowest.set_xlabel("x (mm)")
        lowest.tick_params(labelbottom=True)
    for axes in panels[:, 0]:
        axes.set_ylabel("y (mm)")
    label = f"{result.long_name(of)} ({frames.unit})"
    figure.colorbar(shown, ax=panels, label=label, extend=extend, aspect=40)
    return figure


def _arrangement(panels: int, steepness: float) -> tuple[int, int, float]:
    """Rows, columns and the height of a row [inch]: the largest panels of that height / width that fit."""
    for columns in range(1, panels + 1):
        rows = math.ceil(panels / columns)
        row_height = ((WIDTH - 1.4) / columns - 0.13) * steepness + 0.27
        if rows * row_height <= _HEIGHT:
            break
    return rows, columns, row_height


def _informative(result: Result, frames: Frames, count: int) -> tuple[float, ...]:
    """Times evenly spread from the first activation to the last, or over all frames if there is none."""
    first, last = frames.time[0], frames.time[-1]
    if "activation_time" in result.names():
        activations = result["activation_time"]
        if np.isfinite(activations).any():
            first, last = np.nanmin(activations), np.nanmax(activations)
    return tuple(np.linspace(first, last, count + 1)[1:])
