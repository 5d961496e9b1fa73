"""The quasi-steady membrane current against the potential, with its roots."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cardiac.figures._families import Family
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY, name_axis
from cardiac.result import Result

SHOWS = Shows.experiment("current_voltage")

_HIGHEST = 3.0  # times the middle half of the currents: beyond, the curve leaves the figure
_LARGEST = 5  # currents that are drawn beside the whole


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """The whole current of each cell; of a single one its largest parts too. Other results may be `beside` it."""
    family, units = Family(result, "current_voltage", beside), result.tables["current_voltage"].units
    axes = page.open(3.4).subplots()
    every = list(family)
    for name, colour, line, columns in every:
        axes.plot(columns["V"], columns["I"], line, color=colour, lw=1.6, label=name or "whole")
    if len(every) == 1:
        columns = every[0].columns
        parts = [n for n in columns if n not in ("cell", "dose", "V", "I") and units[n] == "A/F"]
        for part in sorted(parts, key=lambda n: -np.median(np.abs(columns[n])))[:_LARGEST]:
            axes.plot(columns["V"], columns[part], lw=0.8, label=part)
        page.key(axes)
    for table in Family(result, "roots", beside).tables.values():
        stable = table.columns["stable"] > 0
        for chosen, face in ((stable, "black"), (~stable, "white")):
            V = table.columns["V"][chosen]
            axes.plot(V, np.zeros_like(V), "o", ms=5, mfc=face, mec="black", zorder=5)
    axes.axhline(0.0, color=GREY, lw=0.5, zorder=0)
    whole = np.concatenate([member.columns["I"] for member in every])
    reach = _HIGHEST * max(np.percentile(np.abs(whole), 50), 0.1)
    axes.set_ylim(max(whole.min(), -reach), min(whole.max(), reach))
    name_axis(axes.xaxis, "potential", "mV")
    name_axis(axes.yaxis, "quasi-steady outward current", "A/F")
    family.key(page, axes)
