"""Curves of restitution: the intervals that they are asked for, the way to short cycles, and how steep they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cardiac.cell.search import Answers
from cardiac.experiments import Array

SHORTENING = 0.05  # of the cycle length, from beat to beat on the way to a shorter one
NEAREST = 5  # points of a local fit

DIASTOLIC_INTERVALS = (
    *(2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0),
    *(120.0, 140.0, 160.0, 200.0, 250.0, 300.0, 400.0, 500.0, 700.0, 1000.0),
)
CYCLE_LENGTHS = (
    *(1000.0, 800.0, 600.0, 500.0, 450.0, 400.0, 375.0, 350.0, 325.0, 300.0),
    *(280.0, 260.0, 240.0, 220.0, 200.0, 180.0),
)


class Steepest(NamedTuple):
    """Where the curves of n cells are steepest, each (n,); NaN where there are too few points."""

    slope: Array
    DI: Array  # [ms]


def approach(longest: float, cycle: float, beats: int) -> list[float]:
    """The intervals after each pulse [ms] of a train that ends with `beats` of one cycle length."""
    steps = int(np.ceil(np.log(cycle / longest) / np.log1p(-SHORTENING)))
    return [longest * (1.0 - SHORTENING) ** k for k in range(steps)] + [cycle] * beats


def onsets(train: Sequence[float], end: float) -> tuple[float, ...]:
    """When the pulses of a train begin whose last interval ends at `end` [ms]."""
    return tuple((end - np.cumsum(train[::-1]))[::-1].tolist())


def steepest(DI: Array, values: Array, kept: Answers) -> Steepest:
    """Where the curves of n cells, values at DI (n, points) as far as they are kept, are steepest."""
    found = []
    for own, *curve in zip(kept, DI, values, strict=True):
        _, apart = np.unique(np.round(curve[0][own]), return_index=True)  # equal beats give one point
        x, y = (numbers[own][apart] for numbers in curve)
        slopes = [slope_at(centre, x, y) for centre in x] if len(x) >= 3 else [np.nan]
        at = int(np.argmax(slopes))
        found.append((slopes[at], x[at] if len(x) >= 3 else np.nan))
    return Steepest(*np.array(found).T)


def slope_at(centre: float, x: Array, y: Array) -> float:
    """The slope at `centre` of the parabola through the nearest points."""
    near = np.argsort(np.abs(x - centre))[:NEAREST]
    return float(np.polyfit(x[near] - centre, y[near], 2)[1])


def in_words(slope: float, DI: float) -> str:
    """The greatest slope in words, after what comes before it."""
    return f", steepest {slope:.2f} at {DI:.0f} ms" if np.isfinite(slope) else ", too few points for a slope"
