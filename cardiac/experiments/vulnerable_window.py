"""Vulnerable window: the S1-S2 intervals at which a wave from within the tissue runs one way only.

A train of S1 comes from the electrode `at`; S2, from the electrode `s2` in its way (by default 3 mm wide, in the
middle of the tissue), meets the wake of the last S1. Soon after it nothing propagates. A little later the side that
S1 passed first has recovered and the other has not: the wave runs back towards S1's electrode only, which starts
reentry where there is room for a circle. Later it runs both ways. The ends of this window are found to `within`, from
S2 every `step` in `search` (by default from half of APD90 after S1 has passed until twice that).

Where a wave runs is told by the nearest cells before and behind the electrode that its current does not reach, on
the straight line from S1's electrode through its middle. The tail of S1 moves as fast as its front, so that the
window of a wide electrode is its width, less a length that does not depend on it, over the velocity of conduction
(Starmer, Biktashev, Romashko, Stepanov, Makarova & Krinsky 1993, Biophys J 65:1775).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Outcome, flag, single
from cardiac.experiments._checks import Problems, of_strength, of_train, refuse
from cardiac.experiments._electrodes import Electrode, electrode_of
from cardiac.experiments._intervals import halfway, of_window, runs, scanned, steps
from cardiac.experiments._on_tissue import of_electrode, of_regions, refuse_obstacles
from cardiac.experiments._places import Cell, away, line
from cardiac.experiments._premature import AFTER, Paced, paced
from cardiac.preparation import Mask, Preparation
from cardiac.references import shape, strength
from cardiac.tissue.shapes import Left, Strip
from cardiac.units import duration, ordinal

DOI = "starmer_1993"
WIDTH = 3.0  # mm, of S2's electrode where none is given
SEARCHED = 0.5, 2.0  # x APD90, after S1 has passed S2's electrode


class Options(NamedTuple):
    """The electrodes of S1 and S2, the train, the pulses, and the intervals that are tried.

    A strength of `2 x threshold` is a multiple of the diastolic threshold of each electrode: a wave must leave it.
    """

    at: shape = Left(1.0)
    s2: shape | None = None
    strength: strength = Strength(2.0, True)  # of the diastolic threshold, of each of the electrodes
    beats: ordinal = 1
    cycle_length: duration = 500.0
    search: tuple[duration, duration] | None = None
    step: duration = 20.0
    within: duration = 1.0
    duration: duration = 2.0


class Answer(NamedTuple):
    """Where the wave of an S2 ran."""

    back: bool
    onwards: bool

    @property
    def one_way(self) -> bool:
        """Whether it ran one way only."""
        return self.back != self.onwards


class Points(NamedTuple):
    """Cells that tell where the wave of S2 runs."""

    before: Cell
    behind: Cell


def problems(options: Options, model: Any) -> Problems:
    """A train or a window that make no sense."""
    yield from of_strength(options.strength)
    yield from of_train(options.duration, [options.cycle_length], options.beats, after=AFTER)
    yield from of_window(options.search, options.step, options.within, options.duration, "search")


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """Electrodes that are nowhere, or too near to each other or to the end of the tissue."""
    nowhere = [
        *of_electrode("at", tissue, options.at),
        *of_electrode("s2", tissue, _s2(tissue, options)),
    ]
    nowhere = nowhere or [*of_regions("at", tissue)]
    yield from nowhere
    if nowhere:
        return
    S1, S2 = tissue.mask(options.at), tissue.mask(_s2(tissue, options))
    before, behind = _sides(tissue, S1, S2)
    if before is None or not away(tissue, S1)[before]:
        yield (
            "s2",
            "leaves no room between the electrodes that their currents do not reach - move it away from S1",
        )
    if behind is None:
        yield (
            "s2",
            "leaves no tissue behind it that its current does not reach - move it nearer to S1, or make it smaller",
        )


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The vulnerable window of the tissue."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    cells, own = tissue.mask(options.at), tissue.mask(_s2(tissue, options))
    before, behind = _sides(tissue, cells, own)
    assert before is not None
    assert behind is not None
    here = line(tissue, cells, own)[-1]
    how = options.strength, options.duration
    first = electrode_of(tissue, "at", cells, *how, tissue.only(before))
    second = electrode_of(tissue, "s2", own, *how, tissue.only(before) | tissue.only(behind))
    S1 = paced(tissue, first, options.cycle_length, options.beats, 0.0)
    arrival, APD90 = float((S1.activation - S1.onset)[here]), float(S1.APD90[here])
    if np.isnan(S1.activation[behind]) or np.isnan(APD90):
        return _outcome({}, S1, Points(before, behind), here)
    begin, end = options.search or (round(arrival + share * APD90) for share in SEARCHED)
    begin = max(begin, options.duration + options.within)
    S1 = paced(tissue, first, options.cycle_length, options.beats, end)
    points = Points(before, behind)
    ask = _asked(S1, second, points)
    answers = scanned(ask, steps(begin, end, options.step), options.within, lambda answer: answer)
    return _outcome(answers, S1, points, here)


def _asked(S1: Paced, electrode: Electrode, points: Points) -> Callable[[float], Answer]:
    watched = S1.tissue.only(points.before) | S1.tissue.only(points.behind)

    def ask(interval: float) -> Answer:
        activation = S1.again(S1.s2(electrode, interval, watched), interval)
        return Answer(*(bool(np.isfinite(activation[cell])) for cell in points))

    return ask


def _s2(tissue: Preparation, options: Options) -> Any:
    return Strip(0.5 * tissue.grid.width, WIDTH) if options.s2 is None else options.s2


def _sides(tissue: Preparation, S1: Mask, S2: Mask) -> tuple[Cell | None, Cell | None]:
    """The nearest cells before and behind S2 that its current does not reach, on the way of S1; None without room."""
    far, way = away(tissue, S2), line(tissue, S1, S2)
    behind = line(tissue, S1, S2, onwards=True)[len(way) :]
    return next(filter(far.__getitem__, reversed(way)), None), next(filter(far.__getitem__, behind), None)


def _outcome(answers: dict[float, Answer], S1: Paced, points: Points, here: Cell) -> Outcome:
    intervals, each = np.array(list(answers)), list(answers.values())
    start, end = _window(answers)
    both = _least(intervals, [answer.back and answer.onwards for answer in each])
    passed = S1.activation - S1.onset
    table = {
        "start": single(start, "ms", "shortest S1-S2 interval of one-way propagation"),
        "end": single(end, "ms", "longest S1-S2 interval of one-way propagation"),
        "length": single(end - start, "ms", "of the window"),
        "both_ways": single(both, "ms", "shortest S1-S2 interval of two-way propagation"),
        "arrival": single(
            0.5 * (passed[points.before] + passed[points.behind]), "ms", "of S1 at S2's electrode"
        ),
        "passage": single(passed[points.behind] - passed[points.before], "ms", "of S1, from point to point"),
        "APD90": single(S1.APD90[here], "ms", "of S1 there"),
    }
    trials = {
        "interval": Column(intervals, "ms", "from the onset of the last S1 to that of S2"),
        "back": Column(
            flag([answer.back for answer in each]), about="whether the wave of S2 ran back towards S1"
        ),
        "onwards": Column(flag([answer.onwards for answer in each]), about="whether it ran onwards"),
    }
    return Outcome({"vulnerable_window": table, "tried": trials}, (_sentence(answers),))


def _window(answers: dict[float, Answer]) -> tuple[float, float]:
    """The longest stretch with one-way propagation [ms], its ends half-way between trials; NaN: there is none."""
    edges = halfway(list(answers))
    found = [(float(edges[a]), float(edges[b + 1])) for a, b in runs([a.one_way for a in answers.values()])]
    return max(found, key=lambda ends: ends[1] - ends[0], default=(np.nan, np.nan))


def _least(intervals: Array, yes: Sequence[bool]) -> float:
    own = intervals[np.array(yes, dtype=bool)]
    return float(own.min()) if own.size else np.nan


def _sentence(answers: dict[float, Answer]) -> str:
    if not answers:
        return "The last S1 does not pass the electrode of S2."
    intervals, kinds = list(answers), set(answers.values())
    start, end = _window(answers)
    if len(kinds) == 1:
        (answer,) = kinds
        does = "runs one way" if answer.one_way else "runs both ways" if answer.back else "does not propagate"
        span = f"every S1-S2 interval from {intervals[0]:g} to {intervals[-1]:g} ms"
        return f"S2 {does} at {span}: the ends of a window are not there, search elsewhere."
    if np.isnan(start):
        return "There is no vulnerable window: S2 runs both ways or not at all."
    one_way = {answer for answer in kinds if answer.one_way}
    way = "one way only" if len(one_way) > 1 else "back only" if one_way.pop().back else "onwards only"
    cut = ", as far as was searched" if start == intervals[0] or end == intervals[-1] else ""
    text = f"S2 runs {way} at S1-S2 intervals from {start:g} to {end:g} ms{cut}"
    return f"The vulnerable window is {end - start:.3g} ms long: {text}."
