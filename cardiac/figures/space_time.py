"""A variable along a line through the tissue, against time: a wave is a slanted edge that ends at a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    POTENTIAL_MAP,
    SCAR,
    colour_bar,
    name_axis,
    robust_limits,
)
from cardiac.result import Result
from cardiac.storage import Array
from cardiac.units import mm

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("cable", "sheet"))

_LINE = 0.06  # height of a line of text, heights of the axes


def draw(page: Page, result: Result, *, of: str = "V", y: mm | None = None, x: mm | None = None) -> None:
    """Frames of a variable on the line at `y` or `x` [mm]; by default along the longer side (`Line`)."""
    frames = _tissue.frames_of(result, "space_time", of)
    line = _tissue.line_asked(result, "space_time", y, x)
    values = frames[(slice(None), *line.index)].T
    low, high, extend = robust_limits(values)

    figure = page.open(3.4)
    axes = figure.subplots()
    axes.set_facecolor(SCAR)
    image = axes.pcolorfast(
        _edges(frames.time), np.linspace(0, line.length, len(values) + 1), values, cmap=POTENTIAL_MAP
    )
    image.set_clim(low, high)
    colour_bar(figure, axes, page.width - _maps.BESIDE, image, result.long_name(of), frames.unit, extend)
    _regions(axes, result, line)
    if len(frames) > 1:
        axes.set_xlim(frames.time[0], frames.time[-1])
    _tissue.mark_stimuli(axes, result)
    other = "y" if line.axis == "x" else "x"
    name_axis(axes.xaxis, "time", "ms")
    name_axis(axes.yaxis, f"{line.axis} at {other} = {line.place:.3g} mm", "mm")


def _edges(centres: Array) -> Array:
    """Borders (n + 1,) between times (n,), half-way between them."""
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middles[0]], middles, [2 * centres[-1] - middles[-1]]])


def _regions(axes: Axes, result: Result, line: _tissue.Line) -> None:
    """The limits of the regions that the line crosses, with their names at the right end, seen on any colour."""
    from matplotlib.patheffects import withStroke

    def halo(width: float) -> list[withStroke]:
        return [withStroke(linewidth=width, foreground="black", alpha=0.6)]

    names = []
    for name, mask in result.regions.items():
        for low, high in line.spans(mask & result.conducting):
            if high - low < line.length:
                for limit in (low, high):
                    axes.axhline(limit, color="white", lw=0.8, ls="--", path_effects=halo(1.8))
                names.append(((low + high) / 2, name))
    for place, words in _tissue.apart(names, lambda _: _LINE * line.length):
        axes.annotate(
            words,
            (1, place),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color="white",
            weight="bold",
            path_effects=halo(1.5),
        )
