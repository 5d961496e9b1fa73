"""The look of all figures: one set of settings, colours that the colour-blind can tell apart, and sizes."""

from __future__ import annotations

import math
import textwrap
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac.registry import EntryError
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

WIDTH = 7.0  # inches, of every figure
RESOLUTION = 200  # dots per inch

# Okabe & Ito (2008), without the yellow that is lost on white.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
MUTED = "#BBBBBB"  # tissue that was never activated
SCAR = "#4A4A4A"
GREY = "#666666"  # secondary text

# Perceptually uniform maps: of potential, and of time, which runs from bright to dark.
POTENTIAL_MAP = "plasma"
TIME_MAP = "viridis_r"
DURATION_MAP = "cividis"  # of durations, frequencies
PHASE_MAP = "twilight"  # cyclic

_TITLE, _SUBTITLE, _TICK_LABEL = 11.0, 9.0, 8.0  # font sizes, points
_LEADING = 1.3  # distance of lines, font sizes

SETTINGS: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same figure everywhere
    "font.size": 8.5,
    "axes.labelsize": 8.5,
    "axes.titlesize": 8.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": f"cycler('linestyle', ['-', '--', ':']) * cycler('color', {PALETTE})",
    "xtick.labelsize": _TICK_LABEL,
    "ytick.labelsize": _TICK_LABEL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 1.2,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "image.interpolation": "nearest",
    "savefig.dpi": "figure",
    "pdf.fonttype": 42,  # text stays text
    "svg.hashsalt": "cardiac",  # the same figure is the same file
}


class FigureError(EntryError):
    """A figure that cannot be drawn, or a file that is none; the message says what to do."""


def style() -> AbstractContextManager[None]:
    """The settings, while in a `with` block."""
    import matplotlib

    return matplotlib.rc_context(SETTINGS)  # type: ignore[arg-type]


def canvas(height: float, title: str, subtitle: str = "") -> Figure:
    """An empty figure with `height` inches below its title, both of which are wrapped to its width."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    heads = [
        (line, size, weight, colour)
        for text, size, weight, colour in [
            (title, _TITLE, "bold", "black"),
            (subtitle, _SUBTITLE, "normal", GREY),
        ]
        for line in textwrap.wrap(text, int(WIDTH * 72 / (0.6 * size)))
    ]
    margin = 0.08
    head = 2 * margin + sum(size for _, size, _, _ in heads) * _LEADING / 72
    total = height + head
    layout = ConstrainedLayoutEngine(rect=(0, 0, 1, height / total))
    figure = Figure(figsize=(WIDTH, total), dpi=RESOLUTION, layout=layout)
    top = margin
    for line, size, weight, colour in heads:
        figure.text(margin / WIDTH, 1 - top / total, line, size=size, weight=weight, color=colour, va="top")
        top += size * _LEADING / 72
    return figure


def settle(figure: Figure) -> None:
    """Puts everything in its final place, so that the figure looks the same wherever it is drawn later."""
    from matplotlib.axes import Axes

    for axes in figure.findobj(Axes):
        axes.tick_params(
            which="both", labelsize=_TICK_LABEL
        )  # else the settings at that time decide how many ticks fit
    figure.draw_without_rendering()
    if any(axes.get_aspect() != "auto" for axes in figure.axes):  # needs a second look
        figure.draw_without_rendering()
    figure.set_layout_engine("none")


def colour_bar(
    figure: Figure, axes: Axes, width: float, image: ScalarMappable, label: str, extend: str = "neither"
) -> None:
    """A slim colour bar of the full height of `axes`, which is `width` inches wide, on its right."""
    bar = axes.inset_axes((1 + 0.12 / width, 0, 0.12 / width, 1))
    figure.colorbar(image, cax=bar, label=label, extend=extend)


def with_unit(what: str, unit: str) -> str:
    """The label of an axis: "time (ms)"; a pure number has no unit."""
    unbroken = unit.replace(" ", "\u00a0")
    return f"{what} ({unbroken})" if unit not in ("", "1") else what


def plain_numbers(axis: Axis) -> None:
    """Numbers such as 0.5 and 20 at a logarithmic axis, between the powers of ten too where it spans few of them."""
    from matplotlib.ticker import LogFormatter

    class Plain(LogFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return f"{x:g}" if super().__call__(x, pos) else ""

    axis.set_major_formatter(Plain())
    axis.set_minor_formatter(Plain())


def line_key(label: str, **look: Any) -> Artist:
    """The entry of a line in a key."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **look)


def patch_key(label: str, colour: str) -> Artist:
    """The entry of an area in a key."""
    from matplotlib.patches import Patch

    return Patch(color=colour, label=label)


def key_row(axes: Axes, keys: list[Artist]) -> None:
    """Says above `axes` what is in no colour bar."""
    if keys:
        axes.legend(
            handles=keys, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(keys), borderaxespad=0.2
        )


def step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... that divides `span` into at most about `most` parts."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * m for m in (1, 2, 5, 10) if power * m * most >= span)


def robust_limits(values: Array, outliers: float = 0.2) -> tuple[float, float, str]:
    """The range of all but `outliers` % of the values at either end, for an electrode artefact is no range.

    Also at which ends values lie beyond it, as `colorbar(extend=...)` has it.
    """
    low, high = (float(limit) for limit in np.nanpercentile(values, [outliers, 100 - outliers]))
    if high - low < 1e-6:
        return low - 1, high + 1, "neither"
    ends = (bool(np.nanmin(values) < low), bool(np.nanmax(values) > high))
    return low, high, {(True, True): "both", (True, False): "min", (False, True): "max"}.get(ends, "neither")
