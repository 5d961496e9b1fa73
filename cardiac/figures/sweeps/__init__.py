"""Figures of a sweep: a file here is a figure.

A figure is a module with `draw(page, table, *, option: type = default)`, which raises FigureError where it cannot be
drawn from a table, and says what can. Files whose names begin with "_" are what the figures share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cardiac.figures._drawing import Folder, Rows, drawn, split
from cardiac.figures._style import FigureError
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FOLDER = Folder(__name__, "figure of a sweep", "def draw(page, table, *, option: type = default)")
names, options, summary = _FOLDER.names, _FOLDER.options, _FOLDER.summary


def obstacle(name: str, table: SweepTable) -> str:
    """Why a figure cannot be drawn from a table; empty if it can."""
    try:
        draw(name, table)
    except FigureError as error:
        return str(error)
    return ""


def draw(name: str, table: SweepTable, **given: Any) -> Figure:
    """The figure `name` of a sweep; raises FigureError where it cannot be drawn."""
    common, own = split(given)
    return panel(table, [[{name: own}]], **common)


def panel(table: SweepTable, rows: Rows, **common: Any) -> Figure:
    """Rows of figures of a sweep as one, with letters; raises FigureError where one cannot be drawn."""
    return drawn(table, _FOLDER.drawings(rows), table.title, **common)
