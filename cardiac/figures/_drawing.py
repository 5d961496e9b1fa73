"""What is done with the file of a figure, of a result or of a sweep."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from cardiac.figures._style import FigureError, settle, style
from cardiac.spelling import choices

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Option(NamedTuple):
    """A keyword of a figure: its type with unit (`mm | None`), its default."""

    hint: Any
    default: Any


def options_of(module: Any) -> dict[str, Option]:
    """The options of a figure."""
    function = module.draw
    hints = get_type_hints(function, localns={"Figure": Any}, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[
        1:
    ]  # the first is what it is drawn from
    return {p.name: Option(hints[p.name], p.default) for p in parameters}


def summary_of(module: Any) -> str:
    """What a figure shows, in words."""
    return (module.__doc__ or "").strip().splitlines()[0]


def check_options(module: Any, given: Iterable[str]) -> None:
    """Raise FigureError for an option that a figure does not have."""
    name, known = module.__name__.rpartition(".")[2], options_of(module)
    for option in set(given) - known.keys():
        raise FigureError(f'{name}: unknown option "{option}"{choices(option, known)}')


def drawn(module: Any, subject: Any, given: Mapping[str, Any]) -> Figure:
    """A figure in the style of all."""
    with style():
        figure: Figure = module.draw(subject, **given)
        settle(figure)
    return figure
