"""Duration of the action potential against the diastolic interval before it: after one S2, and paced steadily."""

from __future__ import annotations

from pathlib import Path

from cardiac.figures._families import Family
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.result import Result

SHOWS = Shows.experiment("restitution")

_MARKS = {"-": "o", "--": "s", ":": "^", "-.": "D"}  # curves of points: each result has marks of its own


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """S1-S2 on the left, dynamic on the right, where alternation shows as two durations at one cycle length.

    Other results may be drawn `beside` this one.
    """
    every = page.open(3.2).subplots(1, 2, sharey=True)
    for axes, table, title in zip(every, ("S1S2", "dynamic"), ("S1-S2", "dynamic"), strict=True):
        family = Family(result, table, beside)
        for name, colour, line, columns in family:
            axes.plot(columns["DI"], columns["APD90"], _MARKS[line], ms=3, color=colour, label=name)
        axes.set_title(title)
        family.name_axis(axes.xaxis, "DI", "diastolic interval")
    family.name_axis(every[0].yaxis, "APD90", "APD90")
    family.key(page, every[1])
