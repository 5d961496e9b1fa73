"""Resting potential, input resistance and space constant."""

from __future__ import annotations

from pathlib import Path

from cardiac.figures._families import Family, panels
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.result import Result

SHOWS = Shows.experiment("rest")


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """Axes each, against the dose where there are several; other results may be drawn `beside` this one."""
    panels(page, Family(result, "rest", beside), ["V_rest", "R_in", "lambda"])
