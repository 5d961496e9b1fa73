"""The search for a boundary along one axis: bisection, and a look at the rest of the axis.

A search says what it wants to know next, and is told. Beside the bracket it looks at so many points that no gap
between equal answers is wider than a quarter of the axis: a boundary that is not the only one shows as such, unless
it encloses less. Distances are those of the axis: equal ratios on a logarithmic one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from cardiac.sweeps.axes import Amount, Axis

WIDEST = 0.25  # gap between equal answers, of the whole axis
LEAST = 1e-3  # of the axis: below, a tolerance relative to the value means nothing, as around 0
FIRST_STEP = 4.0  # tolerances, from the guess of a neighbour to the first points on either side
ROUNDING = 1e-6  # of distances between coordinates that are written with so many digits
GROWTH = 3.0  # of this step, while both sides give the same answer


class Found(NamedTuple):
    """A boundary along an axis [its unit]; NaN where there is none."""

    boundary: float
    low: float
    high: float
    below: str  # the answer at the lower end of the axis
    above: str
    runs: int
    remark: str  # what is not as it should be


@dataclass
class Search:
    """Where along an axis an answer changes, to a tolerance; `guess` and `step` are measures along the axis."""

    axis: Axis
    tolerance: Amount
    guess: float | None = None
    step: float = 0.0
    below: str = ""  # the answer that is expected at the lower end; empty: unknown
    answers: dict[float, str] = field(default_factory=dict)  # by coordinate
    asked: set[float] = field(default_factory=set)  # and not answered
    lost: str = ""  # why a point has no answer

    def __post_init__(self) -> None:
        assert self.axis.span is not None
        self.ends = tuple(sorted(self.axis.span))
        self.range = self._u(self.ends[1]) - self._u(self.ends[0])

    def wanted(self, spare: bool = False) -> float | None:
        """The next coordinate to look at; with a worker to spare, one that may prove unnecessary."""
        if self.lost:
            return None
        candidates = [self._essential(), self._gap(), self._speculative() if spare else None]
        return next((x for x in candidates if x is not None), None)

    def ask(self, x: float) -> None:
        """Note that a coordinate is looked at."""
        self.asked.add(x)

    def tell(self, x: float, answer: str | None, why: str = "") -> None:
        """What was found at a coordinate; without an answer the search is over."""
        self.asked.discard(x)
        if answer is None:
            self.lost = self.lost or f"no answer at {self._shown(x)}: {why}"
        else:
            self.answers[x] = answer

    @property
    def over(self) -> bool:
        """Whether nothing is left to be looked at."""
        return not self.asked and self.wanted() is None

    @property
    def bracket(self) -> tuple[float, float] | None:
        """The lowest interval across which the answer changes."""
        known = sorted(self.answers)
        return next(((a, b) for a, b in pairwise(known) if self.answers[a] != self.answers[b]), None)

    @property
    def found(self) -> Found:
        """What is known."""
        known = sorted(self.answers)
        below, above = (self.answers[known[0]], self.answers[known[-1]]) if known else ("", "")
        nowhere = math.nan
        if self.bracket is None or self.lost:
            return Found(nowhere, nowhere, nowhere, below, above, len(known), self.lost or self._unchanged())
        low, high = self.bracket
        boundary = self.axis.number(0.5 * (self._u(low) + self._u(high)))
        return Found(boundary, low, high, below, above, len(known), self._several())

    def _essential(self) -> float | None:
        """Without what there is no bracket, or no narrower one."""
        if self.bracket is None:
            return self._opening()
        low, high = self.bracket
        if self._narrow(low, high) or any(low < x < high for x in self.asked):
            return None
        return self._middle(low, high)

    def _opening(self) -> float | None:
        """Points around the guess, farther and farther apart; then the ends."""
        if self.guess is not None:
            step = max(self.step, FIRST_STEP * self._resolution(self.guess))
            sides: tuple[int, ...] = (-1, 1)
            while step < self.range:
                pair = [self._within(self.guess + side * step) for side in sides]
                if new := [x for x in pair if x not in self.answers and x not in self.asked]:
                    return new[0]
                if any(x in self.asked for x in pair):
                    return None
                if (
                    self.below
                ):  # all answers are the same here: the boundary lies on the side of the other one
                    sides = (1,) if self.answers[pair[0]] == self.below else (-1,)
                step *= GROWTH
        return next((end for end in self.ends if end not in self.answers and end not in self.asked), None)

    def _gap(self) -> float | None:
        """An end, or the middle of a gap that is too wide, outside the bracket."""
        seen = {*self.answers, *self.asked}
        for end in self.ends:
            if end not in seen:
                return end
        for a, b in pairwise(sorted(seen)):
            wide = self._u(b) - self._u(a) > WIDEST * self.range * (1.0 + ROUNDING)
            if wide and not (self.bracket and self.bracket[0] <= a < self.bracket[1]):
                return self._middle(a, b)
        return None

    def _speculative(self) -> float | None:
        """The middle of the widest part of the bracket, between points that are being looked at."""
        if self.bracket is None:
            return None
        low, high = self.bracket
        points = [low, *sorted(x for x in self.asked if low < x < high), high]
        a, b = max(pairwise(points), key=lambda pair: self._u(pair[1]) - self._u(pair[0]))
        return None if self._narrow(a, b) else self._middle(a, b)

    def _narrow(self, low: float, high: float) -> bool:
        if self.tolerance.unit == self.axis.unit and self.axis.unit:
            return high - low <= self.tolerance.number
        middle = 0.5 * (self._u(low) + self._u(high))
        return self._u(high) - self._u(low) <= self._resolution(middle) * (1.0 + ROUNDING)

    def _resolution(self, u: float) -> float:
        """The tolerance as a distance along the axis, at a measure of it."""
        part = self.tolerance.number
        if self.tolerance.unit:
            return part / abs(self.axis.number(u)) if self.axis.log else part
        return math.log1p(part) if self.axis.log else part * max(abs(u), LEAST * self.range)

    def _within(self, u: float) -> float:
        return min(max(self._x(u), self.ends[0]), self.ends[1])

    def _middle(self, a: float, b: float) -> float:
        return self._x(0.5 * (self._u(a) + self._u(b)))

    def _u(self, x: float) -> float:
        return self.axis.measure(x)

    def _x(self, u: float) -> float:
        """The coordinate as it will be written, at a measure of it."""
        return float(self.axis.at(self.axis.number(u)).at)

    def _shown(self, x: float) -> str:
        return self.axis.at(x).label

    def _unchanged(self) -> str:
        """That nothing changes along the axis."""
        low, high = self.ends
        (answer,) = {*self.answers.values()} or {""}
        unit = f" {self.axis.unit}" if self.axis.unit else ""
        return f"{answer} at both ends: widen {low:g}..{high:g}{unit}"

    def _several(self) -> str:
        """That the answer changes more than once."""
        known = sorted(self.answers)
        parts = [known[0]] + [b for a, b in pairwise(known) if self.answers[a] != self.answers[b]]
        if len(parts) <= 2:
            return ""
        told = ", ".join(f"{self.answers[x]} from {self._shown(x)}" for x in parts)
        return f"not monotone: {told} on"
