"""Phase singularities: points around which the phase passes through a whole cycle, the tips of spiral waves.

The charge of a singularity is the number of cycles by which the phase grows on a way around it, counter-clockwise
with y upwards (Mermin 1979, doi:10.1103/RevModPhys.51.591). As phase grows in time, the wave around a charge of -1
turns counter-clockwise, around +1 clockwise. The sum of all charges is what the phase gains around the border: a
tip can only come and go at the border, or together with one of opposite charge.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Charges: TypeAlias = NDArray[np.int_]
Phase: TypeAlias = NDArray[np.float64] | NDArray[np.complex128]
Complex: TypeAlias = NDArray[np.complex128]


class Singularities(NamedTuple):
    """Those of one moment, (n,) each."""

    x: Array  # [mm]
    y: Array
    charge: Charges
    anchored: Mask  # to a scar, around which the wave turns: x, y is its middle


def charge_map(phase: Phase) -> Charges:
    """The charge in each square between the centres of four cells, (ny - 1, nx - 1); 0 next to scars.

    Parameters
    ----------
    phase : (ny, nx) [rad], or complex numbers with that angle; NaN in scars
    """
    angle, unknown = _angles(phase)
    return np.where(_touching(unknown), 0, _circulation(angle))


def singularities(phase: Phase, x: Array, y: Array) -> Singularities:
    """Phase singularities, between cells, where real and imaginary part vanish in bilinear interpolation.

    Of complex numbers (`embedded`, `analytic`) the place is of second order in the spacing, of a mere phase it is
    known to half a cell. Waves that turn around a scar are found too; around one that touches the
    border none can.

    Parameters
    ----------
    phase : (ny, nx) [rad], or complex numbers with that angle; NaN in scars
    x, y : (nx,) and (ny,) cell centres [mm]
    """
    z: Complex = np.asarray(phase if np.iscomplexobj(phase) else np.exp(1j * phase), dtype=np.complex128)
    charge = charge_map(phase)
    row, column = np.nonzero(charge)
    s, t = _zeros(z[row, column], z[row, column + 1], z[row + 1, column], z[row + 1, column + 1])
    free = Singularities(
        x[column] + s * (x[column + 1] - x[column]),
        y[row] + t * (y[row + 1] - y[row]),
        charge[row, column],
        np.zeros(row.size, dtype=bool),
    )
    around = _around_scars(phase, x, y)
    return Singularities(*(np.concatenate(pair) for pair in zip(free, around, strict=True)))


def _around_scars(phase: Phase, x: Array, y: Array) -> Singularities:
    """Waves that turn around scars: the circulation along the cells that surround each.

    It is the sum of the charges in all squares that touch the scar, whatever the phase in it is taken to be.
    """
    from scipy.ndimage import label

    angle, unknown = _angles(phase)
    touching, circulation = _touching(unknown), _circulation(angle)
    border = unknown.copy()
    border[1:-1, 1:-1] = False
    labels, count = label(touching)
    found = []
    for k in range(1, count + 1):
        own = labels == k
        cells = np.zeros(unknown.shape, dtype=bool)
        for corner in _CORNERS:
            cells[corner] |= own
        charge = int(circulation[own].sum())
        if charge and not (cells & border).any():
            row, column = np.nonzero(cells & unknown)
            found.append((x[column].mean(), y[row].mean(), charge, True))
    columns = zip(*found, strict=True) if found else [()] * 4
    return Singularities(
        *(np.array(c, kind) for c, kind in zip(columns, (float, float, int, bool), strict=True))
    )


_CORNERS = np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, :-1], np.s_[1:, 1:]


def _angles(phase: Phase) -> tuple[Array, Mask]:
    """Phase [rad], anything where it is unknown, and where that is."""
    angle = np.angle(phase) if np.iscomplexobj(phase) else np.asarray(phase, dtype=np.float64)
    unknown = ~np.isfinite(angle)
    return np.where(unknown, 0.0, angle), unknown


def _touching(cells: Mask) -> Mask:
    """The squares (ny - 1, nx - 1) with one of `cells` at a corner."""
    found: Mask = np.any([cells[corner] for corner in _CORNERS], axis=0)
    return found


def _circulation(angle: Array) -> Charges:
    """Cycles that the phase gains around each square, (ny - 1, nx - 1), counter-clockwise."""
    along_x, along_y = (_shortest(np.diff(angle, axis=axis)) for axis in (1, 0))
    gain = along_x[:-1] + along_y[:, 1:] - along_x[1:] - along_y[:, :-1]
    return np.rint(gain / (2 * np.pi)).astype(int)


def _shortest(difference: Array) -> Array:
    """The difference of two angles, -pi ... pi."""
    return np.remainder(difference + np.pi, 2 * np.pi) - np.pi


def _zeros(sw: Complex, se: Complex, nw: Complex, ne: Complex) -> tuple[Array, Array]:
    """Where in unit squares (n,) complex numbers, bilinear between the corners, vanish: s along x, t along y.

    That is inside a square around which they turn once. s = -(a + c t) / (b + d t) must be real, which is a
    quadratic equation for t.
    """
    a, b, c = sw, se - sw, nw - sw
    d = sw - se - nw + ne
    squared, linear, constant = (
        (p * q.conj()).imag.sum(axis=0)
        for p, q in (
            (np.array([c]), np.array([d])),
            (np.array([a, c]), np.array([d, b])),
            (np.array([a]), np.array([b])),
        )
    )
    best_s, best_t = np.full(a.shape, 0.5), np.full(a.shape, 0.5)
    nearest = np.full(a.shape, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):  # of two roots one may be none, or at infinity
        root = np.sqrt(linear**2 - 4 * squared * constant)
        half = -0.5 * (linear + np.copysign(root, linear))
        for t in (half / squared, constant / half):
            s = -((a + c * t) / (b + d * t)).real
            away = np.maximum(np.abs(s - 0.5), np.abs(t - 0.5))
            better = away < nearest
            best_s, best_t = np.where(better, s, best_s), np.where(better, t, best_t)
            nearest = np.where(better, away, nearest)
    return np.clip(best_s, 0.0, 1.0), np.clip(best_t, 0.0, 1.0)
