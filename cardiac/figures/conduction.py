"""Plane waves along and across the fibres, and how the velocity was tuned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY, PALETTE, canvas, plain_numbers
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cardiac.storage import Table

SHOWS = Shows.experiment("conduction", of=("cable", "sheet"))

_NAMES = {0.0: "along the fibres", 90.0: "across"}


def draw(result: Result) -> Figure:
    """Activation time against position, and, if it was tuned, velocity against diffusivity."""
    found, tried = result.tables["conduction"], result.tables["tried"]
    angles = found.columns["angle"].tolist()
    tuned = len(tried.columns["angle"]) > len(angles)
    figure = canvas(3.0, result.title, " ".join(result.answers))
    left, *right = figure.subplots(1, 2 if tuned else 1, squeeze=False)[0].tolist()
    _arrivals(left, result.tables["arrivals"], angles)
    for axes in right:
        _tuning(axes, tried, angles)
    for axes, letter in zip((left, *right), "ab", strict=False):
        if tuned:
            axes.text(0, 1.02, letter, transform=axes.transAxes, weight="bold", va="bottom")
    return figure


def _arrivals(axes: Axes, arrivals: Table, angles: list[float]) -> None:
    for k, angle in enumerate(angles):
        own = arrivals.columns["angle"] == angle
        axes.plot(
            arrivals.columns["position"][own],
            arrivals.columns["activation"][own],
            color=PALETTE[k],
            ls="-" if k == 0 else "--",
            label=_NAMES[angle],
        )
    axes.set(
        xlabel="position along the wave (mm)", ylabel="activation time (ms)", xlim=(0, None), ylim=(0, None)
    )
    if len(angles) > 1:
        axes.legend()


def _tuning(axes: Axes, tried: Table, angles: list[float]) -> None:
    for k, angle in enumerate(angles):
        own = tried.columns["angle"] == angle
        D, velocity = (tried.columns[name][own] for name in ("diffusivity", "velocity"))
        axes.loglog(D, velocity, "o", ms=4, mfc="none", color=PALETTE[k], label=_NAMES[angle])
        axes.loglog(D[-1:], velocity[-1:], "o", ms=5, color=PALETTE[k])
    D, velocity = (tried.columns[name] for name in ("diffusivity", "velocity"))
    span = np.geomspace(0.7 * D.min(), 1.4 * D.max(), 50)
    axes.loglog(
        span, velocity[-1] * np.sqrt(span / D[-1]), color=GREY, lw=0.8, ls=":", zorder=0, label="~ sqrt(D)"
    )
    axes.set(xlabel="diffusivity (mm²/ms)", ylabel="velocity (mm/ms)")
    for axis in (axes.xaxis, axes.yaxis):
        plain_numbers(axis)
    axes.legend()
