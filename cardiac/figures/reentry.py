"""Reentry: the wave in the end, if it is still there, the path of its tip, and the potential in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _maps
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import POTENTIAL_MAP, TURNS, line_key, name_axis, patch_key
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWS = Shows.experiment("reentry", of=("sheet",))

_COLOURS = {-1: "#56B4E9", 1: "white"}
_RESTING = "#E4E4E4"
_HIGHEST = 3.6  # inches, of the map
_UNDER = 0.8  # inches, of what stands under and above it
_TRACE = 1.4  # inches


def draw(page: Page, result: Result) -> None:
    """Of the episode that lived longest; below it V over time. Tissue in which it ended is pale, with the paths."""
    width, height = result.size
    wide = min(page.width - _maps.BESIDE, _HIGHEST * width / height)
    high = wide * height / width + _UNDER
    upper, below = page.open(high + _TRACE, exact=True).subplots(2, 1, height_ratios=(high, _TRACE))
    episodes = result.tables["reentry"].columns
    if len(episodes["interval"]):
        longest = int(np.argmax(episodes["lifetime"]))
        sustained = bool(episodes["sustained"][longest])
        _map(page, upper, wide, result, sustained)
        _paths(page, upper, result, sustained, float(episodes["interval"][longest]))
        _trace(below, result)


def _map(page: Page, axes: Axes, wide: float, result: Result, sustained: bool) -> None:
    """The wave in the end; tissue at rest has no colours to be looked at."""
    if sustained:
        scale = Scale("V in the end", "mV", POTENTIAL_MAP)
        _maps.coloured(page.figure, axes, wide, result, result["V_end"], scale)
    else:
        axes.set_facecolor(_RESTING)
        axes.set(xlim=(0, result.size[0]), ylim=(0, result.size[1]))
    _maps.label_map(axes)


def _paths(page: Page, axes: Axes, result: Result, sustained: bool, interval: float) -> None:
    """Where the tips went."""
    from matplotlib.patheffects import withStroke

    everywhere = np.ones(result.shape, bool)
    keys = [] if sustained else [patch_key("no wave in the end", _RESTING)]
    keys += _maps.annotated(axes, result, everywhere, "")
    tips = result.tables["tips"].columns
    own = tips["interval"] == interval
    outlined = [withStroke(linewidth=2.2, foreground="black")]
    shown: set[int] = set()
    for number in np.unique(tips["tip"][own]).tolist():
        path = own & (tips["tip"] == number)
        charge = int(np.sign(tips["charge"][path][0]))
        axes.plot(tips["x"][path], tips["y"][path], color=_COLOURS[charge], lw=1.0, path_effects=outlined)
        shown.add(charge)
    keys += [
        line_key(f"tip, {TURNS[c]}", color=_COLOURS[c], lw=1.0, path_effects=outlined) for c in sorted(shown)
    ]
    page.key_above(axes, keys)


def _trace(axes: Axes, result: Result) -> None:
    trace = result.tables["trace"].columns
    time: Array = trace["time"]
    axes.plot(time, trace["V"], color="black", lw=0.9)
    axes.set_xlim(0.0, time[-1])
    name_axis(axes.xaxis, "time after the last pulse", "ms")
    name_axis(axes.yaxis, "V in the middle", "mV")
