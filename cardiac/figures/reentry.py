"""Reentry: the wave in the end with the path of its tip, and the potential in the middle of the tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import POTENTIAL_MAP, SCAR, TURNS, colour_bar, line_key, name_axis, patch_key
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

SHOWS = Shows.experiment("reentry", of=("sheet",))

_COLOURS = {-1: "#56B4E9", 1: "white"}
_HIGHEST = 3.6  # inches, of the map
_UNDER = 0.8  # inches, of what stands under and above it
_TRACE = 1.4  # inches


def draw(page: Page, result: Result) -> None:
    """Of the episode that lived longest; below it V over time."""
    width, height = result.size
    wide = min(page.width - _tissue.BESIDE, _HIGHEST * width / height)
    high = wide * height / width + _UNDER
    upper, below = page.open(high + _TRACE, exact=True).subplots(2, 1, height_ratios=(high, _TRACE))
    episodes = result.tables["reentry"].columns
    if len(episodes["interval"]):
        longest = int(np.argmax(episodes["lifetime"]))
        _map(page, upper, wide, result, float(episodes["interval"][longest]))
        _trace(below, result)


def _map(page: Page, axes: Axes, wide: float, result: Result, interval: float) -> None:
    from matplotlib.patheffects import withStroke

    image = axes.imshow(result["V_end"], origin="lower", extent=_tissue.extent(result), cmap=POTENTIAL_MAP)
    colour_bar(page.figure, axes, wide, image, "V in the end", "mV")
    keys: list[Artist] = [patch_key("scar", SCAR)] if _tissue.scar(axes, result) else []
    tips = result.tables["tips"].columns
    own = tips["interval"] == interval
    shown: set[int] = set()
    for number in np.unique(tips["tip"][own]).tolist():
        path = own & (tips["tip"] == number)
        charge = int(np.sign(tips["charge"][path][0]))
        (line,) = axes.plot(tips["x"][path], tips["y"][path], color=_COLOURS[charge], lw=1.0)
        line.set_path_effects([withStroke(linewidth=2.0, foreground="black")])
        shown.add(charge)
    outlined = [withStroke(linewidth=2.4, foreground="black")]
    keys += [
        line_key(f"tip, {TURNS[c]}", color=_COLOURS[c], lw=1.2, path_effects=outlined) for c in sorted(shown)
    ]
    page.key_above(axes, keys + _tissue.outlines(axes, result, among_isochrones=False))
    _tissue.label_map(axes)


def _trace(axes: Axes, result: Result) -> None:
    trace = result.tables["trace"].columns
    time: Array = trace["time"]
    axes.plot(time, trace["V"], color="black", lw=0.9)
    axes.set_xlim(0.0, time[-1])
    name_axis(axes.xaxis, "time after the last pulse", "ms")
    name_axis(axes.yaxis, "V in the middle", "mV")
