"""What is measured while a run goes on: activation, repolarization, extremes, probes.

A tissue keeps one `Track` per cell. A beat begins when V crosses `level` upwards, having been `HYSTERESIS` below it
since the last beat; it is 50 % and 90 % repolarized when V falls below `peak - 0.5 (0.9) (peak - base)`, with the
peak of this beat and, as base, the diastolic potential before it: V when it last moved slowly, followed upwards at a
limited rate, as V is also slow for a moment where it turns in the foot of an upstroke. Times are interpolated
linearly within the step.

Most of the time nothing of this happens. So each tile keeps a *band* of potentials and slopes within which nothing
will: while its cells are there, V is remembered and nothing else is read or written.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba.extending import register_jitable

from cardiac.kernels.compose import ANY_ORDER, BOUND, bind, compile_cached, inline, loop
from cardiac.kernels.records import load, store
from cardiac.kernels.sharing import shared
from cardiac.kernels.tiling import BORDER

track_one = record = renew = LANES = share_tiles = BOUND

STRETCH = 128  # tiles that a thread takes at a time
RESTING, ACTIVE, HALF_REPOLARIZED = 0.0, 1.0, 2.0
HYSTERESIS = 10.0  # mV
SLOW = 0.1  # mV/ms, in diastole
FOLLOWING = 1.0  # mV/ms, at most, of the diastolic potential upwards
EXTREME = 1e-4  # mV, mV/ms: how closely extremes are known
EDGE = 1e-4  # mV, mV/ms: how far from where something happens a band ends


class Track(NamedTuple):
    """The running measurements of one cell (floats) or of many (arrays); mV, mV/ms."""

    base: Any  # V when it last moved slowly at rest
    peak: Any  # highest V since the last activation
    phase: Any  # RESTING, ACTIVE or HALF_REPOLARIZED
    armed: Any  # 1 if the next upward crossing is an activation, else 0
    lowest: Any
    highest: Any
    steepest: Any


class Band(NamedTuple):
    """Of a tile: where nothing happens, and whether it is there.

    `calm` is 1 if it was there in the last step, else minus the steps for which no band has been looked for.
    """

    low: Any  # mV
    high: Any
    fall: Any  # mV/ms
    rise: Any
    calm: Any


BASE, PHASE = Track._fields.index("base"), Track._fields.index("phase")
CALM = Band._fields.index("calm")
FAR = 1e6  # mV, mV/ms
RENEWED = 4  # steps after which a band that was left is found anew: before, it would be left again
NOWHERE = Band(FAR, -FAR, FAR, -FAR, 0.0)


@inline
def below_zero(x):
    """0 exactly if x >= 0, else positive; NaN for NaN. Without a comparison, which would not be vectorised."""
    return abs(x) - x


@register_jitable(**ANY_ORDER)
def beyond(before, after, last, band, per_ms, lanes):
    """By how much, twice over, the cells of a tile are outside its band; NaN if any is NaN."""
    total = 0.0
    for x in range(lanes):
        v = 0.5 * (before[x] + after[x])
        slope = (v - last[x]) * per_ms
        total += below_zero(v - band.low) + below_zero(band.high - v)
        total += below_zero(slope - band.fall) + below_zero(band.rise - slope)
    return total


@register_jitable(**ANY_ORDER)
def crossings(before, after, last, tile, level, lanes):
    """How many cells of a tile have something to be recorded in this step."""
    total = 0.0
    for x in range(lanes):
        v, a = 0.5 * (before[x] + after[x]), load(tile, x, Track, lanes)
        share = 0.5 if a.phase == ACTIVE else 0.9
        up = a.armed > 0.0 and last[x] < level and v >= level
        down = a.phase != RESTING and v <= a.peak - share * (a.peak - a.base)
        total += 1.0 if up or down else 0.0
    return total


def track_tile(b, V, seen, previous, tracks, bands, beats, activation, apd50, apd90, level, t, dt, per_row):
    """Update the tracks of tile `b` with V at time `t` [ms]."""
    i, first = BORDER + b // per_row, BORDER + (b % per_row) * LANES
    before, after = seen[i, first : first + LANES], V[i, first : first + LANES]
    last, tile = previous[b], tracks[b]
    band, per_ms = load(bands[b], 0, Band, 1), 1.0 / dt
    if beyond(before, after, last, band, per_ms, LANES) == 0.0:
        for x in range(LANES):
            last[x] = 0.5 * (before[x] + after[x])
        bands[b, CALM] = 1.0
        return
    if band.calm > 0.0:  # resting cells moved slowly, and were followed
        for x in range(LANES):
            tile[x + BASE * LANES] = last[x] if tile[x + PHASE * LANES] == RESTING else tile[x + BASE * LANES]
    if crossings(before, after, last, tile, level, LANES) > 0.0:
        record(b, before, after, last, tile, beats, activation, apd50, apd90, level, t, dt)
    for x in range(LANES):
        v, a = 0.5 * (before[x] + after[x]), load(tile, x, Track, LANES)
        slope = (v - last[x]) * per_ms
        slow = slope < SLOW and slope > -SLOW
        followed = min(v, a.base + FOLLOWING * dt)
        base = followed if a.phase == RESTING and slow else a.base
        peak = v if v > a.peak else a.peak
        armed = 1.0 if v < level - HYSTERESIS else a.armed
        lowest = v if v < a.lowest else a.lowest
        highest = v if v > a.highest else a.highest
        steepest = slope if slope > a.steepest else a.steepest
        last[x] = v
        store(tile, x, Track(base, peak, a.phase, armed, lowest, highest, steepest), LANES)
    since = min(band.calm, 0.0) - 1.0
    if since > -RENEWED:
        store(bands[b], 0, Band(FAR, -FAR, FAR, -FAR, since), 1)
    else:
        renew(last, tile, bands[b], level)


def renewed_band(last, tile, band, level):
    """Write the `band` of a tile: that of the cell to which something happens first."""
    low, high, fall, rise = -FAR, FAR, -FAR, FAR
    for x in range(LANES):
        a = load(tile, x, Track, LANES)
        low, high = max(low, a.lowest - EXTREME), min(high, a.highest + EXTREME)
        rise = min(rise, a.steepest + EXTREME)
        if a.armed > 0.0:
            high = min(high, level - EDGE)
        else:
            low = max(low, level - HYSTERESIS + EDGE)
        if a.phase == RESTING:
            fall, rise = EDGE - SLOW, min(rise, SLOW - EDGE)
            high = high if a.base == last[x] else -FAR  # still to be followed
        else:
            share = 0.5 if a.phase == ACTIVE else 0.9
            low, high = max(low, a.peak - share * (a.peak - a.base) + EDGE), min(high, a.peak)
    store(band, 0, Band(low, high, fall, rise, 0.0), 1)


def record_crossings(b, before, after, last, tile, beats, activation, apd50, apd90, level, t, dt):
    """Write the times of this step's crossings in tile `b`, one cell at a time."""
    room = activation.shape[0]
    for x in range(LANES):
        v, a = 0.5 * (before[x] + after[x]), load(tile, x, Track, LANES)
        phase, armed, peak, beat = a.phase, a.armed, a.peak, beats[b, x] - 1
        if armed > 0.0 and last[x] < level and v >= level:
            beats[b, x] += 1
            if beat + 1 < room:
                activation[beat + 1, b, x] = t - dt * (v - level) / (v - last[x])
            phase, armed, peak = ACTIVE, 0.0, v
        elif phase != RESTING:
            half, most = peak - 0.5 * (peak - a.base), peak - 0.9 * (peak - a.base)
            if phase == ACTIVE and v <= half:
                if beat < room:
                    crossed = t - dt * (v - half) / (v - last[x])
                    apd50[beat, b, x] = crossed - activation[beat, b, x]
                phase = HALF_REPOLARIZED
            if v <= most:
                if beat < room:
                    crossed = t - dt * (v - most) / (v - last[x])
                    apd90[beat, b, x] = crossed - activation[beat, b, x]
                phase = RESTING
        store(tile, x, Track(a.base, peak, phase, armed, a.lowest, a.highest, a.steepest), LANES)


def track_tiles(
    first, end, active, V, seen, previous, tracks, bands, beats, activation, apd50, apd90, level, t, dt
):
    """`track_tile` of the tiles active[first:end]."""
    per_row = (V.shape[1] - 2 * BORDER) // LANES
    for k in range(first, end):
        track_one(
            active[k], V, seen, previous, tracks, bands, beats, activation, apd50, apd90, level, t, dt, per_row
        )  # fmt: skip


def track(me, team, active, V, seen, previous, tracks, bands, beats, activation, apd50, apd90, level, t, dt):
    """Update all tracks with V at time `t` [ms], `dt` after the last call, as thread `me` of a team.

    Parameters
    ----------
    V, seen : potentials after and before the step of diffusion; their mean is measured
    previous : (tiles, lanes) what was measured last
    tracks : (tiles, fields of Track * lanes)
    bands : (tiles, fields of Band)
    beats : (tiles, lanes) number of activations so far
    activation, apd50, apd90 : (beats, tiles, lanes) [ms], NaN where nothing happened; later beats are only counted
    level : potential whose upward crossing is the activation [mV]
    """
    share_tiles(
        me, team, active.shape[0], STRETCH,
        (active, V, seen, previous, tracks, bands, beats, activation, apd50, apd90, level, t, dt),
    )  # fmt: skip


def make_track(lanes: int) -> Any:
    """`track` compiled for a tile size."""
    parts = {"record": bind(record_crossings, LANES=lanes), "renew": bind(renewed_band, LANES=lanes)}
    tiles = bind(track_tiles, track_one=bind(track_tile, LANES=lanes, **parts), LANES=lanes)
    return compile_cached(bind(track, share_tiles=shared(loop(tiles))))
