"""Waves through a region from both sides: when they arrive, and what premature ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._families import answer
from cardiac.figures._intervals import bars
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("block", held="activation_forward", of=("cable", "sheet"))

_WORDS = {2: "conducted", 1: "delayed", 0: "blocked", -1: "not launched"}
_DIRECTIONS = {"forward": (PALETTE[0], ">"), "backward": (PALETTE[1], "<")}
_SHADE = "#DDDDDD"


def draw(result: Result) -> Figure:
    """Activation along a line through the region, from both sides; below it S2 of each interval, if any."""
    windowed = "tried" in result.tables
    figure = canvas(4.4 if windowed else 2.9, result.title, answer(result))
    if windowed:
        above, below = figure.subplots(2, 1, height_ratios=(1.7, 1.0))
        tried, window = (result.tables[name].columns for name in ("tried", "window"))
        ways = {name: tried[name] for name in _DIRECTIONS}
        spans = list(zip(window["start"].tolist(), window["end"].tolist(), strict=True))
        bars(below, tried["interval"], ways, _WORDS, spans)
    else:
        above = figure.subplots()
    _arrivals(above, result)
    return figure


def _arrivals(axes: Axes, result: Result) -> None:
    """When the waves of both directions come to the cells of a line, the region shaded."""
    line = _tissue.Line.through(result)
    for mask in result.regions.values():
        for low, high in line.spans(mask & result.conducting):
            axes.axvspan(low, high, color=_SHADE, lw=0, alpha=0.5, zorder=0)
    for name, (colour, marker) in _DIRECTIONS.items():
        times = line.of(result[f"activation_{name}"])
        every = max(1, len(times) // 25)
        axes.plot(line.position, times, color=colour, marker=marker, markevery=every, ms=4, label=name)
        if np.isnan(times).any() and np.isfinite(times).any():
            ends = np.flatnonzero(np.isfinite(times))
            last = ends[-1] if name == "forward" else ends[0]
            axes.plot(line.position[last], times[last], "x", color=colour, ms=7, mew=2)
    axes.legend(loc="best")
    axes.set(xlim=(0, line.length), xlabel=f"{line.axis} (mm)", ylabel="activation (ms)")
