"""The points of an axis that a search may look at: its halves, their halves, and so on down to the tolerance.

They do not depend on where a search begins or on which answer comes first, and so the narrowest cell across which an
answer changes does not either. Places are parts of the axis, from 0 to 1; distances are those of the axis: equal
ratios on a logarithmic one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cardiac.sweeps.axes import Amount, Axis

WIDEST = 0.25  # cell that is not divided, of the whole axis
LEAST = 1e-3  # of the axis: below, a tolerance relative to the value means nothing, as around 0
FINEST = 2.0**-40  # of the axis: coordinates have fewer digits
ROUNDING = 1e-6  # of a tolerance, so that equal cells are equally narrow


class Lattice:
    """The points of an axis, to a tolerance."""

    def __init__(self, axis: Axis, tolerance: Amount) -> None:
        assert axis.span is not None
        self.axis, self.tolerance = axis, tolerance
        low, high = sorted(axis.span)
        self._first = axis.measure(low)
        self.range = axis.measure(high) - self._first
        self._ends = {0.0: low, 1.0: high}
        self._coordinates: dict[float, float] = {}  # by place

    def at(self, place: float) -> float:
        """The coordinate of a place, with the digits that are written."""
        if place not in self._coordinates:
            exact = self._ends.get(place, self.axis.number(self._measure(place)))
            self._coordinates[place] = float(self.axis.at(exact).at)
        return self._coordinates[place]

    def place(self, x: float) -> float | None:
        """The place of a coordinate; None where it is none of the points."""
        for end in (0.0, 1.0):
            if self.at(end) == x:
                return end
        low, high = 0.0, 1.0
        while not self._undivided(low, high):
            middle = 0.5 * (low + high)
            if self.at(middle) == x:
                return middle
            low, high = (low, middle) if x < self.at(middle) else (middle, high)
        return None

    @property
    def coarse(self) -> list[float]:
        """The ends of the widest cells that may remain undivided."""
        return [*self._lower_ends(0.0, 1.0), 1.0]

    def between(self, a: float, b: float) -> float | None:
        """The coarsest point well between two of them, or that nearest to their middle; None: there is none."""
        aim, margin = 0.5 * (a + b), 0.25 * (b - a)
        nearest = None
        low, high = 0.0, 1.0
        while not self._undivided(low, high):
            middle = 0.5 * (low + high)
            if abs(middle - aim) <= margin:
                return middle
            if a < middle < b and (nearest is None or abs(middle - aim) < abs(nearest - aim)):
                nearest = middle
            low, high = (low, middle) if aim < middle else (middle, high)
        return nearest

    def around(self, place: float, distance: float) -> tuple[float, float]:
        """A point below and one above a place, both at about a distance [of the axis] or farther."""
        return self._cell(place - distance, distance)[0], self._cell(place + distance, distance)[1]

    def part(self, measure: float) -> float:
        """The place of a measure of the axis, whether it is one of the points or not."""
        return min(max((measure - self._first) / self.range, 0.0), 1.0)

    def resolution(self, place: float) -> float:
        """The tolerance around a place [of the axis]."""
        value = abs(self.axis.number(self._measure(place)))
        part = self.tolerance.number
        if self.tolerance.unit:
            return (part / value if self.axis.log else part) / self.range
        return math.log1p(part) / self.range if self.axis.log else part * max(value / self.range, LEAST)

    def _cell(self, place: float, width: float) -> tuple[float, float]:
        """The ends of the cell around a place, no wider than this if there is such a one."""
        low, high = 0.0, 1.0
        while high - low > width and not self._undivided(low, high):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if place < middle else (middle, high)
        return low, high

    def _lower_ends(self, low: float, high: float) -> Iterator[float]:
        if high - low <= WIDEST or self._undivided(low, high):
            yield low
        else:
            middle = 0.5 * (low + high)
            yield from self._lower_ends(low, middle)
            yield from self._lower_ends(middle, high)

    def _undivided(self, low: float, high: float) -> bool:
        """Whether a cell is one of the narrowest: to the tolerance, or to the digits of a coordinate."""
        if self.at(0.5 * (low + high)) in (self.at(low), self.at(high)) or high - low <= FINEST:
            return True
        return high - low <= WIDEST and self._narrow(low, high)

    def _narrow(self, low: float, high: float) -> bool:
        if self.tolerance.unit:
            width, most = self.at(high) - self.at(low), self.tolerance.number
        else:
            width, most = high - low, self.resolution(0.5 * (low + high))
        return width <= most * (1.0 + ROUNDING)

    def _measure(self, place: float) -> float:
        return self._first + place * self.range
