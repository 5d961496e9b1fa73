"""Snapshots of the tissue side by side, on one colour scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import POTENTIAL_MAP, SCAR, FigureError, name_axis, robust_limits
from cardiac.result import Frames, Result
from cardiac.units import ms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("sheet",))

_PANELS = 8  # about, when the times are not given
_HIGHEST = 5.0  # inches, of all panels together
_LEFT, _RIGHT, _BOTTOM = 0.55, 0.95, 0.45  # margins, inches: labels, colour bar, labels
_LABEL = 0.5  # inches, of the label of an axis
_BESIDE, _ABOVE = 0.18, 0.27  # between panels, inches; above them is their time


def draw(page: Page, result: Result, *, of: str = "V", times: tuple[ms, ...] | None = None) -> None:
    """Frames of a variable nearest to the `times` [ms], by default evenly spread over the activity."""
    frames = _tissue.frames_of(result, "frames", of)
    width, height = result.size
    if times is None:
        times = _informative(result, frames, _Panels.arranged(_PANELS, height / width, page.width).places)
    _there_are(frames, times)
    chosen = sorted({frames.nearest(time) for time in times})
    images = np.stack([frames[i] for i in chosen])
    limits = robust_limits(images)
    scale = Scale(result.long_name(of), frames.unit, POTENTIAL_MAP, limits)

    panels = _Panels.arranged(len(chosen), height / width, page.width)
    figure = page.open(panels.total_height, exact=True)
    for i, (image, time) in enumerate(zip(images, frames.time[chosen], strict=True)):
        axes = panels.add(figure, i)
        shown = _maps.shaded(axes, result, image, scale, hole=SCAR)
        _maps.outlines(axes, result, among_isochrones=False)
        axes.set_title(f"{time:g} ms", pad=3)
        first, last = i % panels.columns == 0, i + panels.columns >= len(chosen)
        _maps.label_map(axes, x=last, y=first and (last or panels.height > _LABEL))
        axes.tick_params(labelleft=first, labelbottom=last)
    bar = panels.add_bar(figure)
    figure.colorbar(shown, cax=bar, extend=limits[2])
    name_axis(bar.yaxis, scale.what, scale.unit)


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
    page: float  # width of all

    @classmethod
    def arranged(cls, count: int, steepness: float, page: float) -> _Panels:
        """The largest panels of that height / width of which `count` fit on a `page` so many inches wide."""
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            width = (page - _LEFT - _RIGHT + _BESIDE) / columns - _BESIDE
            found = cls(rows, columns, width, width * steepness, page)
            if found.total_height <= _HIGHEST:
                break
        return found

    @property
    def places(self) -> int:
        return self.rows * self.columns

    @property
    def total_height(self) -> float:
        return _BOTTOM + self.rows * (self.height + _ABOVE)

    def add(self, figure: SubFigure, index: int) -> Axes:
        """The panel number `index`, by rows from the top left."""
        row, column = divmod(index, self.columns)
        left = _LEFT + column * (self.width + _BESIDE)
        top = _ABOVE + row * (self.height + _ABOVE)
        return _placed(figure, left, top, self.width, self.height)

    def add_bar(self, figure: SubFigure) -> Axes:
        """The place for a colour bar on the right of all panels."""
        return _placed(figure, self.page - _RIGHT + 0.15, _ABOVE, 0.12, self.total_height - _BOTTOM - _ABOVE)


def _placed(figure: SubFigure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes so many inches from the left and from the top of a part of a figure, wherever that comes to lie."""
    from matplotlib.transforms import Bbox

    axes: Axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))

    def placed(axes: Any, renderer: Any) -> Bbox:
        room = figure.bbox  # pixels
        box = Bbox.from_bounds(left, -top - height, width, height)
        pixels = Bbox(box.get_points() * figure.dpi + (room.x0, room.y1))
        return pixels.transformed(figure.transSubfigure.inverted())

    axes.set_axes_locator(placed)
    return axes


def _informative(result: Result, frames: Frames, count: int) -> tuple[float, ...]:
    """Times evenly spread from the first activation to the last, or over all frames if there is none."""
    first, last = frames.time[0], frames.time[-1]
    if "activation_time" in result.names():
        activations = result["activation_time"]
        seen = activations[(activations >= first) & (activations <= last)]
        if seen.size:
            first, last = seen.min(), seen.max()
    return tuple(np.linspace(first, last, count + 1)[1:])
