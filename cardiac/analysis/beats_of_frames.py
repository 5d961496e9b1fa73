"""Activation and repolarization of every beat, from frames of the potential."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

HYSTERESIS = 10.0  # mV below the level, to which V must have fallen between two beats


class Beats(NamedTuple):
    """What every beat of every cell looks like, (beats, ny, nx) each; NaN where there is none."""

    activation: Array  # [ms]
    repolarization: Array  # [ms]
    base: Array  # the lowest potential since the beat before was over [mV]
    peak: Array  # [mV]; of a beat that is not over, so far

    @property
    def duration(self) -> Array:
        """From activation to repolarization (beats, ny, nx) [ms]."""
        return self.repolarization - self.activation


def beats_of_frames(time: Array, V: Array, level: float = -40.0, share: float = 0.9) -> Beats:
    """Activation and repolarization times, interpolated linearly between frames.

    A beat begins when V crosses `level` upwards, having been 10 mV below it since the last beat, and is over when
    V falls below peak - `share` (peak - base). The error is a fraction of the interval between frames: where a
    run measured `activation` and `apd90` itself, in every step, those are better.

    Parameters
    ----------
    time : (times,) increasing [ms]
    V : (times, ...) potential [mV], of cells (ny, nx) or of any others; NaN in scars
    level : [mV]
    share : 0 ... 1, of the amplitude

    Raises ValueError where there are not as many times as frames.
    """
    if len(time) != len(V):
        raise ValueError(f"{len(time)} times, but {len(V)} frames")
    cells = V.shape[1:]
    found: list[Beats] = []
    count = np.zeros(cells, dtype=int)
    active, armed = np.zeros(cells, dtype=bool), np.zeros(cells, dtype=bool)
    base = peak = np.array(V[0], dtype=np.float64)
    for k in range(1, len(time)):
        last, now = np.asarray(V[k - 1], dtype=np.float64), np.asarray(V[k], dtype=np.float64)
        armed |= last < level - HYSTERESIS
        up = armed & (last < level) & (now >= level)
        count[up] += 1
        if up.any() and count.max() > len(found):
            found.append(Beats(*(np.full(cells, np.nan) for _ in Beats._fields)))
        active |= up
        armed &= ~up
        peak = np.where(up, now, np.where(active, np.maximum(peak, now), peak))
        goal = peak - share * (peak - base)
        down = active & (now < goal)
        for n, beat in enumerate(found, start=1):
            own = count == n
            _note(beat.activation, up & own, time[k - 1 : k + 1], last, now, level)
            _note(beat.repolarization, down & own, time[k - 1 : k + 1], last, now, goal)
            np.copyto(beat.peak, peak, where=active & own)
            np.copyto(beat.base, base, where=up & own)
        base = np.where(down, now, np.where(active, base, np.minimum(base, now)))
        active &= ~down
    none = np.full((0, *cells), np.nan)
    return Beats(*(np.array(each) for each in zip(*found, strict=True))) if found else Beats(*[none] * 4)


def _note(
    times: Array, cells: NDArray[np.bool_], time: Array, last: Array, now: Array, goal: Array | float
) -> None:
    """Write when those `cells` passed their `goal` [mV], between two frames and their `time` (2,) [ms]."""
    before, after, at = last[cells], now[cells], np.broadcast_to(goal, last.shape)[cells]
    times[cells] = time[0] + (time[1] - time[0]) * (at - before) / (after - before)
