"""The search for a boundary along one axis: a look at all of it, then bisection where the answer first changes.

A search says what it wants to know next, and is told. What it finds rests on a sequence of places, each of which
follows from the answers before: points a quarter of the axis apart, then those that halve the lowest interval across
which the answer changes. For idle workers there are places that may come next; what is found at them counts once the
sequence has come to them. So the result does not depend on how many answers are looked for at once, nor on which
comes first. All places are those of a lattice, whose narrowest cells are what a search can end with: a guess makes
the sequence shorter and leads to the same cell, if the answer changes only once.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from cardiac.sweeps.axes import Amount, Axis
from cardiac.sweeps.lattice import Lattice

FIRST_STEP = 1.0  # tolerances, from the guess of a neighbour to the first points on either side
UNFINISHED = "the search was not finished"

Bracket: TypeAlias = tuple[float, float]


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
        untold = (place for place in self._next if place not in self.missing)
        place = next((place for place in untold if place not in self.asked), None)
        if place is None and spare and not self.over:
            place = self._ahead()
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
        """Whether nothing is left that must be looked at."""
        return all(place in self.missing for place in self._next)

    @property
    def places(self) -> list[float]:
        """The places on which what is found rests."""
        seen = [place for place in self.coarse if place in self.answers]
        if len(seen) == len(self.coarse):
            seen += self._bisected[0]
        return seen + [place for place in self._next if place in self.missing]

    @property
    def found(self) -> Found:
        """What is known."""
        below, above = (self.answers.get(end, "") for end in (0.0, 1.0))
        runs = len(self.places)
        if remark := self._unsettled():
            return Found(math.nan, math.nan, math.nan, below, above, runs, remark)
        _, bracket = self._bisected
        assert bracket is not None
        low, high = map(self.lattice.at, bracket)
        boundary = self.axis.number(0.5 * (self.axis.measure(low) + self.axis.measure(high)))
        return Found(boundary, low, high, below, above, runs, self._several())

    @property
    def _next(self) -> list[float]:
        """The places that must be looked at next; empty at the end."""
        if unseen := [place for place in self.coarse if place not in self.answers]:
            return unseen
        _, bracket = self._bisected
        place = bracket and self._dividing(*bracket)
        return [] if place is None else [place]

    @property
    def _bisected(self) -> tuple[list[float], Bracket | None]:
        """The places that have halved the bracket, in turn, and what is left of it; None if there was none."""
        bracket = next(
            ((a, b) for a, b in pairwise(sorted(self.coarse)) if self.answers[a] != self.answers[b]), None
        )
        places: list[float] = []
        while bracket and (place := self._dividing(*bracket)) in self.answers:
            assert place is not None
            places.append(place)
            low, high = bracket
            bracket = (place, high) if self.answers[place] == self.answers[low] else (low, place)
        return places, bracket

    def _dividing(self, low: float, high: float) -> float | None:
        """The place that divides a bracket, near the guess if that lies in it; None: it is narrow enough."""
        near = (place for place in self._near_guess if low < place < high)
        return next(near, self.lattice.between(low, high))

    def _ahead(self) -> float | None:
        """The first place that may come after those that are being looked at, the likelier answers first."""
        if any(place not in self.answers for place in self.coarse):
            return None
        _, whole = self._bisected
        brackets = deque([whole] if whole else [])
        while brackets:
            low, high = brackets.popleft()
            place = self._dividing(low, high)
            if place is None:
                continue
            if place not in self.answers and place not in self.missing and place not in self.asked:
                return place
            parts = [(low, place), (place, high)]
            if place in self.answers:
                assert whole is not None
                brackets.append(parts[self.answers[place] == self.answers[whole[0]]])
            else:
                brackets += parts if self._guessed < place else parts[::-1]
        return None

    @property
    def _guessed(self) -> float:
        """The place of the guess; without one, the middle."""
        return 0.5 if self.guess is None else self.lattice.part(self.guess)

    def _order(self, place: float) -> float:
        """In which order to look at the coarse points: first those around the guess, or the ends."""
        return (-1.0 if self.guess is None else 1.0) * abs(place - self._guessed)

    def _pair(self) -> tuple[float, ...]:
        """The places on both sides of the guess."""
        if self.guess is None:
            return ()
        step = max(self.step / self.lattice.range, FIRST_STEP * self.lattice.resolution(self._guessed))
        return self.lattice.around(self._guessed, step)

    def _place(self, x: float) -> float:
        place = self.lattice.place(x)
        assert place is not None
        return place

    def _shown(self, place: float) -> str:
        return self.axis.at(self.lattice.at(place)).label

    def _unsettled(self) -> str:
        """Why there is no boundary; empty if there is one."""
        if lost := [place for place in self._next if place in self.missing]:
            return f"no answer at {self._shown(lost[0])}: {self.missing[lost[0]]}"
        if self._next:
            return UNFINISHED
        if self._bisected[1] is None:
            low, high = (self.lattice.at(end) for end in (0.0, 1.0))
            unit = f" {self.axis.unit}" if self.axis.unit else ""
            return f"{self.answers[0.0]} at both ends: widen {low:g}..{high:g}{unit}"
        return ""

    def _several(self) -> str:
        """That the answer changes more than once."""
        known = sorted(self.places)
        parts = [known[0]] + [b for a, b in pairwise(known) if self.answers[a] != self.answers[b]]
        if len(parts) <= 2:
            return ""
        told = ", ".join(f"{self.answers[place]} from {self._shown(place)}" for place in parts)
        return f"not monotone: {told} on"
