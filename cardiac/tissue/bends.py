"""Bends: what makes diffusion of fourth order where the tissue is smooth.

The flows along x and y between neighbours (see `conduction`), L_x V and L_y V, miss h^2 / 12 times the fourth
derivatives of V. What they miss are the flows of the flows, and they follow from an energy too, half the sum over
cells of

    x (L_x V)^2 + y (L_y V)^2 - 2 cross (L_x V) (L_y V) + 2 twist (second differences) (mixed difference),

with x = h^2 / 12 D_xx, y = h^2 / 12 D_yy and, for oblique fibres, twist = D_xy / 6 h^2. It counts where the
diffusivity does not jump; elsewhere the operator is that of second order. As it is made of flows, it conserves as
they do, closed faces mirror V as they do, and it dissipates, being positive.

To x and y comes a part of the order of h^4 that cancels most of the error that a front still has: the lattice samples
the upstroke, which diffusion alone cannot mend. In units of second differences its weight is FRONT / rise time,
fitted to cables of Luo-Rudy 1991, ten Tusscher 2006 and Mitchell-Schaeffer; `cross` makes it a quarter as large along
the diagonal, as the error is.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from cardiac.tissue.conduction import Tensor
from cardiac.tissue.fields import Field, uniform
from cardiac.tissue.grid import Array, Grid, Mask

FRONT = 0.058
JUMP = 0.1  # relative change of diffusivity from cell to cell that counts as a jump


class Bends(NamedTuple):
    """Weights: `x`, `y`, `cross` in ms, `twist` in 1/ms; `smooth` is 1 in the cells where they count, else 0."""

    smooth: Field
    x: Field
    y: Field
    cross: Field
    twist: Field


def bends(
    grid: Grid, diffusion: Tensor, conducting: Mask | bool = True, rise_time: float = math.inf
) -> Bends:
    """The bends of tissue whose upstroke takes `rise_time` [ms]; infinite: without the part for fronts."""
    front = FRONT / rise_time
    x, y = (_inverse(d / grid.spacing**2) for d in (diffusion.xx, diffusion.yy))
    inside = np.broadcast_to(conducting, grid.shape)
    even = _even(diffusion, grid)
    # Mixed differences do not know of closed faces.
    twist = even * _all_around(inside, np.logical_and) * (diffusion.xy / (6.0 * grid.spacing**2))
    return Bends(
        uniform(even.astype(float)),
        uniform(x / 12.0 + front * x * x),
        uniform(y / 12.0 + front * y * y),
        uniform(0.5 * front * x * y),
        uniform(twist),
    )


def _inverse(d: Field) -> Array:
    """1 / d, and 0 where d is."""
    values = np.asarray(d, dtype=float)
    return np.asarray(np.divide(1.0, values, out=np.zeros_like(values), where=values > 0.0))


def _even(diffusion: Tensor, grid: Grid) -> Mask:
    """The cells whose neighbours have nearly the same diffusivities (those outside the tissue have)."""
    even = np.ones(grid.shape, dtype=bool)
    scale = np.add(diffusion.xx, diffusion.yy)
    for part in diffusion:
        if np.ndim(part):
            low, high = (_all_around(np.asarray(part), extreme) for extreme in (np.minimum, np.maximum))
            even &= np.asarray(high - low <= JUMP * scale)
    return even


def _all_around(values: Array | Mask, reduce: np.ufunc) -> Any:
    """`reduce` over each cell and its neighbours; outside the tissue are copies of the outermost, but no cells."""
    outside = {"constant_values": False} if values.dtype == bool else {}
    padded = np.pad(values, 1, mode="constant" if outside else "edge", **outside)  # type: ignore[call-overload]
    rows = reduce(reduce(padded[:-2], padded[1:-1]), padded[2:])
    return reduce(reduce(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
