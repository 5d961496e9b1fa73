"""The verdict on a region: its criteria, its numbers, its words."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from cardiac.units import mm, mm_per_ms, ms, units_of

Outcome: TypeAlias = Literal["conducted", "delayed", "blocked", "undecided", "not reached"]

# Outcomes as numbers, in the columns of tables.
NUMBERED: dict[int, str] = {2: "conducted", 1: "delayed", 0: "blocked", -1: "not reached or undecided"}

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What counts as conducted, delayed and blocked."""

    margin: float = 1.0  # of the path before and behind the region [mm]
    patience: float = 5.0  # the horizon in baseline transits ...
    least_horizon: float = 50.0  # ... but at least this [ms]
    delayed: float = 1.2  # conduction is delayed if it takes more than this many baseline transits
    pause: float = 5.0  # a front that stands this long [ms] and is then met from behind was blocked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the wave at the region; NaN where a number has no meaning."""

    outcome: Outcome
    reached_fraction: float  # of the region's conducting cells, activated at any time
    end: ms  # of the run
    direction_x: float = NAN  # unit vector of the wave before the region
    direction_y: float = NAN
    velocity: mm_per_ms = NAN  # of the wave before the region
    path_length: mm = NAN  # from the proximal to the distal point
    clamped: bool = False  # the edge of the tissue, a scar or the electrode leaves no room for a margin
    arrival: ms = NAN  # activation of the proximal point
    baseline: ms = NAN  # transit at the velocity before the region
    transit: ms = NAN  # from the proximal to the distal point
    delay: ms = NAN  # transit - baseline
    horizon: ms = NAN  # time up to which activation of the distal point counts
    bypassed: bool = False  # the distal point was activated, but not through the region
    met: bool = False  # in the region, the wave met one that came from behind; it got through all the same
    x: mm = NAN  # where the front stopped on the path, if it did not get through
    y: mm = NAN
    position: mm = NAN  # the one of x and y along which the wave travels

    @property
    def number(self) -> int:
        """The outcome as a number, see NUMBERED."""
        return next((number for number, words in NUMBERED.items() if words == self.outcome), -1)

    @property
    def written(self) -> dict[str, Any]:
        """What a result keeps: the outcome, the numbers with their units, the sentence."""
        units = units_of(Verdict)
        values = asdict(self) | {"sentence": self.sentence}
        return {
            name: (value, units[name].symbol) if name in units else value for name, value in values.items()
        }

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        met = "; met by a wave from behind" * self.met
        return f"{self._found}{met}{'; path cut short (edge, scar or electrode)' * self.clamped}"

    @property
    def _found(self) -> str:
        match self.outcome:
            case "not reached":
                return f"NOT REACHED: the wave had not come to the region by t = {self.end:.1f} ms"
            case "undecided":
                ended = f"the run ended at t = {self.end:.1f} ms, before the horizon {self.horizon:.1f} ms"
                return f"UNDECIDED: activation had come to {self._place} when {ended}"
            case "blocked":
                region = f"{100 * self.reached_fraction:.0f} % of the region activated"
                return f"BLOCKED at {self._place} ({region}, horizon {self.horizon:.1f} ms){self._aftermath}"
            case "conducted" if math.isnan(self.baseline):
                transit = f"transit {self.transit:.1f} ms"
                return f"CONDUCTED ({transit}; too little tissue before the region to compare with)"
            case "conducted":
                return f"CONDUCTED, {self._lateness}"
            case "delayed":
                transit = f"transit {self.transit:.1f} ms, {self.baseline:.1f} ms without the region"
                return f"DELAYED, {self._lateness} ({transit})"

    @property
    def _place(self) -> str:
        if abs(self.direction_y) < 0.1:
            return f"x = {self.x:.1f} mm"
        if abs(self.direction_x) < 0.1:
            return f"y = {self.y:.1f} mm"
        return f"({self.x:.1f}, {self.y:.1f}) mm"

    @property
    def _aftermath(self) -> str:
        if math.isnan(self.transit):
            return ""
        return f"{', the wave went around' * self.bypassed}, distal side activated {self._lateness}"

    @property
    def _lateness(self) -> str:
        if math.isnan(self.delay):
            return f"after {self.transit:.1f} ms"
        rounded = f"{abs(self.delay):.1f}"
        return "on time" if rounded == "0.0" else f"{rounded} ms {'late' if self.delay > 0 else 'early'}"
