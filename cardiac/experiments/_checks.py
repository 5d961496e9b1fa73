"""What makes no sense in the options of experiments, as (key, what is wrong - what to do)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from cardiac.cell.excitation import AFTERWARDS
from cardiac.cell.search import COARSEST, FINEST, outside
from cardiac.config.quantities import Strength
from cardiac.experiments import ExperimentError

Problems: TypeAlias = Iterator[tuple[str, str]]

MOST_CURRENT = 2000.0  # A/F, of a pulse: it moves a cell by 20 mV within one step


def refuse(problems: Iterable[tuple[str, str]]) -> None:
    """Raise ExperimentError with all problems, if there are any."""
    found = [f"{key}: {text}" for key, text in problems]
    if found:
        raise ExperimentError("; ".join(found))


def of_tolerance(tolerance: float) -> Problems:
    """A search that would never end, or end at once."""
    if not FINEST <= tolerance <= COARSEST:
        yield "tolerance", f"{outside(tolerance)} of the answer - write, for example, 0.001"


def of_search(up_to: float | None) -> Problems:
    """A search among no currents, or absurd ones."""
    if up_to is not None and not 0.0 < up_to <= MOST_CURRENT:
        yield "up_to", f"{up_to:g} A/F is outside 0 ... {MOST_CURRENT:g} A/F - leave it out for the default"


def of_list(key: str, values: Sequence[float], least: float = -math.inf, unit: str = "ms") -> Problems:
    """A list of nothing, or with values that are not above the least."""
    if not values:
        yield key, "is empty - give one value or more"
    for value in values:
        if not value > least:
            yield key, f"{value:g} {unit} is not above {least:g} {unit} - leave it out"


def of_amount(key: str, value: float, unit: str = "") -> Problems:
    """An amount that is not above 0."""
    if not value > 0.0:
        yield key, f"{value:g} {unit}".rstrip() + " is too little - give more than 0"


def of_strength(strength: Strength) -> Problems:
    """A multiple of the threshold that is below it."""
    if strength.of_threshold and strength.value < 1.0:
        yield "strength", f"{strength} launches no wave - use 1 x threshold or more, such as 2 x threshold"


def of_train(
    pulse: float, cycle_lengths: Sequence[float], beats: int, *, key: str = "cycle_length", fewest: int = 1,
    after: float = AFTERWARDS,
) -> Problems:  # fmt: skip
    """A train of too few beats, or without time for what comes `after` a pulse [ms]."""
    if beats < fewest:
        yield "beats", f"{beats} beats are too few - use {fewest} or more"
    yield from of_amount("duration", pulse, "ms")
    yield from of_list(key, cycle_lengths)
    shortest = min(cycle_lengths, default=math.inf)
    if shortest <= pulse + after:
        too_short = f"{shortest:g} ms is too short for pulses of {pulse:g} ms"
        yield key, f"{too_short} - use more than {pulse + after:g} ms"
