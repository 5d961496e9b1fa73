"""Unipolar electrograms and pseudo-ECG: the potential that the tissue makes in the volume conductor around it.

In a large bath of conductivity sigma_e (Plonsey & Barr, Bioelectricity; Gima & Rudy 2002, Circ Res 90:889)

    phi(r) = K * integral of (-D grad V) . grad(1 / |r - r'|) dA',   K = chi C_m d / (4 pi sigma_e),

a sheet of dipoles -D grad V, so that a wave that comes towards the electrode makes phi positive. On the grid both
gradients are differences between neighbouring cells, weighted with the conductances through which current flows in
the simulation: nothing flows in scars and over the border, and fibres count, diagonal ones too. As these
conductances are symmetric, phi is a weighted sum of V, with weights that are found once: the lead field. They add up
to 0, so that a potential that is the same everywhere makes none.

Nothing is fed back: the bath does not act on the tissue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.units import S_per_m, extent

Array: TypeAlias = NDArray[np.float64]

CAPACITANCE = 1.4  # uF/mm^3: membrane of 1 uF/cm^2, 140 mm^2 of it per mm^3 (Niederer et al. 2011)


class Conductances(Protocol):
    """Conductances [1/ms], each (ny, nx), from cell (i, j) to (i, j+1), (i+1, j), (i+1, j+1) and (i+1, j-1)."""

    @property
    def east(self) -> Array: ...
    @property
    def north(self) -> Array: ...
    @property
    def northeast(self) -> Array | None: ...
    @property
    def northwest(self) -> Array | None: ...


def lead_field(
    electrodes: Sequence[tuple[float, float, float]], x: Array, y: Array, conductances: Conductances
) -> Array:
    """Weights (electrodes, ny, nx) [mm/ms] with which V of each cell makes the potential at each electrode.

    The error is of second order in spacing / height: an electrode should be a few cells above the tissue.

    Parameters
    ----------
    electrodes : x, y and height above the tissue [mm] of each; x, y may lie outside the tissue
    x, y : (nx,) and (ny,) cell centres [mm]
    conductances : between the cells, such as `cardiac.tissue.Faces`

    Raises ValueError for an electrode in the tissue, where the potential has no limit.
    """
    spacing = float(np.diff(x)[0] if len(x) > 1 else np.diff(y)[0])
    for electrode in electrodes:
        if not electrode[2] > 0.0:
            raise ValueError(f"an electrode at a height of {electrode[2]:g} mm is not above the tissue")
    at_x, at_y, height = np.reshape(np.array(electrodes, dtype=np.float64), (-1, 3)).T[:, :, None, None]
    inverse: Array = 1.0 / np.sqrt((at_x - x) ** 2 + (at_y - y[:, None]) ** 2 + height**2)
    return spacing**2 * _divergence(inverse, conductances)


def electrogram(leads: Array, V: Any, thickness: extent = 1.0, conductivity: S_per_m = 1.0) -> Array:
    """Potentials at the electrodes (electrodes,) or (times, electrodes) [mV], relative to one far away.

    Parameters
    ----------
    leads : (electrodes, ny, nx) from `lead_field`
    V : (ny, nx) or (times, ny, nx) [mV], anything in scars
    thickness : of the tissue [mm], so thin that V is the same throughout
    conductivity : of the bath [S/m]
    """
    if np.ndim(V) > 2:
        return np.array([electrogram(leads, moment, thickness, conductivity) for moment in V])
    known = np.nan_to_num(np.asarray(V, dtype=np.float64), nan=0.0)  # in scars, of which the weights are 0
    # Not a product of matrices, of which the last bits depend on the threads of a library.
    found: Array = scale(thickness, conductivity) * np.sum(leads * known, axis=(1, 2))
    return found


def scale(thickness: float, conductivity: float) -> float:
    """The factor K [ms/mm] for tissue of some `thickness` [mm] in a bath of some `conductivity` [S/m = mS/mm]."""
    return float(CAPACITANCE * thickness / (4 * np.pi * conductivity))


def _divergence(values: Array, conductances: Conductances) -> Array:
    """div(D grad) of fields (..., ny, nx), per ms."""
    found = np.zeros(values.shape)
    west, east, south, north = np.s_[..., :, :-1], np.s_[..., :, 1:], np.s_[..., :-1, :], np.s_[..., 1:, :]
    sw, ne, se, nw = np.s_[..., :-1, :-1], np.s_[..., 1:, 1:], np.s_[..., :-1, 1:], np.s_[..., 1:, :-1]
    for own, other, conductance in (
        (west, east, conductances.east),
        (south, north, conductances.north),
        (sw, ne, conductances.northeast),
        (se, nw, conductances.northwest),
    ):
        if conductance is not None:
            flow = conductance[own] * (values[other] - values[own])
            found[own] += flow
            found[other] -= flow
    return found
