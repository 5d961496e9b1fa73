"""The different kinds of cells in a tissue: combinations of parameters and lasting mechanisms.

What is found for a cell on its own (its rest, its threshold) is found once for each kind.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cardiac import tissue
from cardiac.cell import Cell
from cardiac.models import Model
from cardiac.protocol import Always
from cardiac.simulation import Added, Array, Field

MOST_KINDS = 256  # smooth borders are rounded until there are no more


class Kinds:
    """The kinds of cells, numbered, and the kind of every cell."""

    def __init__(
        self,
        model: Model,
        parameters: dict[str, Field],
        added: list[Added],
        conducting: npt.NDArray[np.bool_],
    ) -> None:
        self.model, self.shape = model, conducting.shape
        self.uniform = {k: v for k, v in parameters.items() if np.ndim(v) == 0}
        self.varying = {k: np.asarray(v) for k, v in parameters.items() if np.ndim(v)}
        self.lasting = [a for a in added if isinstance(a.course, Always)]
        weights = [np.broadcast_to(a.weight, self.shape) for a in self.lasting]
        columns = [np.ravel(f) for f in (*self.varying.values(), *weights)]
        self.table, self.kind = _distinct(np.array(columns).reshape(len(columns), -1).T, conducting.size)

    def commonest(self, where: npt.NDArray[np.bool_]) -> int:
        """The kind of most cells of a mask."""
        return int(np.bincount(self.kind[np.ravel(where)] if where.any() else self.kind).argmax())

    def cell(self, kind: int | None = None) -> Cell:
        """One kind of cell, or all of them side by side."""
        rows = self.table if kind is None else self.table[kind]
        values = [v for v in rows.T] if kind is None else [float(v) for v in rows]
        own = dict(zip(self.varying, values, strict=False))
        weights = values[len(own) :]
        lasting = [a._replace(weight=w) for a, w in zip(self.lasting, weights, strict=True)]
        if kind is not None:  # what does not act here would only make another kernel
            lasting = [a for a in lasting if a.weight != 0.0]
        return Cell(self.model, self.uniform | own, lasting, len(self.table) if kind is None else 1)

    def spread(self, values: Array) -> Field:
        """A value of each kind as a field, or a number where all are the same."""
        return tissue.fields.uniform(values[self.kind].reshape(self.shape))


def _distinct(rows: Array, count: int) -> tuple[Array, npt.NDArray[np.intp]]:
    """The distinct rows (kinds, columns), rounded until there are few enough, and the kind of each row."""
    if rows.size == 0:
        return np.zeros((1, 0)), np.zeros(count, dtype=np.intp)
    low, span = rows.min(axis=0), np.ptp(rows, axis=0)
    levels = 2 * MOST_KINDS
    while True:
        levels //= 2
        steps = np.rint((rows - low) / np.where(span > 0, span, 1.0) * levels)
        kinds, kind = np.unique(steps, axis=0, return_inverse=True)
        if len(kinds) <= MOST_KINDS or levels == 1:
            return low + kinds * span / levels, kind.reshape(-1)
