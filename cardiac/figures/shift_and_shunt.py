"""The threshold against the resting potential: shifted by a bias current, and by a conductance that shunts too."""

from __future__ import annotations

from cardiac.figures._families import dosed
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY, PALETTE, name_axis, with_unit
from cardiac.result import Result
from cardiac.typesetting import typeset

SHOWS = Shows.experiment("shift_and_shunt")


def draw(page: Page, result: Result) -> None:
    """Both thresholds at each matched rest; the distance between them is the shunt."""
    table = result.tables["shift_and_shunt"]
    columns = table.columns
    axes = page.open(3.4).subplots()
    for name, mark, colour, what in (
        ("current", "o-", PALETTE[1], "with the mechanism: shift and shunt"),
        ("shifted", "s-", PALETTE[0], "with a bias current: shift alone"),
    ):
        axes.plot(columns["V_rest"], columns[name], mark, color=colour, label=what)
    axes.vlines(columns["V_rest"], columns["shifted"], columns["current"], color=GREY, lw=0.6, ls=":")
    for V, current, dose in zip(columns["V_rest"], columns["current"], columns["dose"], strict=True):
        axes.annotate(
            typeset(f"{dose:g}"), (V, current), (4, 3), textcoords="offset points", size=7, color=GREY
        )
    name_axis(axes.xaxis, "resting potential", "mV")
    name_axis(axes.yaxis, "threshold current", "A/F")
    axes.legend(title=f"numbers: {with_unit(dosed(table), table.units['dose'])}")
