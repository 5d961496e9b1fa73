"""What is measured in every step: activation, repolarization, extremes, probes.

A tissue keeps one `Track` per cell. A beat begins when V crosses `level` upwards, having been `HYSTERESIS` below it
since the last beat; it is 50 % and 90 % repolarized when V falls below `peak - 0.5 (0.9) (peak - base)`, with the
peak of this beat and, as base, the diastolic potential before it: V when it last moved slowly. Times are
interpolated linearly within the step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba import prange

from cardiac.kernels.compose import BOUND, bind, compile_cached
from cardiac.kernels.records import load, store
from cardiac.kernels.tiling import BORDER

track_one = LANES = BOUND

RESTING, ACTIVE, HALF_REPOLARIZED = 0.0, 1.0, 2.0
HYSTERESIS = 10.0  # mV
SLOW = 0.1  # mV/ms, in diastole


class Track(NamedTuple):
    """The running measurements of one cell (floats) or of many (arrays); mV, mV/ms."""

    previous: Any  # V one step ago
    base: Any  # V when it last moved slowly at rest
    peak: Any  # highest V since the last activation
    phase: Any  # RESTING, ACTIVE or HALF_REPOLARIZED
    armed: Any  # 1 if the next upward crossing is an activation, else 0
    lowest: Any
    highest: Any
    steepest: Any


def track_tile(b, V, seen, tracks, beats, activation, apd50, apd90, level, t, dt, per_row):
    """Update the tracks of tile `b` with V at time `t` [ms]."""
    i, first = BORDER + b // per_row, BORDER + (b % per_row) * LANES
    before, after, tile = seen[i, first : first + LANES], V[i, first : first + LANES], tracks[b]
    per_ms = 1.0 / dt
    crossings = 0
    for x in range(LANES):
        v, a = 0.5 * (before[x] + after[x]), load(tile, x, Track, LANES)
        rises = a.armed > 0.0 and a.previous < level and v >= level
        share = 0.5 if a.phase == ACTIVE else 0.9
        falls = a.phase != RESTING and v <= a.peak - share * (a.peak - a.base)
        crossings += 1 if rises else (1 if falls else 0)
    if crossings > 0:
        record_crossings(b, before, after, tile, beats, activation, apd50, apd90, level, t, dt)
    for x in range(LANES):
        v, a = 0.5 * (before[x] + after[x]), load(tile, x, Track, LANES)
        slope = (v - a.previous) * per_ms
        slow = slope < SLOW and slope > -SLOW
        base = v if a.phase == RESTING and slow else a.base
        peak = v if v > a.peak else a.peak
        armed = 1.0 if v < level - HYSTERESIS else a.armed
        lowest = v if v < a.lowest else a.lowest
        highest = v if v > a.highest else a.highest
        steepest = slope if slope > a.steepest else a.steepest
        store(tile, x, Track(v, base, peak, a.phase, armed, lowest, highest, steepest), LANES)


def record_crossings(b, before, after, tile, beats, activation, apd50, apd90, level, t, dt):
    """Write the times of this step's crossings in tile `b`; rare, so one cell at a time."""
    room = activation.shape[0]
    for x in range(LANES):
        v, a = 0.5 * (before[x] + after[x]), load(tile, x, Track, LANES)
        phase, armed, peak, beat = a.phase, a.armed, a.peak, beats[b, x] - 1
        if armed > 0.0 and a.previous < level and v >= level:
            beats[b, x] += 1
            if beat + 1 < room:
                activation[beat + 1, b, x] = t - dt * (v - level) / (v - a.previous)
            phase, armed, peak = ACTIVE, 0.0, v
        elif phase != RESTING:
            half, most = peak - 0.5 * (peak - a.base), peak - 0.9 * (peak - a.base)
            if phase == ACTIVE and v <= half:
                if beat < room:
                    crossed = t - dt * (v - half) / (v - a.previous)
                    apd50[beat, b, x] = crossed - activation[beat, b, x]
                phase = HALF_REPOLARIZED
            if v <= most:
                if beat < room:
                    crossed = t - dt * (v - most) / (v - a.previous)
                    apd90[beat, b, x] = crossed - activation[beat, b, x]
                phase = RESTING
        store(tile, x, Track(a.previous, a.base, peak, phase, armed, a.lowest, a.highest, a.steepest), LANES)


def track(active, V, seen, tracks, beats, activation, apd50, apd90, level, t, dt):
    """Update all tracks with V at time `t` [ms], one step of `dt` after the last call.

    Parameters
    ----------
    V, seen : potentials after and before the step of diffusion; their mean is measured
    tracks : (tiles, fields of Track * lanes)
    beats : (tiles, lanes) number of activations so far
    activation, apd50, apd90 : (beats, tiles, lanes) [ms], NaN where nothing happened; later beats are only counted
    level : potential whose upward crossing is the activation [mV]
    """
    per_row = (V.shape[1] - 2 * BORDER) // LANES
    for k in prange(active.shape[0]):
        track_one(active[k], V, seen, tracks, beats, activation, apd50, apd90, level, t, dt, per_row)


def make_track(lanes: int) -> Any:
    """`track` compiled for a tile size."""
    record = bind(record_crossings, LANES=lanes)
    return compile_cached(
        bind(track, track_one=bind(track_tile, record_crossings=record, LANES=lanes), LANES=lanes)
    )
