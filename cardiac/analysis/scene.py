"""What a verdict is based on: the activation of one beat, the region, and what conducts."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Cell: TypeAlias = tuple[int, int]


class Scene(NamedTuple):
    """The tissue after one beat."""

    activation: Array  # (ny, nx) [ms], NaN where not activated
    x: Array  # (nx,) cell centres [mm]
    y: Array  # (ny,) [mm]
    region: Mask  # (ny, nx)
    conducting: Mask  # (ny, nx)
    spacing: float  # [mm]

    @property
    def middle(self) -> tuple[float, float]:
        """The centroid of the region [mm]."""
        row, column = np.nonzero(self.region)
        return float(self.x[column].mean()), float(self.y[row].mean())

    def distance(self, cells: Mask) -> Array:
        """Distance (ny, nx) to the nearest of `cells` [mm]; infinite if there are none."""
        from scipy.ndimage import distance_transform_edt  # takes a moment: only when a verdict is wanted

        if not cells.any():
            return np.full(cells.shape, np.inf)
        distances: Array = distance_transform_edt(~cells, sampling=self.spacing)
        return distances

    def position(self, cell: Cell) -> tuple[float, float]:
        """The centre of `cell` [mm]."""
        return float(self.x[cell[1]]), float(self.y[cell[0]])

    def around(self, x: float, y: float, radius: float) -> Mask:
        """Cells (ny, nx) within `radius` of the point x, y [mm]; round-off does not decide on those just there."""
        near: Mask = np.hypot(self.x - x, (self.y - y)[:, None]) <= radius + 1e-6 * self.spacing
        return near

    def first(self, cells: Mask) -> Cell | None:
        """The one of `cells` that is activated first, if any is."""
        times = np.where(cells & np.isfinite(self.activation), self.activation, np.inf)
        cell = np.unravel_index(int(np.argmin(times)), times.shape)
        return (int(cell[0]), int(cell[1])) if np.isfinite(times[cell]) else None

    def origin(self, cell: Cell) -> Cell:
        """Where the activation of `cell` began: upstream from neighbour to neighbour to the first."""
        (ny, nx), here = self.activation.shape, cell
        while True:
            i, j = here
            steps = [
                ((self.activation[here] - self.activation[k, m]) / np.hypot(k - i, m - j), (k, m))
                for k in range(max(i - 1, 0), min(i + 2, ny))
                for m in range(max(j - 1, 0), min(j + 2, nx))
                if self.activation[k, m] < self.activation[here]
            ]
            if not steps:
                return here
            here = max(steps)[1]
