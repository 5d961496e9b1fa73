"""Traces at points along a line, stacked by their place, as optical maps are shown: a wave comes later further up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import SCAR, name_axis, robust_limits, step
from cardiac.result import Result
from cardiac.typesetting import quantity
from cardiac.units import mm, ordinal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("cable", "sheet"))

_TALL = 1.8  # height of a trace, distances between traces
_LINE = 0.05  # height of a line of text, heights of the axes


def draw(
    page: Page,
    result: Result,
    *,
    of: str = "V",
    y: mm | None = None,
    x: mm | None = None,
    count: ordinal = 20,
) -> None:
    """Frames of a variable at `count` places on the line at `y` or `x` [mm]; by default along the longer side."""
    frames = _tissue.frames_of(result, "trace_stack", of)
    line = _tissue.line_asked(result, "trace_stack", y, x)
    values = frames[(slice(None), *line.index)].T
    apart = line.length / min(count, len(values))
    places = apart * (np.arange(min(count, len(values))) + 0.5)
    cells = np.abs(line.position[:, None] - places).argmin(axis=0)
    low, high, _ = robust_limits(values)
    scale = _TALL * apart / (high - low)  # mm of a unit

    axes = page.open(4.4).subplots()
    top = line.length + _TALL * apart
    axes.set_ylim(0, top)
    _stretches(axes, result, line, top)
    for cell in cells:
        if np.isfinite(values[cell]).any():
            shown = line.position[cell] + scale * (values[cell] - low)
            axes.plot(frames.time, shown, "-", color="black", lw=0.9)
    axes.set_xlim(frames.time[0], max(frames.time[-1], frames.time[0] + 1e-3))
    _bar(axes, step(high - low, 2), scale, top, frames.unit)
    _tissue.mark_stimuli(axes, result)
    other = "y" if line.axis == "x" else "x"
    name_axis(axes.xaxis, "time", "ms")
    name_axis(axes.yaxis, f"{line.axis} at {other} = {line.place:.3g} mm", "mm")


def _stretches(axes: Axes, result: Result, line: _tissue.Line, top: float) -> None:
    """Where the line crosses regions, with their names at the right, and scars."""
    names = []
    for name, mask in result.regions.items():
        for low, high in line.spans(mask & result.conducting):
            if high - low < line.length:
                axes.axhspan(low, high, color=_tissue.STRETCH, lw=0, zorder=0)
                names.append(((low + high) / 2, name))
    for low, high in line.spans(~result.conducting):
        axes.axhspan(low, high, color=SCAR, lw=0, zorder=0)
        names.append(((low + high) / 2, "scar"))
    for place, words in _tissue.apart(names, lambda _: _LINE * top):
        axes.annotate(
            words, (1, place), xycoords=axes.get_yaxis_transform(), xytext=(4, 0), textcoords="offset points",
            ha="left", va="center",
        )  # fmt: skip


def _bar(axes: Axes, height: float, scale: float, top: float, unit: str) -> None:
    """How high a round number of the unit is, right of the traces."""
    across = axes.get_yaxis_transform()
    low, high = top - scale * height, top
    axes.plot([1.02, 1.02], [low, high], "-", color="black", lw=1.5, transform=across, clip_on=False)
    axes.annotate(
        quantity(f"{height:g}", unit), (1.02, (low + high) / 2), xycoords=across,
        xytext=(4, 0), textcoords="offset points", va="center",
    )  # fmt: skip
