"""Duration, rest and peak of every beat of a paced cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, label, legend, members
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("action_potential")


def draw(result: Result) -> Figure:
    """A panel each."""
    table = result.tables["action_potential"]
    figure = canvas(4.6, result.title, answer(result))
    upper, lower = figure.subplots(2, 1, sharex=True)
    for name, colour, columns in members(table):
        upper.plot(columns["beat"], columns["APD90"], "o-", ms=3, color=colour, label=name)
        lower.plot(columns["beat"], columns["V_peak"], "^-", ms=3, color=colour)
        lower.plot(columns["beat"], columns["V_rest"], "v-", ms=3, color=colour)
    upper.set_ylabel(label(table, "APD90", "APD90"))
    lower.set_ylabel("peak and rest (mV)")
    lower.set_xlabel("beat")
    lower.xaxis.get_major_locator().set_params(integer=True)
    legend(upper, table, most=8)
    figure.align_ylabels()
    return figure
