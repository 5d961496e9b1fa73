"""Which case comes next: all of them, those that close in on a boundary, those of a grid that is refined."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Protocol

from cardiac.sweeps.answers import answer, why
from cardiac.sweeps.cases import Case
from cardiac.sweeps.lattice import Lattice
from cardiac.sweeps.plan import Plan
from cardiac.sweeps.records import Record
from cardiac.sweeps.search import Found, Search

USUAL = 12.0  # runs of a search, before there is experience
UNCERTAIN = 0.25  # of the difference of two boundaries: a guess halfway
TOGETHER = 16  # cases whose cells fill a few rows


class Strategy(Protocol):
    """Something that knows what to run."""

    def next(self, idle: int) -> Case | None:
        """The next case for one of so many idle workers; None if nothing is to be run before more is known."""

    def tell(self, case: Case, record: Record) -> None:
        """What came of a case."""

    def remembered(self, records: Iterable[Record]) -> Iterator[Case]:
        """Of the cases of these records, from another start, those whose answers are of use before it asks."""

    @property
    def total(self) -> int:
        """How many cases there are, about."""

    foreseen: int  # how many of the next cases may be asked for before the first is known

    @property
    def cases(self) -> list[Case]:
        """Those that were asked for, each once, in the order of the axes."""


def strategy(plan: Plan) -> Strategy:
    """What a plan asks for."""
    if plan.keys.find:
        return Boundaries(plan)
    return Refinement(plan) if plan.keys.refine else Everything(plan)


class Everything:
    """Each case once."""

    foreseen = TOGETHER

    def __init__(self, plan: Plan) -> None:
        self.cases = list({case.name: case for case in plan.cases()}.values())
        self.total = len(self.cases)
        self._left = iter(self.cases)

    def next(self, idle: int) -> Case | None:
        return next(self._left, None)

    def tell(self, case: Case, record: Record) -> None:
        """Nothing depends on it."""

    def remembered(self, records: Iterable[Record]) -> Iterator[Case]:
        """All are asked for in their turn."""
        return iter(())


At = tuple[int, ...]  # the values of all axes but the one that is searched along, by their numbers


class Boundaries:
    """A search along one axis for each combination of the others.

    Of an axis with numbers the ends come first, then the value halfway, which the boundaries at the ends lead, and so
    on: what leads a search is settled, whichever ends first.
    """

    foreseen = 1

    def __init__(self, plan: Plan) -> None:
        assert plan.along is not None
        assert plan.keys.find is not None
        self.plan, self.axis, self.keys = plan, plan.along, plan.keys.find
        self.others = [axes for axes in plan.dimensions.values() if self.axis not in axes]
        self._leading = {
            at: self._between(at) for at in product(*(range(len(a[0].values)) for a in self.others))
        }
        self._waiting = list(self._leading)
        self.searches: dict[At, Search] = {}
        self._busy: dict[At, Search] = {}  # those that are not over
        self._places: dict[str, tuple[At, float]] = {}  # of the cases that were asked for, or told
        self._remembered: dict[str, tuple[At, float]] = {}
        self._early: dict[
            At, list[tuple[float, str | None, str]]
        ] = {}  # what was told before its search began

    @property
    def cases(self) -> list[Case]:
        """Those on which what is found rests, in the order of the axes."""
        searches = sorted(self.searches.items())
        looked = (
            (at, search.lattice.at(place)) for at, search in searches for place in sorted(search.places)
        )
        return [self.case(at, x) for at, x in looked]

    @property
    def total(self) -> int:
        """The runs that were needed and those that will be, as far as the searches that are over tell."""
        over = [len(search.places) for at, search in self.searches.items() if at not in self._busy]
        usual = sum(over) / len(over) if over else USUAL
        return round(sum(over) + usual * (len(self.searches) - len(over) + len(self._waiting)))

    def next(self, idle: int) -> Case | None:
        while True:
            self._end_those_over()
            for at, search in self._busy.items():
                if (x := search.wanted()) is not None:
                    return self._asked(at, x)
            ready = (at for at in self._waiting if all(map(self._over, self._leading[at])))
            if (beginning := next(ready, None)) is None:
                break
            self._begin(beginning)
        for at, search in self._busy.items():
            if (x := search.wanted(spare=True)) is not None:
                return self._asked(at, x)
        return None

    def _end_those_over(self) -> None:
        for at in [at for at, search in self._busy.items() if search.over]:
            del self._busy[at]

    def _over(self, at: At) -> bool:
        return at in self.searches and at not in self._busy

    def tell(self, case: Case, record: Record) -> None:
        if case.name not in self._places:
            self._places[case.name] = self._remembered[case.name]
        at, x = self._places[case.name]
        said = answer(record, self.keys.boundary_of, self.keys.level)
        reason = "" if said is not None else why(record, self.keys.boundary_of)
        if at in self.searches:
            self.searches[at].tell(x, said, reason)
        else:
            self._early.setdefault(at, []).append((x, said, reason))

    def remembered(self, records: Iterable[Record]) -> Iterator[Case]:
        """Those along the axis: which points were looked at, and in what order, was a matter of chance."""
        assert self.axis.span is not None
        lattice = Lattice(self.axis, self.keys.tolerance)
        own: dict[tuple[float | str, ...], list[At]] = {}
        for at in self._waiting:
            own.setdefault(self._beside(self.case(at, self.axis.span[0]).at), []).append(at)
        for record in records:
            x = record.at.get(self.axis.name)
            if not isinstance(x, float) or lattice.place(x) is None:
                continue
            for at in own.get(self._beside(record.at), ()):
                case = self.case(at, x)
                if case.name == record.case:
                    self._remembered[case.name] = at, x
                    yield case

    def _beside(self, coordinates: Mapping[str, float | str]) -> tuple[float | str, ...]:
        """The coordinates on the other axes."""
        return tuple(coordinates.get(axis.name, "") for axis in self.plan.axes if axis is not self.axis)

    def found(self, at: At) -> Found:
        """What the search at a combination has found so far."""
        return (self.searches.get(at) or Search(self.axis, self.keys.tolerance)).found

    def case(self, at: At, x: float) -> Case:
        """The case of a combination at a coordinate of the axis."""
        chosen = {axis.name: axis.values[k] for k, axes in zip(at, self.others, strict=True) for axis in axes}
        chosen[self.axis.name] = self.axis.at(x)
        return Case(self.plan.axes, tuple(chosen[axis.name] for axis in self.plan.axes))

    def _asked(self, at: At, x: float) -> Case:
        self.searches[at].ask(x)
        case = self.case(at, x)
        self._places[case.name] = at, x
        return case

    def _begin(self, at: At) -> None:
        self._waiting.remove(at)
        search = Search(self.axis, self.keys.tolerance, *self._guess(self._leading[at]))
        for x, said, reason in self._early.pop(at, ()):
            search.tell(x, said, reason)
        self.searches[at] = self._busy[at] = search

    def _between(self, at: At) -> tuple[At, ...]:
        """The two combinations between which one lies halfway; none if it is at the ends of all axes."""
        for k, axes in enumerate(self.others):
            if isinstance(axes[0].values[0].at, str):
                continue  # names have no neighbours
            low, high = 0, len(axes[0].values) - 1
            while low < at[k] < high:
                middle = (low + high) // 2
                if at[k] == middle:
                    return (*at[:k], low, *at[k + 1 :]), (*at[:k], high, *at[k + 1 :])
                low, high = (low, middle) if at[k] < middle else (middle, high)
        return ()

    def _guess(self, leading: tuple[At, ...]) -> tuple[float | None, float]:
        """Where a boundary may be between others, and how uncertain that is, as measures of the axis."""
        found = [self.searches[at].found.boundary for at in leading]
        known = [self.axis.measure(boundary) for boundary in found if not math.isnan(boundary)]
        if not known:
            return None, 0.0
        return sum(known) / len(known), UNCERTAIN * (max(known) - min(known))


class Refinement:
    """A coarse grid over two axes, whose cells are halved where two answers in them differ.

    Beside those at its corners a cell knows the answers on its sides that finer neighbours have asked for.
    """

    foreseen = TOGETHER

    def __init__(self, plan: Plan) -> None:
        assert plan.keys.refine is not None
        self.plan, self.keys = plan, plan.keys.refine
        self.pair = [k for k, (axis, *_) in enumerate(plan.dimensions.values()) if axis.continuous]
        self.answers: dict[At, str | None] = {}
        self._places: dict[str, At] = {}  # of the cases that were asked for
        self._cases: dict[At, Case] = {}
        self._queue = list(product(*plan.indices()))[::-1]
        self._last = [indices.stop - 1 for indices in plan.indices()]
        # The known points of each cell that is not divided, by its lower left corner and its side.
        self._cells: dict[tuple[At, int], list[At]] = {
            (at, plan.stride): [] for at in self._queue if all(at[k] < self._last[k] for k in self.pair)
        }

    @property
    def total(self) -> int:
        """The cases that are known to be needed."""
        return len(self._places) + len(self._queue)

    def next(self, idle: int) -> Case | None:
        while self._queue:
            case = self.plan.case(at := self._queue.pop())
            if case.name not in self._places:
                self._places[case.name], self._cases[at] = at, case
                return case
        return None

    def tell(self, case: Case, record: Record) -> None:
        at = self._places[case.name]
        self.answers[at] = answer(record, self.keys.boundary_of, self.keys.level)
        for cell in list(self._around(at)):
            self._cells[cell].append(at)
            self._halve(*cell)

    def remembered(self, records: Iterable[Record]) -> Iterator[Case]:
        """All are asked for in their turn."""
        return iter(())

    @property
    def cases(self) -> list[Case]:
        return [case for _, case in sorted(self._cases.items())]

    def answer(self, at: At) -> str | None:
        """The answer at a point of the finest grid: its own, or that of all corners of the cell that it is in."""
        if at in self.answers:
            return self.answers[at]
        for low, side in self._around(at):
            said = {self.answers.get(corner) for corner in self._corners(low, side)}
            if len(said) == 1 and None not in said:
                return said.pop()
        return None

    def _halve(self, at: At, side: int) -> None:
        """Divide a cell of which two answers are known that differ, and those of its parts that have two."""
        known = self._cells[at, side]
        if len({self.answers[point] for point in known} - {None}) < 2:
            return
        del self._cells[at, side]
        half = side // 2
        self._queue += [self._moved(at, i * half, j * half) for i, j in product(range(3), repeat=2)]
        if half == 1:
            return
        for i, j in product(range(2), repeat=2):
            low = self._moved(at, i * half, j * half)
            inside = [p for p in known if all(low[k] <= p[k] <= low[k] + half for k in self.pair)]
            self._cells[low, half] = inside
            self._halve(low, half)

    def _around(self, at: At) -> Iterator[tuple[At, int]]:
        """The cells that are not divided in or on which a point lies."""
        side = 1
        while (side := 2 * side) <= self.plan.stride:
            below = [{at[k] - at[k] % side, at[k] - 1 - (at[k] - 1) % side} for k in self.pair]
            for low in product(*below):
                moved = dict(zip(self.pair, low, strict=True))
                cell = tuple(moved.get(k, index) for k, index in enumerate(at)), side
                if cell in self._cells:
                    yield cell

    def _corners(self, at: At, side: int) -> list[At]:
        return [self._moved(at, i * side, j * side) for i, j in product(range(2), repeat=2)]

    def _moved(self, at: At, *by: int) -> At:
        shift = dict(zip(self.pair, by, strict=True))
        return tuple(index + shift.get(k, 0) for k, index in enumerate(at))
