"""Premature stimulation of tissue: a train of S1, and S2 at any interval after the last of them.

The diastolic threshold is the least current that launches a wave from an electrode: it reaches a point away from
it. S1 is a train of a multiple of it. The tissue after the last S1 is kept every few milliseconds, and every S2
branches from there: the same to the last bit as a run of its own with the whole train.

What an electrode drives to the level by its current alone is no propagation: only what is activated farther than
`AWAY` from it counts, which is several space constants.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from cardiac.cell.search import turn
from cardiac.experiments import Array, Obstacles
from cardiac.experiments._checks import Problems
from cardiac.experiments._on_tissue import of_place
from cardiac.preparation import Mask, Moment, Preparation, Trial
from cardiac.simulation import Stimulus

AWAY = 3.0  # mm
EVERY = 10.0  # ms, from one kept moment to the next
LONGEST = 2000.0  # ms after a pulse, until its trial is given up
STRONGEST = 20.0  # times the threshold of an uncoupled cell: where the search for that in tissue is given up
CLOSE = 0.01  # of the diastolic threshold: how closely it is found

Answer = TypeVar("Answer")


class Electrode(NamedTuple):
    """Where a pulse is injected, and what launches a wave from there."""

    cells: Mask
    threshold: float  # A/F, diastolic
    duration: float  # ms


class Paced(NamedTuple):
    """Tissue after a train of S1; times of the clock of its trials."""

    tissue: Preparation
    onset: float  # of the last S1 [ms]
    trial: Trial  # until nothing moved any more
    moments: tuple[Moment, ...]  # from the onset on

    @property
    def S1(self) -> Array:
        """Activation (ny, nx) by the last S1 [ms]; NaN where it did not come."""
        return self.trial.first(self.onset)

    @property
    def APD90(self) -> Array:
        """Duration (ny, nx) of the action potential of the last S1 [ms]."""
        return duration_at(self.trial, self.S1)

    def s2(
        self, electrode: Electrode, interval: float, strength: float, watched: Mask | None = None
    ) -> Trial:
        """What follows an S2 of `strength` x threshold, this long after the last S1 [ms].

        Until the cells `watched` (ny, nx) are activated again, or nothing more can happen.
        """
        at = self.onset + interval
        pulse = pulse_of(self.tissue, electrode, strength, at)
        start = [moment for moment in self.moments if moment.t <= at][-1]
        return self.tissue.trial([pulse], at + LONGEST, start=start, watched=watched, after=at)


def away(tissue: Preparation, cells: Mask) -> Mask:
    """The conducting cells (ny, nx) that the current of an electrode does not reach."""
    found: Mask = (distance(tissue, cells) > AWAY) & tissue.conducting
    return found


def distance(tissue: Preparation, cells: Mask) -> Array:
    """How far each cell (ny, nx) is from the nearest of `cells` [mm]."""
    from scipy.ndimage import distance_transform_edt

    found: Array = distance_transform_edt(~cells, sampling=tissue.grid.spacing)
    return found


def farthest(tissue: Preparation, cells: Mask) -> tuple[int, int]:
    """The conducting cell that is farthest from `cells`."""
    far = np.where(tissue.conducting, distance(tissue, cells), -1.0)
    i, j = np.unravel_index(int(np.argmax(far)), far.shape)
    return int(i), int(j)


def of_point(tissue: Preparation, key: str, cells: Mask, point: tuple[float, ...] | None) -> Problems:
    """A point outside, or so near to an electrode that its current alone reaches it; None: the farthest."""
    if point is not None:
        yield from (outside := list(of_place(key, tissue.at, point)))
        if outside:
            return
    cell = farthest(tissue, cells) if point is None else tissue.at(point)
    far = distance(tissue, cells)[cell]
    if far <= AWAY:
        told = f"is {far:.3g} mm from the electrode" if point else f"the tissue ends {far:.3g} mm from the electrode"
        todo = "take one farther away" if point else "use longer tissue, or an electrode at its end"
        yield key, f"{told}; propagation is told more than {AWAY:g} mm away - {todo}"


def electrode_of(tissue: Preparation, key: str, cells: Mask, duration: float, far: Mask) -> Electrode:
    """The electrode `cells` with its diastolic threshold; Obstacles say why it has none."""
    alone = tissue.threshold(cells, duration)
    if not 0.0 < alone < np.inf:
        why = "is spontaneously active" if alone == 0.0 else f"is not excited by a pulse of {duration:g} ms"
        raise Obstacles([(key, f"a cell here {why} - choose other tissue")])

    def launches(current: float) -> bool:
        pulse = tissue.pulses(cells, current, duration=duration)
        return tissue.trial([pulse], LONGEST, watched=far).reaches(far)

    found = turn(launches, 2.0 * alone, least=0.5 * alone, most=STRONGEST * alone, relative=CLOSE)
    if not found.found:
        most = f"a pulse of {STRONGEST * alone:.3g} A/F, {STRONGEST:g} times the threshold of a cell, launches no wave here"
        raise Obstacles([(key, f"{most} - use a larger electrode, or tissue that conducts")])
    return Electrode(cells, found.high, duration)


def pulse_of(
    tissue: Preparation,
    electrode: Electrode,
    strength: float,
    start: float,
    interval: float = 0.0,
    count: int = 1,
) -> Stimulus:
    """Pulses of `strength` x threshold [ms]."""
    current = strength * electrode.threshold
    return tissue.pulses(
        electrode.cells, current, duration=electrode.duration, start=start, interval=interval, count=count
    )


def paced(
    tissue: Preparation, electrode: Electrode, strength: float, cycle_length: float, beats: int, longest: float
) -> Paced:
    """The tissue after `beats` S1 of `strength` x threshold, kept for `longest` [ms] after the last of them."""
    onset = (beats - 1) * cycle_length
    S1 = pulse_of(tissue, electrode, strength, 0.0, cycle_length, beats)
    keep = onset + np.arange(0.0, longest + EVERY, EVERY)
    trial = tissue.trial([S1], onset + LONGEST, keep=keep.tolist())
    return Paced(tissue, onset, trial, trial.kept)


def duration_at(trial: Trial, activation: Array) -> Array:
    """APD90 (ny, nx) [ms] of the action potentials that begin at `activation` (ny, nx) [ms]."""
    own = trial.activation == activation
    found: Array = np.where(own.any(axis=0), np.where(own, trial.apd90, -np.inf).max(axis=0), np.nan)
    return found


def scanned(
    ask: Callable[[float], Answer],
    values: Iterable[float],
    within: float,
    of: Callable[[Answer], Hashable],
) -> dict[float, Answer]:
    """The answers at ascending values, and between neighbours that differ, until these are `within` of each other.

    Answers differ where `of(answer)` does.
    """
    found = {value: ask(value) for value in sorted(set(values))}
    while wide := [
        (low, high)
        for low, high in zip(sorted(found), sorted(found)[1:], strict=False)
        if of(found[low]) != of(found[high]) and high - low > within * (1.0 + 1e-9)
    ]:
        for low, high in wide:
            middle = low + within * max(1.0, np.floor(0.5 * (high - low) / within + 1e-9))
            found[float(middle)] = ask(float(middle))
    return dict(sorted(found.items()))


def runs(values: Sequence[float], yes: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last index of the stretches of ascending values in which all answers are yes."""
    padded = np.concatenate([[False], np.asarray(yes, dtype=bool), [False]])
    edges = np.flatnonzero(np.diff(padded))
    return [(int(first), int(last) - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def steps(first: float, last: float, step: float) -> list[float]:
    """Values from the first to the last, this far apart, both ends included."""
    count = max(1, int(np.ceil((last - first) / step - 1e-9)))
    return [*(first + step * np.arange(count)).tolist(), last]


def flag(values: Any) -> Any:
    """Truth as a column of flags."""
    return np.asarray(values, dtype=bool).astype(int)
