"""What a straight line through the tissue passes: region, conducting cells, activation times."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiac.analysis.scene import Array, Mask, Scene

PER_CELL = 4  # samples to the length of a cell
_HALF = 0.5 - 1e-6  # so that on the face between two cells round-off does not choose one of them


@dataclass(frozen=True, slots=True)
class Path:
    """Samples along a line; all arrays (n,). Between cells times are interpolated linearly."""

    s: Array  # distance along the line from where it is anchored [mm]
    x: Array  # [mm]
    y: Array  # [mm]
    inside: Mask  # in the region
    conducting: Mask
    activation: Array  # [ms], NaN where not activated


def line(scene: Scene, anchor: tuple[float, float], direction: tuple[float, float]) -> Path:
    """The line through `anchor` [mm] along `direction` (unit vector), from border cell to border cell."""
    from scipy.ndimage import map_coordinates

    x, y, step = scene.x, scene.y, scene.spacing / PER_CELL
    first, last = -math.inf, math.inf
    for start, slope, centres in zip(anchor, direction, (x, y), strict=True):
        if slope != 0.0:
            bounds = sorted(((float(centres[0]) - start) / slope, (float(centres[-1]) - start) / slope))
            first, last = max(first, bounds[0]), min(last, bounds[1])
    s = step * np.arange(math.ceil(first / step - 1e-6), math.floor(last / step + 1e-6) + 1, dtype=np.float64)
    xs, ys = anchor[0] + s * direction[0], anchor[1] + s * direction[1]
    where = np.stack([(ys - y[0]) / scene.spacing, (xs - x[0]) / scene.spacing])

    def share(field: NDArray[np.generic]) -> Array:
        values: Array = map_coordinates(field.astype(np.float64), where, order=1, mode="nearest")
        return values

    activated = np.isfinite(scene.activation) & scene.conducting
    conducts, reached = share(scene.conducting), share(activated)
    passes = conducts > 1.0 - _HALF
    known = passes & (reached >= _HALF * conducts)
    times = np.divide(
        share(np.where(activated, scene.activation, 0.0)), reached, out=np.full_like(s, np.nan), where=known
    )
    return Path(s, xs, ys, share(scene.region) >= _HALF, passes, times)
