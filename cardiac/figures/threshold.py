"""Resting potential, threshold current and threshold potential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, panels
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("threshold")


def draw(result: Result) -> Figure:
    """A panel each, against the dose where there are several."""
    table = result.tables["threshold"]
    figure = canvas(2.6, result.title, answer(result))
    panels(figure, table, ["V_rest", "current", "V_threshold"])
    return figure
