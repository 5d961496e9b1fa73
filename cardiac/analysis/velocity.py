"""How fast and where to the wave moves, from a map of activation times."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.analysis.fit import Quadratic, local_fit

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


class VelocityMap(NamedTuple):
    """Velocity of the front where it passed, each (ny, nx) [mm/ms]; NaN elsewhere."""

    vx: Array
    vy: Array
    speed: Array


class PlanarFit(NamedTuple):
    """A plane wave."""

    slowness: tuple[float, float]  # gradient of the activation time [ms/mm]

    @property
    def speed(self) -> float:
        """[mm/ms]; infinite where everything is activated at once."""
        slowness = float(np.hypot(*self.slowness))
        return 1.0 / slowness if slowness != 0.0 else float("inf")

    @property
    def direction(self) -> tuple[float, float]:
        """Unit vector; NaN where everything is activated at once."""
        speed = self.speed
        sx, sy = self.slowness
        return (sx * speed, sy * speed) if speed < float("inf") else (float("nan"), float("nan"))


def velocity_map(
    activation: Array,
    spacing: float,
    reach: int = 2,
    slowest: float = 0.02,
    fastest: float = 10.0,
    conducting: Mask | None = None,
) -> VelocityMap:
    """Velocities from local quadratic fits of the activation time (Bayly et al. 1998, doi:10.1109/10.668746).

    Neither a line of block nor a scar is smoothed over, see `local_fit`. No velocity is given where the
    neighbours do not determine the fit, and none above `fastest`, where cells are activated together rather
    than by a front.

    Parameters
    ----------
    activation : (ny, nx) activation times [ms], NaN where not activated; ny = 1 is a cable
    spacing : of the cells [mm]
    reach : the window spans this many cells to each side
    slowest, fastest : [mm/ms]
    conducting : (ny, nx), False in scars; None: there are none
    """
    fit, squared, front = _front(activation, spacing, reach, slowest, fastest, conducting)
    vx, vy = (
        np.divide(slope, squared, out=np.full_like(squared, np.nan), where=front) for slope in (fit.x, fit.y)
    )
    return VelocityMap(vx, vy, np.hypot(vx, vy))


def curvature_map(
    activation: Array,
    spacing: float,
    reach: int = 2,
    slowest: float = 0.02,
    fastest: float = 10.0,
    conducting: Mask | None = None,
) -> Array:
    """Curvature of the front where it passed, (ny, nx) [1/mm]: the divergence of its direction.

    1/r of a wave that has spread from a point to a circle of radius r; negative where it converges. A front of
    plane velocity c moves at about c - D x curvature (Keener 1991, J Math Biol 29:629). It is of second order in
    the spacing; at the border and beside scars, where the window is one-sided, of first.

    Parameters are those of `velocity_map`; so is where it is NaN. A cable has none: 0.
    """
    fit, squared, front = _front(activation, spacing, reach, slowest, fastest, conducting)
    bend = fit.xx * fit.y**2 - 2.0 * fit.xy * fit.x * fit.y + fit.yy * fit.x**2
    return np.divide(bend, squared**1.5, out=np.full_like(squared, np.nan), where=front)


def _front(
    activation: Array, spacing: float, reach: int, slowest: float, fastest: float, conducting: Mask | None
) -> tuple[Quadratic, Array, Mask]:
    """The local fit, the square of the slowness [ms^2/mm^2], and where a front passed that is not too fast."""
    fit = local_fit(activation, spacing, reach, slowest, conducting)
    squared = fit.x**2 + fit.y**2
    return fit, squared, squared * fastest**2 > 1.0


def velocity_between(activation: Array, x: Array, y: Array, a: tuple[int, int], b: tuple[int, int]) -> float:
    """Distance over time from cell `a` to cell `b`, each (row, column) [mm/ms].

    Negative if `b` is activated first; NaN if they are activated together or one of them is not.

    Parameters
    ----------
    activation : (ny, nx) activation times [ms]
    x, y : (nx,) and (ny,) cell centres [mm]
    """
    distance = float(np.hypot(x[b[1]] - x[a[1]], y[b[0]] - y[a[0]]))
    time = float(activation[b] - activation[a])
    return distance / time if time != 0.0 else float("nan")


def planar_fit(activation: Array, x: Array, y: Array, mask: Mask) -> PlanarFit | None:
    """The plane wave that fits the activated cells of `mask` best (least squares); None if they are too few.

    Cells on one line tell only the slowness along that line: it is taken for the whole.

    Parameters
    ----------
    activation : (ny, nx) activation times [ms], NaN where not activated
    x, y : (nx,) and (ny,) cell centres [mm]
    mask : (ny, nx)
    """
    row, column = np.nonzero(mask & np.isfinite(activation))
    if row.size < 2:
        return None
    position, time = np.column_stack([x[column], y[row]]), activation[row, column]
    slowness = np.linalg.lstsq(position - position.mean(axis=0), time - time.mean())[0]
    return PlanarFit((float(slowness[0]), float(slowness[1])))
