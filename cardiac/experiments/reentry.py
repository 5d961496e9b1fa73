"""Reentry: whether it is induced, how long it lives, how fast it turns and how its tips move.

`by: cross_field`: a train of S1 runs from the electrode `at`, and S2 excites the lower half of the tissue (or `s2`)
in its wake. `by: point`: S2 comes from a disk of 3 mm radius in the middle (or `s2`). `by: burst`: from rest,
`pulses` of S1 alone follow each other closely. `intervals` are those from the last S1 to S2, or between the pulses of
a burst; all that are given are tried. By default S2 comes from the time on when S1's action potential ends in the
middle of its electrode, every 10 ms, and bursts are faster by 10 ms each, until reentry is sustained.

Reentry is activity that outlasts the last pulse by more than twice the time that a wave of S1 takes through the
tissue. Its lifetime is from the last pulse to the last activation of any cell; it is sustained if it is still there
`watch` after the last pulse. Tips are phase singularities of V, found every 2 ms while the tissue is simulated and
joined to paths (see `cardiac.analysis`). Of the one that lives longest the charge is told and,
of the second half of its life, how far it meanders: the root mean square distance from its middle, and the largest
distance between two of its places. The dominant frequency is the median of places all over the
tissue, from the time on when S1 would be over.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Obstacles, Outcome, flag
from cardiac.experiments._checks import Problems, of_list, of_strength, of_train, refuse
from cardiac.experiments._electrodes import Electrode, electrode_of, pulses
from cardiac.experiments._on_tissue import of_electrode, of_regions, of_target, refuse_obstacles
from cardiac.experiments._places import away, middle
from cardiac.experiments._premature import AFTER, Paced, paced
from cardiac.experiments._tips import DELAY, SHORTEST, Seen, Tip, dominant, lasting
from cardiac.preparation import Preparation
from cardiac.references import shape, strength
from cardiac.tissue.shapes import Bottom, Disk, Left
from cardiac.units import duration, ordinal

OF = ("sheet",)
RADIUS = 3.0  # mm, of S2's electrode
APART, MOST = 10.0, 15  # ms between intervals where none are given, and how many are tried
OUTLASTS = 2.0  # times that a wave of S1 takes through the tissue


class Options(NamedTuple):
    """How reentry is induced, at which intervals, and how long it is watched.

    A strength of `2 x threshold` is a multiple of the diastolic threshold of each electrode: a wave must leave it.
    """

    by: Literal["cross_field", "point", "burst"] = "cross_field"
    at: shape = Left(1.0)
    s2: shape | None = None
    strength: strength = Strength(2.0, True)  # of the diastolic threshold, of each of the electrodes
    intervals: tuple[duration, ...] | None = None
    watch: duration = 1000.0
    beats: ordinal = 1
    cycle_length: duration = 500.0
    pulses: ordinal = 8
    duration: duration = 2.0


class Episode(NamedTuple):
    """What followed the pulses of one interval."""

    interval: float  # ms
    reentrant: bool
    sustained: bool
    lifetime: float  # ms, after the onset of the last pulse; 0 without reentry
    frequency: float  # Hz; NaN without reentry
    tips: tuple[Tip, ...]  # that live for a while, the longest life first
    last: float  # onset of the last pulse [ms]
    V: Array  # in the end (ny, nx) [mV]
    time: Array  # (n,) [ms]
    trace: Array  # V in the middle of the tissue (n,) [mV]


def problems(options: Options, model: Any) -> Problems:
    """Pulses that make no sense, or a watch that is over at once."""
    yield from of_strength(options.strength)
    yield from of_train(options.duration, [options.cycle_length], options.beats, after=AFTER)
    if options.intervals is not None:
        yield from of_list("intervals", options.intervals, options.duration)
    if options.by == "burst" and options.s2 is not None:
        yield "s2", "a burst comes from the electrode `at` - leave it out"
    if options.by == "burst" and options.pulses < 2:
        yield "pulses", f"{options.pulses} is no burst - use 2 or more"
    if options.watch < 10 * DELAY:
        yield "watch", f"{options.watch:g} ms is too short to see a wave return - use, for example, 1000 ms"


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """Electrodes that are nowhere, or that leave no tissue to a wave."""
    nowhere = [*of_electrode("at", tissue, options.at)]
    if options.by != "burst":
        nowhere += of_electrode("s2", tissue, _s2(tissue, options))
    nowhere = nowhere or [*of_regions("at", tissue)]
    yield from nowhere
    if nowhere:
        return
    cells = tissue.mask(options.at)
    if not away(tissue, cells).any():
        yield "at", "leaves no tissue that its current does not reach - use a smaller one, or larger tissue"
    if options.by != "burst":
        yield from of_target("s2", tissue, cells, middle(tissue.mask(_s2(tissue, options))))


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The episodes of reentry."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    cells, burst = tissue.mask(options.at), options.by == "burst"
    target = cells if burst else tissue.mask(_s2(tissue, options))
    how = options.strength, options.duration
    far = tissue.only(middle(away(tissue, cells)))
    first = electrode_of(tissue, "at", cells, *how, far)
    second = first if burst else _second(tissue, first, target, options)
    S1 = paced(tissue, first, options.cycle_length, 1 if burst else options.beats, _longest(options))
    if not np.isfinite(S1.activation[far]).all():
        return Outcome({"reentry": _table([]), "tips": _tips([])}, ("S1 launches no wave.",))
    passage = float(np.nanmax(S1.activation)) - S1.onset
    if options.watch <= OUTLASTS * passage:
        text = f"{options.watch:g} ms is too short: a wave takes {passage:.0f} ms through this tissue"
        raise Obstacles([("watch", f"{text} - use more than {OUTLASTS * passage:.0f} ms")])
    intervals = options.intervals or _guessed(S1, middle(target), burst)
    episodes: list[Episode] = []
    for interval in intervals:
        episodes.append(_episode(S1, second, interval, options))
        if options.intervals is None and episodes[-1].sustained:
            break
    longest = max(episodes, key=lambda episode: episode.lifetime)
    tables = {"reentry": _table(episodes), "tips": _tips(episodes), "trace": _trace(longest)}
    about = f"in the end, interval {longest.interval:g} ms"
    return Outcome(
        tables, (_sentence(options, episodes, longest),), maps={"V_end": Column(longest.V, "mV", about)}
    )


def _s2(tissue: Preparation, options: Options) -> Any:
    if options.s2 is not None:
        return options.s2
    width, height = tissue.grid.width, tissue.grid.height
    return Bottom(0.5 * height) if options.by == "cross_field" else Disk((0.5 * width, 0.5 * height), RADIUS)


def _second(tissue: Preparation, first: Electrode, cells: Any, options: Options) -> Electrode:
    """The electrode of S2, whose strength is a multiple of its own threshold unless it leaves no tissue to tell."""
    beyond = away(tissue, cells)
    if not beyond.any():
        return first._replace(cells=cells)
    near = tissue.only(middle(beyond))
    return electrode_of(tissue, "s2", cells, options.strength, options.duration, near)


def _longest(options: Options) -> float:
    """How long the tissue is kept after S1 [ms]."""
    return max(options.intervals) if options.intervals and options.by != "burst" else options.cycle_length


def _guessed(S1: Paced, at: tuple[int, int], burst: bool) -> list[float]:
    """Intervals from when S1's action potential ends on [ms]; those of bursts become shorter."""
    APD90 = float(S1.APD90[at])
    if burst:
        return [round(1.2 * APD90) - APART * k for k in range(MOST) if APART * (k + 1) < 1.2 * APD90]
    ends = round(float(S1.activation[at]) - S1.onset + 0.9 * APD90)
    return [ends + APART * k for k in range(MOST)]


def _episode(S1: Paced, electrode: Electrode, interval: float, options: Options) -> Episode:
    tissue = S1.tissue
    if options.by == "burst":
        last = (options.pulses - 1) * interval
        stimuli, start = [pulses(tissue, electrode, 0.0, interval, options.pulses)], None
    else:
        last = S1.onset + interval
        stimuli, start = [S1.S1, pulses(tissue, electrode, last)], S1.before(last)
    seen = Seen(tissue, 0.5 * float(np.min(tissue.V) + np.median(S1.trial.V_max[tissue.conducting])))
    trial = tissue.trial(stimuli, last + options.watch, start=start, look=seen)
    passage = float(np.nanmax(S1.activation)) - S1.onset
    latest = float(np.nanmax(trial.activation))
    reentrant = latest > last + OUTLASTS * passage
    tips = lasting(tissue, seen, last) if reentrant else ()
    frequency = dominant(seen, last + passage) if reentrant else np.nan
    row, column = (n // 2 for n in seen.V[0].shape)
    return Episode(
        interval,
        reentrant,
        sustained=reentrant and not trial.quiet,
        lifetime=latest - last if reentrant else 0.0,
        frequency=frequency,
        tips=tips,
        last=last,
        V=seen.recent[-1],
        time=np.array(seen.times),
        trace=np.array([V[row, column] for V in seen.V]),
    )


def _table(episodes: list[Episode]) -> dict[str, Column]:
    def column(values: Any, unit: str = "1", about: str = "") -> Column:
        return Column(np.array(list(values), dtype=float), unit, about)

    first = [episode.tips[0] if episode.tips else None for episode in episodes]
    return {
        "interval": column((e.interval for e in episodes), "ms", "from the last S1 to S2, or between pulses"),
        "reentry": Column(
            flag([e.reentrant for e in episodes]), about="whether activity outlasted the pulses"
        ),
        "sustained": Column(
            flag([e.sustained for e in episodes]), about="whether it was there at the end of the watch"
        ),
        "lifetime": column(
            (e.lifetime for e in episodes), "ms", "from the last pulse to the last activation"
        ),
        "frequency": column((e.frequency for e in episodes), "Hz", "dominant frequency"),
        "tips": column(
            (len(e.tips) for e in episodes), about=f"paths of tips that lived {SHORTEST:g} ms or more"
        ),
        "charge": column(
            (t.path.charge if t else np.nan for t in first), about="of the tip that lived longest"
        ),
        "tip_lifetime": column((t.path.lifetime if t else np.nan for t in first), "ms", "of that tip"),
        "meander_radius": column((t.meander.radius if t else np.nan for t in first), "mm", "of that tip"),
        "meander_extent": column((t.meander.extent if t else np.nan for t in first), "mm", "of that tip"),
    }


def _tips(episodes: list[Episode]) -> dict[str, Column]:
    rows = [
        (episode.interval, k, time - episode.last, x, y, tip.path.charge)
        for episode in episodes
        for k, tip in enumerate(episode.tips)
        for time, x, y in zip(tip.path.time, tip.path.x, tip.path.y, strict=True)
    ]
    interval, tip, time, x, y, charge = np.array(rows, dtype=float).reshape(-1, 6).T
    return {
        "interval": Column(interval, "ms", "from the last S1 to S2, or between pulses"),
        "tip": Column(tip.astype(int), about="number of the tip, that of the longest life first"),
        "time": Column(time, "ms", "after the last pulse"),
        "x": Column(x, "mm", "place of the tip"),
        "y": Column(y, "mm", "place of the tip"),
        "charge": Column(charge.astype(int), about="-1: turns counter-clockwise, 1: clockwise"),
    }


def _trace(episode: Episode) -> dict[str, Column]:
    return {
        "time": Column(episode.time - episode.last, "ms", "after the last pulse"),
        "V": Column(episode.trace, "mV", f"in the middle of the tissue, interval {episode.interval:g} ms"),
    }


def _sentence(options: Options, episodes: list[Episode], longest: Episode) -> str:
    between = "between pulses" if options.by == "burst" else "S1-S2"
    if not longest.reentrant:
        tried = ", ".join(f"{episode.interval:g}" for episode in episodes)
        return f"Not induced: no interval ({between}) leads to reentry, of {tried} ms."
    text = f"Reentry at an interval ({between}) of {longest.interval:g} ms, "
    if longest.sustained:
        text += f"sustained: it is still there {options.watch:g} ms after the last pulse"
    else:
        text += f"not sustained: it lives for {longest.lifetime:.0f} ms"
    if np.isfinite(longest.frequency):
        text += f"; dominant frequency {longest.frequency:.2f} Hz"
    if longest.tips:
        path, moves = longest.tips[0]
        turns = "counter-clockwise" if path.charge < 0 else "clockwise"
        count = f"{len(longest.tips)} tips, the longest" if len(longest.tips) > 1 else "one tip"
        text += f"; {count} for {path.lifetime:.0f} ms, {turns}, within {moves.extent:.2g} mm in the end"
    induced = [episode.interval for episode in episodes if episode.reentrant]
    if len(episodes) > 1:
        text += f"; {len(induced)} of {len(episodes)} intervals lead to reentry"
    return f"{text}."
