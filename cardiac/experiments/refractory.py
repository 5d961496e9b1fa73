"""Refractoriness: the longest interval after which a premature stimulus S2 fails, and what follows from it.

After a train of S1 of twice the threshold the cell gets one S2, at each whole millisecond after the last S1 in turn.
S2 captures if it meets a cell below `level` that is above it again 20 ms after S2. The effective refractory period
(ERP) is the longest S1-S2 interval at which S2 of `strength` x threshold fails to capture, as in `s1s2`, where a wave
must follow. The absolute one (ARP) is the same for S2 of 10 x threshold. Both are undefined where even the response
to S1, or to the latest S2, is below `level` 20 ms after the pulse. Postrepolarization refractoriness (PRR) is
ERP - APD90, with APD90 of the last S1 as in `action_potential`.

The cell is relatively refractory from ARP until the threshold of S2 is less than 10 % above that at rest: until S2 of
1.1 x threshold excites in the sense of `threshold`, at this and every longer interval. That takes a peak, not an
action potential of 20 ms, so that it may come before the ERP of a cell whose action potentials are brief.

Where S2 captures at some interval before ERP, from `first_capture` on, the answer is graded (as of a cell excited
before it is repolarized) rather than all or none. Else `first_capture`, which others call ERP, is 1 ms later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import CAPTURE_LEVEL, Cell, Rest, peaks, rest, stimulated
from cardiac.cell.cells import STEP
from cardiac.cell.search import Answers
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import Problems, of_amount, of_train, refuse
from cardiac.experiments._paced import (
    Beat,
    captured,
    last_beat,
    moments,
    needed,
    potentials,
)
from cardiac.units import duration, mV, one

S1_STRENGTH, ABSOLUTE, RELATIVE = 2.0, 10.0, 1.1  # x threshold
AFTER = 20.0  # ms after S2, when a cell that it captured is above the level
CYCLES = 2.0  # the longest interval, in cycle lengths


class Options(NamedTuple):
    """The train of S1, the pulses, the strength of S2, and the potential that tells capture."""

    cycle_length: duration = 500.0
    beats: int = 10
    duration: duration = 2.0
    strength: one = 2.0  # x threshold
    level: mV = -40.0


def problems(options: Options, model: Any) -> Problems:
    """A train, or an S2, that makes no sense."""
    yield from of_train(options.duration, [options.cycle_length], options.beats, after=AFTER)
    yield from of_amount("strength", options.strength)


class Scan(NamedTuple):
    """What S2 of one strength does to cells 0, 1, 2, ... ms after S1, each (n, intervals)."""

    tested: Answers
    captured: Answers

    @property
    def last_failing(self) -> Array:
        """The longest interval that does not capture (n,) [ms], tested or not; NaN if that is the last."""
        longest, fails = self.captured.shape[1] - 1, ~self.captured[:, ::-1]
        return np.where(self.captured[:, longest], longest - fails.argmax(axis=1), np.nan)


class Found(NamedTuple):
    """The refractoriness of cells, (n,) or of one, NaN where it is not defined; times in ms."""

    V_rest: Any  # at the onset of the last S1 [mV]
    APD90: Any  # of the last S1; NaN where it does not capture
    brief: Any  # 1 where the response to S1 is below the level 20 ms after the pulse
    testable: Any  # the first interval at which the cell is below the level again
    ARP: Array
    ERP: Array
    first_capture: Any  # the shortest interval that captures
    RRP_end: Array
    graded: Any  # 1 where S2 captures before ERP


def perform(cell: Cell, options: Options) -> Outcome:
    """The refractoriness of each cell."""
    refuse(problems(options, cell.model))
    least = needed(cell, options.duration)
    found, scans = refractoriness(cell, least.currents, options)
    table = {
        "cell": cells_column(cell.n),
        "ERP": Column(
            found.ERP, "ms", f"effective refractory period, S2 of {options.strength:g} x threshold"
        ),
        "APD90": Column(found.APD90, "ms", "of the last S1"),
        "ARP": Column(found.ARP, "ms", f"absolute refractory period, S2 of {ABSOLUTE:g} x threshold"),
        "RRP_end": Column(found.RRP_end, "ms", f"when S2 of {RELATIVE:g} x threshold excites"),
        "V_rest": Column(
            np.where(rest(cell).rests, found.V_rest, np.nan), "mV", "at the onset of the last S1"
        ),
        "threshold": Column(least.thresholds, "A/F", "threshold current of the resting cell"),
        "PRR": Column(found.ERP - found.APD90, "ms", "postrepolarization refractoriness, ERP - APD90"),
        "RRP": Column(found.RRP_end - found.ARP, "ms", "relative refractory period, from ARP on"),
        "first_capture": Column(found.first_capture, "ms", "shortest interval at which S2 captures"),
        "graded": Column(found.graded.astype(int), about="whether S2 captures before ERP"),
    }
    each = zip(least.reasons, *(values.tolist() for values in found), strict=True)
    sentences = tuple(why or _sentence(options, Found(*values)) for why, *values in each)
    answers = tuple(
        kind or ("graded" if graded else "") for kind, graded in zip(least.kinds, found.graded, strict=True)
    )
    return Outcome({"refractory": table, "tried": tried(scans)}, sentences, answers)


def refractoriness(cell: Cell, least: Array, options: Options) -> tuple[Found, list[tuple[float, Scan]]]:
    """What is found of cells with thresholds `least` (n,) [A/F], and what S2 of each strength does to them."""
    train = options.duration, options.cycle_length, options.beats
    S1 = last_beat(cell, S1_STRENGTH * least, *train, CYCLES * options.cycle_length)
    hit = captured(S1, options.duration) & (least > 0.0)
    tested = testable(S1, options.level) & hit[:, np.newaxis]

    def scanned(ask: Callable[..., Answers], strength: float) -> Scan:
        cells, intervals = np.nonzero(tested)
        yes = np.zeros_like(tested)
        if cells.size:
            then = moments(cell, S1, intervals, cells)
            yes[cells, intervals] = ask(cell.of(cells), then, strength * least[cells], options)
        return Scan(tested, yes)

    absolute, effective = scanned(holds, ABSOLUTE), scanned(holds, options.strength)
    relative = scanned(excites, RELATIVE)
    APD90 = [potential.APD90 for potential in potentials(S1, np.arange(cell.n))]
    brief = S1.states[round(options.duration + AFTER), :, 0] < options.level
    ERP = np.where(brief, np.nan, effective.last_failing)
    first_capture = np.where(brief, np.nan, shortest(effective.captured))
    found = Found(
        V_rest=S1.V[0],
        APD90=np.where(hit, APD90, np.nan),
        brief=brief,
        testable=shortest(tested),
        ARP=np.where(brief, np.nan, absolute.last_failing),
        ERP=ERP,
        first_capture=first_capture,
        RRP_end=relative.last_failing + 1.0,
        graded=first_capture < ERP,
    )
    return found, [(ABSOLUTE, absolute), (options.strength, effective), (RELATIVE, relative)]


def tried(scans: Sequence[tuple[float, Scan]]) -> dict[str, Column]:
    """The table of every S2 that was tried, of (strength, scan)."""
    parts = []
    for strength, scan in scans:
        cells, intervals = np.nonzero(scan.tested)
        yes = scan.captured[cells, intervals]
        parts.append(np.column_stack([cells, intervals, np.full(len(cells), strength), yes]))
    cells, intervals, strengths, answers = np.concatenate(parts).T
    return {
        "cell": Column(cells.astype(int), about="number of the cell"),
        "interval": Column(intervals, "ms", "from the onset of the last S1 to that of S2"),
        "strength": Column(strengths, about="of S2, x threshold"),
        "captured": Column(
            answers.astype(int), about=f"whether S2 captured ({RELATIVE:g} x threshold: excited)"
        ),
    }


def testable(S1: Beat, level: float) -> Answers:
    """Whether (n, intervals) a cell has been above the level [mV] and is below it again."""
    below = level > S1.states[:, :, 0].T
    yes: Answers = np.maximum.accumulate(~below, axis=1) & below
    return yes


def holds(cell: Cell, start: Rest, currents: Array, options: Options) -> Answers:
    """Whether cells (n,) are above the level 20 ms after an S2 of these currents (n,) [A/F]."""
    cells = stimulated(cell, start, currents, options.duration)
    cells.advance(round((options.duration + AFTER) / STEP), finite=False)
    yes: Answers = cells.V[0] >= options.level
    return yes


def excites(cell: Cell, start: Rest, currents: Array, options: Options) -> Answers:
    """Whether an S2 of these currents (n,) [A/F] excites cells (n,) as it would excite them at rest."""
    every = np.arange(cell.n)
    return peaks(cell, start, every, currents, options.duration, CAPTURE_LEVEL) >= CAPTURE_LEVEL


def shortest(intervals: Answers) -> Array:
    """The first of the intervals (n, intervals) that is true (n,) [ms]; NaN if none is."""
    return np.where(intervals.any(axis=1), intervals.argmax(axis=1), np.nan)


def _sentence(options: Options, found: Found) -> str:
    longest = CYCLES * options.cycle_length
    if np.isnan(found.APD90):
        return f"At a cycle length of {options.cycle_length:g} ms the last S1 evokes no action potential that ends."
    text = f"APD90 is {found.APD90:.1f} ms; "
    if found.brief:
        text += f"ERP is undefined: the response is below {options.level:g} mV {AFTER:g} ms after the pulse"
    elif np.isnan(found.ERP):
        text += f"S2 of {options.strength:g} x threshold does not capture {longest:g} ms after S1"
    else:
        text += f"ERP is {found.ERP:.0f} ms ({_beyond(found)}{', graded' if found.graded else ''})"
    if np.isfinite(found.ARP):
        at_once = f", until V falls below {options.level:g} mV" if found.testable == found.ARP + 1.0 else ""
        text += f"; ARP is {found.ARP:.0f} ms{at_once}"
    until = f"until {found.RRP_end:.0f}" if np.isfinite(found.RRP_end) else f"for longer than {longest:g}"
    return f"{text}; the threshold is raised by more than 10 % {until} ms."


def _beyond(found: Found) -> str:
    after = found.ERP - found.APD90
    return f"{abs(after):.1f} ms {'after' if after > 0.0 else 'before'} repolarization"
