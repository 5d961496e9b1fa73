"""From which S1-S2 interval on each place is activated again, and how soon after S1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._families import answer
from cardiac.figures._shows import Shows
from cardiac.figures._style import DURATION_MAP, GREY, MUTED, PALETTE, SCAR, canvas, key_row, patch_key
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("s1s2", held="refractory_period", of=("cable", "sheet"))

_SHADE = "#DDDDDD"
_WORDS = {
    "refractory_period": "shortest S1-S2 interval",
    "functional_refractory_period": "shortest time after S1",
}


def draw(result: Result) -> Figure:
    """The refractory period of every place on the left; on the right what comes of each S2 at the point."""
    figure = canvas(3.1, result.title, answer(result))
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
    (_along if _tissue.is_line(result) else _map)(figure, left, result)
    _at_point(right, result)
    return figure


def _along(figure: Figure, axes: Axes, result: Result) -> None:
    line = _tissue.Line.through(result)
    for mask in result.regions.values():
        for low, high in line.spans(mask & result.conducting):
            axes.axvspan(low, high, color=_SHADE, lw=0, alpha=0.5, zorder=0)
    for colour, (name, words) in zip(PALETTE, _WORDS.items(), strict=False):
        axes.plot(line.position, line.of(result[name]), color=colour, label=words)
    axes.legend(loc="best", title="of a second activation", alignment="left")
    axes.set(xlim=(0, line.length), xlabel=f"{line.axis} (mm)", ylabel="refractory period (ms)")


def _map(figure: Figure, axes: Axes, result: Result) -> None:
    values = result["refractory_period"]
    axes.set_facecolor(MUTED)
    image = axes.imshow(values, origin="lower", extent=_tissue.extent(result), cmap=DURATION_MAP)
    figure.colorbar(image, ax=axes, label="shortest S1-S2 interval (ms)", shrink=0.7)
    keys: list[Artist] = []
    if (np.isnan(values) & result.conducting).any():
        keys.append(patch_key("never", MUTED))
    if _tissue.scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    key_row(axes, keys + _tissue.outlines(axes, result, among_isochrones=False))
    axes.set(xlabel="x (mm)", ylabel="y (mm)", aspect="equal")


def _at_point(axes: Axes, result: Result) -> None:
    """When the wave of S2 comes to the point, after that of S1, against the interval between the pulses."""
    tried = result.tables["tried"].columns
    found = {name: float(values[0]) for name, values in result.tables["s1s2"].columns.items()}
    interval, between, reached = tried["interval"], tried["between"], tried["reached"] == 1
    axes.plot(interval[reached], between[reached], "o", ms=4, color=PALETTE[0], label="S2 propagates")
    if reached.any():
        ends = np.array([interval[reached].min(), interval[reached].max()])
        axes.plot(ends, ends, color=GREY, lw=0.8, ls="--", label="as fast as S1")
    base = float(np.nanmin(between)) - 0.08 * np.ptp(interval) if reached.any() else 0.0
    axes.plot(interval[~reached], np.full((~reached).sum(), base), "x", ms=4, color=PALETTE[1], label="fails")
    for name, style in (("ERP", "-"), ("APD90", ":")):
        if np.isfinite(found[name]):
            axes.axvline(found[name], color="black", lw=0.8, ls=style, label=name, zorder=0)
    axes.legend(loc="upper left", frameon=True, facecolor="white", edgecolor="none", framealpha=1.0)
    axes.set(xlabel="S1-S2 interval (ms)", ylabel="S1 to S2 at the point (ms)")
