"""Where the tips of spiral waves go: the paths of phase singularities, coloured by time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac.figures import _maps
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    PALETTE,
    SCAR,
    TIME_MAP,
    TURNS,
    FigureError,
    colour_bar,
    line_key,
    patch_key,
)
from cardiac.result import Result, ResultError
from cardiac.storage import Array
from cardiac.units import ms

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from cardiac.analysis import Trajectory

DOI = "10.1038/32164"
SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("sheet",))

_MARGIN = 0.15  # around the paths, of their extent
_LEAST = 4.0  # mm, the smallest part of the tissue that is shown
_FLATTEST = 4.0  # width / height of that part, and height / width
_SMALL = 0.5  # of the tissue: of less, an overview tells where it is
_OVERVIEW = 0.18  # its larger side, of the width of the axes
_SIGNS = {1: "$+$", -1: "$-$"}  # the charge, where a path begins
_BEGUN: dict[str, Any] = {"marker": "o", "mfc": "white", "mec": "black", "mew": 0.8, "ms": 8}
_LOST: dict[str, Any] = {"marker": "x", "color": "black", "mew": 1.2, "ms": 5, "ls": ""}


def draw(page: Page, result: Result, *, delay: ms = 5.0, shortest: ms = 20.0) -> None:
    """Paths that last for `shortest` [ms] or longer, in the part of the tissue where they are.

    Phase is that of V against V a `delay` [ms] before, see `analysis.embedded`.
    """
    try:
        found = result.analysis.trajectories(delay)
    except ResultError as error:
        raise FigureError(f"tip_trajectories: {error}") from None
    paths = [path for path in found if path.lifetime >= shortest]
    low, high = _part(result, paths)
    figure, axes, panel = _maps.map_axes(page, result, _sentence(paths, shortest), part=tuple(high - low))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    shown = np.ix_(
        *(
            (at >= start) & (at <= stop)
            for at, start, stop in zip((result.y, result.x), low[::-1], high[::-1], strict=True)
        )
    )
    keys = [patch_key("scar", SCAR)] * bool(_maps.scar(axes, result) and not result.conducting[shown].all())
    borders = _maps.outlines(axes, result, among_isochrones=True)
    keys += borders * any(0 < mask[shown].mean() < 1 for mask in result.regions.values())
    _maps.probes(axes, result)
    if paths:
        keys += _lines(figure, axes, paths, panel)
    if (high - low).prod() < _SMALL * np.prod(result.size):
        _overview(axes, result, low, high)
    page.key_above(axes, keys)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))


def _part(result: Result, paths: list[Trajectory]) -> tuple[Array, Array]:
    """The lower left and the upper right corner [mm] of what is shown: the paths and some room around them."""
    size = np.array(result.size)
    if not paths:
        return np.zeros(2), size
    places = np.concatenate([np.column_stack([path.x, path.y]) for path in paths])
    low, high = places.min(axis=0), places.max(axis=0)
    extent = (1 + 2 * _MARGIN) * (high - low)
    extent = np.minimum(np.maximum(extent, max(_LEAST, extent.max() / _FLATTEST)), size)
    low = np.clip((low + high - extent) / 2, 0.0, size - extent)
    return low, low + extent


def _overview(axes: Axes, result: Result, low: Array, high: Array) -> None:
    """The whole tissue, small in a corner, and in it what is shown."""
    from matplotlib.patches import Rectangle

    (width, height), part = result.size, high - low
    wide = _OVERVIEW * min(1.0, width / height)
    small = axes.inset_axes((0.02, 0.02, wide, wide * height / width * part[0] / part[1]), zorder=6)
    small.set(xticks=[], yticks=[], aspect="equal")
    _maps.scar(small, result)
    for weight in result.weights.values():
        if ((weight >= 0.5) & result.conducting).any() and weight.min() < 0.5:
            small.contour(*_maps.to_border(result, weight), levels=[0.5], colors=PALETTE[1], linewidths=0.8)
    small.add_patch(Rectangle((low[0], low[1]), part[0], part[1], fc="none", ec="black", lw=0.8))
    small.set(xlim=(0, width), ylim=(0, height))
    small.spines[["top", "right"]].set_visible(True)


def _lines(figure: SubFigure, axes: Axes, paths: list[Trajectory], panel: float) -> list[Artist]:
    """Draws the paths; returns the key of how they begin and end."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    norm = Normalize(min(path.time[0] for path in paths), max(path.time[-1] for path in paths))
    for path in paths:
        places = np.column_stack([path.x, path.y])
        pieces = np.stack([places[:-1], places[1:]], axis=1)
        lines = LineCollection(list(pieces), cmap=TIME_MAP, norm=norm, lw=1.2, capstyle="round", zorder=3)
        lines.set_array((path.time[1:] + path.time[:-1]) / 2)
        axes.add_collection(lines, autolim=False)
        axes.plot(*places[0], **_BEGUN, zorder=4)
        axes.plot(
            *places[0], marker=_SIGNS[int(np.sign(path.charge))], color="black", ms=5, mew=0.4, zorder=5
        )
        if path.death != "record":
            axes.plot(*places[-1], **_LOST, zorder=4)
    colour_bar(figure, axes, panel, lines, "time", "ms")
    keys = [
        line_key(words, color="black", marker=_SIGNS[sign], ls="", ms=5, mew=0.4)
        for sign, words in TURNS.items()
        if any(np.sign(path.charge) == sign for path in paths)
    ]
    return keys + [line_key("lost", **_LOST)] * any(path.death != "record" for path in paths)


def _sentence(paths: list[Trajectory], shortest: float) -> str:
    if not paths:
        return f"no phase singularity lasts for {shortest:g} ms"
    longest = max(paths, key=lambda path: path.lifetime)
    moved = longest.meander
    count = "1 tip" if len(paths) == 1 else f"{len(paths)} tips"
    return (
        f"{count}; the longest for {longest.lifetime:g} ms, within {moved.extent:.2g} mm around "
        f"({moved.x:.1f}, {moved.y:.1f}) mm, drifting at {1000 * np.hypot(moved.drift_x, moved.drift_y):.2g} mm/s"
    )
