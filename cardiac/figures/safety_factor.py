"""How much more charge cells make than it takes to excite them: the safety factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    DURATION_MAP,
    GREY,
    MUTED,
    PALETTE,
    SCAR,
    canvas,
    colour_bar,
    key_row,
    line_key,
    patch_key,
    robust_limits,
)
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("safety_factor", held="safety_factor", of=("cable", "sheet"))


def draw(result: Result) -> Figure:
    """A map with the line at 1, below which cells take more charge than they make; of a cable, a line."""
    factor = result["safety_factor"]
    return (_line if _tissue.is_line(result) else _map)(result, factor)


def _map(result: Result, factor: Array) -> Figure:
    figure, axes, panel = _tissue.map_canvas(result, result.title, _tissue.subtitle(result))
    axes.set_facecolor(MUTED)
    keys = []
    if np.isfinite(factor).any():
        low, high, extend = robust_limits(factor, 1.0)
        image = axes.imshow(
            factor, origin="lower", extent=_tissue.extent(result), cmap=DURATION_MAP, vmin=low, vmax=high
        )
        colour_bar(figure, axes, panel, image, "safety factor", extend)
        if (factor < 1.0).any():
            border = _tissue.to_border(result, factor)
            axes.contour(*border, levels=[1.0], colors=PALETTE[1], linewidths=1.4)
            keys.append(line_key("safety factor 1", color=PALETTE[1], lw=1.4))
    if (np.isnan(factor) & result.conducting).any():
        keys.append(patch_key("electrode, or nothing came", MUTED))
    if _tissue.scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    _tissue.outlines(axes, result, among_isochrones=False)
    key_row(axes, keys)
    return figure


def _line(result: Result, factor: Array) -> Figure:
    line = _tissue.Line.through(result)
    figure = canvas(2.8, result.title, _tissue.subtitle(result))
    axes = figure.subplots()
    axes.axhline(1.0, color=PALETTE[1], lw=0.9, ls="--")
    axes.plot(line.position, line.of(factor), color=PALETTE[0], lw=1.6)
    axes.set(xlim=(0, line.length), xlabel=f"{line.axis} (mm)", ylabel="safety factor", ylim=(0, None))
    for name, mask in result.regions.items():
        for low, high in line.spans(mask) if not mask.all() else ():
            axes.axvspan(low, high, color=PALETTE[5], alpha=0.25, lw=0)
            axes.text(
                (low + high) / 2, 1.02, name, transform=axes.get_xaxis_transform(), ha="center", va="bottom"
            )
    axes.text(line.length, 0.9, "takes more than it makes ", color=GREY, ha="right", va="top")
    return figure
