"""Figures of a result: a file here is a figure.

A figure is a module with `draw(page, result, *, option: unit = default)` and SHOWS, which tells configs and
results what there must be to draw it. It opens the page, which gives it a part of a matplotlib figure, the whole or a
panel, and draws there. Its options are keywords, and a physical one carries its unit (`y: mm | None = None`), from
which a config knows what to accept. Files whose names begin with "_" are what the figures share. matplotlib is
imported by the first figure drawn, never as pyplot, and nothing global is changed.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from cardiac.figures._drawing import COMMON, Folder, Option, Rows, drawn, parts, split, unprintable
from cardiac.figures._families import answer
from cardiac.figures._film import film
from cardiac.figures._shows import Shows
from cardiac.figures._style import MEDIA, FigureError, style
from cardiac.figures._tissue import verdicts
from cardiac.registry import WORDS, Kind
from cardiac.result import Result
from cardiac.storage import aside
from cardiac.units import middle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "COMMON",
    "FORMATS",
    "MEDIA",
    "FigureError",
    "Option",
    "Rows",
    "draw",
    "film",
    "names",
    "obstacle",
    "options",
    "panel",
    "prepare",
    "save",
    "shows",
    "summary",
    "unfit",
    "unprintable",
]

# Suffix -> metadata that keeps the date out: the same figure is the same file.
FORMATS: dict[str, dict[str, None]] = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
NEEDED = "matplotlib.figure", "matplotlib.backends.backend_agg", "scipy.ndimage"


_FOLDER = Folder(
    __name__,
    "figure",
    "def draw(page, result, *, option: unit = default)",
    SHOWS=(Shows, "SHOWS = Shows(...), which tells what there must be to draw it"),
)
names, options, summary = _FOLDER.names, _FOLDER.options, _FOLDER.summary


def shows(name: str) -> Shows:
    """What a figure shows."""
    found: Shows = _FOLDER.load(name).SHOWS
    return found


def unfit(name: str, kind: Kind) -> str:
    """Why there is no such figure of a cell, a cable or a sheet, and which there is; empty if there is."""
    own = shows(name)
    if kind in own.of:
        return ""
    fit = {other: shows(other) for other in names() if kind in shows(other).of}
    others = {other: of.what for other, of in fit.items() if of.of_experiment == own.of_experiment}
    alike = [other for other, what in others.items() if what == own.what]
    hint = _either(alike or list(others))
    return f"{name} shows {own.subject}, this is {WORDS[kind]}" + (f" - draw {hint}" if hint else "")


def _either(figures: list[str]) -> str:
    return " or ".join(f'"{name}"' for name in figures)


def obstacle(name: str, result: Result) -> str:
    """Why a figure cannot be drawn from a result, and what to do; empty if it can."""
    own = shows(name)
    held = result.holds(own.held)
    lacking = f"{name} shows {own.what or own.held}, which {result.path} does not hold"
    if result.contents.experiment and not held:  # it keeps what it keeps
        drawable = [
            other for other in names() if not unfit(other, result.kind) and result.holds(shows(other).held)
        ]
        return f"{lacking}: it is of an experiment" + (f" - draw {_either(drawable)}" if drawable else "")
    if why := unfit(name, result.kind):
        return why
    if held:
        return ""
    return f"{lacking} - add {addition(name, result)} and run again"


def addition(name: str, result: Result) -> str:
    """What to add to the config of a result so that a figure can be drawn."""
    sides = {"cell": (), "cable": result.size[:1], "sheet": result.size}
    return shows(name).addition(middle(sides[result.kind]))


def prepare() -> None:
    """Import what drawing needs, which takes a second: in a thread of its own, while a run goes on."""

    def load() -> None:
        with suppress(ImportError):  # drawing will tell
            for name in NEEDED:
                import_module(name)

    Thread(target=load, daemon=True).start()


def draw(name: str, result: Result, **given: Any) -> Figure:
    """The figure `name` of a result, with its options and those of all (COMMON).

    Raises FigureError where it cannot be drawn.
    """
    common, own = split(given)
    return panel(result, [[{name: own}]], **common)


def panel(result: Result, rows: Rows, **common: Any) -> Figure:
    """Rows of figures of a result as one, with letters; raises FigureError where one cannot be drawn."""
    drawings = _FOLDER.drawings(rows)
    for row in parts(rows):
        for name, _ in row:
            if why := obstacle(name, result):
                raise FigureError(why)
    return drawn(result, drawings, result.title, answer(result) or verdicts(result), **common)


def save(figure: Figure, path: str | Path) -> None:
    """Writes a figure to a png, pdf or svg file, which is there only when it is whole."""
    suffix = Path(path).suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        raise FigureError(f"{path}: a figure is saved as {', '.join(FORMATS)}")
    with style(), aside(Path(path)) as temporary:
        figure.savefig(temporary, format=suffix, metadata=FORMATS[suffix] or None)
