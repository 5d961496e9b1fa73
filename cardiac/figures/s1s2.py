"""From which S1-S2 interval on each place is activated again, and how soon after S1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import DURATION_MAP, GREY, MUTED, PALETTE, SCAR, name_axis, patch_key
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

SHOWS = Shows.experiment("s1s2", held="refractory_period", of=("cable", "sheet"))

_WORDS = {
    "refractory_period": "shortest S1-S2 interval",
    "functional_refractory_period": "shortest time after S1",
}


def draw(page: Page, result: Result) -> None:
    """The refractory period of every place on the left; on the right what comes of each S2 at the point."""
    left, right = page.open(3.1).subplots(1, 2, width_ratios=(1.25, 1.0))
    (_along if _tissue.is_line(result) else _map)(page, left, result)
    _at_point(right, result)


def _along(page: Page, axes: Axes, result: Result) -> None:
    line = _tissue.Line.through(result)
    _tissue.stretches(axes, result, line)
    for colour, (name, words) in zip(PALETTE, _WORDS.items(), strict=False):
        axes.plot(line.position, line.of(result[name]), color=colour, label=words)
    axes.legend(loc="best", title="of a second activation", alignment="left")
    axes.set_xlim(0, line.length)
    name_axis(axes.xaxis, line.axis, "mm")
    name_axis(axes.yaxis, "refractory period", "ms")


def _map(page: Page, axes: Axes, result: Result) -> None:
    values = result["refractory_period"]
    axes.set_facecolor(MUTED)
    image = axes.imshow(values, origin="lower", extent=_tissue.extent(result), cmap=DURATION_MAP)
    bar = page.figure.colorbar(image, ax=axes, shrink=0.7)
    name_axis(bar.ax.yaxis, "shortest S1-S2 interval", "ms")
    keys: list[Artist] = []
    if (np.isnan(values) & result.conducting).any():
        keys.append(patch_key("never", MUTED))
    if _tissue.scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    page.key_above(axes, keys + _tissue.outlines(axes, result, among_isochrones=False))
    _tissue.label_map(axes)


def _at_point(axes: Axes, result: Result) -> None:
    """When the wave of S2 comes to the point, after that of S1, against the interval between the pulses."""
    tried = result.tables["tried"].columns
    found = {name: float(values[0]) for name, values in result.tables["s1s2"].columns.items()}
    interval, between, reached = tried["interval"], tried["between"], tried["reached"] == 1
    axes.plot(interval[reached], between[reached], "o", ms=4, color=PALETTE[0], label="S2 propagates")
    if reached.any():
        ends = np.array([interval[reached].min(), interval[reached].max()])
        axes.plot(ends, ends, color=GREY, lw=0.8, ls="--", label="as far apart as the pulses")
    base = float(np.nanmin(between)) - 0.08 * np.ptp(interval) if reached.any() else 0.0
    axes.plot(interval[~reached], np.full((~reached).sum(), base), "x", ms=4, color=PALETTE[1], label="fails")
    for name, style in (("ERP", "-"), ("APD90", ":")):
        if np.isfinite(found[name]):
            axes.axvline(found[name], color="black", lw=0.8, ls=style, label=name, zorder=0)
    axes.legend(loc="lower right")
    name_axis(axes.xaxis, "S1-S2 interval", "ms")
    name_axis(axes.yaxis, "S1 to S2 at the point", "ms")
