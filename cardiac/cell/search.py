"""Searches for the value at which an answer turns from no to yes: many side by side, or one by one."""

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


class Turn(NamedTuple):
    """Between which two values an answer turns."""

    low: float  # the largest no; 0 where the least that was tried is a yes
    high: float  # the least yes; infinite where the most that was tried is a no
    tried: Array  # (trials, 2) value, answer, in the order of the trials

    @property
    def middle(self) -> float:
        """The best guess, half-way in the logarithm; infinite where all said no, 0 where all said yes."""
        return float(np.sqrt(self.low * self.high))

    @property
    def found(self) -> bool:
        """Whether both a no and a yes are known."""
        return self.low > 0.0 and bool(np.isfinite(self.high))


def turn(
    ask: Callable[[float], bool],
    guess: float,
    *,
    least: float,
    most: float,
    relative: float,
    whole: float = 0.0,
) -> Turn:
    """Where `ask(value)` turns to yes, by one trial at a time.

    From the guess on, values are doubled or halved until the answer changes; then the bracket is halved in the
    logarithm.

    Parameters
    ----------
    guess, least, most : values above 0; none below `least` or above `most` is tried
    relative : width of the bracket to reach, as a part of its upper end
    whole : values are multiples of this, if not 0; the bracket is no narrower
    """
    answers: dict[float, bool] = {}

    def rounded(value: float) -> float:
        return round(value / whole) * whole if whole else value

    def yes(value: float) -> bool:
        if value not in answers:
            answers[value] = bool(ask(value))
        return answers[value]

    least, most = rounded(least), rounded(most)
    value, low, high = min(max(rounded(guess), least), most), 0.0, np.inf
    while low == 0.0 or high == np.inf:
        if yes(value):
            high = value
            if value <= least:
                break
            value = max(rounded(0.5 * value), least)
        else:
            low = value
            if value >= most:
                break
            value = min(rounded(2.0 * value), most)
    while low > 0.0 and high < np.inf and high - low > max(relative * high, whole * (1.0 + 1e-9)):
        value = rounded(float(np.sqrt(low * high)))
        if not low < value < high:
            value = low + whole
        if yes(value):
            high = value
        else:
            low = value
    return Turn(low, float(high), np.array([*answers.items()], dtype=float).reshape(-1, 2))


def outside(relative: float) -> str:
    """What is wrong with a tolerance that is not one."""
    return f"a tolerance of {relative:g} is outside {FINEST:g} ... {COARSEST:g}"


def _trials(searches: Numbers, values: Array, yes: Answers) -> Array:
    columns = np.repeat(searches, values.shape[1]), values.ravel(), yes.ravel()
    return np.array(columns, dtype=float).T
