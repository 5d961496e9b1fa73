"""What excites a cell at rest, and how it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cardiac.cell.cells import STEP, Cell, Rest, rest, row
from cardiac.cell.memory import remembered
from cardiac.cell.search import Answers, Array, Numbers, bracketed
from cardiac.kernels import FIXED, Pace
from cardiac.protocol import Window
from cardiac.simulation import Simulation, Stimulus

CAPTURE_LEVEL = -30.0  # mV: reached after the pulse by every action potential, and by no passive response
AFTERWARDS = 2.0  # ms after the pulse, from when on the level counts
LATENCY = 200.0  # ms after the pulse in which an action potential must come
# Where the search for a threshold is given up: strength x duration of the pulse, and its strength.
MOST_CHARGE, STRONGEST = 1500.0, 400.0  # mV, A/F
DECADES, SCANNED = 4, 9  # how far below that it begins, and with how many currents
LOOK = 5.0  # ms between looks whether all cells have answered
SPENT = 0.2  # of its displacement by the pulse: a falling potential below it will not rise again


class Thresholds(NamedTuple):
    """The least currents that excite cells (n,) by pulses of several durations (k,)."""

    current: Array  # (n, k) [A/F]; infinite for a cell that nothing excites, 0 for one that needs no stimulus
    tried: Array  # (trials, 4): number of the cell, duration [ms], current [A/F], whether it excited


class Response(NamedTuple):
    """The action potential after a 2 ms pulse of twice the threshold, from rest."""

    threshold: float  # A/F, of a 2 ms pulse; infinite for a cell that cannot be excited
    V_rest: float  # mV
    V_peak: float  # mV
    upstroke: float  # mV/ms, largest dV/dt, stimulus included
    apd90: float  # ms

    @property
    def rise_time(self) -> float:
        """Amplitude over largest dV/dt [ms]: the time scale that the steps must resolve."""
        return (self.V_peak - self.V_rest) / self.upstroke


def threshold(cell: Cell, duration: float = 2.0, tolerance: float = 1e-3) -> float:
    """The least current [A/F] of a pulse of `duration` [ms] that excites the resting cell; infinite if none."""
    return float(thresholds(cell, [duration], tolerance).current[0, 0])


def thresholds(
    cell: Cell, durations: Sequence[float], tolerance: float = 1e-3, level: float = CAPTURE_LEVEL
) -> Thresholds:
    """The least currents of pulses that excite the resting cells, to a relative `tolerance`.

    Excited means above `level` [mV] at some time from 2 to 200 ms after the pulse.
    """
    start, pulses = rest(cell), np.asarray(durations, dtype=float)

    def excite(searches: Numbers, currents: Array) -> Answers:
        cells, pulse = np.divmod(searches, len(pulses))
        yes = np.zeros(len(searches), dtype=bool)
        for k, duration in enumerate(pulses.tolist()):
            own = pulse == k
            if own.any():
                yes[own] = excited(cell, start, cells[own], currents[own], duration, level)
        return yes

    def find() -> dict[str, Array]:
        strongest = np.minimum(MOST_CHARGE / pulses, STRONGEST)
        scale = np.concatenate([[0.0], np.geomspace(10.0**-DECADES, 1.0, SCANNED)])
        first = np.tile(strongest[:, None] * scale, (cell.n, 1))
        found = bracketed(excite, first, relative=tolerance)
        cells, pulse = np.divmod(found.tried[:, 0].astype(int), len(pulses))
        tried = np.column_stack([cells, pulses[pulse], found.tried[:, 1:]])
        return {"current": found.middle.reshape(cell.n, len(pulses)), "tried": tried}

    key = ("thresholds", cell.digest, pulses.tolist(), tolerance, level)
    return Thresholds(**remembered((*key, STEP, MOST_CHARGE, STRONGEST, LATENCY, SPENT), find))


def excited(
    cell: Cell, start: Rest, cells: Numbers, currents: Array, duration: float, level: float = CAPTURE_LEVEL
) -> Answers:
    """Whether currents (m,) [A/F] for `duration` [ms] excite the cells of these numbers (m,)."""
    return peaks(cell, start, cells, currents, duration, level) >= level


def stimulated(cell: Cell, start: Rest, currents: Array, duration: float) -> Simulation:
    """Cells that get a pulse of currents (n,) [A/F] for `duration` [ms] now."""
    stimulus = Stimulus(row(currents), 1.0, Window(0.0, duration))
    return cell.simulation(STEP, V=row(start.V), state=start.row(), stimuli=[stimulus])


def peaks(
    cell: Cell, start: Rest, cells: Numbers, currents: Array, duration: float, enough: float = np.inf
) -> Array:
    """The highest V (m,) from 2 to 200 ms after pulses; it is not followed once it reached `enough` [mV]."""
    here = start.of(cells)
    few = stimulated(cell.of(cells), here, currents, duration)
    few.advance(round(duration / STEP), finite=False)  # absurd currents may overflow
    displaced = few.V[0] - here.V
    few.advance(round(AFTERWARDS / STEP), finite=False)
    few.measure(CAPTURE_LEVEL)
    V = few.V[0]
    for _ in range(int(LATENCY / LOOK)):
        before = V
        few.advance(round(LOOK / STEP), finite=False)
        V = few.V[0]
        highest: Array = few.activity.V_max[0]
        falling, low = V - before <= 0.0, SPENT * np.abs(displaced) > V - here.V
        if np.all((highest >= enough) | (falling & low) | ~np.isfinite(V)):
            break
    return highest


def responses(cell: Cell) -> list[Response]:
    """The answer of each of the cells to a 2 ms pulse of twice its threshold."""
    needed, start = thresholds(cell, [2.0]).current[:, 0], rest(cell)
    found = _answers(cell, needed, start, STEP, FIXED)
    return [Response(*map(float, values)) for values in zip(needed, start.V, *found, strict=True)]


def longest_wait(cell: Cell, dt: float, pace: Pace, accuracy: float) -> int:
    """How many steps of `dt` [ms] cells may wait, at most `pace.longest`, so that action potentials last as long.

    Their APD90 keeps to a fifth of the relative `accuracy`: what is no gate limits the step of some models.
    """
    needed, start = thresholds(cell, [2.0]).current[:, 0], rest(cell)
    apd90 = _answers(cell, needed, start, STEP, FIXED)[2]
    longest = pace.longest
    while longest > 1:
        found = _answers(cell, needed, start, dt, pace._replace(longest=longest))[2]
        if np.all(~np.isfinite(needed) | (np.abs(found - apd90) <= 0.2 * accuracy * apd90)):
            break
        longest //= 2
    return longest


def _answers(cell: Cell, needed: Array, start: Rest, dt: float, pace: Pace) -> Array:
    """V_peak, upstroke and APD90 (3, n) after twice the needed currents (n,); NaN where nothing excites."""
    excitable = np.isfinite(needed)

    def find() -> dict[str, Array]:
        stimulus = Stimulus(row(np.where(excitable, 2.0 * needed, 0.0)), 1.0, Window(1.0, 3.0))
        all_ = cell.simulation(dt, V=row(start.V), state=start.row(), stimuli=[stimulus], pace=pace)
        all_.measure(CAPTURE_LEVEL)
        all_.advance(round(1000.0 / dt), finite=False)
        seen = all_.activity
        return {"found": np.array([seen.V_max[0], seen.upstroke[0], seen.apd90[0, 0]])}

    found = remembered(("answers", cell.digest, needed.tolist(), dt, tuple(pace)), find)["found"]
    return np.where(excitable, found, np.nan)
