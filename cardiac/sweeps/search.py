"""The search for a boundary along one axis: bisection, and a look at the rest of the axis.

A search says what it wants to know next, and is told. It looks at points a quarter of the axis apart too: a boundary
that is not the only one shows as such, unless it encloses less. All points are those of a lattice, whose narrowest
cells are what a search can end with: what is found does not depend on the guess from which it starts, nor on how many
answers are looked for at once and which comes first. What does is how many runs it takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from cardiac.sweeps.axes import Amount, Axis
from cardiac.sweeps.lattice import Lattice

FIRST_STEP = 1.0  # tolerances, from the guess of a neighbour to the first points on either side
UNFINISHED = "the search was not finished"


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
    """Where along an axis an answer changes, to a tolerance; `guess` and `step` are measures along the axis.

    What is kept is kept by the places of the lattice.
    """

    axis: Axis
    tolerance: Amount
    guess: float | None = None
    step: float = 0.0  # how uncertain the guess is
    answers: dict[float, str] = field(default_factory=dict)
    missing: dict[float, str] = field(default_factory=dict)  # why there is no answer
    asked: set[float] = field(default_factory=set)  # and not told yet

    def __post_init__(self) -> None:
        self.lattice = Lattice(self.axis, self.tolerance)
        self._near_guess = self._pair()
        self.coarse = sorted(self.lattice.coarse, key=self._order)

    def wanted(self, spare: bool = False) -> float | None:
        """The next coordinate to look at; with a worker to spare, one that may prove unnecessary."""
        if self.lost:
            return None
        # While a place within the bracket is looked at, it is open what divides the next one.
        dividing = [] if self._coming else self._dividing
        place = next((p for p in dividing + self._unseen if p not in self.asked), None)
        if place is None and spare:
            place = self._speculative()
        return None if place is None else self.lattice.at(place)

    def ask(self, x: float) -> None:
        """Note that a coordinate is looked at."""
        self.asked.add(self._place(x))

    def tell(self, x: float, answer: str | None, why: str = "") -> None:
        """What was found at a coordinate; `why` there is no answer."""
        self.asked.discard(place := self._place(x))
        if answer is None:
            self.missing[place] = why
        else:
            self.answers[place] = answer

    @property
    def over(self) -> bool:
        """Whether nothing is left to be looked at."""
        return not self.asked and self.wanted() is None

    @property
    def lost(self) -> str:
        """Why the search cannot go on; empty if it can."""
        place = next((p for p in self._needed if p in self.missing), None)
        return "" if place is None else f"no answer at {self._shown(place)}: {self.missing[place]}"

    @property
    def found(self) -> Found:
        """What is known."""
        below, above = (self.answers.get(end, "") for end in (0.0, 1.0))
        runs = len(self.answers) + len(self.missing)
        if self._needed or self._bracket is None:
            remark = self.lost or (UNFINISHED if self._needed else self._unchanged())
            return Found(math.nan, math.nan, math.nan, below, above, runs, remark)
        low, high = map(self.lattice.at, self._bracket)
        boundary = self.axis.number(0.5 * (self.axis.measure(low) + self.axis.measure(high)))
        return Found(boundary, low, high, below, above, runs, self._several())

    @property
    def _needed(self) -> list[float]:
        """The places without whose answers it is not over."""
        return self._dividing + self._unseen

    @property
    def _dividing(self) -> list[float]:
        """The place that makes the bracket narrower, if it is to be."""
        place = self._inside(*self._bracket) if self._bracket else None
        return [] if place is None else [place]

    @property
    def _unseen(self) -> list[float]:
        """What is left of the coarse look."""
        return [place for place in self.coarse if place not in self.answers]

    @property
    def _bracket(self) -> tuple[float, float] | None:
        """The lowest interval across which the answer changes."""
        known = sorted(self.answers)
        return next(((a, b) for a, b in pairwise(known) if self.answers[a] != self.answers[b]), None)

    @property
    def _coming(self) -> list[float]:
        """The places within the bracket that are looked at."""
        low, high = self._bracket or (0.0, 0.0)
        return sorted(place for place in self.asked if low < place < high)

    def _inside(self, low: float, high: float) -> float | None:
        """The place that divides a bracket: near the guess if that lies in it."""
        near = (place for place in self._near_guess if low < place < high)
        return next(near, self.lattice.between(low, high))

    def _speculative(self) -> float | None:
        """A place in the widest part of the bracket, between those that are being looked at."""
        if self._bracket is None:
            return None
        low, high = self._bracket
        near = [place for place in self._near_guess if low < place < high]
        if new := [place for place in near if place not in self.asked]:
            place: float | None = new[0]
        else:
            if near:  # trust the guess: the boundary is on its side of them
                guess = sum(self._near_guess) / 2.0
                low = max([low, *(place for place in near if place < guess)])
                high = min([high, *(place for place in near if place > guess)])
            inside = [place for place in self._coming if low < place < high]
            a, b = max(pairwise([low, *inside, high]), key=lambda pair: pair[1] - pair[0])
            place = self.lattice.between(a, b)
        return None if place in self.missing else place

    def _order(self, place: float) -> float:
        """In which order to look at the coarse points: first those around the guess, or the ends."""
        if self.guess is None:
            return -abs(place - 0.5)
        return abs(place - self.lattice.part(self.guess))

    def _pair(self) -> tuple[float, ...]:
        """The places on both sides of the guess."""
        if self.guess is None:
            return ()
        guess = self.lattice.part(self.guess)
        step = max(self.step / self.lattice.range, FIRST_STEP * self.lattice.resolution(guess))
        return self.lattice.around(guess, step)

    def _place(self, x: float) -> float:
        place = self.lattice.place(x)
        assert place is not None
        return place

    def _shown(self, place: float) -> str:
        return self.axis.at(self.lattice.at(place)).label

    def _unchanged(self) -> str:
        """That nothing changes along the axis."""
        low, high = (self.lattice.at(end) for end in (0.0, 1.0))
        unit = f" {self.axis.unit}" if self.axis.unit else ""
        return f"{self.answers[0.0]} at both ends: widen {low:g}..{high:g}{unit}"

    def _several(self) -> str:
        """That the answer changes more than once."""
        known = sorted(self.answers)
        parts = [known[0]] + [b for a, b in pairwise(known) if self.answers[a] != self.answers[b]]
        if len(parts) <= 2:
            return ""
        told = ", ".join(f"{self.answers[place]} from {self._shown(place)}" for place in parts)
        return f"not monotone: {told} on"
