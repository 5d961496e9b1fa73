"""Protocols: when current is injected and when mechanisms act.

A time course is a number 0 ... 1 as a function of time. Simulations take its *mean* over each step, so that a
pulse delivers its exact charge wherever its edges fall between steps.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac.units import ms, one

Array: TypeAlias = npt.NDArray[np.float64]


class Course(Protocol):
    """A time course through its antiderivative: `integral(t)` [ms], shape of t, zero anywhere convenient."""

    def integral(self, t: Array) -> Array: ...


class Always(NamedTuple):
    """On at all times."""

    def integral(self, t: Array) -> Array:
        return t


class Window(NamedTuple):
    """On from `from_` to `to`."""

    from_: ms = 0.0
    to: ms = float("inf")

    def integral(self, t: Array) -> Array:
        return np.clip(t, self.from_, self.to) - self.from_


class Ramp(NamedTuple):
    """Rising linearly between `from_` and `to`, fully on afterwards."""

    from_: ms
    to: ms

    def integral(self, t: Array) -> Array:
        rise = np.clip(t - self.from_, 0.0, self.to - self.from_)
        return np.asarray(
            rise * rise / (2.0 * (self.to - self.from_)) + np.maximum(t - self.to, 0.0), np.float64
        )


class Pulses(NamedTuple):
    """`count` pulses of `duration`, the first at `start`, one every `interval`."""

    start: ms
    duration: ms
    interval: ms = 1000.0
    count: one = 1  # type: ignore[assignment]  # hides tuple.count, which nobody needs here

    def integral(self, t: Array) -> Array:
        since = np.asarray(t, dtype=float) - self.start
        index = np.clip(np.floor(since / self.interval), 0.0, self.count - 1.0)
        return index * self.duration + np.clip(since - index * self.interval, 0.0, self.duration)

    @property
    def onsets(self) -> Array:
        """Start of each pulse [ms]."""
        return np.asarray(self.start + self.interval * np.arange(int(self.count)), np.float64)


COURSES: dict[str, type] = {"window": Window, "ramp": Ramp, "pulses": Pulses}


def mean(course: Course, edges: Array) -> Array:
    """The mean of a course over each interval between consecutive `edges` [ms]: (edges - 1,)."""
    # Round-off of the edges must not look like a change of the current from step to step.
    return np.round(np.diff(course.integral(edges)) / np.diff(edges), 9)
