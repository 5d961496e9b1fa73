"""From which S1-S2 interval on each place is activated again, and how soon after S1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY, PALETTE, name_axis
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWS = Shows.experiment("s1s2", held="refractory_period", of=("cable", "sheet"))

_HIGHEST, _GRAPH = 3.0, 2.2  # inches, of a map and of what is under it
_CURVES = 3.1  # inches, of curves along a cable
_UNDER = 0.8  # inches, of what stands under a map and above it
_KEY = 0.4  # of the height of the curves, above which it stands
_WORDS = {
    "refractory_period": "shortest S1-S2 interval",
    "functional_refractory_period": "shortest time after S1",
}


def draw(page: Page, result: Result) -> None:
    """The refractory period of every place, and what comes of each S2 at the point."""
    if _tissue.is_line(result):
        if page.narrow:
            where, when = page.open(2 * _CURVES).subplots(2, 1)
        else:
            where, when = page.open(_CURVES).subplots(1, 2, width_ratios=(1.25, 1.0))
        _along(where, result)
    else:
        width, height = result.size
        wide = min(page.width - _maps.BESIDE, _HIGHEST * width / height)
        high = wide * height / width + _UNDER
        where, when = page.open(high + _GRAPH, exact=True).subplots(2, 1, height_ratios=(high, _GRAPH))
        _map(page, where, wide, result)
    _at_point(page, when, result)


def _along(axes: Axes, result: Result) -> None:
    line = _tissue.Line.through(result)
    _tissue.stretches(axes, result, line)
    for colour, (name, words) in zip(PALETTE, _WORDS.items(), strict=False):
        axes.plot(line.position, line.of(result[name]), color=colour, label=words)
    low, high = axes.get_ylim()
    axes.set(xlim=(0, line.length), ylim=(low, high + _KEY * (high - low)))
    axes.legend(loc="upper left", title="of a second activation", alignment="left")
    name_axis(axes.xaxis, line.axis, "mm")
    name_axis(axes.yaxis, "refractory period", "ms")


def _map(page: Page, axes: Axes, wide: float, result: Result) -> None:
    values = result["refractory_period"]
    _maps.coloured(page.figure, axes, wide, result, values, Scale("shortest S1-S2 interval", "ms"))
    page.key_above(axes, _maps.annotated(axes, result, np.isfinite(values), "never"))
    _maps.label_map(axes)


def _at_point(page: Page, axes: Axes, result: Result) -> None:
    """When the wave of S2 comes to the point, after that of S1, against the interval between the pulses."""
    tried = result.tables["tried"].columns
    found = {name: float(values[0]) for name, values in result.tables["s1s2"].columns.items()}
    interval, responses, reached = tried["interval"], tried["response_interval"], tried["reached"] == 1
    axes.plot(interval[reached], responses[reached], "o", ms=4, color=PALETTE[0], label="S2 propagates")
    if reached.any():
        ends = np.array([interval[reached].min(), interval[reached].max()])
        axes.plot(ends, ends, color=GREY, lw=0.8, ls="--", label="as fast as S1")
    # Above the axes, where no time between waves can be read off.
    failed, above = interval[~reached], axes.get_xaxis_transform()
    look: dict[str, Any] = {"ms": 4, "color": PALETTE[1], "transform": above, "clip_on": False}
    axes.plot(failed, np.full(len(failed), 1.05), "x", label="S2 fails", **look)
    for name, style in (("ERP", "-"), ("APD90", ":")):
        if np.isfinite(found[name]):
            axes.axvline(found[name], color="black", lw=0.8, ls=style, label=name, zorder=0)
    page.key(axes)
    name_axis(axes.xaxis, "S1-S2 interval", "ms")
    name_axis(axes.yaxis, "S1 to S2 at the point", "ms")
