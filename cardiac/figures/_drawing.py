"""What is done with the files of figures, of a result or of a sweep."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_type_hints

from cardiac import registry
from cardiac.figures._page import Draw, composed
from cardiac.figures._style import MEDIA, FigureError, Purpose
from cardiac.spelling import choices
from cardiac.units import extent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NARROWEST, WIDEST = 40.0, 500.0  # mm
MOST = 26  # panels, for each of which there is a letter

# A figure by its name, or {name: options}; rows of them are a panel.
Written = str | Mapping[str, Mapping[str, Any]]
Rows = Sequence[Sequence[Written]]


class Option(NamedTuple):
    """A keyword of a figure: its type with unit (`mm | None`), its default."""

    hint: Any
    default: Any


# Of every figure and panel, whatever it shows.
COMMON = {"for_": Option(Purpose, "screen"), "width": Option(extent | None, None)}


class Drawing(NamedTuple):
    """The file of a figure, and its options."""

    module: Any
    options: Mapping[str, Any]


class Folder:
    """The figures whose files are in one package."""

    def __init__(self, package: str, what: str, expected: str, **constants: tuple[type, str]) -> None:
        """`expected` is how their `draw` is written; `constants` are others, each with its type and how it is."""
        self.package, self.what = package, what
        self._expected, self._constants = expected, constants
        self._loaded: dict[str, Any] = {}

    def names(self) -> list[str]:
        """The figures there are."""
        return registry.names(self.package)

    def summary(self, name: str) -> str:
        """What a figure shows, in words."""
        return (self.load(name).__doc__ or "").strip().splitlines()[0]

    def options(self, name: str) -> dict[str, Option]:
        """The options that a figure has of its own."""
        function = self.load(name).draw
        hints = get_type_hints(function, localns={"Page": Any}, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())[2:]  # after where, and from what
        return {p.name: Option(hints[p.name], p.default) for p in parameters}

    def load(self, name: str) -> Any:
        """The file of a figure, which defines what it must; raises FigureError."""
        if name not in self._loaded:
            self._loaded[name] = self._checked(name)
        return self._loaded[name]

    def drawings(self, rows: Rows) -> list[list[Drawing]]:
        """What is to be drawn in rows of figures; raises FigureError for a figure or an option that there is not."""
        return [[self._drawing(name, given) for name, given in row] for row in parts(rows)]

    def _drawing(self, name: str, given: Mapping[str, Any]) -> Drawing:
        known = self.options(name)
        for option in set(given) - known.keys():
            raise FigureError(f'{name}: unknown option "{option}"{choices(option, known)}')
        return Drawing(self.load(name), given)

    def _checked(self, name: str) -> Any:
        if name not in self.names():
            raise FigureError(f'unknown {self.what} "{name}"{choices(name, self.names())}')
        module = import_module(f"{self.package}.{name}")
        contract = registry.Contract(module)
        for constant, (kind, expected) in self._constants.items():
            contract.get(constant, kind, expected)
        draw = contract.get("draw", FunctionType, self._expected)
        if draw and list(inspect.signature(draw).parameters)[:1] != ["page"]:
            contract.problem("draw", f"takes no page, expected {self._expected}")
        contract.check(FigureError)
        return module


def unprintable(width: float) -> str:
    """Why nothing can be drawn so many mm wide; empty if it can."""
    if NARROWEST <= width <= WIDEST:
        return ""
    journals = "a column of a journal has about 85 mm, its page 180 mm"
    return f"{width:g} mm, {NARROWEST:g} to {WIDEST:g} mm make a figure - {journals}"


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options that every figure has, and the others."""
    common = {key: value for key, value in given.items() if key in COMMON}
    return common, {key: value for key, value in given.items() if key not in COMMON}


def parts(rows: Rows) -> list[list[tuple[str, Mapping[str, Any]]]]:
    """The name and the options of every panel; raises FigureError where there are none, or too many."""
    count = sum(len(row) for row in rows)
    if not count or not all(rows):
        raise FigureError('a panel is rows of figures: [["activation_map", "traces"], ["space_time"]]')
    if count > MOST:
        raise FigureError(f"a panel of {count} figures: at most {MOST} are drawn")
    return [[_part(written) for written in row] for row in rows]


def _part(written: Written) -> tuple[str, Mapping[str, Any]]:
    if isinstance(written, str):
        return written, {}
    if isinstance(written, Mapping) and len(written) == 1:
        ((name, options),) = written.items()
        return name, options
    raise FigureError(f'{written!r} is no figure of a panel - write a name, or {{"name": {{options}}}}')


def drawn(
    subject: Any,
    rows: Sequence[Sequence[Drawing]],
    title: str,
    said: str = "",
    *,
    for_: str = "screen",
    width: float | None = None,
) -> Figure:
    """Figures of `subject` as one, for screen or print, `width` [mm] wide; raises FigureError."""
    if for_ not in MEDIA:
        raise FigureError(f'for "{for_}": a figure is for {" or ".join(get_args(Purpose))}')
    medium = MEDIA[for_]
    millimetres = medium.width if width is None else width
    if problem := unprintable(millimetres):
        raise FigureError(f"width: {problem}")
    return composed(
        [[_draw(drawing, subject) for drawing in row] for row in rows],
        title,
        said,
        medium,
        millimetres / 25.4,
    )


def _draw(drawing: Drawing, subject: Any) -> Draw:
    def draw(page: Any) -> None:
        drawing.module.draw(page, subject, **drawing.options)

    return draw
