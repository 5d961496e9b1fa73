"""How much a map differs from place to place: dispersion of repolarization and of action potential duration."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.analysis.fit import local_fit

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

_STEEPEST = 1e-9  # mm/ms: any difference between neighbours counts


class Dispersion(NamedTuple):
    """How a map is spread, in the unit of the map but for `cells`; NaN of an empty map."""

    cells: int  # with a value
    mean: float
    deviation: float  # standard deviation
    lowest: float
    highest: float
    inner: float  # from the 5th to the 95th percentile: what a few cells at an electrode do not decide

    @property
    def range(self) -> float:
        """From the lowest to the highest."""
        return self.highest - self.lowest

    @property
    def variation(self) -> float:
        """Coefficient of variation: the deviation over the mean."""
        return self.deviation / self.mean if self.mean else float("nan")


def dispersion(values: Array, cells: Mask | None = None) -> Dispersion:
    """The spread of a map among `cells`, or among all that have a value (Kuo et al. 1983, Circulation 67:1356).

    Parameters
    ----------
    values : (ny, nx), such as APD90 or the repolarization time [ms]; NaN where undefined
    cells : (ny, nx)
    """
    known = values[np.isfinite(values) & (True if cells is None else cells)]
    if not known.size:
        return Dispersion(0, *[float("nan")] * 5)
    low, high = np.percentile(known, [5, 95])
    spread = known.mean(), known.std(), known.min(), known.max(), high - low
    return Dispersion(known.size, *(float(value) for value in spread))


def dispersion_map(values: Array, spacing: float, radius: float = 1.0) -> Array:
    """The range of a map among the cells within `radius` of each cell, (ny, nx) in the unit of the map.

    Parameters
    ----------
    values : (ny, nx), such as APD90 [ms]; NaN where undefined, and there the result is too
    spacing : of the cells [mm]
    radius : [mm]; less than the spacing sees no neighbour, which raises ValueError
    """
    from scipy.ndimage import maximum_filter, minimum_filter

    reach = int(radius / spacing + 1e-6)
    if reach < 1:
        raise ValueError(f"a radius of {radius:g} mm sees no neighbours in cells of {spacing:g} mm")
    offset = np.arange(-reach, reach + 1)
    disk = np.hypot(offset, offset[:, None]) <= radius / spacing + 1e-6
    known = np.isfinite(values)
    highest = maximum_filter(np.where(known, values, -np.inf), footprint=disk, mode="constant", cval=-np.inf)
    lowest = minimum_filter(np.where(known, values, np.inf), footprint=disk, mode="constant", cval=np.inf)
    found: Array = np.subtract(highest, lowest, out=np.full(values.shape, np.nan), where=known)
    return found


def gradient_map(values: Array, spacing: float, reach: int = 2, conducting: Mask | None = None) -> Array:
    """Steepness of a map, (ny, nx) [its unit / mm], from local quadratic fits.

    That of the repolarization time decides whether a premature wave is blocked on one side only (Laurita &
    Rosenbaum 2000, Circ Res 87:922).

    Parameters
    ----------
    values : (ny, nx), such as the repolarization time [ms]; NaN where undefined
    spacing : of the cells [mm]
    reach : the fits span this many cells to each side
    conducting : (ny, nx), False in scars, across which nothing is fitted; None: there are none
    """
    fit = local_fit(values, spacing, reach, _STEEPEST, conducting)
    return np.hypot(fit.x, fit.y)
