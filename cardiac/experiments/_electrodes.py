"""Electrodes, how strong their pulses are, and the diastolic threshold: the least current that launches a wave.

What an electrode drives to the level by its current alone is no propagation: a wave must come to cells that are four
space constants or more away.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell.search import Turn, turn
from cardiac.config.quantities import Strength
from cardiac.experiments import Obstacles
from cardiac.preparation import Mask, Preparation
from cardiac.simulation import Stimulus

LONGEST_TRIAL = 5000.0  # ms; nearly all end long before, when everything is quiet
GUESS = 2.0  # times the threshold of a cell: where the search begins
LEAST = 0.01  # of that: how far it goes down
UNKNOWN = 20.0  # A/F: where it begins if an uncoupled cell has no threshold
STRONGEST = 20.0  # times the threshold of a cell: where the search for an electrode to pace with is given up
CLOSE = 0.01  # of it: how closely that is found


class Electrode(NamedTuple):
    """Where pulses are injected."""

    cells: Mask
    current: float  # A/F
    duration: float  # ms
    threshold: float  # A/F, diastolic; NaN where it was not asked for


def current_of(tissue: Preparation, strength: Strength, electrode: Mask, duration: float) -> float:
    """A strength [A/F]: itself, or a multiple of the threshold of the uncoupled cells of an electrode (ny, nx)."""
    if not strength.of_threshold:
        return strength.value
    return strength.value * tissue.threshold(electrode, duration)


def launches(tissue: Preparation, cells: Mask, current: float, duration: float, far: Mask) -> bool:
    """Whether a pulse of a current [A/F] and a duration [ms] through `cells` sends a wave to all cells `far`."""
    pulse = tissue.pulses(cells, current, duration=duration)
    return tissue.trial([pulse], LONGEST_TRIAL, watched=far).reaches(far)


def diastolic_threshold(
    tissue: Preparation, cells: Mask, duration: float, far: Mask, *, relative: float, most: float
) -> Turn:
    """Between which currents [A/F], to a relative width and up to `most`, a pulse begins to launch a wave.

    Of a duration [ms] through `cells` (ny, nx), from rest; the wave must come to all cells `far`.
    """
    alone = tissue.threshold(cells, duration)
    start = GUESS * alone if 0.0 < alone < np.inf else UNKNOWN
    return turn(
        lambda current: launches(tissue, cells, current, duration, far),
        start,
        least=LEAST * start,
        most=max(most, start),
        relative=relative,
    )


def electrode_of(
    tissue: Preparation, key: str, cells: Mask, strength: Strength, duration: float, far: Mask
) -> Electrode:
    """The electrode `cells` with pulses of a strength and duration [ms], whose waves come to all cells `far`.

    A strength is a current, or a multiple of the diastolic threshold. Raises Obstacles where no pulse launches a
    wave, and where the current that is given does not.
    """
    given = np.nan if strength.of_threshold else strength.value
    if not strength.of_threshold and launches(tissue, cells, given, duration, far):
        return Electrode(cells, given, duration, np.nan)
    alone = tissue.threshold(cells, duration)
    if not 0.0 < alone < np.inf:
        why = "is spontaneously active" if alone == 0.0 else f"is not excited by a pulse of {duration:g} ms"
        raise Obstacles([(key, f"a cell here {why} - choose other tissue")])
    found = diastolic_threshold(tissue, cells, duration, far, relative=CLOSE, most=STRONGEST * alone)
    if not found.found:
        most = f"{STRONGEST * alone:.3g} A/F, {STRONGEST:g} times the threshold of a cell"
        text = f"a pulse of {most}, launches no wave here - use a larger electrode, or tissue that conducts"
        raise Obstacles([(key, text)])
    if not strength.of_threshold:
        raise Obstacles([("strength", too_weak(given, found.high))])
    return Electrode(cells, strength.value * found.high, duration, found.high)


def too_weak(current: float, threshold: float) -> str:
    """What is wrong with a current below the diastolic threshold [A/F]."""
    needed = f"the diastolic threshold of the electrode is {threshold:.3g} A/F"
    return f"a pulse of {current:.3g} A/F launches no wave: {needed} - write, for example, {2.0 * threshold:.2g} A/F"


def pulses(
    tissue: Preparation, electrode: Electrode, start: float, interval: float = 0.0, count: int = 1
) -> Stimulus:
    """Pulses from a time on [ms]."""
    times: dict[str, Any] = {"start": start, "interval": interval, "count": count}
    return tissue.pulses(electrode.cells, electrode.current, duration=electrode.duration, **times)
