"""Families of curves from the tables of an experiment: one curve for each cell, named by its dose."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import PALETTE, FigureError, name_axis, with_unit
from cardiac.result import Result
from cardiac.storage import Array, Table
from cardiac.typesetting import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_PANELS, _NARROW_PANELS = 3, 2  # in a row
_PANEL = 1.9  # inches, the height of one
_NAMED, _NAMED_BELOW = 12, 8  # curves beyond which only some of them are named
_LINES = ["-", "--", ":", "-."]  # of the first result, the second, ...
_LABEL, _KEY = 22, 18  # letters in a line of the label of a panel, of the title of a key

# Columns whose description says no more than when or of what: it needs a noun before it.
_NOUNS = {
    "V_rest": "resting potential",
    "V_half": "potential of half availability",
    "RRP_end": "end of the relative refractory period",
    "APD90_S1": "APD90 of S1",
}
_COMPLETES = ("of ", "at ", "after ", "from ", "when ", "where ")  # how such a description begins


class Member(NamedTuple):
    """The rows of one cell."""

    name: str
    colour: tuple[float, ...] | str
    line: str
    columns: dict[str, Array]


class Family:
    """A table of an experiment, and that of other results `beside` it: a baseline and treatments, for instance."""

    def __init__(self, result: Result, table: str, beside: Sequence[Path] = ()) -> None:
        results = [result, *(Result.open(path) for path in beside)]
        titles = [one.title for one in results]
        labels = titles if len(set(titles)) == len(titles) else [one.path.stem for one in results]
        self.tables: dict[str, Table] = {}
        for label, one in zip(labels, results, strict=True):
            if table not in one.tables:
                told = f"an experiment with the table {table} is drawn beside {result.path}"
                raise FigureError(f"{one.path} holds no table {table} - {told}")
            self.tables[label] = one.tables[table]
        self.first = next(iter(self.tables.values()))

    def __iter__(self) -> Iterator[Member]:
        """The cells in their order; the colours of many run from dark to bright, each result has lines of its own."""
        from matplotlib import colormaps

        found = [
            (label, line, columns, table)
            for (label, table), line in zip(self.tables.items(), cycle(_LINES), strict=False)
            for columns in _cells(table)
        ]
        few = len(found) <= len(PALETTE) - 1
        for k, (label, line, columns, table) in enumerate(found):
            colour = PALETTE[k] if few else colormaps["viridis"](0.9 * k / (len(found) - 1))
            names = [label if len(self.tables) > 1 else "", _dose(table, columns)]
            yield Member(", ".join(filter(None, names)), colour, line, columns)

    def name_axis(self, axis: Axis, name: str, what: str = "") -> None:
        """Labels an axis as a column."""
        name_axis(axis, what or words(self.first, name), self.first.units[name])

    def key(self, page: Page, axes: Axes, *, inside: bool = False, most: int = _NAMED) -> None:
        """Names the curves: beside or inside the axes; if there are many, some of them, and says so."""
        dosed_ = next((dosed(table) for table in self.tables.values() if "dose" in table.columns), "")
        if not dosed_ and len(self.tables) == 1:
            return
        handles = axes.get_legend_handles_labels()[0]
        most = min(most, _NAMED_BELOW) if page.narrow else most
        named = np.linspace(0, len(handles) - 1, min(len(handles), most)).round().astype(int)
        title = textwrap.fill(dosed_, _KEY) if not page.narrow else dosed_
        if len(named) < len(handles):
            title += f"\n({len(named)} of {len(handles)} named)"
        chosen = [handles[k] for k in named]
        if inside and not page.narrow:
            axes.legend(handles=chosen, title=title, loc="best")
        else:
            page.key(axes, chosen, title or None)


def _cells(table: Table) -> Iterator[dict[str, Array]]:
    """The columns of each cell of a table."""
    keys = [table.columns[key] for key in ("cell", "dose") if key in table.columns]
    cells, numbers = np.unique(keys, axis=1, return_inverse=True)
    for k in range(cells.shape[1]):
        own = numbers.ravel() == k
        yield {name: values[own] for name, values in table.columns.items()}


def _dose(table: Table, columns: dict[str, Array]) -> str:
    if "dose" not in columns:
        return ""
    return quantity(f"{columns['dose'][0]:g}", table.units["dose"])


def dosed(table: Table) -> str:
    """What tells the cells of a table apart: "g of potassium conductance"."""
    return _spoken(table.about["dose"])


def panels(page: Page, family: Family, names: Sequence[str]) -> None:
    """Axes for each of these columns, against the dose or, without one, the number of the cell."""
    table = family.first
    x = "dose" if "dose" in table.columns else "cell"
    across = min(len(names), _NARROW_PANELS if page.narrow else _PANELS)
    rows = -(-len(names) // across)
    figure = page.open(0.6 + _PANEL * rows, exact=True)
    every = figure.subplots(rows, across, squeeze=False, sharex=True).ravel()
    for axes, name in zip(every, names, strict=False):
        for (label, one), line, colour in zip(
            family.tables.items(), cycle(_LINES), cycle(PALETTE), strict=False
        ):
            axes.plot(one.columns[x], one.columns[name], "o", ls=line, color=colour, ms=3, label=label)
        what = textwrap.fill(words(table, name), _LABEL, break_on_hyphens=False)
        name_axis(axes.yaxis, what, table.units[name])
    for axes in every[len(names) :]:
        axes.remove()
    for axes in every[: len(names)][-across:]:
        axes.tick_params(labelbottom=True)
        axes.xaxis.get_major_locator().set_params(integer=x == "cell", min_n_ticks=1)
    under = with_unit(dosed(table), table.units["dose"]) if x == "dose" else "number of the cell"
    figure.supxlabel(under, size="medium")
    if len(family.tables) > 1:
        page.key(every[across - 1])


def words(table: Table, name: str) -> str:
    """What a column is: "input resistance" for R_in."""
    about = re.split("[,;]", table.about[name])[0]
    return _NOUNS.get(name, name.replace("_", " ")) if about.startswith(_COMPLETES) else about


def answer(result: Result) -> str:
    """What was found about a tissue, or the first of several cells, in the words of the axes."""
    known = {name: words(table, name) for table in result.tables.values() for name in table.columns}
    told = " ".join(result.answers[:1] if result.kind == "cell" else result.answers)
    text = re.sub(r"\b(\w+_\w+|lambda)\b", lambda found: known.get(found[0], found[0]), told)
    return re.sub(r"\b(from|to) none\b", r"\1 undefined", _spoken(text))


def _spoken(text: str) -> str:
    """`text` with spaces in what a file is called, potassium_conductance, but not in symbols, K_o."""
    return re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda found: found[0].replace("_", " "), text)
