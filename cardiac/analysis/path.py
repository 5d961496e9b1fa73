"""What a straight line through the tissue passes: region, conducting cells, activation times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

PER_CELL = 4  # samples to the length of a cell
_HALF = 0.5 - 1e-6  # a line along the faces between two rows belongs to both, whatever the round-off


@dataclass(frozen=True, slots=True)
class Path:
    """Samples along a line; all arrays (n,). Between cells times are interpolated linearly."""

    s: Array  # distance along the line from where it is anchored [mm]
    x: Array  # [mm]
    y: Array  # [mm]
    inside: Mask  # in the region
    conducting: Mask
    activation: Array  # [ms], NaN where not activated


def line(
    anchor: tuple[float, float],
    direction: tuple[float, float],
    x: Array,
    y: Array,
    spacing: float,
    *,
    activation: Array,
    region: Mask,
    conducting: Mask,
) -> Path:
    """The line through `anchor` [mm] along `direction` (unit vector), from border cell to border cell.

    Parameters
    ----------
    x, y : (nx,) and (ny,) cell centres [mm]
    activation, region, conducting : (ny, nx)
    """
    step = spacing / PER_CELL
    first, last = -math.inf, math.inf
    for start, slope, centres in zip(anchor, direction, (x, y), strict=True):
        if slope != 0.0:
            bounds = sorted(((float(centres[0]) - start) / slope, (float(centres[-1]) - start) / slope))
            first, last = max(first, bounds[0]), min(last, bounds[1])
    s = step * np.arange(math.ceil(first / step - 1e-6), math.floor(last / step + 1e-6) + 1, dtype=np.float64)
    xs, ys = anchor[0] + s * direction[0], anchor[1] + s * direction[1]
    where = np.stack([(ys - y[0]) / spacing, (xs - x[0]) / spacing])

    def share(field: NDArray[np.generic]) -> Array:
        values: Array = map_coordinates(field.astype(np.float64), where, order=1, mode="nearest")
        return values

    activated = np.isfinite(activation) & conducting
    conducts, reached = share(conducting), share(activated)
    passes = conducts >= _HALF
    known = passes & (reached >= _HALF * conducts)
    times = np.divide(
        share(np.where(activated, activation, 0.0)), reached, out=np.full_like(s, np.nan), where=known
    )
    return Path(s, xs, ys, share(region) >= _HALF, passes, times)
