"""Which way a premature wave runs, against the S1-S2 interval: the vulnerable window."""

from __future__ import annotations

import numpy as np

from cardiac.figures._intervals import NAMED, bars
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.result import Result

SHOWS = Shows.experiment("vulnerable_window", of=("cable", "sheet"))

_WORDS = {2: "propagates", 0: "does not"}


def draw(page: Page, result: Result) -> None:
    """A bar for the way back towards S1, and one for the way onwards."""
    tried = result.tables["tried"].columns
    found = {name: float(values[0]) for name, values in result.tables["vulnerable_window"].columns.items()}
    axes = page.open(1.7, exact=True).subplots()
    window = [(found["start"], found["end"])] if np.isfinite(found["start"]) else []
    if len(tried["interval"]):
        ways = {"back to S1": 2 * tried["back"], "onwards": 2 * tried["onwards"]}
        bars(page, axes, tried["interval"], ways, _WORDS, window)
        repolarized = found["arrival"] + found["APD90"]
        axes.axvline(repolarized, color="black", lw=1.0, ls=":")
        axes.text(repolarized, len(ways) + NAMED, "S1 repolarized ", ha="right", va="center")
