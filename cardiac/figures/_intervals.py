"""What S2 does at each S1-S2 interval: a bar for each way that its wave may run, a colour for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import GREY, OUTCOMES, line_key, name_axis, patch_key
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Of answers, by number; what is not among them is not drawn.
COLOURS = {
    -1: OUTCOMES["undecided"],
    0: OUTCOMES["blocked"],
    1: OUTCOMES["delayed"],
    2: OUTCOMES["conducted"],
}
_HEIGHT = 0.62  # of a bar
NAMED, TOP = -0.36, -0.02  # above the last bar: where a window has its width, and its upper end


def bars(
    page: Page,
    axes: Axes,
    intervals: Array,
    answers: Mapping[str, Array],
    words: Mapping[int, str],
    windows: Sequence[tuple[float, float]],
) -> None:
    """A bar for each name of `answers` (intervals,), and the `windows` [ms] as an outlined band across them."""
    edges = np.concatenate([intervals[:1], 0.5 * (intervals[1:] + intervals[:-1]), intervals[-1:]])
    names = list(answers)
    for row, name in enumerate(reversed(names)):
        for low, high, answer in zip(edges, edges[1:], answers[name].tolist(), strict=False):
            if answer in words:
                axes.barh(row, high - low, left=low, height=_HEIGHT, color=COLOURS[answer], lw=0)
        axes.plot(intervals, np.full(len(intervals), row - 0.5), "|", ms=3, color=GREY, clip_on=False)
    for low, high in windows:
        axes.axvspan(low, high, fc="none", ec="black", lw=1.0, zorder=3)
        axes.text(0.5 * (low + high), len(names) + NAMED, f"{high - low:.3g} ms", ha="center", va="center")
    seen = set(np.concatenate([answers[name] for name in names]).tolist())
    keys = [patch_key(word, COLOURS[number]) for number, word in words.items() if number in seen]
    page.key_above(axes, [*keys, line_key("tried", marker="|", ls="", ms=5, color=GREY)])
    axes.set_yticks(range(len(names)), names[::-1])
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(-0.5, len(names) + TOP), xlim=(edges[0], edges[-1]))
    name_axis(axes.xaxis, "S1-S2 interval", "ms")
    axes.spines["left"].set_visible(False)
