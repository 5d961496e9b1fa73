"""Which way a premature wave runs, against the S1-S2 interval: the vulnerable window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._families import answer
from cardiac.figures._intervals import bars
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("vulnerable_window", of=("cable", "sheet"))

_WORDS = {2: "propagates", 0: "does not"}
_FOOT = -0.95  # where the axes end, with room for a word below the bars


def draw(result: Result) -> Figure:
    """A bar for the way back towards S1, and one for the way onwards."""
    tried = result.tables["tried"].columns
    found = {name: float(values[0]) for name, values in result.tables["vulnerable_window"].columns.items()}
    figure = canvas(1.7, result.title, answer(result))
    axes = figure.subplots()
    window = [(found["start"], found["end"])] if np.isfinite(found["start"]) else []
    if len(tried["interval"]):
        ways = {"back to S1": 2 * tried["back"], "onwards": 2 * tried["onwards"]}
        bars(axes, tried["interval"], ways, _WORDS, window)
        axes.set_ylim(bottom=_FOOT)
        place = found["arrival"] + found["APD90"], _FOOT
        axes.plot(*place, "^", color="black", ms=5, clip_on=False, zorder=4)
        axes.annotate("S1 repolarized", place, xytext=(-6, 2), textcoords="offset points", ha="right")
    return figure
