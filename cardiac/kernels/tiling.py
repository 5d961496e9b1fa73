"""Tiles: how a field (ny, nx) lies in memory, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]  # of double or of single precision
# Two vector registers: wide enough for the loop over a tile, narrow enough for a single cell, so that cells and
# tissue share one kernel.
LANES = 16


BORDER = 2  # cells around a framed field: as far as a cell looks


@dataclass(frozen=True, slots=True)
class Tiling:
    """Rows of `nx` cells cut into tiles of `lanes` cells, the last one of a row padded."""

    ny: int
    nx: int
    lanes: int = LANES
    real: type[np.floating[Any]] = np.float64  # the precision of the numbers

    @property
    def per_row(self) -> int:
        """Tiles in a row."""
        return -(-self.nx // self.lanes)

    @property
    def count(self) -> int:
        """All tiles."""
        return self.ny * self.per_row

    def tiles(self, field: npt.ArrayLike, padding: float | None = None) -> Array:
        """A field (ny, nx), or a number, as (tiles, lanes); `padding` None repeats the last cell of each row."""
        full = np.broadcast_to(np.asarray(field, dtype=self.real), (self.ny, self.nx))
        excess = ((0, 0), (0, self.per_row * self.lanes - self.nx))
        if padding is None:
            padded = np.pad(full, excess, mode="edge")
        else:
            padded = np.pad(full, excess, constant_values=padding)
        return padded.reshape(self.count, self.lanes)

    def field(self, tiles: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """The field (..., ny, nx) of an array (..., tiles, lanes)."""
        rows = tiles.reshape(*tiles.shape[:-2], self.ny, self.per_row * self.lanes)
        return rows[..., : self.nx]

    def framed(self, field: npt.ArrayLike) -> Array:
        """A field with its padding and a border: (ny + 4, per_row * lanes + 4)."""
        return np.pad(self.tiles(field).reshape(self.ny, -1), BORDER)

    def framed_faces(self, faces: npt.ArrayLike) -> Array:
        """Face conductances (ny, nx), or a number, like a framed field; nothing flows to padding or border."""
        full = np.broadcast_to(np.asarray(faces, dtype=self.real), (self.ny, self.nx))
        excess = self.per_row * self.lanes - self.nx
        return np.pad(full, ((BORDER, BORDER), (BORDER, BORDER + excess)))

    def inner(self, framed: Array) -> Array:
        """The view (ny, nx) of a framed field."""
        return framed[BORDER : BORDER + self.ny, BORDER : BORDER + self.nx]

    def position(self, i: int, j: int) -> tuple[int, int]:
        """Tile and lane of cell (i, j)."""
        return i * self.per_row + j // self.lanes, j % self.lanes
