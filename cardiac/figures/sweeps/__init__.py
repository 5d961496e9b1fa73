"""Figures of a sweep: a file here is a figure.

A figure is a module with `draw(table, *, option: type = default) -> Figure`, which raises FigureError where it
cannot be drawn from a table, and says what can. Files whose names begin with "_" are what the figures share.
"""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any, get_type_hints

from cardiac import registry
from cardiac.figures import Option
from cardiac.figures._style import FigureError, settle, style
from cardiac.spelling import choices
from cardiac.table import SweepTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def names() -> list[str]:
    """The figures there are."""
    return registry.names(__name__)


def summary(name: str) -> str:
    """What a figure shows, in words."""
    return (_module(name).__doc__ or "").strip().splitlines()[0]


def options(name: str) -> dict[str, Option]:
    """The options of a figure."""
    function = _module(name).draw
    hints = get_type_hints(function, localns={"Figure": Any}, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]  # the first is the table
    return {p.name: Option(hints[p.name], p.default) for p in parameters}


def draw(name: str, table: SweepTable, **given: Any) -> Figure:
    """The figure `name` of a sweep; raises FigureError where it cannot be drawn."""
    known = options(name)
    for option in given.keys() - known.keys():
        raise FigureError(f'{name}: unknown option "{option}"{choices(option, known)}')
    with style():
        figure: Figure = _module(name).draw(table, **given)
        settle(figure)
    return figure


@cache
def _module(name: str) -> Any:
    """The file of a figure, which defines what it must; raises FigureError."""
    if name not in names():
        raise FigureError(f'unknown figure of a sweep "{name}"{choices(name, names())}')
    module = import_module(f"{__name__}.{name}")
    contract = registry.Contract(module)
    contract.get("draw", FunctionType, "def draw(table, *, option: type = default) -> Figure")
    contract.check(FigureError)
    return module
