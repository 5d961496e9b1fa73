"""Refractoriness by propagation: the longest S1-S2 interval after which a premature wave fails, and a map of it.

After a train of S1 the tissue gets one S2 from the same electrode. The effective refractory period (ERP) is the
longest S1-S2 interval at which S2 does not reach the point `to` (by default the farthest), to 1 ms; S2 is tried every
`step` up to the cycle length, and then half-way between intervals after which it does not do the same.
Postrepolarization refractoriness (PRR) is ERP - APD90, with APD90 of the last S1 in the middle of the electrode.
The ERP of a single cell is the experiment `refractory`: there S2 needs a response, here one that the neighbours
follow.

The map is the shortest S1-S2 interval at which each cell is activated again, found to `resolution`: in tissue
that is alike everywhere that is one number, a place that recovers late is skipped by early waves. The functional
refractory period (FRP) is the shortest time between two activations of a cell, of S1 and S2: a wave that comes early
is slow, so that away from the electrode it is longer than the interval between the pulses.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Outcome, flag, single
from cardiac.experiments._checks import Problems, of_strength, of_train, refuse
from cardiac.experiments._electrodes import Electrode, electrode_of
from cardiac.experiments._intervals import scanned, steps
from cardiac.experiments._on_tissue import of_electrode, of_point, of_regions, refuse_obstacles
from cardiac.experiments._places import Cell, away, farthest, middle
from cardiac.experiments._premature import AFTER, Paced, paced
from cardiac.preparation import Mask, Preparation
from cardiac.references import place, shape, strength
from cardiac.tissue.shapes import Left
from cardiac.units import duration, ordinal

WITHIN = 1.0  # ms, of the ERP
EARLIEST = 0.5  # of the shortest APD90: from when on S2 is tried


class Options(NamedTuple):
    """The electrode and the point, the train of S1, the pulses, and how finely intervals are tried.

    A strength of `2 x threshold` is a multiple of the diastolic threshold of the electrode: a wave must leave it.
    """

    at: shape = Left(1.0)
    to: place | None = None
    strength: strength = Strength(2.0, True)  # of the diastolic threshold
    beats: ordinal = 8
    cycle_length: duration = 500.0
    step: duration = 20.0
    resolution: duration = 5.0
    duration: duration = 2.0


class Answer(NamedTuple):
    """What an S2 did."""

    activation: Array  # (ny, nx) by S2 [ms]; NaN where its wave did not come
    reached: bool

    @property
    def cells(self) -> bytes:
        """Which cells the wave came to."""
        return np.isfinite(self.activation).tobytes()


def problems(options: Options, model: Any) -> Problems:
    """A train, or S2, that make no sense."""
    yield from of_strength(options.strength)
    yield from (
        impossible := [*of_train(options.duration, [options.cycle_length], options.beats, after=AFTER)]
    )
    room = options.cycle_length - options.duration - WITHIN
    if options.step >= room and not impossible:
        yield (
            "step",
            f"{options.step:g} ms leaves no interval to try in the cycle after S1 - use less than {room:g} ms",
        )


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """An electrode or a point that is nowhere, or tissue that is too short."""
    yield from (nowhere := [*of_electrode("at", tissue, options.at)] or [*of_regions("at", tissue)])
    if not nowhere:
        yield from of_point(tissue, "to", tissue.mask(options.at), options.to)


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The refractory period of the tissue."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    cells = tissue.mask(options.at)
    point = farthest(tissue, cells) if options.to is None else tissue.at(options.to)
    electrode = electrode_of(tissue, "at", cells, options.strength, options.duration, tissue.only(point))
    S1 = paced(tissue, electrode, options.cycle_length, options.beats, options.cycle_length)
    far = away(tissue, cells)
    answers: dict[float, Answer] = {}

    def ask(interval: float) -> Answer:
        if interval not in answers:
            activation = S1.again(S1.s2(electrode, interval, watched=far), interval)
            answers[interval] = _answer(activation, far, point)
        return answers[interval]

    if np.isfinite(S1.activation[point]):
        cycle = options.cycle_length
        shortest = float(np.fmin.reduce(S1.APD90, axis=None))
        earliest = max(options.duration + WITHIN, np.floor(EARLIEST * shortest))  # S2 is not within S1
        earliest = min(earliest, cycle - options.step)
        scanned(ask, steps(earliest, cycle, options.step), options.resolution, lambda answer: answer.cells)
        scanned(ask, list(answers), WITHIN, lambda answer: answer.reached)
    return _outcome(options, electrode, S1, point, dict(sorted(answers.items())))


def _answer(activation: Array, far: Mask, point: Cell) -> Answer:
    propagated = bool(np.isfinite(activation[far]).any())
    seen = activation if propagated else np.full_like(activation, np.nan)
    return Answer(seen, bool(np.isfinite(seen[point])))


def _outcome(
    options: Options, electrode: Electrode, S1: Paced, point: Cell, tried: dict[float, Answer]
) -> Outcome:
    intervals, answers = np.array(list(tried)), list(tried.values())
    reached = np.array([answer.reached for answer in answers], dtype=bool)
    last_failing = float(intervals[~reached].max(initial=-np.inf))
    ERP = last_failing if reached.any() and np.isfinite(last_failing) else np.nan
    first = float(intervals[reached].min()) if reached.any() else np.nan
    APD90 = float(S1.APD90[middle(electrode.cells)])
    at_point = np.array([answer.activation[point] for answer in answers])
    between = at_point - S1.activation[point]
    activated = [np.isfinite(answer.activation[S1.tissue.conducting]).mean() for answer in answers]
    maps = _maps(S1, tried)
    table = {
        "ERP": single(ERP, "ms", "longest S1-S2 interval at which S2 does not reach the point"),
        "APD90": single(APD90, "ms", "of the last S1, in the middle of the electrode"),
        "PRR": single(ERP - APD90, "ms", "postrepolarization refractoriness, ERP - APD90"),
        "first_capture": single(first, "ms", "shortest S1-S2 interval at which S2 reaches the point"),
        "FRP": single(
            float(np.fmin.reduce(between, initial=np.nan)),
            "ms",
            "functional refractory period, shortest time between S1 and S2 at the point",
        ),
        "threshold": single(electrode.threshold, "A/F", "diastolic threshold of the electrode"),
        "current": single(electrode.current, "A/F", "of the pulses"),
        "transit": single(S1.activation[point] - S1.onset, "ms", "from the last S1 to its wave at the point"),
        "graded": Column(
            flag([first < ERP]), about="whether S2 reaches the point at some intervals below the ERP"
        ),
    }
    trials = {
        "interval": Column(intervals, "ms", "from the onset of the last S1 to that of S2"),
        "reached": Column(flag(reached), about="whether the wave of S2 reached the point"),
        "latency": Column(at_point - S1.onset - intervals, "ms", "from S2 to its wave at the point"),
        "response_interval": Column(between, "ms", "from the wave of S1 to that of S2, at the point"),
        "activated": Column(np.array(activated), about="part of the tissue that the wave of S2 came to"),
    }
    refractory = maps["refractory_period"].values
    sentence = _sentence(options, S1.activation[point], APD90, ERP, first, refractory)
    return Outcome({"s1s2": table, "tried": trials}, (sentence,), maps=maps)


def _maps(S1: Paced, tried: dict[float, Answer]) -> dict[str, Column]:
    """From which interval on each cell is activated again, and how soon after S1."""
    nothing = np.full(S1.activation.shape, np.nan)
    refractory, functional = nothing, nothing
    for interval, answer in tried.items():
        again = np.isfinite(answer.activation)
        refractory = np.where(again, np.fmin(refractory, interval), refractory)
        functional = np.fmin(functional, answer.activation - S1.activation)
    periods = "shortest S1-S2 interval at which a cell is activated again"
    return {
        "refractory_period": Column(refractory, "ms", periods),
        "functional_refractory_period": Column(
            functional, "ms", "shortest time between activations by S1 and S2"
        ),
    }


def _sentence(options: Options, S1: float, APD90: float, ERP: float, first: float, refractory: Array) -> str:
    if np.isnan(S1):
        return f"At a cycle length of {options.cycle_length:g} ms the last S1 does not reach the point."
    if np.isnan(first):
        return f"S2 does not reach the point up to an interval of {options.cycle_length:g} ms."
    if np.isnan(ERP):
        return f"S2 reaches the point at every interval that was tried, from {first:g} ms on: no refractory period."
    side = "after" if ERP > APD90 else "before"
    text = f"ERP by propagation is {ERP:g} ms, {abs(ERP - APD90):.1f} ms {side} repolarization (APD90 {APD90:.1f} ms)"
    if first < ERP:
        text += f"; graded: S2 reaches the point at some intervals from {first:g} ms on"
    earliest, latest = np.nanmin(refractory), np.nanmax(refractory)
    if latest - earliest > options.resolution:
        text += f"; cells are activated again from {earliest:g} to {latest:g} ms on"
    return f"{text}."
