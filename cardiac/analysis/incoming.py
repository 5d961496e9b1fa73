"""The wave that comes to a region: from where, along which direction, how fast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from cardiac.analysis.velocity import planar_fit

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Cell: TypeAlias = tuple[int, int]

NEARBY = 5.0  # the wave is judged by its last millimetres before the region, where it is closest to plane
TOGETHER = 0.1  # cells activated so soon after the first [ms] belong to the electrode, not to the wave


class Scene(NamedTuple):
    """What is judged; see `verdict`."""

    activation: Array
    x: Array
    y: Array
    region: Mask
    conducting: Mask
    spacing: float

    def distance(self, cells: Mask) -> Array:
        """Distance (ny, nx) to the nearest of `cells` [mm]; infinite if there are none."""
        if not cells.any():
            return np.full(cells.shape, np.inf)
        distances: Array = distance_transform_edt(~cells, sampling=self.spacing)
        return distances

    def position(self, cell: Cell) -> tuple[float, float]:
        """The centre of `cell` [mm]."""
        return float(self.x[cell[1]]), float(self.y[cell[0]])

    def around(self, x: float, y: float, radius: float) -> Mask:
        """Cells (ny, nx) within `radius` of the point x, y [mm]."""
        near: Mask = np.hypot(self.x - x, (self.y - y)[:, None]) <= radius
        return near

    def first(self, cells: Mask) -> Cell | None:
        """The one of `cells` that is activated first, if any is."""
        times = np.where(cells & np.isfinite(self.activation), self.activation, np.inf)
        cell = np.unravel_index(int(np.argmin(times)), times.shape)
        return (int(cell[0]), int(cell[1])) if np.isfinite(times[cell]) else None

    def origin(self, cell: Cell) -> Cell:
        """Where the activation of `cell` began: upstream from neighbour to neighbour to the first."""
        (ny, nx), here = self.activation.shape, cell
        while True:
            i, j = here
            steps = [
                ((self.activation[here] - self.activation[k, m]) / np.hypot(k - i, m - j), (k, m))
                for k in range(max(i - 1, 0), min(i + 2, ny))
                for m in range(max(j - 1, 0), min(j + 2, nx))
                if self.activation[k, m] < self.activation[here]
            ]
            if not steps:
                return here
            here = max(steps)[1]


class Wave(NamedTuple):
    """The wave that comes to the region."""

    arrival: Cell  # the first to be activated of the region and its margin
    begun: float  # what is activated up to here [ms] is the electrode
    direction: tuple[float, float]  # unit vector
    velocity: float  # before the region [mm/ms], NaN if there is no tissue to tell it


def incoming(scene: Scene, margin: float) -> Wave | None:
    """The wave before the region, or inside it where it begins there; None if nothing comes."""
    arrival = scene.first(scene.distance(scene.region) <= margin)
    if arrival is None:
        return None
    begun = float(scene.activation[scene.origin(arrival)]) + TOGETHER
    for cells in _upstream(scene, scene.activation <= begun, margin):
        fit = planar_fit(scene.activation, scene.x, scene.y, cells) if _spread(cells) else None
        if fit is not None and np.isfinite(fit.speed):
            return Wave(arrival, begun, _straightened(fit.direction), fit.speed)
    fit = planar_fit(scene.activation, scene.x, scene.y, scene.region)
    known = fit is not None and np.isfinite(fit.speed)
    return Wave(arrival, begun, _straightened(fit.direction) if fit and known else (1.0, 0.0), NAN)


def _upstream(scene: Scene, electrode: Mask, margin: float) -> Iterator[Mask]:
    """Cells that show the wave before the region, the best choice first.

    Next to the region its influence is felt, next to the electrode that of the stimulus. Half the way to the
    electrode is far enough from a point-like one for its waves to look plane.
    """
    from_region, from_electrode = scene.distance(scene.region), scene.distance(electrode)
    for halo in (margin, 0.0):
        arrival = scene.first(from_region <= halo)
        if arrival is None:
            return
        before = (scene.activation < scene.activation[arrival]) & (from_region > halo) & ~electrode
        way = from_electrode[arrival]
        yield (
            before
            & (from_electrode > margin)
            & scene.around(*scene.position(arrival), min(0.5 * way, NEARBY))
        )
        yield before & scene.around(*scene.position(arrival), min(way, NEARBY))


def _spread(cells: Mask) -> bool:
    """Whether `cells` extend over at least three rows and three columns, as far as the tissue has them."""
    return all(np.count_nonzero(cells.any(axis=axis)) >= min(3, cells.shape[1 - axis]) for axis in (0, 1))


def _straightened(direction: tuple[float, float]) -> tuple[float, float]:
    """`direction` without the round-off that would lead a path along a row into the next one."""
    x, y = (0.0 if abs(component) < 1e-6 else component for component in direction)
    return x, y
