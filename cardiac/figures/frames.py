"""Snapshots of the tissue side by side, on one colour scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._shows import Shows
from cardiac.figures._style import POTENTIAL_MAP, SCAR, WIDTH, FigureError, canvas, robust_limits, with_unit
from cardiac.result import Frames, Result
from cardiac.units import ms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("sheet",))

_PANELS = 8  # about, when the times are not given
_HIGHEST = 5.0  # inches, of all panels together
_LEFT, _RIGHT, _BOTTOM = 0.55, 0.95, 0.45  # margins, inches: labels, colour bar, labels
_BESIDE, _ABOVE = 0.18, 0.27  # between panels, inches; above them is their time


def draw(result: Result, *, of: str = "V", times: tuple[ms, ...] | None = None) -> Figure:
    """Frames of a variable nearest to the `times` [ms], by default evenly spread over the activity."""
    frames = _tissue.frames_of(result, "frames", of)
    width, height = result.size
    if times is None:
        times = _informative(result, frames, _Panels.arranged(_PANELS, height / width).places)
    _there_are(frames, times)
    chosen = sorted({frames.nearest(time) for time in times})
    images = np.stack([frames[i] for i in chosen])
    low, high, extend = robust_limits(images)

    panels = _Panels.arranged(len(chosen), height / width)
    figure = canvas(panels.total_height, result.title, _tissue.subtitle(result))
    figure.set_layout_engine("none")
    for i, (image, time) in enumerate(zip(images, frames.time[chosen], strict=True)):
        axes = panels.add(figure, i)
        axes.set_facecolor(SCAR)
        shown = axes.imshow(
            image, origin="lower", extent=_tissue.extent(result), cmap=POTENTIAL_MAP, vmin=low, vmax=high
        )
        _tissue.outlines(axes, result, among_isochrones=False)
        axes.set_title(f"{time:g} ms", pad=3)
        first, last = i % panels.columns == 0, i + panels.columns >= len(chosen)
        axes.set(xlabel="x (mm)" if last else "", ylabel="y (mm)" if first else "")
        axes.tick_params(labelleft=first, labelbottom=last)
    label = with_unit(result.long_name(of), frames.unit)
    figure.colorbar(shown, cax=panels.add_bar(figure), label=label, extend=extend)
    return figure


def _there_are(frames: Frames, times: tuple[ms, ...]) -> None:
    """Raises FigureError where a time [ms] is farther from all frames than they are from each other."""
    first, last = frames.time[0], frames.time[-1]
    apart = float(np.diff(frames.time).max(initial=0.0))
    for time in times:
        if not first - apart <= time <= last + apart:
            raise FigureError(f"frames: there is none at {time:g} ms, they are from {first:g} to {last:g} ms")


class _Panels(NamedTuple):
    """Panels of equal size in rows and columns, placed by hand: they align, and it takes no time."""

    rows: int
    columns: int
    width: float  # of one, inches
    height: float

    @classmethod
    def arranged(cls, count: int, steepness: float) -> _Panels:
        """The largest panels of that height / width of which `count` fit."""
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            width = (WIDTH - _LEFT - _RIGHT + _BESIDE) / columns - _BESIDE
            found = cls(rows, columns, width, width * steepness)
            if found.total_height <= _HIGHEST:
                break
        return found

    @property
    def places(self) -> int:
        return self.rows * self.columns

    @property
    def total_height(self) -> float:
        return _BOTTOM + self.rows * (self.height + _ABOVE)

    def add(self, figure: Figure, index: int) -> Axes:
        """The panel number `index`, by rows from the top left."""
        row, column = divmod(index, self.columns)
        left = _LEFT + column * (self.width + _BESIDE)
        bottom = self.total_height - (row + 1) * (self.height + _ABOVE)
        return _placed(figure, left, bottom, self.width, self.height)

    def add_bar(self, figure: Figure) -> Axes:
        """The place for a colour bar on the right of all panels."""
        return _placed(figure, WIDTH - _RIGHT + 0.15, _BOTTOM, 0.12, self.total_height - _BOTTOM - _ABOVE)


def _placed(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches."""
    total = figure.get_figheight()
    return figure.add_axes((left / WIDTH, bottom / total, width / WIDTH, height / total))


def _informative(result: Result, frames: Frames, count: int) -> tuple[float, ...]:
    """Times evenly spread from the first activation to the last, or over all frames if there is none."""
    first, last = frames.time[0], frames.time[-1]
    if "activation_time" in result.names():
        activations = result["activation_time"]
        seen = activations[(activations >= first) & (activations <= last)]
        if seen.size:
            first, last = seen.min(), seen.max()
    return tuple(np.linspace(first, last, count + 1)[1:])
