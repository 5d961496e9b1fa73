"""What excites a cell at rest, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac.cell.cells import STEP, Cell, Rest, rest, row
from cardiac.cell.memory import each_remembered, remembered
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
INWARD = 1.0  # A/F: least inward current of a cell that fires
PLAUSIBLE = 60.0  # mV: no action potential goes above
FIRING = 0.01, 1.0, 16  # of the strongest pulse: where the search for one during which the cell fires begins
FIRES_TO = 0.02  # and how closely it is found
LOOK = 5.0  # ms between looks whether all cells have answered
SPENT = 0.2  # of its displacement by the pulse: a falling potential below it will not rise again


class Thresholds(NamedTuple):
    """The least currents that excite cells (n,) by pulses of several durations (k,)."""

    current: Array  # (n, k) [A/F]; infinite for a cell that nothing excites, 0 for one that needs no stimulus
    tried: Array  # (trials, 4): number of the cell, duration [ms], current [A/F], whether it excited
    fires: (
        Array  # (n, k) [A/F], where the current is infinite: from which on it fires during the pulse, if any
    )
    durations: Array  # (k,) [ms]
    strongest: Array  # (k,) [A/F]: the strongest pulses that were tried
    level: float  # mV, that V must reach afterwards

    @property
    def kinds(self) -> npt.NDArray[np.str_]:
        """What the cells are to the pulses (n, k), in a word; "brief": they fire, but only during the pulse."""
        nothing = np.where(np.isfinite(self.fires), "brief", "inexcitable")
        excited = np.where(self.current > 0.0, "excitable", "spontaneously active")
        return np.where(np.isfinite(self.current), excited, nothing)

    def why(self, cell: int, k: int = 0) -> str:
        """Why a cell has no threshold for a pulse: "is inexcitable: ..."; empty if it has one."""
        up_to = f"{self.strongest[k]:g} A/F"
        match self.kinds[cell, k]:
            case "excitable":
                return ""
            case "brief":
                during = f"fires only during a pulse of {self.durations[k]:g} ms"
                fires = f"{during}, from {self.fires[cell, k]:.3g} A/F on"
                return f"{fires}: V is below {self.level:g} mV {AFTERWARDS:g} ms after it, up to {up_to}"
            case "inexcitable":
                pulse = f"no pulse of {self.durations[k]:g} ms up to {up_to}"
                return f"is inexcitable: {pulse} turns its own current inward"
            case other:
                return f"is {other}"


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
    cell: Cell,
    durations: Sequence[float],
    tolerance: float = 1e-3,
    level: float = CAPTURE_LEVEL,
    up_to: float | None = None,
) -> Thresholds:
    """The least currents of pulses that excite the resting cells, to a relative `tolerance`.

    Excited means above `level` [mV] at some time from 2 to 200 ms after the pulse. Pulses `up_to` that strength
    [A/F] are tried; by default 400 A/F, or less for long ones. A cell that is spontaneously active needs none.
    """
    start, pulses = rest(cell), np.asarray(durations, dtype=float)
    if not (pulses.size and (pulses > 0.0).all()):
        raise ValueError(f"{list(durations)} are no durations of pulses - give one or more above 0 ms")
    strongest = np.minimum(MOST_CHARGE / pulses, STRONGEST) if up_to is None else np.full(len(pulses), up_to)

    def asked(question: Callable[..., Answers], searches: Numbers, currents: Array) -> Answers:
        """The answers for searches, each of which is about a cell and a pulse."""
        cells, pulse = np.divmod(searches, len(pulses))
        yes = np.zeros(len(searches), dtype=bool)
        for k, duration in enumerate(pulses.tolist()):
            own = pulse == k
            if own.any():
                yes[own] = question(cell, start, cells[own], currents[own], duration, level)
        return yes

    def find() -> dict[str, Array]:
        scale = np.concatenate([[0.0], np.geomspace(10.0**-DECADES, 1.0, SCANNED)])
        first = np.tile(strongest[:, None] * scale, (cell.n, 1))
        found = bracketed(lambda *trials: asked(excited, *trials), first, relative=tolerance)
        cells, pulse = np.divmod(found.tried[:, 0].astype(int), len(pulses))
        current = np.where(np.repeat(start.active, len(pulses)), 0.0, found.middle)
        fires, not_excited = np.full_like(current, np.inf), np.flatnonzero(np.isinf(current))
        if not_excited.size:
            first = strongest[not_excited % len(pulses), None] * np.geomspace(*FIRING)
            firing = bracketed(lambda own, i: asked(fired, not_excited[own], i), first, relative=FIRES_TO)
            fires[not_excited] = firing.high
        shape = cell.n, len(pulses)
        return {
            "current": current.reshape(shape),
            "tried": np.column_stack([cells, pulses[pulse], found.tried[:, 1:]]),
            "fires": fires.reshape(shape),
        }

    key = ("thresholds", cell.digest, pulses.tolist(), strongest.tolist(), tolerance, level)
    found = remembered(key, find)
    return Thresholds(**found, durations=pulses, strongest=strongest, level=level)


def excited(
    cell: Cell, start: Rest, cells: Numbers, currents: Array, duration: float, level: float = CAPTURE_LEVEL
) -> Answers:
    """Whether currents (m,) [A/F] for `duration` [ms] excite the cells of these numbers (m,)."""
    return peaks(cell, start, cells, currents, duration, level) >= level


def fired(
    cell: Cell, start: Rest, cells: Numbers, currents: Array, duration: float, level: float = CAPTURE_LEVEL
) -> Answers:
    """Whether the membrane's own current turns inward during pulses (m,): V rises faster than they drive it.

    That is what tells the beginning of an action potential, however brief, from a passive displacement. Potentials
    that no action potential reaches do not count, for models are not made for them.
    """
    few = stimulated(cell.of(cells), start.of(cells), currents, duration)
    few.probe([(0, j) for j in range(len(cells))], 1)
    V = np.concatenate([few.V, few.advance(round(duration / STEP), finite=False)[:, :, 0]])
    faster = np.diff(V, axis=0) / STEP > currents + INWARD
    yes: Answers = np.any(faster & (V[1:] < PLAUSIBLE), axis=0)
    return yes


def stimulated(cell: Cell, start: Rest, currents: Array, duration: float) -> Simulation:
    """Cells that get a pulse of currents (n,) [A/F] for `duration` [ms] now."""
    stimulus = Stimulus(row(currents), 1.0, Window(0.0, duration))
    return cell.simulation(STEP, V=row(start.V), state=start.row(), stimuli=[stimulus])


def peaks(
    cell: Cell, start: Rest, cells: Numbers, currents: Array, duration: float, enough: float | Array = np.inf
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


def response(cell: Cell) -> Response:
    """The answer of one cell to a 2 ms pulse of twice its threshold."""
    (answer,) = responses(cell)
    return answer


def responses(cell: Cell) -> list[Response]:
    """The answers of cells (n,) to 2 ms pulses of twice their thresholds, as each would give it alone."""
    V_rest = rest(cell).V
    needed = np.array([threshold(cell.of(np.array([k]))) for k in range(cell.n)])
    found = {"threshold": needed, "V_rest": V_rest, **_answers(cell, needed, STEP, FIXED)}
    return [Response(**{name: float(values[k]) for name, values in found.items()}) for k in range(cell.n)]


def longest_wait(cell: Cell, dt: float, pace: Pace, accuracy: float) -> int:
    """How many steps of `dt` [ms] a cell may wait, at most `pace.longest`, for an action potential as long.

    APD90 keeps to a fifth of the relative `accuracy`: what is no gate limits the step of some models.
    """
    own, longest = response(cell), pace.longest
    apd90, needed = own.apd90, np.array([own.threshold])
    while longest > 1 and np.isfinite(apd90):
        (found,) = _answers(cell, needed, dt, pace._replace(longest=longest))["apd90"]
        if abs(found - apd90) <= 0.2 * accuracy * apd90:
            break
        longest //= 2
    return longest


def _answers(cell: Cell, needed: Array, dt: float, pace: Pace) -> dict[str, Array]:
    """V_peak, upstroke and APD90 (n,) after 2 ms of twice what the cells needed; NaN if nothing excites one."""
    start = rest(cell)

    def find(own: Numbers, some: Numbers) -> dict[str, Array]:
        numbers = own[some]
        here = start.of(numbers)
        stimulus = Stimulus(row(2.0 * needed[numbers]), 1.0, Window(1.0, 3.0))
        few = cell.of(numbers).simulation(dt, V=row(here.V), state=here.row(), stimuli=[stimulus], pace=pace)
        few.measure(CAPTURE_LEVEL)
        few.advance(round(1000.0 / dt), finite=False)
        seen, finite = few.activity, np.isfinite(few.V[0])
        found = {"V_peak": seen.V_max[0], "upstroke": seen.upstroke[0], "apd90": seen.apd90[0, 0]}
        return {name: np.where(finite, values, np.nan) for name, values in found.items()}

    found = {name: np.full(cell.n, np.nan) for name in ("V_peak", "upstroke", "apd90")}
    excitable = np.isfinite(needed)
    # The cells of a tile keep one pace, and extremes of cells that are active by themselves are known less exactly
    # beside others: these are alone.
    together = excitable & ~start.active & (pace == FIXED)
    rows = [np.flatnonzero(together), *np.flatnonzero(excitable & ~together)[:, np.newaxis]]
    digests = cell.digests
    for own in filter(len, rows):
        keys = [("answer", digests[k], float(needed[k]), dt, tuple(pace)) for k in own.tolist()]
        for name, values in each_remembered(keys, partial(find, own)).items():
            found[name][own] = values
    return found
