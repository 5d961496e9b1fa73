"""The different kinds of cells in a tissue: combinations of parameters and lasting mechanisms.

What is found for a cell on its own (its rest, its threshold) is found once for each kind.
"""

from __future__ import annotations

from collections.abc import Sequence

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
        self.parameters = parameters
        self.lasting = [a for a in added if isinstance(a.course, Always)]
        self.varying = [k for k, v in parameters.items() if np.ndim(v)]
        columns = [np.ravel(parameters[k]) for k in self.varying]
        columns += [np.ravel(a.weight) for a in self.lasting if np.ndim(a.weight)]
        self.table, self.kind = _distinct(
            np.array(columns).reshape(len(columns), conducting.size).T, conducting.size
        )

    def commonest(self, where: npt.NDArray[np.bool_]) -> int:
        """The kind of most cells of a mask."""
        return int(np.bincount(self.kind[np.ravel(where)] if where.any() else self.kind).argmax())

    def place(self, kind: int, conducting: npt.NDArray[np.bool_]) -> tuple[int, int]:
        """The first cell (i, j) of a kind that conducts, if any does."""
        alike = self.kind.reshape(self.shape) == kind
        inside = alike & conducting
        i, j = np.argwhere(inside if inside.any() else alike)[0].tolist()
        return i, j

    def cell(self, kinds: Sequence[int] | None = None) -> Cell:
        """Some kinds of cells, or all of them, side by side.

        What varies in the tissue is an array here too, and a mechanism that does not act on this kind stays with
        no weight: then the cells run in the kernel of the tissue, and nothing is compiled for them alone.
        """
        rows = self.table if kinds is None else self.table[list(kinds)]
        columns = iter(rows.T.copy())
        own = {name: next(columns) for name in self.varying}
        lasting = [a._replace(weight=next(columns)) if np.ndim(a.weight) else a for a in self.lasting]
        return Cell(self.model, self.parameters | own, lasting, len(rows))

    def spread(self, values: Array) -> Field:
        """A value of each kind as a field, or a number where all are the same."""
        return tissue.fields.uniform(values[self.kind].reshape(self.shape))


def _distinct(rows: Array, count: int) -> tuple[Array, npt.NDArray[np.intp]]:
    """The distinct rows (kinds, columns), rounded until there are few enough, and the kind of each row."""
    if rows.size == 0:
        return np.zeros((1, 0)), np.zeros(count, dtype=np.intp)
    kinds, kind = np.unique(rows, axis=0, return_inverse=True)
    if len(kinds) <= MOST_KINDS:
        return kinds, kind.reshape(-1)
    low, span = rows.min(axis=0), np.ptp(rows, axis=0)
    levels = 2 * MOST_KINDS
    while True:
        levels //= 2
        steps = np.rint((rows - low) / np.where(span > 0, span, 1.0) * levels)
        kinds, kind = np.unique(steps, axis=0, return_inverse=True)
        if len(kinds) <= MOST_KINDS or levels == 1:
            return low + kinds * span / levels, kind.reshape(-1)
