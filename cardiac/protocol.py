"""Protocols: when current is injected and when mechanisms act.

A time course is a number 0 ... 1 as a function of time. Simulations take its *mean* over each step, so that a
pulse delivers its exact charge wherever its edges fall between steps.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac.units import duration as positive_ms  # Pulses has a duration of its own
from cardiac.units import ms, one

Array: TypeAlias = npt.NDArray[np.float64]

PIECES = 256  # of constant light, for a ramp


class Course(Protocol):
    """A time course through its antiderivative: `integral(t)` [ms], shape of t, zero anywhere convenient."""

    def integral(self, t: Array) -> Array: ...


class Light(Course, Protocol):
    """A time course that begins, and is constant between its `edges` [ms] and after the last of them."""

    @property
    def edges(self) -> Array: ...


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

    @property
    def edges(self) -> Array:
        return np.array([self.from_, self.to] if self.to < np.inf else [self.from_])


class Ramp(NamedTuple):
    """Rising linearly between `from_` and `to`, fully on afterwards."""

    from_: ms
    to: ms

    def integral(self, t: Array) -> Array:
        rise = np.clip(t - self.from_, 0.0, self.to - self.from_)
        return np.asarray(
            rise * rise / (2.0 * (self.to - self.from_)) + np.maximum(t - self.to, 0.0), np.float64
        )

    @property
    def edges(self) -> Array:
        return np.linspace(self.from_, self.to, PIECES + 1)  # nearly constant between them


class Pulses(NamedTuple):
    """`count` pulses of `duration`, the first at `start`, one every `interval`."""

    start: ms
    duration: positive_ms
    interval: positive_ms = 1000.0
    count: one = 1  # type: ignore[assignment]  # hides tuple.count, which nobody needs here

    def integral(self, t: Array) -> Array:
        since = np.asarray(t, dtype=float) - self.start
        index = np.clip(np.floor(since / self.interval), 0.0, self.count - 1.0)
        return index * self.duration + np.clip(since - index * self.interval, 0.0, self.duration)

    @property
    def onsets(self) -> Array:
        """Start of each pulse [ms]."""
        return np.asarray(self.start + self.interval * np.arange(int(self.count)), np.float64)

    @property
    def edges(self) -> Array:
        return np.unique([self.onsets, self.onsets + self.duration])


class Train(NamedTuple):
    """Pulses of `duration` at any `onsets`, ascending and apart from each other by more than it."""

    onsets: tuple[float, ...]  # ms
    duration: float  # ms

    def integral(self, t: Array) -> Array:
        delivered = self.duration * ((np.arange(2 * len(self.onsets)) + 1) // 2)
        found: Array = np.interp(t, self.edges, delivered)
        return found

    @property
    def edges(self) -> Array:
        found: Array = np.add.outer(self.onsets, [0.0, self.duration]).ravel()
        return found


class Opening(NamedTuple):
    """How far channels are open that light opens: dO/dt = L (1 - O) / tau_on - (1 - L) O / tau_off.

    L is the light, 0 ... 1; all channels are closed before it begins. Exact where it is constant for a while.
    """

    light: Light
    tau_on: positive_ms
    tau_off: positive_ms

    def integral(self, t: Array) -> Array:
        edges, steady, rate, opened, area = _pieces(self)
        t = np.maximum(t, edges[0])
        k = np.searchsorted(edges, t, side="right") - 1
        since = t - edges[k]
        relaxed = -np.expm1(-rate[k] * since) / rate[k]
        return area[k] + steady[k] * since + (opened[k] - steady[k]) * relaxed


@cache
def _pieces(opening: Opening) -> tuple[Array, Array, Array, Array, Array]:
    """The pieces of constant light: where each begins, its steady state and rate, and O and its integral there."""
    edges = opening.light.edges
    light = np.clip(mean(opening.light, np.append(edges, edges[-1] + 1.0)), 0.0, 1.0)
    on = light / opening.tau_on
    rate = on + (1.0 - light) / opening.tau_off
    steady = on / rate
    opened, area = np.zeros_like(edges), np.zeros_like(edges)
    for k, duration in enumerate(np.diff(edges)):
        closing = (opened[k] - steady[k]) * -np.expm1(-rate[k] * duration)
        opened[k + 1] = opened[k] - closing
        area[k + 1] = area[k] + steady[k] * duration + closing / rate[k]
    return edges, steady, rate, opened, area


COURSES: dict[str, type] = {"window": Window, "ramp": Ramp, "pulses": Pulses}


def mean(course: Course, edges: Array) -> Array:
    """The mean of a course over each interval between consecutive `edges` [ms]: (edges - 1,)."""
    # Round-off of the edges must not look like a change of the current from step to step.
    return np.round(np.diff(course.integral(edges)) / np.diff(edges), 9)
