"""Availability after inactivation: against the potential, and against time at holding potentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._families import answer, legend, members
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas, plain_numbers
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("recovery_from_inactivation", held="two_pulse")


def draw(result: Result) -> Figure:
    """Steady availability on the left, recovery of the first cell on the right."""
    steady, pulses = result.tables["steady"], result.tables["two_pulse"]
    figure = canvas(3.2, result.title, answer(result))
    left, right = figure.subplots(1, 2, sharey=True)
    for name, colour, columns in members(steady):
        left.plot(columns["V"], columns["availability"], "-", color=colour, label=name)
    first = next(members(pulses)).columns
    potentials = np.unique(first["V"])
    for V in potentials:
        own = first["V"] == V
        right.semilogx(first["interval"][own], first["availability"][own], "o-", ms=3, label=f"{V:g}")
    left.set_xlabel("potential (mV)")
    left.set_ylabel("availability")
    right.set_xlabel("time at the holding potential (ms)")
    plain_numbers(right.xaxis)
    right.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="held at (mV)")
    legend(left, steady, inside=True, most=6)
    return figure
