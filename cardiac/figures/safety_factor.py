"""How much more charge cells make than it takes to excite them: the safety factor."""

from __future__ import annotations

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, line_key, name_axis
from cardiac.result import Result
from cardiac.storage import Array

SHOWS = Shows.experiment("safety_factor", held="safety_factor", of=("cable", "sheet"))


def draw(page: Page, result: Result) -> None:
    """A map with the line at 1, below which cells take more charge than they make; of a cable, a line."""
    factor = result["safety_factor"]
    (_line if _tissue.is_line(result) else _map)(page, result, factor)


def _map(page: Page, result: Result, factor: Array) -> None:
    figure, axes, panel = _maps.map_axes(page, result)
    _maps.coloured(
        figure, axes, panel, result, factor, Scale.robust("safety factor", "", factor, outliers=1.0)
    )
    keys = []
    if (factor < 1.0).any():
        border = _maps.to_border(result, factor)
        axes.contour(*border, levels=[1.0], colors=PALETTE[1], linewidths=1.4)
        keys.append(line_key("safety factor 1", color=PALETTE[1], lw=1.4))
    keys += _maps.annotated(axes, result, np.isfinite(factor), "electrode, or nothing came")
    page.key_above(axes, keys)


def _line(page: Page, result: Result, factor: Array) -> None:
    line = _tissue.Line.through(result)
    axes = page.open(2.8).subplots()
    axes.axhline(1.0, color=PALETTE[1], lw=0.9, ls="--")
    axes.plot(line.position, line.of(factor), color=PALETTE[0], lw=1.6)
    axes.set(xlim=(0, line.length), ylabel="safety factor", ylim=(0, None))
    name_axis(axes.xaxis, line.axis, "mm")
    _tissue.stretches(axes, result, line)
