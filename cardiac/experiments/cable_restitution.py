"""Restitution in tissue: how long an action potential lasts and how fast its wave is, after a diastolic interval.

The wave passes two points, `between`. Its velocity is their distance over the time from one to the other; the
diastolic interval and APD90 are those of the cell half-way, to which the velocity belongs to second order in that
distance. The diastolic interval is the time from the end of the action potential before, at APD90, to the activation
there: a premature wave is slower than the one before it, so that the interval grows on the way.

S1-S2: after a train of S1 the tissue gets one S2, as long after the last S1 as leaves about one of
`diastolic_intervals`. Dynamic: in one long train the cycle becomes shorter by 5 % a beat from each of `cycle_lengths`
to the next, with `beats` at each, of which the last two count. It ends where not every pulse is followed by a wave.
What a single cell does is the experiment `restitution`; slopes are found as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from cardiac.cell.search import Answers
from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Outcome, flag
from cardiac.experiments._checks import Problems, of_list, of_strength, of_train, refuse
from cardiac.experiments._electrodes import Electrode, electrode_of
from cardiac.experiments._on_tissue import of_electrode, of_point, of_regions, refuse_obstacles
from cardiac.experiments._paced import CHANGES
from cardiac.experiments._places import Cell, electrotonic_distance
from cardiac.experiments._premature import paced
from cardiac.experiments._restitution import (
    CYCLE_LENGTHS,
    DIASTOLIC_INTERVALS,
    approach,
    in_words,
    steepest,
)
from cardiac.preparation import Moment, Preparation, Trial
from cardiac.protocol import Train
from cardiac.references import place, shape, strength
from cardiac.simulation import Stimulus
from cardiac.tissue.shapes import Left
from cardiac.units import duration, ordinal

LASTING = 0.8  # of a change of APD90 the one after it at least, in alternans; in a transient they die away
SEEN = 3  # beats of a cycle length that are looked at, before the last, which has no time to end


class Options(NamedTuple):
    """The electrode and the points, the train of S1, the intervals of S2, the cycles of the dynamic protocol.

    A strength of `2 x threshold` is a multiple of the diastolic threshold of the electrode: a wave must leave it.
    """

    at: shape = Left(1.0)
    between: tuple[place, place] | None = None
    strength: strength = Strength(2.0, True)  # of the diastolic threshold
    beats: ordinal = 8
    cycle_length: duration = 500.0
    diastolic_intervals: tuple[duration, ...] = DIASTOLIC_INTERVALS
    cycle_lengths: tuple[duration, ...] = CYCLE_LENGTHS
    duration: duration = 2.0


class Points(NamedTuple):
    """The cells that a wave passes, and how far the first is from the last."""

    first: Cell
    middle: Cell
    last: Cell
    apart: float  # mm


class Curve(NamedTuple):
    """Waves half-way between the points, from the longest interval to the shortest, (n,) each."""

    interval: Array  # between pulses [ms]
    DI: Array  # ms
    APD90: Array  # ms
    velocity: Array  # mm/ms
    conducted: Answers  # whether it came

    @classmethod
    def of(cls, rows: Sequence[tuple[float, ...]]) -> Curve:
        """The curve of these waves."""
        columns = np.array(rows, dtype=float).reshape(-1, len(cls._fields)).T
        return cls(*columns[:-1], columns[-1].astype(bool))  # type: ignore[call-arg]

    @property
    def kept(self) -> Answers:
        """Which come before conduction is lost (n,)."""
        yes: Answers = np.logical_and.accumulate(self.conducted)
        return yes


def problems(options: Options, model: Any) -> Problems:
    """Trains that make no sense."""
    yield from of_strength(options.strength)
    pulse = options.duration
    yield from of_train(pulse, [options.cycle_length], options.beats, fewest=SEEN + 1)
    yield from of_list("cycle_lengths", options.cycle_lengths, pulse)
    yield from of_list("diastolic_intervals", options.diastolic_intervals, 0.0)


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """An electrode or points that are nowhere, or too near to each other."""
    yield from (nowhere := [*of_electrode("at", tissue, options.at)] or [*of_regions("at", tissue)])
    if nowhere:
        return
    cells = tissue.mask(options.at)
    ends = options.between or (_share(tissue, 1 / 3), _share(tissue, 2 / 3))
    found = [list(of_point(tissue, "between", cells, point)) for point in ends]
    yield from (problem for some in found for problem in some)
    if not any(found):
        near, far = (electrotonic_distance(tissue, cells)[tissue.at(point)] for point in ends)
        if far <= near:
            yield (
                "between",
                "the wave does not come to the first point before the second - write them in its order",
            )


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The restitution of the tissue."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    points, cells = _points(tissue, options), tissue.mask(options.at)
    how = options.strength, options.duration
    electrode = electrode_of(tissue, "at", cells, *how, tissue.only(points.last))
    S1, premature = after_S1(tissue, electrode, points, options)
    steady, alternating = at_cycle_lengths(tissue, electrode, points, options)
    table: dict[str, Column] = {}

    def add(name: str, value: float, unit: str = "1", about: str = "") -> None:
        table[name] = Column(np.array([value]), unit, about)

    add("APD90_S1", S1.APD90, "ms", "of the last S1")
    add("velocity_S1", S1.velocity, "mm/ms", "of the last S1")
    add("shortest_DI", _least(premature.DI, premature), "ms", "diastolic interval from which on S2 conducts")
    add(
        "shortest_cycle",
        _least(steady.interval, steady),
        "ms",
        "cycle length down to which every pulse conducts",
    )
    for curve, name, words in ((premature, "S1S2", "after S1-S2"), (steady, "dynamic", "of steady pacing")):
        for of, unit, quantity in (("APD90", "1", "of APD90"), ("velocity", "mm/ms^2", "of the velocity")):
            kept = curve.kept[np.newaxis]
            steep = steepest(curve.DI[np.newaxis], getattr(curve, of)[np.newaxis], kept)
            prefix = "" if of == "APD90" else "velocity_"
            add(f"{prefix}slope_{name}", float(steep.slope[0]), unit, f"greatest slope {quantity} {words}")
            add(f"{prefix}steepest_DI_{name}", float(steep.DI[0]), "ms", "diastolic interval where that is")
    add("alternans", max(alternating, default=np.nan), "ms", "longest cycle length with alternans; NaN: none")
    tables = {
        "cable_restitution": table,
        "S1S2": _table(premature, "from the onset of the last S1 to that of S2"),
        "dynamic": _table(steady, "cycle length, of which the last two beats follow"),
    }
    return Outcome(tables, (_sentence({name: float(c.values[0]) for name, c in table.items()}),))


class Passing(NamedTuple):
    """A wave as it passes the points; NaN where it does not."""

    first: float  # when, at each of the points [ms]
    middle: float
    last: float
    APD90: float  # half-way [ms]
    apart: float  # mm

    @property
    def velocity(self) -> float:
        """From the first to the last point [mm/ms]."""
        return self.apart / (self.last - self.first)

    @property
    def came(self) -> bool:
        """Whether it passed all points, in their order."""
        return self.first < self.middle < self.last

    def after(self, before: Passing) -> float:
        """The diastolic interval [ms]."""
        return self.middle - before.middle - before.APD90


def passing(trial: Trial, points: Points, onset: float, within: float = np.inf) -> Passing:
    """The wave that follows a pulse [ms], and comes to the first point `within` a time [ms]."""

    def later(cell: Cell, than: float) -> tuple[float, float]:
        times, own = trial.activation[(slice(None), *cell)], trial.apd90[(slice(None), *cell)]
        k = np.flatnonzero(times > than)
        return (float(times[k[0]]), float(own[k[0]])) if k.size else (np.nan, np.nan)

    first, _ = later(points.first, onset)
    first = first if first < onset + within else np.nan
    middle, APD90 = later(points.middle, first)
    last, _ = later(points.last, first)
    return Passing(first, middle, last, APD90, points.apart)


def after_S1(
    tissue: Preparation, electrode: Electrode, points: Points, options: Options
) -> tuple[Passing, Curve]:
    """The last S1, and the waves of S2 at all intervals."""
    wanted = sorted(options.diastolic_intervals, reverse=True)
    S1 = paced(tissue, electrode, options.cycle_length, options.beats, options.cycle_length + wanted[0])
    before = passing(S1.trial, points, S1.onset)
    rows = []
    for DI in wanted if before.came and np.isfinite(before.APD90) else ():
        interval = float(np.ceil(before.APD90 + DI))
        if interval <= options.duration:  # within S1
            break
        then = passing(S1.s2(electrode, interval), points, S1.onset + interval)
        rows.append((interval, then.after(before), then.APD90, then.velocity, then.came))
    return before, Curve.of(rows)


def at_cycle_lengths(
    tissue: Preparation, electrode: Electrode, points: Points, options: Options
) -> tuple[Curve, list[float]]:
    """The last two waves at each cycle length, until not every pulse is followed by one, and those with alternans."""
    cycles = sorted(set(options.cycle_lengths), reverse=True)
    rows: list[tuple[float, ...]] = []
    alternating: list[float] = []
    onset, moment = 0.0, None
    for before, cycle in pairwise([cycles[0], *cycles]):
        train = approach(before, cycle, options.beats)
        own = onset + np.cumsum([0.0, *train[:-1]])
        onset = float(own[-1]) + train[-1]
        trial = _train(tissue, electrode, options, own.tolist(), onset, moment)
        moment = trial.end
        last = [passing(trial, points, at, cycle) for at in own[-SEEN - 1 : -1].tolist()]
        came = all(wave.came and np.isfinite(wave.APD90) for wave in last)
        rows += [
            (cycle, wave.after(earlier), wave.APD90, wave.velocity, came) for earlier, wave in pairwise(last)
        ]
        if not came:
            break
        if alternates([wave.APD90 for wave in last]):
            alternating.append(cycle)
    return Curve.of(rows), alternating


def alternates(APD90: Sequence[float]) -> bool:
    """Whether action potentials [ms] are long and short in turn, and do not settle."""
    changes = np.diff(APD90)
    sizes = np.abs(changes)
    return bool(
        sizes.min() >= CHANGES
        and (changes[1:] * changes[:-1] < 0.0).all()
        and (sizes[1:] >= LASTING * sizes[:-1]).all()
    )


def _train(
    tissue: Preparation,
    electrode: Electrode,
    options: Options,
    onsets: list[float],
    end: float,
    moment: Moment | None,
) -> Trial:
    course = Train(tuple(onsets), options.duration)
    pulses = Stimulus(electrode.cells.astype(float), electrode.current, course)
    return tissue.trial([pulses], end, start=moment, keep=[end])


def _points(tissue: Preparation, options: Options) -> Points:
    ends = options.between or (_share(tissue, 1 / 3), _share(tissue, 2 / 3))
    first, last = (tissue.at(point) for point in ends)
    middle = (first[0] + last[0]) // 2, (first[1] + last[1]) // 2
    apart = tissue.grid.spacing * float(np.hypot(last[0] - first[0], last[1] - first[1]))
    return Points(first, middle, last, apart)


def _share(tissue: Preparation, part: float) -> tuple[float, ...]:
    """A point on the middle line, this part of the way from left to right [mm]."""
    point = (part * tissue.grid.width, 0.5 * tissue.grid.height)
    return point if tissue.grid.ny > 1 else point[:1]


def _least(values: Array, curve: Curve) -> float:
    found = values[curve.kept]
    return float(found.min()) if found.size else np.nan


def _table(curve: Curve, interval: str) -> dict[str, Column]:
    return {
        "interval": Column(curve.interval, "ms", interval),
        "DI": Column(curve.DI, "ms", "diastolic interval"),
        "APD90": Column(curve.APD90, "ms", "duration at 90 % repolarization"),
        "velocity": Column(curve.velocity, "mm/ms", "conduction velocity"),
        "conducted": Column(flag(curve.conducted), about="whether waves came to all points"),
    }


def _sentence(found: dict[str, float]) -> str:
    if np.isnan(found["APD90_S1"]):
        premature = "No wave of the last S1 passes the points"
    elif np.isnan(found["shortest_DI"]):
        premature = "S1-S2: no wave of S2 passes the points"
    else:
        premature = f"S1-S2: conduction from a diastolic interval of {found['shortest_DI']:.0f} ms on; APD90"
        premature += in_words(found["slope_S1S2"], found["steepest_DI_S1S2"])
        premature += f"; S1 at {found['velocity_S1']:.3g} mm/ms"
    if np.isnan(found["shortest_cycle"]):
        return f"{premature}. Steady pacing: no cycle length at which every pulse is followed by a wave."
    steady = f"Steady pacing: conduction down to a cycle length of {found['shortest_cycle']:g} ms; APD90"
    steady += in_words(found["slope_dynamic"], found["steepest_DI_dynamic"])
    if np.isfinite(found["alternans"]):
        steady += f", alternans from {found['alternans']:g} ms on"
    return f"{premature}. {steady}."
