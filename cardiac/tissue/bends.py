"""Resistance to bending: what makes diffusion of fourth order where the tissue is smooth.

The differences between neighbours (see `conduction`) miss (h^2 / 12) times the fourth derivatives of V. They follow
from an energy of second differences a along x, b along y and c mixed,

    1/2 sum over cells of  (D_xx a^2 + D_yy b^2 + 4 D_xy (a + b) c) / 12 h^2 + front (a^2 + b^2 - a b).

It counts in cells that have no scar, border or jump of diffusivity beside them: elsewhere the operator is that of
second order. As second differences of a constant vanish and the energy is positive, it conserves and dissipates as
the true one does.

The term `front` is of the order of h^4 itself and cancels most of the error that a front makes of fourth order: the
lattice samples the upstroke, which diffusion alone cannot mend. Its weight [1/ms] is FRONT / rise time, fitted to
cables of Luo-Rudy 1991, ten Tusscher 2006 and Mitchell-Schaeffer; its last part makes it a quarter as large along the
diagonal, as the error is.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cardiac.tissue.conduction import Tensor
from cardiac.tissue.fields import Field
from cardiac.tissue.grid import Array, Grid, Mask

FRONT = 0.058
JUMP = 0.1  # relative change of diffusivity from cell to cell that counts as a jump


class Bends(NamedTuple):
    """Weights [1/ms] of a^2, b^2, -2 a b and 2 (a + b) c; `smooth` (ny, nx) is 1 where they count, else 0."""

    smooth: Array
    xx: Field
    yy: Field
    cross: float
    xy: Field


def bends(
    grid: Grid, diffusion: Tensor, conducting: Mask | bool = True, rise_time: float = math.inf
) -> Bends:
    """The resistance to bending of tissue whose upstroke takes `rise_time` [ms]; infinite: no term `front`."""
    h2, front = grid.spacing**2, FRONT / rise_time
    wide, high = grid.nx > 1, grid.ny > 1  # a cable bends along itself only
    return Bends(
        smooth=_smooth(grid, diffusion, conducting).astype(float),
        xx=wide * (diffusion.xx / (12.0 * h2) + front),
        yy=high * (diffusion.yy / (12.0 * h2) + front),
        cross=wide * high * 0.5 * front,
        xy=wide * high * diffusion.xy / (6.0 * h2),
    )


def _smooth(grid: Grid, diffusion: Tensor, conducting: Mask | bool) -> Mask:
    """Cells that conduct, whose neighbours all do, with nearly the same diffusivities."""
    inside = np.broadcast_to(conducting & (np.add(diffusion.xx, diffusion.yy) > 0.0), grid.shape)
    along = [axis for axis in range(2) if grid.shape[axis] > 1]
    result = _around(inside, np.minimum, along) > 0.0
    scale = np.add(diffusion.xx, diffusion.yy)
    for part in diffusion:
        if np.ndim(part):
            low, high = (_around(np.asarray(part), f, along) for f in (np.minimum, np.maximum))
            result = result & (high - low <= JUMP * scale)
    return np.asarray(result)


def _around(values: Array | Mask, extreme: np.ufunc, along: list[int]) -> Array:
    """The extreme of each cell and its neighbours; what lies outside the tissue is 0."""
    result = np.asarray(values, dtype=float)
    for axis in along:
        padded = np.pad(result, [(int(k == axis), int(k == axis)) for k in range(2)])
        parts = [np.take(padded, range(k, k + values.shape[axis]), axis) for k in range(3)]
        result = extreme(extreme(parts[0], parts[1]), parts[2])
    return result
