"""Waves through a region from both sides: when they arrive, and what premature ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._intervals import bars
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, name_axis
from cardiac.result import Result
from cardiac.storage import meanings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWS = Shows.experiment("block", held="activation_forward", of=("cable", "sheet"))

_DIRECTIONS = {"forward": (PALETTE[0], ">"), "backward": (PALETTE[1], "<")}


def draw(page: Page, result: Result) -> None:
    """Activation along a line through the region, from both sides; below it S2 of each interval, if any."""
    windowed = "tried" in result.tables
    figure = page.open(4.4 if windowed else 2.9)
    if windowed:
        above, below = figure.subplots(2, 1, height_ratios=(1.7, 1.0))
        tried, window = (result.tables[name].columns for name in ("tried", "window"))
        ways = {name: tried[name] for name in _DIRECTIONS}
        outcomes = meanings(result.tables["tried"].about["forward"])
        spans = list(zip(window["start"].tolist(), window["end"].tolist(), strict=True))
        bars(page, below, tried["interval"], ways, outcomes, spans)
    else:
        above = figure.subplots()
    _arrivals(above, result)


def _arrivals(axes: Axes, result: Result) -> None:
    """When the waves of both directions come to the cells of a line, the region shaded."""
    line = _tissue.Line.through(result)
    _tissue.stretches(axes, result, line)
    for name, (colour, marker) in _DIRECTIONS.items():
        times = line.of(result[f"activation_{name}"])
        every = max(1, len(times) // 25)
        axes.plot(line.position, times, color=colour, marker=marker, markevery=every, ms=4, label=name)
        if np.isnan(times).any() and np.isfinite(times).any():
            ends = np.flatnonzero(np.isfinite(times))
            last = ends[-1] if name == "forward" else ends[0]
            axes.plot(line.position[last], times[last], "x", color=colour, ms=7, mew=2)
    axes.legend(loc="best")
    axes.set_xlim(0, line.length)
    name_axis(axes.xaxis, line.axis, "mm")
    name_axis(axes.yaxis, "activation time", "ms")
