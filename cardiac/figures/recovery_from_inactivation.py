"""Availability after inactivation: against the potential, and against time at holding potentials."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cardiac.figures._families import Family
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import name_axis, plain_numbers
from cardiac.result import Result
from cardiac.typesetting import quantity

SHOWS = Shows.experiment("recovery_from_inactivation", held="two_pulse")


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """Steady availability, of other results `beside` this one too; recovery of the first cell."""
    steady, pulses = Family(result, "steady", beside), Family(result, "two_pulse")
    shape = (2, 1) if page.narrow else (1, 2)
    left, right = page.open(7.0 if page.narrow else 3.2).subplots(*shape, sharey=True)
    for name, colour, line, columns in steady:
        left.plot(columns["V"], columns["availability"], line, color=colour, label=name)
    first = next(iter(pulses)).columns
    for V in np.unique(first["V"]):
        own = first["V"] == V
        right.semilogx(
            first["interval"][own], first["availability"][own], "o-", ms=3, label=quantity(f"{V:g}", "mV")
        )
    name_axis(left.xaxis, "potential", "mV")
    left.set_ylabel("availability")
    right.set_xlabel("time at the holding potential (ms)")
    plain_numbers(right.xaxis)
    right.legend(
        title="held at", **({} if page.narrow else {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)})
    )
    steady.key(page, left, inside=True, most=6)
