"""Block in both directions: whether waves get through a region forwards and backwards, and when only one way.

A wave is sent through the region from the electrode `forward`, and another, in tissue that never saw the first, from
`backward`; each is judged as the measure `block` judges it. Block is unidirectional where one gets through, conducted
or delayed, and the other is blocked. Only the last of a train of `beats` is judged.

With a `window` S2 follows the train from the same electrode, at S1-S2 intervals of every `step` in the window: the
intervals at which S2 passes exactly one way are the vulnerable window of the region. Its ends are found to `within`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from cardiac import analysis
from cardiac.analysis import Criteria, Verdict
from cardiac.analysis.outcome import NUMBERED
from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Outcome
from cardiac.experiments._checks import Problems, of_strength, of_train, refuse
from cardiac.experiments._electrodes import Electrode, electrode_of
from cardiac.experiments._intervals import halfway, of_window, runs, scanned, steps
from cardiac.experiments._on_tissue import of_electrode, of_regions, refuse_obstacles
from cardiac.experiments._places import FAR, Cell, away, line
from cardiac.experiments._premature import AFTER, Paced, paced, since
from cardiac.preparation import Mask, Preparation, Trial
from cardiac.references import region_name, shape, strength
from cardiac.tissue.shapes import Left, Right
from cardiac.units import duration, ordinal, ratio

DIRECTIONS = "forward", "backward"
NUMBERS = ", ".join(f"{number} {words}" for number, words in NUMBERED.items())
PASSES = {"conducted", "delayed"}
ONLY = {1: "forwards only", -1: "backwards only"}


class Options(NamedTuple):
    """The region, the electrodes on both sides of it, the train, and the S1-S2 intervals of a vulnerable window.

    A strength of `2 x threshold` is a multiple of the diastolic threshold of each electrode: a wave must leave it.
    """

    region: region_name
    forward: shape = Left(1.0)
    backward: shape = Right(1.0)
    strength: strength = Strength(2.0, True)  # of the diastolic threshold
    beats: ordinal = 1
    cycle_length: duration = 500.0
    patience: ratio = Criteria().patience
    window: tuple[duration, duration] | None = None
    step: duration = 10.0
    within: duration = 1.0
    duration: duration = 2.0


def problems(options: Options, model: Any) -> Problems:
    """A train, or a window, that make no sense."""
    yield from of_strength(options.strength)
    yield from of_train(options.duration, [options.cycle_length], options.beats, after=AFTER)
    yield from of_window(options.window, options.step, options.within, options.duration)


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """Electrodes that are nowhere or too near to the region, or a region that is not between them."""
    nowhere = [
        problem for name in DIRECTIONS for problem in of_electrode(name, tissue, getattr(options, name))
    ]
    nowhere = nowhere or [*of_regions("region", tissue)]
    yield from nowhere
    if nowhere:
        return
    region = tissue.regions[options.region] >= 0.5
    ends = [tissue.mask(getattr(options, name)) for name in DIRECTIONS]
    way = line(tissue, *ends)
    if not any(region[cell] for cell in way):
        text = f'"{options.region}" is not on the straight way from one electrode to the other'
        yield "region", f"{text} - write forward and backward so that it lies between them"
        return
    for name, cells, there in zip(DIRECTIONS, ends, (way, way[::-1]), strict=True):
        if launched(tissue, cells, there, region) is None:
            text = f'leaves no {FAR:g} space constants of tissue before the region "{options.region}"'
            yield name, f"{text} - take a place farther from it, or longer tissue"


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The verdicts in both directions."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    sides = [_side(tissue, options, *names) for names in (DIRECTIONS, DIRECTIONS[::-1])]
    S1 = {name: side.verdict(side.paced.trial, 1) for name, side in zip(DIRECTIONS, sides, strict=True)}
    way = one_way(*S1.values())
    tables = {"directions": _directions(sides, list(S1.values()))}
    sentences = [f"{name}: {verdict.sentence}" for name, verdict in S1.items()]
    sentences.append(f"block is unidirectional, {ONLY[way]}" if way else "block is not unidirectional")
    if options.window is not None:
        answers = scanned(_asked(sides), steps(*options.window, options.step), options.within, classes)
        tables |= _tables(answers)
        sentences.append(_told(answers))
    maps = {
        f"activation_{name}": Column(
            side.paced.activation - side.paced.onset, "ms", f"activation by the last S1, {name}"
        )
        for name, side in zip(DIRECTIONS, sides, strict=True)
    }
    told = "; ".join(sentences) + "."
    return Outcome(tables, (told[0].upper() + told[1:],), maps=maps, verdicts=S1)


class Side(NamedTuple):
    """The tissue after a train from one of the electrodes."""

    paced: Paced
    electrode: Electrode
    region: Mask
    options: Options

    def verdict(self, trial: Trial, beat: int) -> Verdict:
        """What became of the wave of the last S1 (1) or of S2 (2) at the region, in times since the last S1."""
        tissue, onset = self.paced.tissue, self.paced.onset
        return analysis.verdict(
            since(trial, onset) - onset,
            tissue.grid.x,
            tissue.grid.y,
            self.region,
            beat=beat,
            spacing=tissue.grid.spacing,
            end=np.inf if trial.quiet else trial.end.t - onset,
            conducting=tissue.conducting,
            criteria=Criteria(patience=self.options.patience),
        )

    def after(self, interval: float) -> Verdict:
        """What becomes of the wave of an S2, this long after S1 [ms]."""
        everywhere = self.paced.tissue.conducting
        return self.verdict(self.paced.s2(self.electrode, interval, watched=everywhere), 2)


def _side(tissue: Preparation, options: Options, name: str, other: str) -> Side:
    cells, region = tissue.mask(getattr(options, name)), tissue.regions[options.region] >= 0.5
    near = launched(tissue, cells, line(tissue, cells, tissue.mask(getattr(options, other))), region)
    assert near is not None
    electrode = electrode_of(tissue, name, cells, options.strength, options.duration, tissue.only(near))
    longest = options.window[1] if options.window else 0.0
    S1 = paced(tissue, electrode, options.cycle_length, options.beats, longest)
    return Side(S1, electrode, region, options)


def launched(tissue: Preparation, cells: Mask, way: list[Cell], region: Mask) -> Cell | None:
    """The cell before the region where a wave from an electrode has left it; None if there is no room."""
    far = away(tissue, cells)
    before = takewhile(lambda cell: not region[cell], way)
    return next((cell for cell in before if far[cell]), None)


def one_way(forward: Verdict, backward: Verdict) -> int:
    """1 where the wave passes forwards only, -1 backwards only, 0 where block is not unidirectional."""
    verdicts = forward, backward
    passes = [verdict.outcome in PASSES for verdict in verdicts]
    blocked = [verdict.outcome == "blocked" for verdict in verdicts]
    return int(passes[0] and blocked[1]) - int(passes[1] and blocked[0])


Both: TypeAlias = tuple[Verdict, Verdict]


def classes(both: Both) -> tuple[int, int]:
    """What S2 does forwards and backwards, as numbers."""
    return both[0].number, both[1].number


def _asked(sides: list[Side]) -> Callable[[float], Both]:
    return lambda interval: (sides[0].after(interval), sides[1].after(interval))


def _directions(sides: list[Side], verdicts: list[Verdict]) -> dict[str, Column]:
    found = {
        name: np.array([getattr(verdict, name) for verdict in verdicts])
        for name in ("delay", "transit", "velocity")
    }
    electrodes = [side.electrode for side in sides]
    return {
        "direction": Column(np.array([1, -1]), about="1: forward, -1: backward"),
        "outcome": Column(np.array([verdict.number for verdict in verdicts]), about=NUMBERS),
        "delay": Column(found["delay"], "ms", "transit less that without the region"),
        "transit": Column(found["transit"], "ms", "through the region and its margins"),
        "velocity": Column(found["velocity"], "mm/ms", "before the region"),
        "threshold": Column(np.array([one.threshold for one in electrodes]), "A/F", "diastolic threshold"),
        "current": Column(np.array([one.current for one in electrodes]), "A/F", "of the pulses"),
    }


def _tables(answers: dict[float, Both]) -> dict[str, dict[str, Column]]:
    intervals, each = np.array(list(answers)), list(answers.values())
    ways = np.array([one_way(*both) for both in each])
    found = np.array(windows(intervals, ways), dtype=float).reshape(-1, 3)
    tried = {"interval": Column(intervals, "ms", "from the onset of the last S1 to that of S2")}
    for k, name in enumerate(DIRECTIONS):
        tried[name] = Column(np.array([both[k].number for both in each]), about=f"S2 {name}: {NUMBERS}")
        tried[f"delay_{name}"] = Column(np.array([both[k].delay for both in each]), "ms", f"of S2 {name}")
    way = "1: S2 passes forwards only, -1: backwards only"
    window = {
        "way": Column(found[:, 0].astype(int), about=way),
        "start": Column(found[:, 1], "ms", "shortest S1-S2 interval"),
        "end": Column(found[:, 2], "ms", "longest S1-S2 interval"),
    }
    return {"window": window, "tried": tried | {"one_way": Column(ways, about=f"{way}, 0: both or neither")}}


def windows(intervals: Array, ways: Any) -> list[tuple[int, float, float]]:
    """The stretches with one-way propagation: which way, from and to which interval [ms], half-way between trials."""
    edges = halfway(intervals)
    return [
        (way, float(edges[first]), float(edges[last + 1]))
        for way in (1, -1)
        for first, last in runs(ways == way)
    ]


def _told(answers: dict[float, Both]) -> str:
    intervals, each = np.array(list(answers)), list(answers.values())
    found = windows(intervals, np.array([one_way(*both) for both in each]))
    if found:
        return "vulnerable window: " + ", ".join(
            f"{start:g} to {end:g} ms ({ONLY[way]})" for way, start, end in found
        )
    kinds = {classes(both) for both in each}
    if len(kinds) > 1:
        return "no S1-S2 interval with one-way propagation"
    text = f"S2 does the same at every interval from {intervals[0]:g} to {intervals[-1]:g} ms"
    return f"{text} ({' and '.join(dict.fromkeys(verdict.outcome for verdict in each[0]))}): move the window"
