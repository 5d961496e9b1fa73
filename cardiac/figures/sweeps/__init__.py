"""Figures of a sweep: a file here is a figure.

A figure is a module with `draw(page, table, *, option: type = default)`, which raises FigureError where it cannot be
drawn from a table, and says what can. Files whose names begin with "_" are what the figures share.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from cardiac import registry
from cardiac.figures._drawing import (
    Drawing,
    Option,
    Rows,
    check_options,
    drawn,
    options_of,
    parts,
    split,
    summary_of,
)
from cardiac.figures._style import FigureError
from cardiac.spelling import choices
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def names() -> list[str]:
    """The figures there are."""
    return registry.names(__name__)


def summary(name: str) -> str:
    """What a figure shows, in words."""
    return summary_of(_module(name))


def options(name: str) -> dict[str, Option]:
    """The options of a figure."""
    return options_of(_module(name))


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
    drawings = [[Drawing(_module(name), options) for name, options in row] for row in parts(rows)]
    for row in drawings:
        for module, options in row:
            check_options(module, options)
    return drawn(table, drawings, table.title, **common)


@cache
def _module(name: str) -> Any:
    """The file of a figure, which defines what it must; raises FigureError."""
    if name not in names():
        raise FigureError(f'unknown figure of a sweep "{name}"{choices(name, names())}')
    module = import_module(f"{__name__}.{name}")
    contract = registry.Contract(module)
    contract.get("draw", FunctionType, "def draw(page, table, *, option: type = default)")
    contract.check(FigureError)
    return module
