"""Cells on their own: where they rest, how much current excites them, what their action potential looks like.

Everything here is found by simulation of uncoupled cells, many at a time as the cells of one row, and kept on disk,
since every run of a tissue asks for it.
"""

from cardiac.cell.cells import Cell, Rest, rest, side_by_side
from cardiac.cell.excitation import (
    CAPTURE_LEVEL,
    Response,
    Thresholds,
    excited,
    longest_wait,
    peaks,
    response,
    responses,
    stimulated,
    threshold,
    thresholds,
)
from cardiac.cell.memory import cache_folder

__all__ = [
    "CAPTURE_LEVEL",
    "Cell",
    "Response",
    "Rest",
    "Thresholds",
    "cache_folder",
    "excited",
    "longest_wait",
    "peaks",
    "response",
    "responses",
    "rest",
    "side_by_side",
    "stimulated",
    "threshold",
    "thresholds",
]
