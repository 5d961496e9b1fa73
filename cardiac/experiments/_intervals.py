"""Scans of the S1-S2 interval: which intervals are tried, and in which stretches an answer is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from cardiac.experiments import Array
from cardiac.experiments._checks import Problems

Answer = TypeVar("Answer")


def of_window(
    window: tuple[float, float] | None, step: float, within: float, pulse: float, key: str = "window"
) -> Problems:
    """Intervals from a longer to a shorter one or within a `pulse` [ms], or steps longer than the window."""
    if window is not None:
        first, last = window
        if not first < last:
            yield key, f"{first:g} ms is not before {last:g} ms - write the shorter interval first"
        elif step >= last - first:
            yield (
                "step",
                f"{step:g} ms is not shorter than the window of {last - first:g} ms - use a shorter step",
            )
        if not first > pulse:
            yield key, f"{first:g} ms is within the pulse of {pulse:g} ms - begin later"
    if not within <= step:
        yield "within", f"{within:g} ms is longer than the step of {step:g} ms - use a shorter one"


def steps(first: float, last: float, step: float) -> list[float]:
    """Values from the first to the last, this far apart, both ends included."""
    count = max(1, int(np.ceil((last - first) / step - 1e-9)))
    return [*(first + step * np.arange(count)).tolist(), last]


def scanned(
    ask: Callable[[float], Answer],
    values: Iterable[float],
    within: float,
    of: Callable[[Answer], Hashable],
) -> dict[float, Answer]:
    """The answers at ascending values, and between neighbours that differ, until these are `within` of each other.

    Answers differ where `of(answer)` does.
    """
    found = {value: ask(value) for value in sorted(set(values))}
    while wide := [
        (low, high)
        for low, high in zip(sorted(found), sorted(found)[1:], strict=False)
        if of(found[low]) != of(found[high]) and high - low > within * (1.0 + 1e-9)
    ]:
        for low, high in wide:
            middle = low + within * max(1.0, np.floor(0.5 * (high - low) / within + 1e-9))
            found[float(middle)] = ask(float(middle))
    return dict(sorted(found.items()))


def runs(yes: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last index of the stretches in which all answers are yes."""
    padded = np.concatenate([[False], np.asarray(yes, dtype=bool), [False]])
    edges = np.flatnonzero(np.diff(padded))
    return [(int(first), int(last) - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def halfway(values: Sequence[float] | Array) -> Array:
    """The ends (n + 1,) of what each of n ascending values stands for: half-way to its neighbours."""
    x = np.asarray(values, dtype=float)
    return np.concatenate([x[:1], 0.5 * (x[1:] + x[:-1]), x[-1:]])
