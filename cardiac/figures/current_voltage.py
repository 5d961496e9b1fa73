"""The quasi-steady membrane current against the potential, with its roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._families import answer, legend, members
from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY, canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("current_voltage")

_HIGHEST = 3.0  # times the middle half of the currents: beyond, the curve leaves the figure
_LARGEST = 5  # currents that are drawn beside the whole


def draw(result: Result) -> Figure:
    """The whole current of each cell; of a single one its largest parts too."""
    table, roots = result.tables["current_voltage"], result.tables["roots"]
    figure = canvas(3.4, result.title, answer(result))
    axes = figure.subplots()
    every = list(members(table))
    for name, colour, columns in every:
        axes.plot(columns["V"], columns["I"], "-", color=colour, lw=1.6, label=name or "whole")
    if len(every) == 1:
        columns = every[0].columns
        parts = [n for n in columns if n not in ("cell", "dose", "V", "I") and table.units[n] == "A/F"]
        for part in sorted(parts, key=lambda n: -np.median(np.abs(columns[n])))[:_LARGEST]:
            axes.plot(columns["V"], columns[part], lw=0.8, label=part)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    stable = roots.columns["stable"] > 0
    for chosen, face in ((stable, "black"), (~stable, "white")):
        V = roots.columns["V"][chosen]
        axes.plot(V, np.zeros_like(V), "o", ms=5, mfc=face, mec="black", zorder=5)
    axes.axhline(0.0, color=GREY, lw=0.5, zorder=0)
    whole = np.concatenate([member.columns["I"] for member in every])
    reach = _HIGHEST * max(np.percentile(np.abs(whole), 50), 0.1)
    axes.set_ylim(max(whole.min(), -reach), min(whole.max(), reach))
    axes.set_xlabel("potential (mV)")
    axes.set_ylabel("quasi-steady current, outward positive (A/F)")
    legend(axes, table)
    return figure
