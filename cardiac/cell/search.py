"""Searches for the value at which an answer turns from no to yes, many side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = npt.NDArray[np.intp]
Answers: TypeAlias = npt.NDArray[np.bool_]

TOGETHER = 16  # trials worth making at once: the cells of one tile
FINEST, COARSEST = 1e-6, 0.1  # relative widths that make sense: of rounding errors, and of an answer


class Bracket(NamedTuple):
    """Between which two values each search turns."""

    low: Array  # (n,) the largest no below the first yes; the largest tried where none said yes
    high: Array  # (n,) the first yes; infinite where none said yes
    tried: Array  # (trials, 3) number of the search, value, answer

    @property
    def middle(self) -> Array:
        """(n,) The best guess; infinite where none said yes."""
        return 0.5 * (self.low + self.high)


def bracketed(
    ask: Callable[[Numbers, Array], Answers],
    first: Array,
    *,
    relative: float,
) -> Bracket:
    """Where `ask(searches, values)`, a question about each of many values (m,), turns to yes.

    Parameters
    ----------
    first : (n, k) values to begin with, ascending for each of n searches; the first yes among them is refined
    relative : width of the bracket to reach, as a part of its upper end, 1e-6 ... 0.1
    """
    if not FINEST <= relative <= COARSEST:
        raise ValueError(f"{outside(relative)} - use 0.001")
    searches, each = first.shape
    rows = np.arange(searches)
    yes = ask(np.repeat(rows, each), first.ravel()).reshape(first.shape)
    tried = [_trials(rows, first, yes)]
    found, at = yes.any(axis=1), yes.argmax(axis=1)
    high = np.where(found, first[rows, at], np.inf)
    low = np.where(found, np.where(at > 0, first[rows, at - 1], np.minimum(0.0, high)), first[:, -1])
    while True:
        width = np.where(found, high - low, 0.0)
        still = np.flatnonzero(width > relative * np.abs(high))
        if not still.size:
            return Bracket(low, high, np.concatenate(tried))
        count = max(1, TOGETHER // still.size)
        values = low[still, None] + width[still, None] * np.arange(1, count + 1) / (count + 1)
        yes = ask(np.repeat(still, count), values.ravel()).reshape(values.shape)
        tried.append(_trials(still, values, yes))
        some, at = yes.any(axis=1), yes.argmax(axis=1)
        own = np.arange(still.size)
        below = np.where(at > 0, values[own, at - 1], low[still])
        low[still] = np.where(some, below, values[:, -1])
        high[still] = np.where(some, values[own, at], high[still])


def outside(relative: float) -> str:
    """What is wrong with a tolerance that is not one."""
    return f"a tolerance of {relative:g} is outside {FINEST:g} ... {COARSEST:g}"


def _trials(searches: Numbers, values: Array, yes: Answers) -> Array:
    columns = np.repeat(searches, values.shape[1]), values.ravel(), yes.ravel()
    return np.array(columns, dtype=float).T
