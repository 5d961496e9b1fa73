"""How searches for thresholds are reported: every trial, and what the answers are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cardiac.cell import Cell, Thresholds, peaks, rest
from cardiac.experiments import Array, Column

AROUND = 0.01  # of the threshold: how far below and above it the answers are compared
ALL_OR_NONE = 30.0  # mV: least difference of their peaks


def tried(found: Thresholds) -> dict[str, Column]:
    """The table of every pulse that was tried."""
    cells, durations, currents, answers = found.tried.T
    return {
        "cell": Column(cells.astype(int), about="number of the cell"),
        "duration": Column(durations, "ms", "of the pulse"),
        "current": Column(currents, "A/F", "of the pulse"),
        "excited": Column(answers.astype(int), about="whether an action potential followed"),
    }


def jumps(cell: Cell, found: Thresholds, enough: float = np.inf) -> Array:
    """How much higher V comes 1 % above the threshold than 1 % below (n, k) [mV]; NaN where there is none.

    More than `enough` [mV] are not counted, nor followed.
    """
    start, jump = rest(cell), np.full(found.current.shape, np.nan)
    for k, duration in enumerate(found.durations.tolist()):
        cells = np.flatnonzero(found.kinds[:, k] == "excitable")
        if cells.size:
            current = found.current[cells, k]
            below = peaks(cell, start, cells, (1.0 - AROUND) * current, duration)
            above = peaks(cell, start, cells, (1.0 + AROUND) * current, duration, below + enough)
            jump[cells, k] = np.minimum(above - below, enough)
    return jump


def answers(cell: Cell, found: Thresholds, jump: Array) -> npt.NDArray[np.str_]:
    """What each cell is to each pulse (n, k), in a word; empty where it is excited all or none."""
    alone = np.array(rest(cell).kinds)[:, np.newaxis]
    to_pulses = np.where(found.kinds == "excitable", np.where(jump >= ALL_OR_NONE, "", "graded"), found.kinds)
    return np.where(alone == "", to_pulses, alone)
