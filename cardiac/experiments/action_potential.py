"""Action potential: the beats of a paced cell, each in numbers, and whether they settle, alternate or drop out.

APD50 and APD90 last from the upward to the downward crossing of V_peak - 50 % (90 %) of (V_peak - V_rest), with
V_rest at the onset of the pulse. A pulse captures if it meets a cell below -40 mV and V is above -30 mV at some time
from 2 ms after the pulse on. The diastolic interval of a beat is the time since the last pulse that captured less its
APD90. Strengths are multiples of the threshold of the resting cell, also where pacing begins in the model's published
state.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from cardiac.cell import Cell, Rest, rest
from cardiac.cell.cells import STEP, row
from cardiac.cell.search import Answers
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import MOST_CURRENT, Problems, of_amount, of_train, refuse
from cardiac.experiments._paced import CHANGES, Beats, needed, paced
from cardiac.protocol import Pulses
from cardiac.simulation import Simulation, Stimulus
from cardiac.units import A_per_F, duration, one

LEAD = 10.0  # ms before the first pulse
STEADY, ALTERNATING = "steady", "alternating"
RECENT = 8  # beats, the last ones, of which the sentence tells how many captured


class Options(NamedTuple):
    """The train of pulses, and whether it meets cells at rest or in the published state of the model."""

    cycle_length: duration = 1000.0
    beats: int = 10
    duration: duration = 2.0
    strength: one = 2.0  # x threshold
    current: A_per_F | None = None  # instead of a multiple of the threshold
    start: Literal["rest", "published"] = "rest"


def problems(options: Options, model: Any) -> Problems:
    """A train that makes no sense."""
    yield from of_train(options.duration, [options.cycle_length], options.beats)
    if options.current is None:
        yield from of_amount("strength", options.strength)
    elif not 0.0 < abs(options.current) <= MOST_CURRENT:
        what = f"{options.current:g} A/F is no pulse, or more than {MOST_CURRENT:g} A/F"
        yield "current", f"{what} - leave it out for a multiple of the threshold"


def perform(cell: Cell, options: Options) -> Outcome:
    """The beats of each cell."""
    refuse(problems(options, cell.model))
    alone = rest(cell)
    if options.current is None:
        least = needed(cell, options.duration)
        currents, kinds = options.strength * least.currents, least.kinds
        reasons = least.reasons
    else:
        currents, kinds, reasons = np.full(cell.n, options.current), tuple(alone.kinds), [""] * cell.n
    cells = train(cell, currents, options)
    cells.advance(round(LEAD / STEP), finite=False)
    beats = paced(cells, options.cycle_length, options.duration, options.beats)
    numbers = np.arange(1, options.beats + 1)
    table = {
        "cell": cells_column(cell.n, options.beats),
        "beat": Column(np.tile(numbers, cell.n), about="number of the beat"),
        "onset": Column(np.tile(LEAD + (numbers - 1) * options.cycle_length, cell.n), "ms", "of the pulse"),
        "current": Column(np.repeat(currents, options.beats), "A/F", "of the pulse"),
        "V_rest": Column(beats.V_rest.ravel(), "mV", "at the onset of the pulse"),
        "V_peak": Column(beats.V_peak.ravel(), "mV", "highest potential"),
        "dVdt_max": Column(beats.dVdt_max.ravel(), "mV/ms", "greatest dV/dt, stimulus included"),
        "APD50": Column(beats.APD50.ravel(), "ms", "duration at 50 % repolarization"),
        "APD90": Column(beats.APD90.ravel(), "ms", "duration at 90 % repolarization"),
        "DI": Column(beats.DI.ravel(), "ms", "diastolic interval before the beat"),
        "captured": Column(beats.captured.ravel().astype(int), about="whether the pulse captured"),
    }
    sentences = tuple(
        why or f"{active} {_sentence(options, beats, k)}".lstrip()
        for k, (why, active) in enumerate(zip(reasons, alone.reasons, strict=True))
    )
    tables = {"action_potential": table, "last_beat": _last(beats, alone)}
    return Outcome(tables, sentences, kinds)


def _last(beats: Beats, alone: Rest) -> dict[str, Column]:
    """The table of the last beat that captured and ended, of each cell, and of what becomes of its duration."""
    ended = beats.captured & np.isfinite(beats.APD90)
    number = np.where(ended, np.arange(1, ended.shape[1] + 1), 0).max(axis=1)
    hit, k, every = number > 0, np.maximum(number, 1) - 1, np.arange(len(number))

    def of(values: Array) -> Array:
        return np.where(hit, values[every, k], np.nan)

    courses = [course(APD90[yes]) for APD90, yes in zip(beats.APD90, ended, strict=True)]
    return {
        "cell": cells_column(len(number)),
        "APD90": Column(of(beats.APD90), "ms", "duration at 90 % repolarization"),
        "APD50": Column(of(beats.APD50), "ms", "duration at 50 % repolarization"),
        "V_rest": Column(np.where(alone.rests, of(beats.V_rest), np.nan), "mV", "at the onset of the pulse"),
        "V_peak": Column(of(beats.V_peak), "mV", "highest potential"),
        "dVdt_max": Column(of(beats.dVdt_max), "mV/ms", "greatest dV/dt, stimulus included"),
        "beat": Column(number, about="number of the last beat that captured and ended; 0: none"),
        "captures": Column(beats.captured[:, -RECENT:].mean(axis=1), about="part of the last pulses"),
        "steady": Column(np.array([int(c == STEADY) for c in courses]), about="whether APD90 is steady"),
        "alternating": Column(
            np.array([int(c.startswith(ALTERNATING)) for c in courses]), about="whether APD90 alternates"
        ),
    }


def train(cell: Cell, currents: Array, options: Options) -> Simulation:
    """The cells, with pulses of currents (n,) [A/F] to come."""
    pulses = Pulses(LEAD, options.duration, options.cycle_length, options.beats)
    stimuli = [Stimulus(row(currents), 1.0, pulses)]
    if options.start == "published":
        return cell.simulation(STEP, stimuli=stimuli)
    start = rest(cell)
    return cell.simulation(STEP, V=row(start.V), state=start.row(), stimuli=stimuli)


def course(APD90: Array) -> str:
    """What the durations of consecutive beats (beats,) do: steady, alternating, or neither yet."""
    changes = np.diff(APD90[-4:])
    if len(changes) < 2 or not np.isfinite(changes).all():
        return "too few to tell whether they are steady"
    if (np.abs(changes) < CHANGES).all():
        return STEADY
    alternate = (changes[1:] * changes[:-1] < 0.0).all() and (np.abs(changes) >= CHANGES).all()
    return f"{ALTERNATING} by {abs(changes[-1]):.1f} ms" if alternate else "still changing"


def pattern(captured: Answers) -> str:
    """How many of the last pulses (beats,) captured."""
    recent = captured[-RECENT:]
    return (
        "every pulse captures" if recent.all() else f"{recent.sum()} of the last {recent.size} pulses capture"
    )


def _sentence(options: Options, beats: Beats, k: int) -> str:
    at = f"At a cycle length of {options.cycle_length:g} ms"
    if not beats.captured[k].any():
        return f"{at} no pulse captures."
    hit = np.flatnonzero(beats.captured[k] & np.isfinite(beats.APD90[k]))
    if not hit.size:
        return f"{at} {pattern(beats.captured[k])}; no action potential ends."
    last, durations = hit[-1], beats.APD90[k, hit]
    text = f"{at} {pattern(beats.captured[k])}; beat {last + 1} has APD90 {durations[-1]:.1f} ms,"
    text += f" APD50 {beats.APD50[k, last]:.1f} ms, from {beats.V_rest[k, last]:.2f} mV"
    text += f" to {beats.V_peak[k, last]:.1f} mV at {beats.dVdt_max[k, last]:.4g} mV/ms;"
    return f"{text} durations are {course(durations)}."
