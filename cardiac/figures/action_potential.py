"""Duration, rest and peak of every beat of a paced cell."""

from __future__ import annotations

from pathlib import Path

from cardiac.figures._families import Family
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import name_axis
from cardiac.result import Result

SHOWS = Shows.experiment("action_potential")


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """Axes each; other results may be drawn `beside` this one."""
    family = Family(result, "action_potential", beside)
    figure = page.open(4.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    for name, colour, line, columns in family:
        upper.plot(columns["beat"], columns["APD90"], "o", ls=line, ms=3, color=colour, label=name)
        lower.plot(columns["beat"], columns["V_peak"], "^", ls=line, ms=3, color=colour)
        lower.plot(columns["beat"], columns["V_rest"], "v", ls=line, ms=3, color=colour)
    family.name_axis(upper.yaxis, "APD90", "APD90")
    name_axis(lower.yaxis, "peak and rest", "mV")
    lower.set_xlabel("beat")
    lower.xaxis.get_major_locator().set_params(integer=True)
    family.key(page, upper, most=8)
    figure.align_ylabels()
