"""Local quadratic fits to a map of times: slope and bend of the front at every cell."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


class Quadratic(NamedTuple):
    """First derivatives [ms/mm] and second ones [ms/mm^2] of a map of times, each (ny, nx); NaN where unknown.

    What the shape of the tissue cannot tell is 0, such as the slope across a cable.
    """

    x: Array
    y: Array
    xx: Array
    xy: Array
    yy: Array


def local_fit(
    times: Array, spacing: float, reach: int = 2, slowest: float = 0.02, conducting: Mask | None = None
) -> Quadratic:
    """Least-squares quadratics in a window around each cell (Bayly et al. 1998, doi:10.1109/10.668746).

    A line of block is not smoothed over: a neighbour takes part only if a wave of speed `slowest` could have
    passed between it and the cell, and only if one can walk from the cell to it, always towards it, without
    entering a scar. NaN where the neighbours do not determine the fit.

    Parameters
    ----------
    times : (ny, nx) [ms], NaN where there is none; ny = 1 is a cable
    spacing : of the cells [mm]
    reach : the window spans this many cells to each side
    slowest : [mm/ms]
    conducting : (ny, nx), False in scars; by default there are none, and cells without a time are only unknown
    """
    ny, nx = times.shape
    rows, columns = (min(reach, n - 1) for n in times.shape)
    row, column = (index.ravel() for index in np.mgrid[-rows : rows + 1, -columns : columns + 1])
    terms = np.column_stack([
        column, row, np.ones_like(row), column**2 * (nx > 2), row * column, row**2 * (ny > 2),
    ]).astype(np.float64)  # fmt: skip
    allowance = spacing * np.hypot(row, column) / slowest
    framed = np.pad(times, ((rows, rows), (columns, columns)), constant_values=np.nan)
    windows = sliding_window_view(framed, (2 * rows + 1, 2 * columns + 1))
    visible = _visible(conducting, rows, columns) if conducting is not None else None
    found = np.array([
        _solved(
            windows[i].reshape(nx, -1) - times[i, :, None],
            terms,
            allowance,
            None if visible is None else visible[i],
        )
        for i in range(ny)
    ])  # fmt: skip
    x, y, _, half_xx, xy, half_yy = np.moveaxis(found, -1, 0)
    return Quadratic(
        x / spacing, y / spacing, 2 * half_xx / spacing**2, xy / spacing**2, 2 * half_yy / spacing**2
    )


def _visible(conducting: Mask, rows: int, columns: int) -> Mask:
    """Which neighbours (ny, nx, window) can be walked to from each cell, always towards them."""
    ny, nx = conducting.shape
    framed = np.pad(conducting, ((rows, rows), (columns, columns)))
    walked: dict[tuple[int, int], Mask] = {}
    for r, c in sorted(np.ndindex(2 * rows + 1, 2 * columns + 1), key=lambda at: _steps(at, rows, columns)):
        i, j = r - rows, c - columns
        free = framed[r : r + ny, c : c + nx]
        before = [(i - np.sign(i), j)] * (i != 0) + [(i, j - np.sign(j))] * (j != 0)
        walked[i, j] = free & np.any([walked[way] for way in before], axis=0) if before else free
    return np.stack(
        [walked[i, j] for i in range(-rows, rows + 1) for j in range(-columns, columns + 1)], axis=-1
    )


def _steps(at: tuple[int, ...], rows: int, columns: int) -> int:
    return abs(at[0] - rows) + abs(at[1] - columns)


def _solved(times: Array, terms: Array, allowance: Array, visible: Mask | None) -> Array:
    """Coefficients (n, terms) [ms] of the fits to n windows of `times` (n, points) relative to the middle [ms]."""
    used = np.abs(times) <= allowance
    if visible is not None:
        used &= visible
    known = np.any(terms != 0.0, axis=0)  # a cable has no term along y: its slope there is zero
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
    return solution
