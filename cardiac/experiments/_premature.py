"""Premature stimulation of tissue: a train of S1, and S2 at any interval after the last of them.

The diastolic threshold is the least current that launches a wave from an electrode: it reaches a point away from
it. S1 is a train of a multiple of it. The tissue after the last S1 is kept every few milliseconds, and every S2
branches from there: the same to the last bit as a run of its own with the whole train.

What an electrode drives to the level by its current alone is no propagation: only what is activated four space
constants or more away from it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from cardiac.cell.search import turn
from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Obstacles
from cardiac.experiments._checks import Problems
from cardiac.experiments._on_tissue import FAR, electrotonic_distance, of_place, of_target
from cardiac.preparation import Mask, Moment, Preparation, Trial
from cardiac.simulation import Stimulus

AFTER = 20.0  # ms, that a cycle is longer than a pulse at least
EVERY = 10.0  # ms, from one kept moment to the next
LONGEST = 2000.0  # ms after a pulse, until its trial is given up
STRONGEST = 20.0  # times the threshold of an uncoupled cell: where the search for that in tissue is given up
CLOSE = 0.01  # of the diastolic threshold: how closely it is found

Cell: TypeAlias = tuple[int, int]
Answer = TypeVar("Answer")


class Electrode(NamedTuple):
    """Where pulses are injected."""

    cells: Mask
    current: float  # A/F
    duration: float  # ms
    threshold: float  # A/F, diastolic; NaN where it was not asked for


class Paced(NamedTuple):
    """Tissue after a train of S1; times of the clock of its trials."""

    tissue: Preparation
    S1: Stimulus
    onset: float  # of the last S1 [ms]
    trial: Trial  # until nothing moved any more
    moments: tuple[Moment, ...]  # from the onset on

    @property
    def activation(self) -> Array:
        """By the last S1 (ny, nx) [ms]; NaN where its wave did not come."""
        return self.trial.first(self.onset)

    @property
    def APD90(self) -> Array:
        """Duration (ny, nx) of the action potential of the last S1 [ms]; NaN where it did not end."""
        own = self.trial.activation == self.activation
        found: Array = np.where(own, self.trial.apd90, -np.inf).max(axis=0)
        return np.where(np.isfinite(found), found, np.nan)

    def again(self, trial: Trial, interval: float) -> Array:
        """When cells (ny, nx) are activated by an S2 of a trial [ms], and not by S1, which may still be under way."""
        since = np.fmax(self.onset + interval, self.activation + 1.0)
        later = np.where(trial.activation > since, trial.activation, np.inf).min(axis=0)
        return np.where(np.isfinite(later), later, np.nan)

    def s2(self, electrode: Electrode, interval: float, watched: Mask | None = None) -> Trial:
        """What follows an S2, this long after the last S1 [ms].

        Until the cells `watched` (ny, nx) are activated again, or nothing more can happen.
        """
        at = self.onset + interval
        passed = self.activation if watched is None else self.activation[watched]
        after = max(at, float(np.fmax.reduce(passed, axis=None, initial=at)) + 1.0)
        both = [self.S1, pulses(self.tissue, electrode, at)]  # S1 may not be over at the moment before S2
        return self.tissue.trial(both, at + LONGEST, start=self.before(at), watched=watched, after=after)

    def before(self, t: float) -> Moment:
        """The last kept moment that is not after a time [ms]."""
        return [moment for moment in self.moments if moment.t <= t][-1]


def away(tissue: Preparation, cells: Mask) -> Mask:
    """The cells (ny, nx) to which a wave of an electrode can come, but not its current."""
    found: Mask = (electrotonic_distance(tissue, cells) >= FAR) & tissue.joined(cells)
    return found


def farthest(tissue: Preparation, cells: Mask) -> Cell:
    """The cell that is farthest from `cells`, of those to which a wave can come."""
    far = np.where(tissue.joined(cells), electrotonic_distance(tissue, cells), -1.0)
    i, j = np.unravel_index(int(np.argmax(far)), far.shape)
    return int(i), int(j)


def line(tissue: Preparation, start: Mask, end: Mask, *, onwards: bool = False) -> list[Cell]:
    """The cells straight from the middle of one electrode to that of another, or `onwards` to the border."""
    a, b = (np.argwhere(cells).mean(axis=0) for cells in (start, end))
    length, longest = max(float(np.abs(b - a).max()), 1e-9), max(tissue.grid.shape) if onwards else 0
    share = np.linspace(0.0, 1.0, 2 + 2 * int(length))
    share = np.concatenate([share, 1.0 + 0.5 / length * np.arange(1, 2 * longest)])[:, np.newaxis]
    places = np.floor(a + share * (b - a) + 0.5).astype(int)
    inside = np.all((places >= 0) & (places < tissue.grid.shape), axis=1)
    return [(i, j) for i, j in dict.fromkeys(map(tuple, places[inside].tolist()))]


def of_point(tissue: Preparation, key: str, cells: Mask, point: tuple[float, ...] | None) -> Problems:
    """A point outside, cut off, or so near to an electrode that its current reaches it; None: the farthest."""
    if point is not None:
        found = list(of_place(key, tissue.at, point)) or list(of_target(key, tissue, cells, tissue.at(point)))
        yield from found
        if found:
            return
    cell = farthest(tissue, cells) if point is None else tissue.at(point)
    far = electrotonic_distance(tissue, cells)[cell]
    if far < FAR:
        told = "is" if point else "the tissue ends"
        todo = "take one farther away" if point else "use longer tissue, or an electrode at its end"
        yield key, f"{told} {far:.2g} space constants from the electrode, {FAR:g} are needed - {todo}"


def of_window(
    window: tuple[float, float] | None, step: float, within: float, pulse: float, key: str = "window"
) -> Problems:
    """Intervals from a longer to a shorter one or within a `pulse` [ms], or steps longer than the window."""
    if window is not None:
        first, last = window
        if not first < last:
            yield key, f"{first:g} ms is not before {last:g} ms - write the shorter interval first"
        elif step >= last - first:
            yield (
                "step",
                f"{step:g} ms is not shorter than the window of {last - first:g} ms - use a shorter step",
            )
        if not first > pulse:
            yield key, f"{first:g} ms is within the pulse of {pulse:g} ms - begin later"
    if not within <= step:
        yield "within", f"{within:g} ms is longer than the step of {step:g} ms - use a shorter one"


def electrode_of(
    tissue: Preparation, key: str, cells: Mask, strength: Strength, duration: float, far: Mask
) -> Electrode:
    """The electrode `cells` with pulses of a strength and duration [ms], Obstacles where there are none.

    A strength is a current, or a multiple of the diastolic threshold: then a wave must come to the cells `far`.
    """
    if not strength.of_threshold:
        return Electrode(cells, strength.value, duration, np.nan)
    alone = tissue.threshold(cells, duration)
    if not 0.0 < alone < np.inf:
        why = "is spontaneously active" if alone == 0.0 else f"is not excited by a pulse of {duration:g} ms"
        raise Obstacles([(key, f"a cell here {why} - choose other tissue")])

    def launches(current: float) -> bool:
        pulse = tissue.pulses(cells, current, duration=duration)
        return tissue.trial([pulse], LONGEST, watched=far).reaches(far)

    found = turn(launches, 2.0 * alone, least=0.5 * alone, most=STRONGEST * alone, relative=CLOSE)
    if not found.found:
        most = f"{STRONGEST * alone:.3g} A/F, {STRONGEST:g} times the threshold of a cell"
        text = f"a pulse of {most}, launches no wave here - use a larger electrode, or tissue that conducts"
        raise Obstacles([(key, text)])
    return Electrode(cells, strength.value * found.high, duration, found.high)


def pulses(
    tissue: Preparation, electrode: Electrode, start: float, interval: float = 0.0, count: int = 1
) -> Stimulus:
    """Pulses from a time on [ms]."""
    times: dict[str, Any] = {"start": start, "interval": interval, "count": count}
    return tissue.pulses(electrode.cells, electrode.current, duration=electrode.duration, **times)


def paced(
    tissue: Preparation, electrode: Electrode, cycle_length: float, beats: int, longest: float
) -> Paced:
    """The tissue after `beats` S1, kept for `longest` [ms] after the onset of the last of them."""
    onset = (beats - 1) * cycle_length
    S1 = pulses(tissue, electrode, 0.0, cycle_length, beats)
    keep = onset + np.arange(0.0, longest + EVERY, EVERY)
    trial = tissue.trial([S1], onset + LONGEST, keep=keep.tolist())
    return Paced(tissue, S1, onset, trial, trial.kept)


def since(trial: Trial, onset: float) -> Array:
    """The activations (beats, ny, nx) later than an onset [ms], NaN beyond the last of each cell."""
    found: Array = np.sort(np.where(trial.activation > onset, trial.activation, np.nan), axis=0)
    return found


def middle(cells: Mask) -> Cell:
    """The one of `cells` nearest to their centre."""
    places = np.argwhere(cells)
    i, j = places[int(np.argmin(np.hypot(*(places - places.mean(axis=0)).T)))]
    return int(i), int(j)


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


def runs(yes: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last index of the stretches in which all answers are yes."""
    padded = np.concatenate([[False], np.asarray(yes, dtype=bool), [False]])
    edges = np.flatnonzero(np.diff(padded))
    return [(int(first), int(last) - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def halfway(values: Sequence[float] | Array) -> Array:
    """The ends (n + 1,) of what each of n ascending values stands for: half-way to its neighbours."""
    x = np.asarray(values, dtype=float)
    return np.concatenate([x[:1], 0.5 * (x[1:] + x[:-1]), x[-1:]])


def steps(first: float, last: float, step: float) -> list[float]:
    """Values from the first to the last, this far apart, both ends included."""
    count = max(1, int(np.ceil((last - first) / step - 1e-9)))
    return [*(first + step * np.arange(count)).tolist(), last]


def flag(values: Any) -> Any:
    """Truth as a column of flags."""
    return np.asarray(values, dtype=bool).astype(int)


def single(value: float, unit: str = "1", about: str = "") -> Column:
    """A column of one row."""
    return Column(np.array([float(value)]), unit, about)
