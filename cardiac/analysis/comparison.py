"""Two maps on different grids: the same places, and how far the values are apart."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

_ROUND_OFF = 1e-6  # of a cell


class Difference(NamedTuple):
    """Of two maps, second minus first, in their unit; NaN where one of them has no value."""

    map: Array  # (ny, nx) on the first grid
    mean: float
    deviation: float  # root mean square
    largest: float  # with its sign
    only_first: int  # cells where the second has no value
    only_second: int


def difference(first: Array, second: Array) -> Difference:
    """How two maps (or stacks of maps) on one grid differ.

    Raises ValueError for maps of different shapes: see `resampled`.
    """
    if np.shape(first) != np.shape(second):
        raise ValueError(
            f"maps of {np.shape(first)} and {np.shape(second)} cells are on two grids - resample one"
        )
    apart = np.asarray(second, dtype=np.float64) - first
    here, there = np.isfinite(first), np.isfinite(second)
    both = apart[here & there]
    lost = int((here & ~there).sum()), int((there & ~here).sum())
    if not both.size:
        return Difference(apart, math.nan, math.nan, math.nan, *lost)
    deviation = math.sqrt(float(np.mean(both**2)))
    return Difference(apart, float(both.mean()), deviation, float(both[np.abs(both).argmax()]), *lost)


def resampled(values: Array, x: Array, y: Array, new_x: Array, new_y: Array) -> Array:
    """Maps (..., new y, new x) between the cells of a grid, bilinear; continued straight up to its border.

    Only cells with a value take part: next to a scar or a line of block, the nearer ones that have one. NaN where
    the nearest cell has none, and outside the grid. The error is of second order in the spacing.

    Parameters
    ----------
    values : (..., ny, nx), NaN where undefined
    x, y : (nx,) and (ny,) cell centres [mm], evenly spaced
    new_x, new_y : where values are wanted [mm]
    """
    along, up = (_weights(*axis) for axis in ((x, new_x), (y, new_y)))
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    total = np.einsum("...ij,yi,xj->...yx", filled, up, along, optimize=True)
    weight = np.einsum("...ij,yi,xj->...yx", known.astype(float), up, along, optimize=True)
    nearest = known[..., _nearest(y, new_y)[:, None], _nearest(x, new_x)]
    inside = _inside(y, new_y)[:, None] & _inside(x, new_x)
    found: Array = np.divide(
        total, weight, out=np.full(total.shape, np.nan), where=nearest & inside & (weight > _ROUND_OFF)
    )
    return found


def _position(centres: Array, places: Array) -> Array:
    """Places in units of cells, 0 at the first centre."""
    if len(centres) == 1:
        return np.zeros(len(places))
    found: Array = (np.asarray(places) - centres[0]) / (centres[1] - centres[0])
    return found


def _nearest(centres: Array, places: Array) -> NDArray[np.int_]:
    return np.clip(np.rint(_position(centres, places)), 0, len(centres) - 1).astype(int)


def _inside(centres: Array, places: Array) -> NDArray[np.bool_]:
    """Which places lie within the cells; of a single one the size is not known."""
    cells = _position(centres, places)
    found: NDArray[np.bool_] = (cells >= -0.5 - _ROUND_OFF) & (cells <= len(centres) - 0.5 + _ROUND_OFF)
    return found


def _weights(centres: Array, places: Array) -> Array:
    """How much of each cell's value belongs to each place (places, cells)."""
    found = np.zeros((len(places), len(centres)))
    if len(centres) == 1:
        return found + 1.0
    cells = _position(centres, places)
    low = np.clip(np.floor(cells), 0, len(centres) - 2).astype(int)
    share = cells - low
    rows = np.arange(len(places))
    found[rows, low], found[rows, low + 1] = 1.0 - share, share
    return found
