"""Threshold current and charge against the duration of the pulse."""

from __future__ import annotations

from pathlib import Path

from cardiac.figures._families import Family
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import plain_numbers, with_unit
from cardiac.result import Result

SHOWS = Shows.experiment("strength_duration")


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """Both on logarithmic axes; other results may be drawn `beside` this one."""
    family = Family(result, "strength_duration", beside)
    left, right = page.open(3.2).subplots(1, 2)
    for name, colour, line, columns in family:
        for axes, quantity in ((left, "current"), (right, "charge")):
            axes.loglog(columns["duration"], columns[quantity], "o", ls=line, ms=3, color=colour, label=name)
    for axes, quantity in ((left, "current"), (right, "charge")):
        axes.set_xlabel("pulse duration (ms)")
        axes.set_ylabel(with_unit(f"threshold {quantity}", family.first.units[quantity]))
        plain_numbers(axes.xaxis)
        plain_numbers(axes.yaxis)
    family.key(page, right)
