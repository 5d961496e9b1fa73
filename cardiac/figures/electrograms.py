"""Electrograms: the potential at the electrodes against time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, name_axis
from cardiac.result import Result
from cardiac.typesetting import typeset

if TYPE_CHECKING:
    pass

SHOWS = Shows(
    "electrograms",
    held="electrograms",
    add="record: {electrograms: {at: {here: PLACE}}}",
    of=("cable", "sheet"),
)

_ROW, _ROWS = 1.1, 6.5  # inches: of one electrode, of all at most


def draw(page: Page, result: Result) -> None:
    """Unipolar electrograms [mV], each with a scale of its own."""
    table = result.table("electrograms")
    names = [name for name in table.columns if name != "time"]
    height = min(_ROW * len(names), _ROWS) + 0.6
    figure = page.open(height, exact=True)
    rows = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    time = table.columns["time"]
    for axes, name in zip(rows, names, strict=True):
        axes.axhline(0.0, color="#BBBBBB", lw=0.5)
        axes.plot(time, table.columns[name], color=PALETTE[0], lw=1.0)
        axes.margins(y=0.08)
        x, y, z = (table.attributes[f"{part} of {name}"] for part in "xyz")
        place = typeset(f" ({x:g}, {y:g}) mm, {z:g} mm above") if not page.narrow else ""
        axes.set_title(name + place, loc="right", pad=2)
        name_axis(axes.yaxis, "", table.units[name])
        axes.locator_params(axis="y", nbins=4)
    rows[0].set_xlim(time[0], time[-1])
    name_axis(rows[-1].xaxis, "time", "ms")
    figure.supylabel("extracellular potential", size="medium")
    _tissue.mark_stimuli(rows[0], result)
