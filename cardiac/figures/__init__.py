"""Figures of a result: a file here is a figure.

A figure is a module with `draw(result, *, option: unit = default) -> Figure`. Its options are keywords, and a
physical one carries its unit (`y: mm | None = None`), from which a config knows what to accept. Files whose
names begin with "_" are what the figures share. matplotlib is imported by the first figure drawn, never as
pyplot, and nothing global is changed.
"""

from __future__ import annotations

import difflib
import inspect
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from cardiac.figures._style import FigureError, settle, style
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "FigureError", "Option", "draw", "names", "options", "save"]

# Suffix -> metadata that keeps the date out: the same figure is the same file.
FORMATS: dict[str, dict[str, None]] = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}


class Option(NamedTuple):
    """A keyword of a figure: its type with unit (`mm | None`), its default."""

    hint: Any
    default: Any


def names() -> list[str]:
    """The figures there are."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def options(name: str) -> dict[str, Option]:
    """The options of a figure."""
    function = _module(name).draw
    hints = get_type_hints(function, localns={"Figure": Any}, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]  # the first is the result
    return {p.name: Option(hints[p.name], p.default) for p in parameters}


def draw(name: str, result: Result, **given: Any) -> Figure:
    """The figure `name` of a result."""
    known = options(name)
    for option in given.keys() - known.keys():
        raise FigureError(f"{name}: {_unknown('option', option, list(known))}")
    with style():
        figure: Figure = _module(name).draw(result, **given)
        settle(figure)
    return figure


def save(figure: Figure, path: str | Path) -> None:
    """Writes a figure to a png, pdf or svg file."""
    suffix = Path(path).suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        raise FigureError(f"{path}: a figure is saved as {', '.join(FORMATS)}")
    with style():
        figure.savefig(path, format=suffix, metadata=FORMATS[suffix] or None)


def _module(name: str) -> Any:
    if name not in names():
        raise FigureError(_unknown("figure", name, names()))
    return import_module(f"{__name__}.{name}")


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there is {', '.join(known) or 'none'}"
    return f'unknown {what} "{name}" - {hint}'
