"""Refractory periods of a cell beside the duration of its action potential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, dosed, members
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("refractory")


def draw(result: Result) -> Figure:
    """A row of marks for each cell."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    table = result.tables["refractory"]
    figure = canvas(1.2 + 0.3 * len(table.columns["cell"]), result.title, answer(result))
    axes = figure.subplots()
    rows = list(members(table))
    for k, (_, _, columns) in enumerate(rows):
        axes.barh(k, columns["ARP"], height=0.5, color="#0072B2")
        axes.barh(k, columns["RRP_end"] - columns["ARP"], left=columns["ARP"], height=0.5, color="#56B4E9")
        axes.plot(columns["ERP"], [k], "|", ms=16, mew=2, color="black")
        axes.plot(columns["APD90"], [k], "D", ms=5, color="#D55E00")
    handles = [
        Patch(color="#0072B2", label="absolutely refractory"),
        Patch(color="#56B4E9", label="relatively refractory"),
        Line2D([], [], ls="", marker="|", ms=12, mew=2, color="black", label="ERP"),
        Line2D([], [], ls="", marker="D", ms=5, color="#D55E00", label="APD90"),
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_xlabel("time after the onset of S1 (ms)")
    if "dose" in table.columns:
        axes.set_ylabel(dosed(table))
    return figure
