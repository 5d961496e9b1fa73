"""How searches are reported: every trial, and thresholds in words."""

from __future__ import annotations

import numpy as np

from cardiac.cell import Thresholds
from cardiac.experiments import Column


def tried(found: Thresholds) -> dict[str, Column]:
    """The table of every pulse that was tried."""
    cells, durations, currents, answers = found.tried.T
    return {
        "cell": Column(cells.astype(int), about="number of the cell"),
        "duration": Column(durations, "ms", "of the pulse"),
        "current": Column(currents, "A/F", "of the pulse"),
        "excited": Column(answers.astype(int), about="whether an action potential followed"),
    }


def kind(current: float) -> str:
    """What a threshold current says of a cell."""
    if current == 0.0:
        return "spontaneously active"
    return "excitable" if np.isfinite(current) else "inexcitable"
