"""Families of curves from the tables of an experiment: one curve for each cell, named by its dose."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cardiac.figures._style import PALETTE, with_unit
from cardiac.result import Result
from cardiac.storage import Array, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = 3  # in a row
_NAMED = 12  # curves beyond which only some of them are named
_LABEL, _KEY = 24, 18  # letters in a line of the label of a panel, of the title of a key

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
    columns: dict[str, Array]


def members(table: Table) -> Iterator[Member]:
    """The cells of a table in their order; the colours of many run from dark to bright."""
    from matplotlib import colormaps

    cells, numbers = np.unique(
        [table.columns[key] for key in ("cell", "dose") if key in table.columns], axis=1, return_inverse=True
    )
    count = cells.shape[1]
    for k in range(count):
        own = numbers.ravel() == k
        columns = {name: values[own] for name, values in table.columns.items()}
        few = count <= len(PALETTE) - 1
        colour = PALETTE[k] if few else colormaps["viridis"](0.9 * k / (count - 1))
        yield Member(_name(table, columns), colour, columns)


def _name(table: Table, columns: dict[str, Array]) -> str:
    if "dose" not in columns:
        return ""
    unit = table.units["dose"]
    return f"{columns['dose'][0]:g}" + (f" {unit}" if unit != "1" else "")


def legend(axes: Axes, table: Table, *, inside: bool = False, most: int = _NAMED) -> None:
    """Name the curves by their dose, beside or inside the axes; if there are many, some of them, and say so."""
    if "dose" not in table.columns:
        return
    handles, names = axes.get_legend_handles_labels()
    named = np.linspace(0, len(handles) - 1, min(len(handles), most)).round().astype(int)
    title = textwrap.fill(dosed(table), _KEY)
    if len(named) < len(handles):
        title += f"\n({len(named)} of {len(handles)} named)"
    place = {"loc": "best"} if inside else {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
    axes.legend([handles[k] for k in named], [names[k] for k in named], title=title, **place)


def dosed(table: Table) -> str:
    """What tells the cells of a table apart: "g of potassium conductance"."""
    return _spoken(table.about["dose"])


def panels(figure: Figure, table: Table, names: Sequence[str]) -> None:
    """A panel for each of these columns, against the dose or, without one, the number of the cell."""
    x = "dose" if "dose" in table.columns else "cell"
    rows, columns = -(-len(names) // _PANELS), min(len(names), _PANELS)
    every = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axes, name in zip(every, names, strict=False):
        axes.plot(table.columns[x], table.columns[name], "o-", ms=3)
        axes.set_ylabel(textwrap.fill(label(table, name, words(table, name)), _LABEL, break_on_hyphens=False))
    for axes in every[len(names) :]:
        axes.remove()
    for axes in every[: len(names)][-columns:]:
        axes.tick_params(labelbottom=True)
        axes.xaxis.get_major_locator().set_params(integer=x == "cell", min_n_ticks=1)
    under = label(table, "dose", dosed(table)) if x == "dose" else "number of the cell"
    figure.supxlabel(under, size="medium")


def label(table: Table, name: str, what: str) -> str:
    """The label of an axis."""
    return with_unit(what, table.units[name])


def words(table: Table, name: str) -> str:
    """What a column is: "input resistance" for R_in."""
    about = re.split("[,;]", table.about[name])[0]
    return _NOUNS.get(name, name.replace("_", " ")) if about.startswith(_COMPLETES) else about


def answer(result: Result) -> str:
    """What was found about the first cell, in the words of the axes."""
    known = {name: words(table, name) for table in result.tables.values() for name in table.columns}
    text = re.sub(
        r"\b(\w+_\w+|lambda)\b", lambda found: known.get(found[0], found[0]), "".join(result.answers[:1])
    )
    return re.sub(r"\b(from|to) none\b", r"\1 undefined", _spoken(text))


def _spoken(text: str) -> str:
    """`text` with spaces in what a file is called, potassium_conductance, but not in symbols, K_o."""
    return re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda found: found[0].replace("_", " "), text)
