"""Trains of pulses: the beats that they evoke, and the state of the cells at any moment after the last of them.

A beat begins with its pulse. The pulse captures if it meets a cell below -40 mV and V is above `CAPTURE_LEVEL`, which
is -30 mV, at some time from 2 ms after the pulse on. The action potential is measured from V at the onset of the
pulse, even if it outlasts the pulses that follow. The diastolic interval is the time since the last pulse that
captured less its APD90.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cardiac.analysis import ActionPotential, action_potential
from cardiac.cell import CAPTURE_LEVEL, Cell, Rest, rest, thresholds
from cardiac.cell.cells import STEP
from cardiac.cell.excitation import AFTERWARDS
from cardiac.cell.pacing import train
from cardiac.cell.search import Answers, Numbers
from cardiac.experiments import Array
from cardiac.kernels.observation import HYSTERESIS
from cardiac.simulation import Simulation

EVERY = 10  # steps between the samples of V that are kept
PER_MS = round(1.0 / STEP)
SAMPLES = 100_000  # cells x steps that are sampled at once
TOLERANCE = 1e-3  # of the thresholds that strengths are multiples of
CHANGES = 1.0  # ms: least change of APD90 from beat to beat that tells it from a steady one


class Beat(NamedTuple):
    """What follows a pulse, of n cells side by side."""

    t: Array  # (samples,) [ms], from the onset on
    V: Array  # (samples, n) [mV]
    V_peak: Array  # (n,) [mV], of all steps
    dVdt_max: Array  # (n,) [mV/ms], of all steps
    states: Array  # (k, n, 1 + variables) V and the state of the cells 0, 1, 2, ... ms after the onset


class Beats(NamedTuple):
    """A train of beats in numbers, each (n, beats)."""

    V_rest: Array  # at the onset of the pulse [mV]
    V_peak: Array
    dVdt_max: Array  # stimulus included [mV/ms]
    APD50: Array  # [ms]
    APD90: Array
    DI: Array
    captured: Answers


class Needed(NamedTuple):
    """What it takes to pace n cells from rest."""

    thresholds: Array  # (n,) [A/F]
    currents: Array  # the same, but 0 for cells that cannot be paced
    reasons: list[str]  # of each cell the sentence why it cannot be paced; empty if it can
    kinds: tuple[str, ...]  # the same in a word


def needed(cell: Cell, pulse: float) -> Needed:
    """What it takes to pace the cells by pulses of this duration [ms]."""
    found, start = thresholds(cell, [pulse], TOLERANCE), rest(cell)
    why = [found.why(k) for k in range(cell.n)]
    reasons = [
        reason or (f"The cell cannot be paced: it {text}." if text else "")
        for reason, text in zip(start.reasons, why, strict=True)
    ]
    pacable = np.array([not reason for reason in reasons])
    kinds = tuple(
        alone or (kind if text else "")
        for alone, kind, text in zip(start.kinds, found.kinds[:, 0].tolist(), why, strict=True)
    )
    return Needed(found.current[:, 0], np.where(pacable, found.current[:, 0], 0.0), reasons, kinds)


def followed(cells: Simulation, end: float) -> Beat:
    """The cells from now to the time `end` [ms]."""
    n, begin = cells.grid.nx, cells.t
    cells.probe([(0, j) for j in range(n)], 1)
    now = np.stack([cells.V[0], *(values[0] for values in cells.state.values())], axis=-1)[np.newaxis]
    V, states, peak, steepest = [now[:, :, 0]], [now], now[0, :, 0], np.full(n, -np.inf)
    stretch = PER_MS * min(max(SAMPLES // (PER_MS * n), 1), 10)
    while (left := round(end / cells.dt) - cells.step) > 0:
        before, now = now[-1:], cells.advance(min(left, stretch), finite=False)
        rise = np.diff(np.concatenate([before, now])[:, :, 0], axis=0)
        peak = np.maximum(peak, now[:, :, 0].max(axis=0))
        steepest = np.maximum(steepest, rise.max(axis=0) / cells.dt)
        V.append(now[EVERY - 1 :: EVERY, :, 0].copy())
        states.append(now[PER_MS - 1 :: PER_MS].copy())
    cells.probe([], 1)
    kept = np.concatenate(V)
    t = begin + EVERY * cells.dt * np.arange(len(kept), dtype=np.float64)
    return Beat(t, kept, peak, steepest, np.concatenate(states))


def moments(cell: Cell, beat: Beat, times: Numbers, cells: Numbers) -> Rest:
    """The state of the cells of these numbers (m,), each at a time (m,) [whole ms] after the onset of a beat."""
    V, *variables = beat.states[times, cells].T
    state = dict(zip(cell.model.State._fields, variables, strict=True))
    unknown = np.full(len(V), np.nan)
    return Rest(V, unknown, state, unknown, unknown, unknown)


def captured(beat: Beat, pulse: float) -> Answers:
    """Whether the pulse [ms] that begins a beat captured (n,)."""
    later = beat.V[beat.t >= beat.t[0] + pulse + AFTERWARDS]
    yes: Answers = (beat.V[0] < CAPTURE_LEVEL - HYSTERESIS) & (later >= CAPTURE_LEVEL).any(axis=0)
    return yes


def paced(cells: Simulation, cycle_length: float, pulse: float, beats: int) -> Beats:
    """The next `beats` of cells whose first pulse begins now."""
    begin, n = cells.t, cells.grid.nx
    nothing = np.full((6, n, beats), np.nan)
    found = Beats(*nothing, np.zeros((n, beats), dtype=bool))  # type: ignore[call-arg]  # of six it knows nothing
    seen: list[Beat] = []
    since = np.full(n, beats)  # the beat whose action potential is under way
    for k in range(beats):
        seen.append(followed(cells, begin + (k + 1) * cycle_length))
        found.V_rest[:, k], found.V_peak[:, k] = seen[-1].V[0], seen[-1].V_peak
        found.dVdt_max[:, k], found.captured[:, k] = seen[-1].dVdt_max, captured(seen[-1], pulse)
        since[found.captured[:, k]] = k
        for first in np.unique(since[since <= k]).tolist():
            under_way = np.flatnonzero(since == first)
            for j, now in zip(under_way, potentials(joined(seen[first - k - 1 :]), under_way), strict=True):
                found.APD50[j, first], found.APD90[j, first] = now.APD50, now.APD90
                if np.isfinite(now.APD90):
                    since[j] = beats
        seen = seen[len(seen) - (k + 1 - min(k + 1, int(since.min()))) :]
    found.DI[...] = diastolic_intervals(cycle_length, found.APD90, found.captured)
    return found


def last_beat(
    cell: Cell, currents: Array, pulse: float, cycle_length: float, beats: int, longest: float
) -> Beat:
    """What follows the last of several pulses of currents (n,) [A/F], that begin at rest, for `longest` [ms]."""
    cells = train(cell, currents, pulse, cycle_length, beats)
    onset = (beats - 1) * cycle_length
    cells.advance(round(onset / STEP), finite=False)
    return followed(cells, onset + longest)


def joined(beats: Sequence[Beat]) -> Beat:
    """Consecutive stretches as one."""
    later = beats[1:]
    return Beat(
        np.concatenate([beats[0].t, *(beat.t[1:] for beat in later)]),
        np.concatenate([beats[0].V, *(beat.V[1:] for beat in later)]),
        np.max([beat.V_peak for beat in beats], axis=0),
        np.max([beat.dVdt_max for beat in beats], axis=0),
        np.concatenate([beats[0].states, *(beat.states[1:] for beat in later)]),
    )


def potentials(beat: Beat, cells: Numbers, V_rest: Array | None = None) -> list[ActionPotential]:
    """The action potentials of the cells of these numbers (m,), from V_rest (m,) [mV] or else V at the onset."""
    V = beat.V[:, cells].T
    if V_rest is not None:
        V[:, 0] = V_rest
    return [action_potential(beat.t, trace, float(beat.t[0])) for trace in V]


def diastolic_intervals(cycle_length: float, APD90: Array, captured: Answers) -> Array:
    """The interval before each beat (n, beats) [ms]: since the last one that captured, less its APD90."""
    found, beats = np.full(APD90.shape, np.nan), np.arange(APD90.shape[1])
    last = np.maximum.accumulate(np.where(captured, beats, -1), axis=1)[:, :-1]
    before = np.take_along_axis(APD90, np.maximum(last, 0), axis=1)
    found[:, 1:] = np.where(last >= 0, cycle_length * (beats[1:] - last) - before, np.nan)
    return found
