"""Refractoriness by propagation: the longest S1-S2 interval after which a premature wave fails, and a map of it.

After a train of S1 the tissue gets one S2 from the same electrode, both of `strength` x the diastolic threshold. The
effective refractory period (ERP) is the longest S1-S2 interval at which S2 does not reach the point `to` (by default
the farthest), to 1 ms; it is tried every `step` up to the cycle length, and where the answer changes, halved. ERP - APD90,
with APD90 of the last S1 in the middle of the electrode, is refractoriness beyond repolarization. That of a single cell
is the experiment `refractory`: there it takes a response, here one that its neighbours follow.

The map is the shortest S1-S2 interval at which each cell is activated again, found to `resolution`: in tissue
that is alike everywhere that is one number, a place that recovers late is skipped by early waves. The functional
refractory period is the shortest time between two activations of a cell, of S1 and S2: a wave that comes early
is slow, so that away from the electrode it is longer than the interval between the pulses.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.experiments import Array, Column, Outcome
from cardiac.experiments._checks import Problems, of_amount, of_train
from cardiac.experiments._on_tissue import of_place, refuse_obstacles
from cardiac.experiments._premature import (
    away,
    electrode_of,
    farthest,
    flag,
    of_point,
    paced,
    scanned,
    steps,
)
from cardiac.preparation import Mask, Preparation
from cardiac.references import place, shape
from cardiac.tissue.shapes import Left
from cardiac.units import duration, ordinal, ratio

AFTER = 20.0  # ms, that a cycle is longer than a pulse at least
WITHIN = 1.0  # ms, of the ERP
EARLIEST = 0.5  # of the shortest APD90: from when on S2 is tried


class Options(NamedTuple):
    """The electrode and the point, the train of S1, the pulses, and how finely intervals are tried."""

    at: shape = Left(1.0)
    to: place | None = None
    cycle_length: duration = 500.0
    beats: ordinal = 8
    duration: duration = 2.0
    strength: ratio = 2.0  # x diastolic threshold
    step: duration = 20.0
    resolution: duration = 5.0


class Answer(NamedTuple):
    """What an S2 did."""

    onset: float  # ms
    activation: Array  # (ny, nx) by S2 [ms]; NaN where its wave did not come
    reached: bool

    @property
    def cells(self) -> bytes:
        """Which cells the wave came to."""
        return np.isfinite(self.activation).tobytes()


def problems(options: Options, model: Any) -> Problems:
    """A train, or S2, that make no sense."""
    yield from of_train(options.duration, [options.cycle_length], options.beats, after=AFTER)
    yield from of_amount("strength", options.strength)
    if options.step >= options.cycle_length:
        yield "step", f"{options.step:g} ms is not shorter than the cycle - use, for example, 20 ms"


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """An electrode or a point that is nowhere, or tissue that is too short."""
    yield from (nowhere := list(of_place("at", tissue.mask, options.at)))
    if not nowhere:
        yield from of_point(tissue, "to", tissue.mask(options.at), options.to)


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The refractory period of the tissue."""
    refuse_obstacles([*problems(options, tissue.model), *obstacles(tissue, options)])
    cells = tissue.mask(options.at)
    point = farthest(tissue, cells) if options.to is None else tissue.at(options.to)
    electrode = electrode_of(tissue, "at", cells, options.duration, tissue.only(point))
    train = options.strength, options.cycle_length, options.beats
    S1 = paced(tissue, electrode, *train, options.cycle_length)
    middle = _middle(cells)
    APD90, S1_there = float(S1.APD90[middle]), float(S1.S1[point])
    far = away(tissue, cells)
    answers: dict[float, Answer] = {}

    def ask(interval: float) -> Answer:
        if interval not in answers:
            trial = S1.s2(electrode, interval, options.strength, watched=far)
            onset = S1.onset + interval
            answers[interval] = _answer(trial.first(onset), onset, far, point)
        return answers[interval]

    if np.isfinite(S1_there):
        earliest = float(np.floor(EARLIEST * np.nanmin(S1.APD90)))
        intervals = steps(min(earliest, options.cycle_length - options.step), options.cycle_length, options.step)
        scanned(ask, intervals, options.resolution, lambda answer: answer.cells)
        scanned(ask, list(answers), WITHIN, lambda answer: answer.reached)
    tried = dict(sorted(answers.items()))
    return _outcome(tissue, options, electrode.threshold, APD90, S1.S1, point, tried)


def _answer(activation: Array, onset: float, far: Mask, point: tuple[int, int]) -> Answer:
    propagated = bool(np.isfinite(activation[far]).any())
    seen = activation if propagated else np.full_like(activation, np.nan)
    return Answer(onset, seen, bool(np.isfinite(seen[point])))


def _middle(cells: Mask) -> tuple[int, int]:
    """The one of `cells` nearest to their centre."""
    places = np.argwhere(cells)
    i, j = places[int(np.argmin(np.hypot(*(places - places.mean(axis=0)).T)))]
    return int(i), int(j)


def _outcome(
    tissue: Preparation,
    options: Options,
    threshold: float,
    APD90: float,
    S1: Array,
    point: tuple[int, int],
    tried: dict[float, Answer],
) -> Outcome:
    intervals, answers = np.array(list(tried)), list(tried.values())
    reached = np.array([answer.reached for answer in answers], dtype=bool)
    ERP = float(intervals[~reached].max(initial=-np.inf)) if reached.any() else np.nan
    ERP = np.nan if np.isinf(ERP) else ERP
    first = float(intervals[reached].min()) if reached.any() else np.nan
    between = np.array([answer.activation[point] - S1[point] for answer in answers])
    latency = np.array([answer.activation[point] - answer.onset for answer in answers])
    activated = np.array([np.isfinite(answer.activation[tissue.conducting]).mean() for answer in answers])
    refractory, functional = (np.full(S1.shape, np.inf) for _ in range(2))
    for interval, answer in tried.items():
        again = np.isfinite(answer.activation)
        refractory = np.where(again, np.minimum(refractory, interval), refractory)
        functional = np.where(again, np.fmin(functional, answer.activation - S1), functional)
    maps = {
        name: np.where(np.isfinite(values) & tissue.conducting, values, np.nan)
        for name, values in (("refractory_period", refractory), ("functional_refractory_period", functional))
    }
    shortest = float(np.min(between[reached])) if reached.any() else np.nan
    graded = bool(reached.any() and first < ERP)

    def number(value: float) -> Array:
        return np.array([value])

    table = {
        "ERP": Column(number(ERP), "ms", "longest S1-S2 interval at which S2 does not reach the point"),
        "APD90": Column(number(APD90), "ms", "of the last S1, in the middle of the electrode"),
        "beyond": Column(number(ERP - APD90), "ms", "refractoriness beyond repolarization, ERP - APD90"),
        "first": Column(number(first), "ms", "shortest S1-S2 interval at which S2 reaches the point"),
        "functional": Column(number(shortest), "ms", "shortest time between S1 and S2 at the point"),
        "threshold": Column(number(threshold), "A/F", "diastolic threshold of the electrode"),
        "S1_transit": Column(number(float(S1[point]) - (options.beats - 1) * options.cycle_length), "ms", "from the last S1 to its wave at the point"),
        "graded": Column(flag([graded]), about="whether S2 reaches the point at an interval shorter than the ERP"),
    }
    trials = {
        "interval": Column(intervals, "ms", "from the onset of the last S1 to that of S2"),
        "reached": Column(flag(reached), about="whether the wave of S2 reached the point"),
        "latency": Column(latency, "ms", "from S2 to its wave at the point"),
        "between": Column(between, "ms", "from the wave of S1 to that of S2, at the point"),
        "activated": Column(activated, about="part of the tissue that the wave of S2 came to"),
    }
    about = {
        "refractory_period": "shortest S1-S2 interval at which a cell is activated again",
        "functional_refractory_period": "shortest time between activations by S1 and S2",
    }
    return Outcome(
        {"s1s2": table, "tried": trials},
        (_sentence(options, S1[point], APD90, ERP, first, graded, maps["refractory_period"]),),
        maps={name: Column(values, "ms", about[name]) for name, values in maps.items()},
    )


def _sentence(
    options: Options, S1: float, APD90: float, ERP: float, first: float, graded: bool, refractory: Array
) -> str:
    if np.isnan(S1):
        return f"At a cycle length of {options.cycle_length:g} ms the last S1 does not reach the point."
    if np.isnan(first):
        return f"S2 does not reach the point up to an interval of {options.cycle_length:g} ms."
    if np.isnan(ERP):
        return f"S2 reaches the point at every interval that was tried, from {first:g} ms on: there is no refractory period."
    side = "after" if ERP > APD90 else "before"
    text = f"ERP by propagation is {ERP:g} ms, {abs(ERP - APD90):.1f} ms {side} repolarization (APD90 {APD90:.1f} ms)"
    if graded:
        text += f"; but S2 reaches the point from {first:g} ms on at some intervals"
    spread = np.nanmax(refractory) - np.nanmin(refractory)
    if spread > options.resolution:
        text += f"; cells are activated again from {np.nanmin(refractory):g} to {np.nanmax(refractory):g} ms on"
    return f"{text}."
