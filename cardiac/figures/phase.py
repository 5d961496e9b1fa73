"""Phase of the cycle, its singularities with their charge, and the paths of these over the tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    PALETTE,
    PHASE_MAP,
    SCAR,
    TURNS,
    FigureError,
    colour_bar,
    line_key,
)
from cardiac.result import Result, ResultError
from cardiac.units import ms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cardiac.analysis import Trajectory

DOI = "10.1038/32164"
SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("sheet",))

_COLOURS = {1: PALETTE[1], -1: PALETTE[0]}  # of a path, by the sign of its charge
_SEEN = 3  # frames; of a shorter path nothing could be seen


def draw(page: Page, result: Result, *, time: ms | None = None, delay: ms = 5.0) -> None:
    """Phase at a `time` [ms], by default the last with a singularity, from V against V a `delay` [ms] before.

    Paths are those up to that time.
    """
    frames = _tissue.frames_of(result, "phase", "V")
    try:
        paths = result.analysis.trajectories(delay)
        last = max((path.time[-1] for path in paths), default=frames.time[-1])
        wanted = last if time is None else time
        shown, z = result.analysis.phase(wanted, delay)
    except ResultError as error:
        raise FigureError(f"phase: {error}") from None
    figure, axes, panel = _maps.map_axes(page, result, _sentence(paths, shown))
    scale = Scale("phase", "degrees", PHASE_MAP, (-180.0, 180.0, "neither"))
    image = _maps.shaded(axes, result, np.degrees(np.angle(z)), scale, hole=SCAR)
    colour_bar(figure, axes, panel, image, scale.what, scale.unit).set_yticks([-180, -90, 0, 90, 180])
    keys = _maps.annotated(axes, result, np.ones(result.shape, bool), "")
    seen = {charge for path in paths if (charge := _path(axes, path, shown))}
    keys += [
        line_key(f"{TURNS[charge]} (charge {charge:+d})", color=colour, marker="o", mec="white", ms=5, lw=1.2)
        for charge, colour in _COLOURS.items()
        if charge in seen
    ]
    page.key_above(axes, keys)
    axes.set(xlim=(0, result.size[0]), ylim=(0, result.size[1]))


def _path(axes: Axes, path: Trajectory, time: float) -> int:
    """Draws a path up to a time, and the singularity if it is there then; returns its charge, 0 if not drawn."""
    from matplotlib.patheffects import withStroke

    past = path.time <= time + 1e-6
    alive = path.time[0] <= time + 1e-6 and time <= path.time[-1] + 1e-6
    if not past.any() or (past.sum() < _SEEN and not alive):
        return 0
    colour = _COLOURS[int(np.sign(path.charge))]
    halo = [withStroke(linewidth=1.6, foreground="white")]
    axes.plot(path.x[past], path.y[past], color=colour, lw=0.8, path_effects=halo, zorder=3)
    if alive:
        axes.plot(path.x[past][-1], path.y[past][-1], "o", color=colour, mec="white", mew=0.8, ms=6, zorder=4)
    return int(np.sign(path.charge))


def _sentence(paths: list[Trajectory], time: float) -> str:
    alive = [path for path in paths if path.time[0] <= time + 1e-6 and time <= path.time[-1] + 1e-6]
    if not alive:
        return f"t = {time:g} ms: no phase singularity"
    count = "1 phase singularity" if len(alive) == 1 else f"{len(alive)} phase singularities"
    oldest = max(time - path.time[0] for path in alive)
    return f"t = {time:g} ms: {count}, the oldest since {oldest:g} ms"
