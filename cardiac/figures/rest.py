"""Resting potential, input resistance and space constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, panels
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("rest")


def draw(result: Result) -> Figure:
    """A panel each, against the dose where there are several."""
    table = result.tables["rest"]
    figure = canvas(2.6, result.title, answer(result))
    panels(figure, table, ["V_rest", "R_in", "lambda"])
    return figure
