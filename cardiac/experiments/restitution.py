"""Restitution: how long an action potential lasts after a short diastolic interval, and how steep that relation is.

S1-S2: after a train of S1 the cell gets one S2, `diastolic_intervals` after 90 % repolarization of the last S1
(rounded up to whole milliseconds after S1). Dynamic: the cell is paced steadily at each of `cycle_lengths`, which is
approached from the longest by cycles that become shorter by 5 % a beat; the last two beats count. The diastolic
interval is the time from the last pulse to this one less APD90 (Nolasco & Dahlen 1968). APD90 is measured as in
`action_potential`, but that of S2 from the V_rest of S1. All pulses are of `strength` x threshold.

A curve ends where capture is lost, or where an action potential outlasts the cycle. Its slope at a point is that of
the parabola through the five points nearest to it (least squares); the greatest one is reported. Above 1 it lets
alternans grow. It is very great where action potentials give way to graded responses, of which V_peak tells.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import Cell, rest, stimulated
from cardiac.cell.cells import STEP, row
from cardiac.cell.search import Answers
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import Problems, of_amount, of_list, of_train, refuse
from cardiac.experiments._paced import (
    CHANGES,
    Beat,
    captured,
    followed,
    joined,
    last_beat,
    moments,
    needed,
    potentials,
)
from cardiac.experiments._restitution import (
    CYCLE_LENGTHS,
    DIASTOLIC_INTERVALS,
    approach,
    in_words,
    onsets,
    steepest,
)
from cardiac.protocol import Train
from cardiac.simulation import Simulation, Stimulus
from cardiac.units import duration, one

DOI = "10.1152/jappl.1968.25.2.191"
SEEN = 3  # beats at the end of a train that must all capture
LOOK, LONGEST = 50.0, 2000.0  # ms: between looks whether all are repolarized, and until the last look
REPOLARIZED = 0.05  # of the amplitude


class Options(NamedTuple):
    """The S1-S2 protocol, the cycle lengths of the dynamic one, and the pulses of both."""

    cycle_length: duration = 500.0
    diastolic_intervals: tuple[duration, ...] = DIASTOLIC_INTERVALS
    cycle_lengths: tuple[duration, ...] = CYCLE_LENGTHS
    beats: int = 20
    duration: duration = 2.0
    strength: one = 2.0  # x threshold


def problems(options: Options, model: Any) -> Problems:
    """Trains that make no sense."""
    pulse, S1 = options.duration, [options.cycle_length]
    yield from of_train(pulse, S1, options.beats, fewest=SEEN)
    if options.cycle_lengths:
        steady = of_train(pulse, options.cycle_lengths, SEEN, key="cycle_lengths")
        yield from (problem for problem in steady if problem[0] == "cycle_lengths")
    else:
        yield from of_list("cycle_lengths", ())
    yield from of_list("diastolic_intervals", options.diastolic_intervals, 0.0)
    yield from of_amount("strength", options.strength)


class Curve(NamedTuple):
    """Restitution of n cells, each (n, points), from the longest interval to the shortest."""

    interval: Array  # from the pulse before [ms]
    DI: Array
    APD90: Array
    V_peak: Array  # [mV]
    captured: Answers

    @property
    def kept(self) -> Answers:
        """Which points (n, points) come before capture is lost."""
        yes: Answers = np.logical_and.accumulate(self.captured, axis=1)
        return yes


def perform(cell: Cell, options: Options) -> Outcome:
    """The restitution of each cell."""
    refuse(problems(options, cell.model))
    cycles = np.array(sorted(set(options.cycle_lengths), reverse=True))
    least = needed(cell, options.duration)
    currents = options.strength * least.currents
    S1, premature = after_S1(cell, currents, options)
    steady = at_cycle_lengths(cell, currents, cycles, options)
    steep, steep_steady = (steepest(curve.DI, curve.APD90, curve.kept) for curve in (premature, steady))
    shortest_DI = least_of(premature.DI, premature.kept)
    shortest_cycle = least_of(steady.interval, steady.kept)
    table = {
        "cell": cells_column(cell.n),
        "APD90_S1": Column(S1, "ms", "of the last S1"),
        "shortest_DI": Column(shortest_DI, "ms", "diastolic interval from which on S2 captures"),
        "slope_S1S2": Column(steep.slope, about="greatest slope after S1-S2"),
        "steepest_DI_S1S2": Column(steep.DI, "ms", "where S1-S2 is steepest"),
        "shortest_cycle": Column(shortest_cycle, "ms", "cycle length down to which every pulse captures"),
        "slope_dynamic": Column(steep_steady.slope, about="greatest slope of steady pacing"),
        "steepest_DI_dynamic": Column(steep_steady.DI, "ms", "where steady pacing is steepest"),
        "alternans": Column(alternans(steady), "ms", "longest cycle length with alternans; NaN: none"),
    }
    tables = {
        "restitution": table,
        "S1S2": curve_table(premature, "from the onset of the last S1 to that of S2"),
        "dynamic": curve_table(steady, "cycle length, of which the last two beats follow"),
    }
    rows = zip(*(column.values.tolist() for column in table.values()), strict=True)
    sentences = tuple(
        why or _sentence(dict(zip(table, values, strict=True)))
        for why, values in zip(least.reasons, rows, strict=True)
    )
    return Outcome(tables, sentences, least.kinds)


def after_S1(cell: Cell, currents: Array, options: Options) -> tuple[Array, Curve]:
    """APD90 of the last S1 (n,) [ms], and what follows S2 of currents (n,) [A/F]."""
    wanted = np.array(sorted(options.diastolic_intervals, reverse=True))
    longest = options.cycle_length + wanted[0] + 1.0
    S1 = last_beat(cell, currents, options.duration, options.cycle_length, options.beats, longest)
    every = np.arange(cell.n)
    hit = captured(S1, options.duration) & (currents > 0.0)
    APD90 = np.where(hit, [potential.APD90 for potential in potentials(S1, every)], np.nan)
    interval = np.ceil(APD90[:, np.newaxis] + wanted)
    curve = Curve(
        interval=interval,
        DI=interval - APD90[:, np.newaxis],
        APD90=np.full(interval.shape, np.nan),
        V_peak=np.full(interval.shape, np.nan),
        captured=np.zeros(interval.shape, dtype=bool),
    )
    cells, points = np.nonzero(interval < len(S1.states))  # not NaN
    if cells.size:
        start = moments(cell, S1, interval[cells, points].astype(int), cells)
        lanes = stimulated(cell.of(cells), start, currents[cells], options.duration)
        S2 = repolarized(lanes, S1.V[0, cells])
        found = potentials(S2, np.arange(len(cells)), S1.V[0, cells])
        yes = captured(S2, options.duration)
        curve.captured[cells, points] = yes
        curve.APD90[cells, points] = np.where(yes, [potential.APD90 for potential in found], np.nan)
        curve.V_peak[cells, points] = S2.V_peak
    return APD90, curve


def repolarized(cells: Simulation, V_rest: Array) -> Beat:
    """The cells from now until V is near V_rest (n,) [mV] again in all of them."""
    seen: list[Beat] = []
    while cells.t < LONGEST:
        seen.append(followed(cells, cells.t + LOOK))
        peak = np.max([beat.V_peak for beat in seen], axis=0)
        if not np.any(cells.V[0] - V_rest > REPOLARIZED * (peak - V_rest)):
            break
    return joined(seen)


def at_cycle_lengths(cell: Cell, currents: Array, cycles: Array, options: Options) -> Curve:
    """The last two beats at each cycle length (k,) [ms] with pulses of currents (n,) [A/F]: (n, 2 k) points."""
    trains = [approach(cycles[0], cycle, options.beats) for cycle in cycles.tolist()]
    end = max(sum(train) for train in trains)
    owner, number = np.divmod(np.arange(cell.n * len(cycles)), len(cycles))
    lanes, start = cell.of(owner), rest(cell).of(owner)
    stimuli = [
        Stimulus(row(currents[owner] * (number == k)), 1.0, Train(onsets(train, end), options.duration))
        for k, train in enumerate(trains)
    ]
    cells = lanes.simulation(STEP, V=row(start.V), state=start.row(), stimuli=stimuli)
    cells.advance(round((end - SEEN * cycles[0]) / STEP), finite=False)
    last = followed(cells, end)
    points = []
    for k, cycle in enumerate(cycles.tolist()):
        own = np.flatnonzero(number == k)
        beats = [stretch(last, end - back * cycle, cycle) for back in range(SEEN, 0, -1)]
        yes = np.all([captured(beat, options.duration)[own] for beat in beats], axis=0) & (currents > 0.0)
        found = [potentials(beat, own) for beat in beats]
        APD90 = np.array([[potential.APD90 for potential in beat] for beat in found])
        V_peak = np.array([[potential.V_peak for potential in beat] for beat in found])
        yes &= np.isfinite(APD90).all(axis=0)
        APD90[:, ~yes] = np.nan
        each = [
            (np.full(cell.n, cycle), cycle - APD90[b - 1], APD90[b], V_peak[b], yes) for b in range(1, SEEN)
        ]
        points += each
    return Curve(*(np.stack(column, axis=1) for column in zip(*points, strict=True)))


def stretch(beat: Beat, begin: float, duration: float) -> Beat:
    """The samples of a beat that begin at a time [ms] and last for a duration [ms]."""
    half = 0.5 * (beat.t[1] - beat.t[0])
    own = (beat.t > begin - half) & (beat.t < begin + duration + half)
    return beat._replace(t=beat.t[own], V=beat.V[own])


def alternans(steady: Curve) -> Array:
    """The longest cycle length (n,) [ms] at which the last two beats differ; NaN where there is none."""
    differ = np.abs(steady.APD90[:, 1::2] - steady.APD90[:, ::2]) >= CHANGES
    yes = differ & steady.kept[:, ::2]
    return np.where(yes.any(axis=1), steady.interval[0, ::2][yes.argmax(axis=1)], np.nan)


def curve_table(curve: Curve, interval: str) -> dict[str, Column]:
    """The points of all cells."""
    n, each = curve.captured.shape
    return {
        "cell": cells_column(n, each),
        "interval": Column(curve.interval.ravel(), "ms", interval),
        "DI": Column(curve.DI.ravel(), "ms", "diastolic interval"),
        "APD90": Column(curve.APD90.ravel(), "ms", "duration at 90 % repolarization"),
        "V_peak": Column(curve.V_peak.ravel(), "mV", "highest potential"),
        "captured": Column(
            curve.captured.ravel().astype(int),
            about="whether the pulses captured, before which V was repolarized",
        ),
    }


def least_of(values: Array, kept: Answers) -> Array:
    """The least of those values (n, points) that are kept (n,); NaN if none is."""
    found = np.where(kept, values, np.inf).min(axis=1)
    return np.where(np.isfinite(found), found, np.nan)


def _sentence(found: dict[str, float]) -> str:
    if np.isnan(found["APD90_S1"]):
        premature = "S1 evokes no action potential that ends"
    elif np.isnan(found["shortest_DI"]):
        premature = "S2 never captures"
    else:
        premature = f"S1-S2: capture from a diastolic interval of {found['shortest_DI']:.0f} ms on"
        premature += in_words(found["slope_S1S2"], found["steepest_DI_S1S2"])
    if np.isnan(found["shortest_cycle"]):
        return f"{premature}. Steady pacing: no cycle length at which every pulse captures."
    steady = f"Steady pacing: capture down to a cycle length of {found['shortest_cycle']:g} ms"
    steady += in_words(found["slope_dynamic"], found["steepest_DI_dynamic"])
    if np.isfinite(found["alternans"]):
        steady += f", alternans from {found['alternans']:g} ms on"
    return f"{premature}. {steady}."
