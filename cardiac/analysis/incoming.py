"""The wave that comes to a region: from where, along which direction, how fast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cardiac.analysis.scene import Cell, Mask, Scene
from cardiac.analysis.velocity import planar_fit

NEARBY = 5.0  # the wave is judged by its last millimetres before the region, where it is closest to plane
TOGETHER = 0.1  # cells activated so soon after the first [ms] belong to the electrode, not to the wave


class Wave(NamedTuple):
    """The wave that comes to the region."""

    arrival: Cell  # the first to be activated of the region and its margin
    begun: float  # what is activated up to here [ms] is the electrode
    direction: tuple[float, float]  # unit vector
    velocity: float  # before the region [mm/ms], NaN if there is no tissue to tell it


def incoming(scene: Scene, margin: float) -> Wave | None:
    """The wave before the region, or inside it where it begins there; None if nothing comes."""
    arrival = _arrival(scene, scene.distance(scene.region) <= margin)
    if arrival is None:
        return None
    begun = float(scene.activation[scene.origin(arrival)]) + TOGETHER
    for cells in _upstream(scene, scene.activation <= begun, margin):
        fit = planar_fit(scene.activation, scene.x, scene.y, cells) if _spread(cells) else None
        if fit is not None and np.isfinite(fit.speed):
            return Wave(arrival, begun, _straightened(fit.direction), fit.speed)
    fit = planar_fit(scene.activation, scene.x, scene.y, scene.region)
    if fit is None or not np.isfinite(fit.speed):
        return Wave(arrival, begun, (1.0, 0.0), float("nan"))
    return Wave(arrival, begun, _straightened(fit.direction), float("nan"))


def _upstream(scene: Scene, electrode: Mask, margin: float) -> Iterator[Mask]:
    """Cells that show the wave before the region, the best choice first.

    Next to the region its influence is felt; next to the electrode the stimulus still drives the wave. From
    half the way on, the waves of a point-like electrode look plane.
    """
    from_region, from_electrode = scene.distance(scene.region), scene.distance(electrode)
    for halo in (margin, 0.0):
        arrival = _arrival(scene, from_region <= halo)
        if arrival is None:
            return
        before = scene.activation < scene.activation[arrival]
        propagated = before & (from_region > halo) & (from_electrode > margin)
        for way in (0.5 * from_electrode[arrival], from_electrode[arrival]):
            yield propagated & scene.around(*scene.position(arrival), min(way, NEARBY))


def _arrival(scene: Scene, cells: Mask) -> Cell | None:
    """Where the wave comes to `cells` first; if along a front, then opposite to the middle of the region."""
    first = scene.first(cells)
    if first is None:
        return None
    row, column = np.nonzero(cells & (scene.activation <= scene.activation[first] + TOGETHER))
    x, y = scene.middle
    away = np.hypot(scene.x[column] - x, scene.y[row] - y) / scene.spacing
    # Of cells equally far, as round-off cannot tell, the first.
    k = int(np.lexsort((scene.activation[row, column], np.round(away, 6)))[0])
    return int(row[k]), int(column[k])


def _spread(cells: Mask) -> bool:
    """Whether `cells` extend over at least two rows and two columns, as far as the tissue has them."""
    return all(np.count_nonzero(cells.any(axis=axis)) >= min(2, cells.shape[1 - axis]) for axis in (0, 1))


def _straightened(direction: tuple[float, float]) -> tuple[float, float]:
    """`direction` without the round-off that would lead a path along a row into the next one."""
    x, y = (0.0 if abs(component) < 1e-6 else component for component in direction)
    return x, y
