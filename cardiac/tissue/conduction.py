"""Conduction: from fibres and scars to the conductances between neighbouring cells.

The operator div(D grad V) on the grid is a graph Laplacian,

    (L V)[c] = sum over neighbours n of w_cn (V[n] - V[c]),

symmetric and therefore exactly conservative. Its conductances w [1/ms] follow from the energy, half the
integral of grad V . D grad V, summed over the quarters of each cell: the quarter at a corner of the cell sees
one difference along x and one along y, towards the two neighbours that share the corner. Where one of them is
missing (a scar, the border of the tissue) the difference towards it takes the value of least energy, which is
the natural condition n . D grad V = 0. Between unequal cells the normal conductances are harmonic means. The
product of the two differences of a quarter, which comes with D_xy, is a combination of squares,

    (V_q - V_p)(V_r - V_p) = [(V_q - V_p)^2 + (V_r - V_p)^2 - (V_q - V_r)^2] / 2,

so that everything is a conductance again, some of them diagonal and negative. Each piece of the energy is
positive semi-definite, whatever the fibres and scars: the discrete problem dissipates as the true one does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np

from cardiac.tissue.fields import Change, Field, field, uniform
from cardiac.tissue.grid import Array, Grid, Mask

# The cells around every corner of the grid, as views of a field with a border of one cell.
SW, SE, NW, NE = np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, :-1], np.s_[1:, 1:]


class Tensor(NamedTuple):
    """Diffusion tensor [mm^2/ms], uniform or as fields (ny, nx)."""

    xx: Field
    xy: Field
    yy: Field


class Faces(NamedTuple):
    """Conductances [1/ms], each (ny, nx), from cell (i, j) to (i, j+1), (i+1, j), (i+1, j+1) and (i+1, j-1).

    Zero at scars and at the border. The diagonal ones are None where fibres run along the grid everywhere.
    """

    east: Array
    north: Array
    northeast: Array | None = None
    northwest: Array | None = None


class FibreChange(Protocol):
    """What a region does to conduction; None leaves a value as it is."""

    @property
    def along(self) -> Change | None: ...
    @property
    def across(self) -> Change | None: ...
    @property
    def fibre_angle(self) -> Field | None: ...


def tensor(
    along: Field, across: Field, fibre_angle: Field = 0.0, changes: Iterable[tuple[Array, FibreChange]] = ()
) -> Tensor:
    """Tensor of tissue that conducts `along` and `across` [mm^2/ms] fibres at `fibre_angle` [deg] to x.

    `changes` are pairs of a region's weight (ny, nx) and its change. Across a smooth border the diffusivities
    pass gradually from one side to the other; the angle, which has no middle, switches at half weight.
    Raises ValueError for a negative diffusivity.
    """
    for weight, change in changes:
        along = field(along, [(weight, change.along)] if change.along else [])
        across = field(across, [(weight, change.across)] if change.across else [])
        if change.fibre_angle is not None:
            fibre_angle = uniform(np.where(weight >= 0.5, change.fibre_angle, fibre_angle))
    least = float(min(np.min(along), np.min(across)))
    if not least >= 0.0:
        raise ValueError(f"a diffusivity of {least:g} mm^2/ms is negative")
    c, s = np.cos(np.radians(fibre_angle)), np.sin(np.radians(fibre_angle))
    aligned = np.abs(c * s) < 1e-15  # the cosine of 90 deg is 6e-17, and would couple cells diagonally
    xy = np.where(aligned, 0.0, np.subtract(along, across) * c * s)
    return Tensor(uniform(along * c**2 + across * s**2), uniform(xy), uniform(along * s**2 + across * c**2))


def faces(grid: Grid, diffusion: Tensor, conducting: Mask | bool = True) -> Faces:
    """Conductances between the `conducting` cells (ny, nx) of the grid; nothing reaches the others."""
    inside = np.broadcast_to(conducting & (np.add(diffusion.xx, diffusion.yy) > 0.0), grid.shape).astype(
        float
    )
    kx, ky = (np.pad(inside * d / grid.spacing**2, 1) for d in (diffusion.xx, diffusion.yy))
    skew = np.pad(inside * _skew(diffusion), 1)
    x_pairs, y_pairs = _x_pairs(kx), _y_pairs(ky)
    if not skew.any():
        return Faces(_east(0.5 * x_pairs), _north(0.5 * y_pairs))

    # A quarter is complete if it has both neighbours. With one of them only, the other difference is free and
    # leaves D_xx - D_xy^2 / D_yy of D_xx.
    x_free, y_free = _x_pairs(kx * (1.0 - skew**2)), _y_pairs(ky * (1.0 - skew**2))
    (south, north), (west, east) = x_pairs > 0.0, y_pairs > 0.0
    x_halves = 0.25 * (np.where(west, x_pairs, x_free) + np.where(east, x_pairs, x_free))
    y_halves = 0.25 * (np.where(south, y_pairs, y_free) + np.where(north, y_pairs, y_free))

    # D_xy at a corner: the mean skew of its cells on the conductances that meet there; |skew| <= 1 keeps the
    # energy positive.
    cells = np.maximum(_around(np.pad(inside, 1)), 1.0)
    mixed = 0.25 * _around(skew) / cells * np.sqrt(_joint(x_pairs) * _joint(y_pairs))
    sw, se, nw, ne = mixed * [south & west, south & east, north & west, north & east]
    x_halves += [sw - se, ne - nw]
    y_halves += [sw - nw, ne - se]
    return Faces(_east(x_halves), _north(y_halves), (se + nw)[1:, 1:], -(sw + ne)[1:, :-1])


def monotonicity_warning(diffusion: Tensor) -> str | None:
    """A sentence if fibres run so obliquely to the grid that V can undershoot visibly, else None.

    The limit |D_xy| = 9/11 sqrt(D_xx D_yy) is a tenfold ratio of diffusivities at 45 deg, where a sharp disk
    10 cells in radius undershoots by 2 % of its height (1 % at fourfold, 3 % at twentyfold).
    """
    skew = np.abs(_skew(diffusion))
    if skew.max() <= 9.0 / 11.0 + 1e-9:
        return None
    xx, xy, yy = (np.broadcast_to(d, skew.shape).flat[int(skew.argmax())] for d in diffusion)
    mean, half = 0.5 * (xx + yy), math.hypot(0.5 * (xx - yy), xy)
    ratio = (mean + half) / (mean - half) if mean > half else math.inf
    return (
        f"fibres run obliquely to the grid where D_along/D_across is {ratio:.3g}: V can undershoot at steep "
        "fronts - turn the tissue so that fibres follow x or y, or keep the ratio below 10"
    )


def _skew(diffusion: Tensor) -> Array:
    """D_xy / sqrt(D_xx D_yy), between -1 and 1; 0 where nothing conducts."""
    scale = np.sqrt(np.multiply(diffusion.xx, diffusion.yy))
    skew: Array = np.clip(np.divide(diffusion.xy, np.where(scale > 0.0, scale, 1.0)), -1.0, 1.0)
    return skew


def _x_pairs(k: Array) -> Array:
    """Conductances between the southern and the northern two cells at each corner (2, ny + 1, nx + 1)."""
    return np.stack([_harmonic(k[SW], k[SE]), _harmonic(k[NW], k[NE])])


def _y_pairs(k: Array) -> Array:
    """Conductances between the western and the eastern two cells at each corner (2, ny + 1, nx + 1)."""
    return np.stack([_harmonic(k[SW], k[NW]), _harmonic(k[SE], k[NE])])


def _east(x_halves: Array) -> Array:
    """Eastern face of each cell: what its upper corner sees as southern and its lower corner as northern."""
    south, north = x_halves
    face: Array = south[1:, 1:] + north[:-1, 1:]
    return face


def _north(y_halves: Array) -> Array:
    """Northern face of each cell: what its right corner sees as western and its left corner as eastern."""
    west, east = y_halves
    face: Array = west[1:, 1:] + east[1:, :-1]
    return face


def _around(values: Array) -> Array:
    """Sum over the four cells at each corner."""
    return values[SW] + values[SE] + values[NW] + values[NE]


def _joint(pairs: Array) -> Array:
    """The two parallel conductances at a corner as one: their harmonic mean, or the only one there is."""
    one, other = pairs
    return np.where((one > 0.0) & (other > 0.0), _harmonic(one, other), one + other)


def _harmonic(a: Array, b: Array) -> Array:
    """Harmonic mean, 0 if either is 0."""
    total = a + b
    return 2.0 * a * b / np.where(total > 0.0, total, 1.0)
