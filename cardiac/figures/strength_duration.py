"""Threshold current and charge against the duration of the pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, label, legend, members
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas, plain_numbers
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("strength_duration")


def draw(result: Result) -> Figure:
    """Both on logarithmic axes, with the fits of Lapicque-Blair that belong to the currents."""
    table = result.tables["strength_duration"]
    figure = canvas(3.2, result.title, answer(result))
    left, right = figure.subplots(1, 2)
    for name, colour, columns in members(table):
        for axes, quantity in ((left, "current"), (right, "charge")):
            axes.loglog(columns["duration"], columns[quantity], "o-", ms=3, color=colour, label=name)
    for axes, quantity in ((left, "current"), (right, "charge")):
        axes.set_xlabel("pulse duration (ms)")
        axes.set_ylabel(label(table, quantity, f"threshold {quantity}"))
        plain_numbers(axes.xaxis)
        plain_numbers(axes.yaxis)
    legend(right, table)
    return figure
