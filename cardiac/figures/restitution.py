"""Duration of the action potential against the diastolic interval before it: after one S2, and paced steadily."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, label, legend, members
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("restitution")


def draw(result: Result) -> Figure:
    """S1-S2 on the left, dynamic on the right, where alternation shows as two durations at one cycle length."""
    tables = result.tables
    figure = canvas(3.2, result.title, answer(result))
    every = figure.subplots(1, 2, sharey=True)
    for axes, name, title in zip(every, ("S1S2", "dynamic"), ("S1-S2", "dynamic"), strict=True):
        for dose, colour, columns in members(tables[name]):
            axes.plot(columns["DI"], columns["APD90"], "o", ms=3, color=colour, label=dose)
        axes.set_title(title)
        axes.set_xlabel(label(tables[name], "DI", "diastolic interval"))
    every[0].set_ylabel(label(tables["dynamic"], "APD90", "APD90"))
    legend(every[1], tables["dynamic"])
    return figure
