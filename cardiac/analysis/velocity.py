"""How fast and where to the wave moves, from a map of activation times."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

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
    activation: Array, spacing: float, reach: int = 2, slowest: float = 0.02, fastest: float = 10.0
) -> VelocityMap:
    """Velocities from local quadratic fits of the activation time (Bayly et al. 1998, doi:10.1109/10.668746).

    A line of block is not smoothed over: a neighbour takes part only if a wave of speed `slowest` could have
    passed between it and the cell. No velocity is given where the neighbours do not determine the fit, and
    none above `fastest`, where cells are activated together rather than by a front.

    Parameters
    ----------
    activation : (ny, nx) activation times [ms], NaN where not activated; ny = 1 is a cable
    spacing : of the cells [mm]
    reach : the window spans this many cells to each side
    slowest, fastest : [mm/ms]
    """
    rows, columns = (min(reach, n - 1) for n in activation.shape)
    row, column = (index.ravel() for index in np.mgrid[-rows : rows + 1, -columns : columns + 1])
    terms = _quadratic(row, column, activation.shape)
    allowance = spacing * np.hypot(row, column) / slowest
    framed = np.pad(activation, ((rows, rows), (columns, columns)), constant_values=np.nan)
    windows = sliding_window_view(framed, (2 * rows + 1, 2 * columns + 1))
    gradient = np.array([
        _gradients(windows[i].reshape(activation.shape[1], -1) - activation[i, :, None], terms, allowance)
        for i in range(activation.shape[0])
    ]) / spacing  # fmt: skip
    squared = np.sum(gradient**2, axis=-1)
    front = squared * fastest**2 > 1.0
    vx, vy = (
        np.divide(gradient[..., k], squared, out=np.full_like(squared, np.nan), where=front) for k in (0, 1)
    )
    return VelocityMap(vx, vy, np.hypot(vx, vy))


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


def _quadratic(row: NDArray[np.int_], column: NDArray[np.int_], shape: tuple[int, ...]) -> Array:
    """The terms of a quadratic (points, terms): along x, along y, constant, then what the shape allows."""
    ny, nx = shape
    terms = [column, row, np.ones_like(row)]
    terms += [column**2] * (nx > 2) + [row**2] * (ny > 2) + [row * column] * (nx > 1 and ny > 1)
    return np.column_stack(terms).astype(np.float64)


def _gradients(times: Array, terms: Array, allowance: Array) -> Array:
    """Gradients (n, 2) [ms per cell] amid n windows of `times` (n, points) relative to the middle [ms]."""
    used = np.abs(times) <= allowance
    known = np.any(terms != 0.0, axis=0)  # a cable has no term along y: its gradient there is zero
    basis = terms[:, known]
    products = basis[:, :, None] * basis[:, None, :]
    normal = np.tensordot(used.astype(np.float64), products, axes=1)
    # Offsets are whole numbers of cells, hence so is the determinant: below one half it is zero.
    solvable = used[:, times.shape[1] // 2] & (np.linalg.det(normal) > 0.5)
    normal[~solvable] = np.eye(basis.shape[1])
    right = np.where(used, times, 0.0) @ basis
    solution = np.zeros((times.shape[0], terms.shape[1]))
    solution[:, known] = np.linalg.solve(normal, right[..., None])[..., 0]
    solution[~solvable] = np.nan
    return solution[:, :2]
