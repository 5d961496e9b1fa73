"""Singularities through time: where each was born, how it moved, how it died."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.analysis.singularities import Singularities

Array: TypeAlias = NDArray[np.float64]

# How a trajectory begins or ends: with the record, at the border, together with one of opposite charge, or, inside
# the tissue, in no way that singularities should: at a scar, or where frames are too coarse or too far apart.
End: TypeAlias = Literal["record", "border", "pair", "inside"]


class Trajectory(NamedTuple):
    """The path of one singularity, of n moments."""

    charge: int
    time: Array  # (n,) [ms]
    x: Array  # (n,) [mm]
    y: Array
    birth: End
    death: End

    @property
    def lifetime(self) -> float:
        """From the first to the last moment at which it was seen [ms]."""
        return float(self.time[-1] - self.time[0])

    @property
    def meander(self) -> Meander:
        """How the tip moves, see `meander`."""
        return meander(self)


class Meander(NamedTuple):
    """How a tip moves."""

    x: float  # its mean place [mm]
    y: float
    radius: float  # root mean square distance from there [mm]
    extent: float  # largest distance between two of its places [mm]
    length: float  # of its path [mm]
    drift_x: float  # velocity of the straight line that fits the path best [mm/ms]
    drift_y: float


@dataclass
class _Path:
    """A trajectory that grows."""

    charge: int
    birth: End
    frames: list[int] = field(default_factory=list)
    places: list[tuple[float, float]] = field(default_factory=list)
    death: End = "record"


def trajectories(
    time: Array,
    found: Sequence[Singularities],
    size: tuple[float, float],
    reach: float,
    patience: int = 0,
) -> list[Trajectory]:
    """Singularities of successive moments joined to paths, in the order of their birth.

    From one moment to the next each is joined to one of the same charge within `reach`, so that the sum of the
    distances is least.

    Parameters
    ----------
    time : (times,) [ms]
    found : of each time
    size : width and height of the tissue [mm]; "border" is within `reach` of it
    reach : how far a singularity moves from one time to the next, at most [mm]
    patience : times for which one may be lost and found again

    Raises ValueError where there are not as many times as moments, or the reach is not positive.
    """
    if len(time) != len(found):
        raise ValueError(f"{len(time)} times, but singularities of {len(found)}")
    if not reach > 0.0:
        raise ValueError(f"a reach of {reach:g} mm is not positive")
    paths: list[_Path] = []
    for k, seen in enumerate(found):
        alive = [path for path in paths if path.frames[-1] >= k - 1 - patience]
        joined = _joined(alive, seen, k, reach)
        for n, place in enumerate(zip(seen.x.tolist(), seen.y.tolist(), strict=True)):
            if n not in joined:
                paths.append(_Path(int(seen.charge[n]), "record" if k == 0 else "inside"))
            path = joined.get(n, paths[-1])
            path.frames.append(k)
            path.places.append(place)
    _explain(paths, len(time), size, reach, patience)
    return [
        Trajectory(
            path.charge,
            np.asarray(time)[path.frames],
            np.array([x for x, _ in path.places]),
            np.array([y for _, y in path.places]),
            path.birth,
            path.death,
        )
        for path in paths
    ]


def meander(path: Trajectory) -> Meander:
    """How the tip of a trajectory moves; one seen only once has moved nowhere."""
    from scipy.spatial.distance import pdist

    places = np.column_stack([path.x, path.y])
    middle = places.mean(axis=0)
    since = path.time - path.time.mean()
    drift = since @ places / max(float(since @ since), 1e-300)
    return Meander(
        x=float(middle[0]),
        y=float(middle[1]),
        radius=float(np.sqrt(np.mean(np.sum((places - middle) ** 2, axis=1)))),
        extent=float(pdist(places).max(initial=0.0)),
        length=float(np.hypot(*np.diff(places, axis=0).T).sum()),
        drift_x=float(drift[0]),
        drift_y=float(drift[1]),
    )


def _joined(alive: list[_Path], seen: Singularities, k: int, reach: float) -> dict[int, _Path]:
    """The path that each of the singularities seen at time k goes on with, if any."""
    from scipy.optimize import linear_sum_assignment

    if not alive or not seen.x.size:
        return {}
    last = np.array([path.places[-1] for path in alive])
    far = np.hypot(last[:, :1] - seen.x, last[:, 1:] - seen.y)
    allowed = reach * np.array([k - path.frames[-1] for path in alive])[:, None]
    alike = np.array([path.charge for path in alive])[:, None] == seen.charge
    never = 1e6 * reach
    cost = np.where(alike & (far <= allowed), far, never)
    pairs = zip(*linear_sum_assignment(cost), strict=True)
    return {int(n): alive[p] for p, n in pairs if cost[p, n] < never}


def _explain(paths: list[_Path], times: int, size: tuple[float, float], reach: float, patience: int) -> None:
    """Say of each path how it began and ended."""
    for path in paths:
        if path.frames[0] > 0:
            path.birth = _cause(path, 0, paths, size, reach, patience)
        if path.frames[-1] < times - 1:
            path.death = _cause(path, -1, paths, size, reach, patience)


def _cause(
    path: _Path, end: int, paths: list[_Path], size: tuple[float, float], reach: float, patience: int
) -> End:
    x, y = path.places[end]
    for other in paths:
        at_once = abs(other.frames[end] - path.frames[end]) <= 1 + patience
        far = np.hypot(other.places[end][0] - x, other.places[end][1] - y)
        if other.charge == -path.charge and at_once and far <= 2 * reach:
            return "pair"
    return "border" if min(x, y, size[0] - x, size[1] - y) <= reach else "inside"
