"""The look of all figures, stated once: what they are for, their settings, colours, labels and keys."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from cardiac.registry import EntryError
from cardiac.storage import Array
from cardiac.typesetting import symbol

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import FigureBase

Purpose = Literal["screen", "print"]


class Medium(NamedTuple):
    """What a figure is for decides its size and that of its letters."""

    width: float  # mm, unless another is asked for
    resolution: int  # dots per inch
    text: float  # points, of labels
    small: float  # points, of numbers at axes, and of keys
    headed: bool  # with title and findings; in print the caption has these


# Journals ask for 7 points or more, and for a width of about 180 mm, or 85 mm of one column.
MEDIA: dict[str, Medium] = {
    "screen": Medium(width=178.0, resolution=200, text=8.5, small=8.0, headed=True),
    "print": Medium(width=180.0, resolution=600, text=8.0, small=7.0, headed=False),
}
TITLE, SUBTITLE = 11.0, 9.0  # points
WIDTH = 7.0  # inches, of a page for which heights are given
NARROW = 5.0  # inches; on a page less wide, keys are below the axes

# Okabe & Ito (2008), without the yellow that is lost on white.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
MUTED = "#BBBBBB"  # tissue that was never activated
SCAR = "#4A4A4A"
GREY = "#666666"  # secondary text
# Of what became of a wave, wherever it is drawn.
OUTCOMES = {
    "conducted": PALETTE[2],
    "delayed": PALETTE[4],
    "blocked": PALETTE[1],
    "undecided": "#CFCFCF",
    "not reached": "#A6A6A6",
}
TURNS = {1: "clockwise", -1: "counter-clockwise"}  # of a phase singularity, by the sign of its charge

# Perceptually uniform maps: of potential, and of time, which runs from bright to dark.
POTENTIAL_MAP = "plasma"
TIME_MAP = "viridis_r"
DURATION_MAP = "cividis"  # of durations, frequencies, and whatever else is a number
SIGNED_MAP = "PuOr"  # of what has a sign, white at 0
PHASE_MAP = "twilight"  # cyclic

SETTINGS: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same figure everywhere
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": f"cycler('linestyle', ['-', '--', ':']) * cycler('color', {PALETTE})",
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": [-4, 5],
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "image.interpolation": "nearest",
    "savefig.dpi": "figure",
    "pdf.fonttype": 42,  # text stays text
    "svg.hashsalt": "cardiac",  # the same figure is the same file
}

_PREFIXES = ["n", "u", "m", "", "k"]
_PREFIXED = re.compile(r"(n|u|m|k)?((?:V|s|M|A/F|S/uF|Hz|m|m/s))")
# Powers of ten that a logarithmic axis spans at most -> the numbers that have room within each.
_NAMED = {0.4: range(1, 10), 1.0: (1, 2, 3, 5, 7), 2.5: (1, 2, 5), math.inf: (1,)}
_SMALLEST, _LARGEST = 0.1, 1e4  # numbers at an axis for which its unit needs no other prefix
_LETTER_UP, _FEWEST, _NO_LIMIT = 0.065, 9, 1000  # of the label of a colour bar: inches of a letter, letters
_LETTER = 0.6  # width of a letter, about, in font sizes
_ROOMY = 0.7  # of a width: a key that takes less of it stands in one line


class FigureError(EntryError):
    """A figure that cannot be drawn, or a file that is none; the message says what to do."""


def style(medium: Medium = MEDIA["screen"]) -> AbstractContextManager[None]:
    """The settings, while in a `with` block."""
    import matplotlib

    text = dict.fromkeys(("font.size", "axes.labelsize", "axes.titlesize"), medium.text)
    small = dict.fromkeys(
        ("xtick.labelsize", "ytick.labelsize", "legend.fontsize", "legend.title_fontsize"), medium.small
    )
    return matplotlib.rc_context(SETTINGS | text | small)  # type: ignore[arg-type]


# Labels


def with_unit(what: str, unit: str) -> str:
    """The label of an axis: "time (ms)"; a pure number has no unit."""
    printed = symbol(unit)
    return f"{what} ({printed})" if printed else what


def prefixed(unit: str, largest: float) -> tuple[float, str]:
    """A unit with another SI prefix, so that `largest` [unit] is no tiny or huge number of it.

    Also the factor: 0.002 mV are 2 uV, and the factor is 1000.
    """
    found = _PREFIXED.fullmatch(unit)
    power = 0
    if found and largest > 0:
        at = _PREFIXES.index(found[1] or "")
        while largest * 1000.0**power < _SMALLEST and at - power > 0:
            power += 1
        while largest * 1000.0**power >= _LARGEST and at - power < len(_PREFIXES) - 1:
            power -= 1
        unit = _PREFIXES[at - power] + found[2]
    return 1000.0**power, unit


def name_axis(axis: Axis, what: str, unit: str, letters: int = _NO_LIMIT) -> None:
    """Labels an axis with what it shows, in the prefix of the unit that fits its numbers; `letters` fit in a line."""
    from matplotlib.ticker import Formatter

    def label(unit: str) -> str:
        return "\n".join(
            textwrap.fill(part, letters, break_long_words=False) for part in with_unit(what, unit).split("\n")
        )

    class Prefixed(Formatter):
        factor = 1.0

        def set_locs(self, locs: Any) -> None:
            largest = float(np.abs(axis.get_view_interval()).max())
            self.factor, fitting = prefixed(unit, largest)
            axis.set_label_text(label(fitting))

        def __call__(self, x: float, pos: int | None = None) -> str:
            return f"{x * self.factor:.8g}".replace("-", "\N{MINUS SIGN}")

    axis.set_label_text(label(unit))
    axis.set_major_formatter(Prefixed())


def plain_numbers(axis: Axis) -> None:
    """Plain numbers at a logarithmic axis, 1, 2, 5, 10, 20, ...: more the less, fewer the more powers it spans."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    class Round(LogLocator):
        def tick_values(self, vmin: float, vmax: float) -> Any:
            powers = abs(math.log10(vmax / vmin))
            self.set_params(subs=next(named for most, named in _NAMED.items() if powers <= most))
            return super().tick_values(vmin, vmax)

    axis.set_major_locator(Round())
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_minor_formatter(NullFormatter())


# Keys


def colour_bar(
    figure: FigureBase,
    axes: Axes,
    width: float,
    image: ScalarMappable,
    what: str,
    unit: str,
    extend: str = "neither",
) -> Axes:
    """A slim colour bar of the full height of `axes`, which is `width` inches wide, on its right."""
    flat = axes.get_aspect() != "auto"  # of a map the height follows, to which the label must keep
    letters = max(_FEWEST, int(width * axes.get_data_ratio() / _LETTER_UP)) if flat else _NO_LIMIT
    bar = axes.inset_axes((1 + 0.12 / width, 0, 0.12 / width, 1))
    figure.colorbar(image, cax=bar, extend=extend)
    name_axis(bar.yaxis, what, unit, letters)
    return bar


def line_key(label: str, **look: Any) -> Artist:
    """The entry of a line in a key."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **look)


def patch_key(label: str, colour: str, **look: Any) -> Artist:
    """The entry of an area in a key."""
    from matplotlib.patches import Patch

    return Patch(color=colour, label=label, **look)


def columns_of(handles: Sequence[Artist], width: float, beside: float) -> int:
    """How many entries of a key there is room for in `width` inches; each has `beside` font sizes of line and gap."""
    from matplotlib import rcParams

    letters = [len(str(handle.get_label())) for handle in handles]
    wide = [(_LETTER * count + beside) * rcParams["legend.fontsize"] / 72 for count in letters]
    if sum(wide) <= _ROOMY * width:
        return len(handles)
    return max(1, min(len(handles), int(width / max(wide))))


# Numbers


def step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... that divides `span` into at most about `most` parts."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * m for m in (1, 2, 5, 10) if power * m * most >= span)


def robust_limits(values: Array, outliers: float = 0.2, least: float = 0.0) -> tuple[float, float, str]:
    """The range of all but `outliers` % of the values at either end, for an electrode artefact is no range.

    It is not narrower than `least`, lest noise be shown in full colours. Also at which ends values lie beyond it, as
    `colorbar(extend=...)` has it.
    """
    low, high = (float(limit) for limit in np.nanpercentile(values, [outliers, 100 - outliers]))
    if high - low < max(least, 1e-6):
        middle, half = 0.5 * (low + high), 0.5 * (least or 2.0)
        low, high = middle - half, middle + half
    return low, high, ends(values, low, high)


def ends(values: Array, low: float, high: float) -> str:
    """At which ends of a range some of the values lie beyond it, as `colorbar(extend=...)` has it."""
    found = (bool(np.nanmin(values) < low), bool(np.nanmax(values) > high))
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get(found, "neither")
