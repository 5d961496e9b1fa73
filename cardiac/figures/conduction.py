"""Plane waves along and across the fibres, and how the velocity was tuned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY, PALETTE, line_key, name_axis, plain_numbers
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cardiac.storage import Table

SHOWS = Shows.experiment("conduction", of=("cable", "sheet"))

_NAMES = {0.0: "along the fibres", 90.0: "across"}


def draw(page: Page, result: Result) -> None:
    """Activation time against position, and, if it was tuned, velocity against diffusivity."""
    found, tried = result.tables["conduction"], result.tables["tried"]
    angles = found.columns["angle"].tolist()
    tuned = len(tried.columns["angle"]) > len(angles)
    left, *right = page.open(3.0).subplots(1, 2 if tuned else 1, squeeze=False)[0]
    _arrivals(left, result.tables["arrivals"], angles)
    for axes in right:
        _tuning(axes, tried, angles)


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
    axes.set(xlim=(0, None), ylim=(0, None))
    name_axis(axes.xaxis, "position along the wave", "mm")
    name_axis(axes.yaxis, "activation time", "ms")
    if len(angles) > 1:
        axes.legend()


def _tuning(axes: Axes, tried: Table, angles: list[float]) -> None:
    for k, angle in enumerate(angles):
        own = tried.columns["angle"] == angle
        D, velocity = (tried.columns[name][own] for name in ("diffusivity", "velocity"))
        axes.loglog(D[:-1], velocity[:-1], "o", ms=4, mfc="none", color=PALETTE[k])
        axes.loglog(D[-1:], velocity[-1:], "o", ms=5, color=PALETTE[k])
    D, velocity = (tried.columns[name] for name in ("diffusivity", "velocity"))
    span = np.geomspace(0.7 * D.min(), 1.4 * D.max(), 50)
    theory = {"color": GREY, "lw": 0.8, "ls": ":"}
    axes.loglog(span, velocity[-1] * np.sqrt(span / D[-1]), zorder=0, **theory)
    for axis, what, unit in ((axes.xaxis, "diffusivity", "mm^2/ms"), (axes.yaxis, "velocity", "mm/ms")):
        name_axis(axis, what, unit)
        plain_numbers(axis)
    tried_, found = (
        {"color": GREY, "marker": "o", "ls": "", "ms": 4, "mfc": fill} for fill in ("none", GREY)
    )
    axes.legend(
        handles=[
            line_key("tried", **tried_),
            line_key("found", **found),
            line_key("∝ √diffusivity", **theory),
        ]
    )
