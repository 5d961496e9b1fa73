"""What figures of a sweep share: its axes, and panels of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac.figures._page import Page
from cardiac.figures._style import OUTCOMES, PALETTE, FigureError, name_axis, plain_numbers, with_unit
from cardiac.table import SweepTable
from cardiac.typesetting import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

Array = npt.NDArray[Any]

MOST_PANELS = 6
_WIDE = 2.1  # inches, the least width of a panel
NOT_RUN = "#F2F2F2"


class Panel(NamedTuple):
    """A part of an array with one value of each of some axes."""

    title: str
    values: Array


def asked_for(table: SweepTable, of: str | None, kind: str) -> str:
    """The name of what is drawn: `of`, or the first that was collected; of the kind "f" (numbers) or "O" (texts)."""
    what = "numbers" if kind == "f" else "texts"
    collected = [name for name in table.names() if name not in ("state", "message", "seconds")]
    fit = [name for name in collected if table[name].dtype.kind == kind and table[name].ndim]
    if of is not None and table.variable(of).values.dtype.kind != kind:
        raise FigureError(f"{of}: {what} are drawn here - one of {', '.join(fit) or 'which there are none'}")
    if of is None and not fit:
        raise FigureError(f"{table.path} holds no {what} along its axes")
    return of or fit[0]


def panels(table: SweepTable, name: str, inner: int) -> Iterator[Panel]:
    """The parts of an array along its last `inner` dimensions, for each value of the others."""
    one = table.variable(name)
    if len(one.dimensions) < inner or "case" in one.dimensions[-inner:]:
        found = ", ".join(one.dimensions) or "none"
        raise FigureError(f"{name} lies along {found}; {inner} axes of a grid are drawn here")
    outer = one.dimensions[: len(one.dimensions) - inner]
    places = list(np.ndindex(one.values.shape[: len(outer)]))
    if len(places) > MOST_PANELS:
        raise FigureError(
            f"{name} has {len(places)} panels, at most {MOST_PANELS} are drawn - sweep over less"
        )
    for at in places:
        title = ", ".join(place(table, axis, k) for axis, k in zip(outer, at, strict=True))
        yield Panel(title, one.values[at])


def grid_of_axes(figure: SubFigure, count: int, page: Page) -> list[Axes]:
    """Axes for so many panels, in rows where the page is too narrow for one."""
    across = _across(count, page)
    every = figure.subplots(-(-count // across), across, squeeze=False, sharex=True, sharey=True).ravel()
    for axes in every[count:]:
        axes.remove()
    return list(every[:count])


def height_of(count: int, page: Page) -> float:
    """Inches that so many panels take."""
    return 0.8 + -(-count // _across(count, page)) * min(2.4, 0.75 * page.width)


def _across(count: int, page: Page) -> int:
    return min(count, max(1, int(page.width / _WIDE)))


def place(table: SweepTable, axis: str, k: int) -> str:
    """A value of an axis with its name: "width 0.5 mm"."""
    value, unit = table[axis][k], table.unit(axis)
    return value.replace("_", " ") if isinstance(value, str) else f"{axis} {quantity(f'{value:g}', unit)}"


def spoken(name: str) -> str:
    """What was collected, in words: "delay at strip" of block.strip.delay, "last V at far" of probes.far.V.last."""
    words = [word.replace("_", " ") for word in name.split(".")]
    if words[0] in ("block", "probes") and len(words) > 2:
        return f"{' '.join(reversed(words[2:]))} at {words[1]}"
    return ", ".join(words)


def positions(table: SweepTable, axis: str) -> Array:
    """Where the values of an axis are drawn: numbers where they are, texts side by side."""
    values = table[axis]
    return np.arange(len(values), dtype=float) if values.dtype.kind == "O" else values.astype(float)


def edges(table: SweepTable, axis: str) -> Array:
    """The borders (n + 1,) of cells around the values of an axis."""
    at, log = positions(table, axis), axis in table.logarithmic
    u = np.log(at) if log else at
    inner = 0.5 * (u[1:] + u[:-1])
    ends = (u[0] - (inner[0] - u[0]), u[-1] + (u[-1] - inner[-1])) if len(u) > 1 else (u[0] - 0.5, u[0] + 0.5)
    found = np.concatenate([[ends[0]], inner, [ends[1]]])
    return np.exp(found) if log else found


def label_axis(axes: Axes, table: SweepTable, axis: str, which: str) -> None:
    """Label the x or y axis as an axis of the table."""
    own = axes.xaxis if which == "x" else axes.yaxis
    if axis in table.logarithmic:
        own.set_label_text(with_unit(axis.replace("_", " "), table.unit(axis)))
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        plain_numbers(own)
    else:
        name_axis(own, axis.replace("_", " "), table.unit(axis))
    if table.contents[axis].values.dtype.kind == "O":
        own.set_ticks(positions(table, axis), [str(value).replace("_", " ") for value in table[axis]])


def colours(texts: Array) -> dict[str, str]:
    """A colour for each of the texts there are, in the order in which they are told."""
    found = [str(text) for text in np.unique(texts.astype(str)) if text]
    known = [text for text in OUTCOMES if text in found]
    others = [text for text in found if text not in OUTCOMES]
    own = dict(zip(others, PALETTE * (1 + len(others) // len(PALETTE)), strict=False))
    return {text: OUTCOMES[text] for text in known} | own
