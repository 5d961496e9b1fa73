"""The grid: square cells that fill a rectangular sheet, a cable (one row) or a single cell.

Fields are arrays (ny, nx): row i lies at y[i], counted upwards, column j at x[j]. Cell centres are at
(j + 1/2) dx.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

_ROUND_OFF = 1e-9  # of a cell: a point written on a face must not fall on either side by chance


@dataclass(frozen=True, slots=True)
class Grid:
    """`ny` rows of `nx` square cells of side `spacing` [mm]; `Grid()` is a single cell of nominal side."""

    nx: int = 1
    ny: int = 1
    spacing: float = 1.0

    @classmethod
    def from_size(cls, size: float | Sequence[float], spacing: float) -> Grid:
        """The grid that covers `size` [mm], (x, y) or one length for a cable, to the nearest whole cell.

        What is simulated is `width` x `height`. Raises ValueError where less than one cell would remain.
        """
        lengths = tuple(size) if isinstance(size, Sequence) else (size,)
        if len(lengths) not in (1, 2):
            raise ValueError(f"{len(lengths)} lengths, expected x and y, or x alone for a cable")
        if not spacing > 0:
            raise ValueError(f"a spacing of {spacing:g} mm is not positive")
        counts = [round(length / spacing) for length in lengths]
        if min(counts) < 1:
            raise ValueError(f"{min(lengths):g} mm is less than one cell of {spacing:g} mm")
        return cls(counts[0], counts[1] if len(counts) > 1 else 1, spacing)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (ny, nx) of a field."""
        return self.ny, self.nx

    @property
    def width(self) -> float:
        """Extent along x [mm]."""
        return self.nx * self.spacing

    @property
    def height(self) -> float:
        """Extent along y [mm]."""
        return self.ny * self.spacing

    @property
    def x(self) -> Array:
        """x of the cell centres (nx,) [mm]."""
        return _centres(self.nx, self.spacing)

    @property
    def y(self) -> Array:
        """y of the cell centres (ny,) [mm]."""
        return _centres(self.ny, self.spacing)

    @property
    def extent(self) -> str:
        """The size in words: "40 mm x 10 mm", "40 mm" for a cable."""
        return f"{self.width:g} mm" + (f" x {self.height:g} mm" if self.ny > 1 else "")

    def position(self, point: Sequence[float]) -> tuple[float, float]:
        """x and y of a written point [mm]; what is left out is the middle of the tissue."""
        x = point[0] if len(point) > 0 else 0.5 * self.width
        y = point[1] if len(point) > 1 else 0.5 * self.height
        return x, y

    def cell_at(self, point: Sequence[float]) -> tuple[int, int]:
        """Row and column (i, j) of the cell that contains `point` [mm]: `V[grid.cell_at(point)]`.

        A point on a face belongs to the cell above or right of it. Raises ValueError outside the tissue.
        """
        x, y = self.position(point)
        i, j = _cell(y, self.ny, self.spacing), _cell(x, self.nx, self.spacing)
        if i is None or j is None:
            written = ", ".join(f"{c:g}" for c in point)
            raise ValueError(f"({written}) mm lies outside the tissue ({self.extent})")
        return i, j


def _centres(count: int, spacing: float) -> Array:
    return (np.arange(count, dtype=np.float64) + 0.5) * np.float64(spacing)


def _cell(position: float, count: int, spacing: float) -> int | None:
    cells = position / spacing
    if not -_ROUND_OFF <= cells <= count + _ROUND_OFF:
        return None
    return min(max(math.floor(cells + _ROUND_OFF), 0), count - 1)
