"""What is seen of activity while tissue is simulated: tips, which are joined to paths, and how often V turns."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from cardiac import analysis
from cardiac.analysis import Meander, Singularities, Trajectory
from cardiac.experiments import Array
from cardiac.preparation import Preparation

DELAY, EVERY = 5, 2  # ms: of the embedding of phase, and between looks for tips
PLACES = 16  # in each direction, at which V is sampled
FASTEST = 1.0  # mm/ms, of a tip
SHORTEST = 50.0  # ms: tips that live shorter are not told of


class Tip(NamedTuple):
    """A phase singularity, and how it moves in the second half of its life."""

    path: Trajectory
    meander: Meander


class Seen:
    """What is seen of the tissue while it is simulated: tips, and V at some places."""

    def __init__(self, tissue: Preparation, about: float) -> None:
        self.grid, self.about = tissue.grid, about
        self.recent: deque[Array] = deque(maxlen=DELAY + 1)
        self.times: list[float] = []
        self.tips: list[Singularities] = []
        self.V: list[Array] = []
        self.masked = np.where(tissue.conducting, 0.0, np.nan)
        rows, columns = (
            np.unique(np.linspace(0, n - 1, min(n, PLACES)).round().astype(int)) for n in tissue.grid.shape
        )
        self.places = np.ix_(rows, columns)

    def __call__(self, t: float, V: Array) -> None:
        self.recent.append(V)
        if len(self.recent) <= DELAY or (self.times and t < self.times[-1] + EVERY - 0.5):
            return
        z = self.masked + (V - self.about) + 1j * (self.recent[0] - self.about)
        self.times.append(t)
        self.tips.append(analysis.singularities(z, self.grid.x, self.grid.y))
        self.V.append(V[self.places])


def lasting(tissue: Preparation, seen: Seen, since: float) -> tuple[Tip, ...]:
    """The tips after a time [ms] that live for a while."""
    first = int(np.searchsorted(seen.times, since))
    grid, reach = tissue.grid, FASTEST * EVERY + 2.0 * tissue.grid.spacing
    size = grid.width, grid.height
    paths = analysis.trajectories(np.array(seen.times[first:]), seen.tips[first:], size, reach, patience=1)
    longest = sorted((p for p in paths if p.lifetime >= SHORTEST), key=lambda path: -path.lifetime)
    return tuple(Tip(path, analysis.meander(_second_half(path))) for path in longest)


def dominant(seen: Seen, start: float) -> float:
    """The median of the dominant frequencies of all places from a time on [Hz]; NaN where it is too short to tell."""
    times = np.array(seen.times)
    own = times >= start
    try:
        found = analysis.dominant_frequency(times[own], np.array(seen.V)[own]).dominant
    except ValueError:
        return np.nan
    return float(np.nanmedian(found)) if np.isfinite(found).any() else np.nan


def _second_half(path: Trajectory) -> Trajectory:
    late = path.time >= 0.5 * (path.time[0] + path.time[-1])
    return path._replace(time=path.time[late], x=path.x[late], y=path.y[late])
