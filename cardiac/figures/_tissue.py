"""What figures of a tissue have in common: what is known of it, and lines through it with regions and stimuli."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cardiac.figures._style import GREY, SCAR, WIDTH, FigureError
from cardiac.result import Frames, Result, ResultError
from cardiac.storage import Array
from cardiac.tissue.grid import Grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTER = 0.08  # inches, its width, about
_LASTS = re.compile(r"([\d.]+) ms$")  # in what is told of a stimulus
_ANSWER = 1.5  # durations of a pulse, within which it activates cells itself
_CLOSE = 2  # cells from an electrode, which velocities are fitted over
_ELONGATED = 10  # a tissue this much longer than wide is drawn as a line
STRETCH = "#D5EDFA"  # a region, on a line through it
_OF_A_BEAT = re.compile(r"_beat_(\d+)$")  # how the verdict of a later beat is named


def is_line(result: Result) -> bool:
    """Whether the tissue is a cable, or so narrow that a map of it could not be read."""
    narrow, long = sorted(result.shape)
    return narrow == 1 or long >= _ELONGATED * narrow


def verdicts(result: Result) -> str:
    """The verdicts in words."""
    found = result.block.values()
    named = len(found) > 1
    return "; ".join(
        _OF_A_BEAT.sub(r", beat \1", v.name) + f": {v.sentence}" if named else str(v.sentence) for v in found
    )


def of_beat(beat: int) -> str:
    """What is said of a figure that shows a later beat."""
    return f"beat {beat}" if beat > 1 else ""


def judged(result: Result) -> Array:
    """The cells (ny, nx) of the region that the first verdict is about; none without a verdict."""
    names = (_OF_A_BEAT.sub("", name) for name in result.block)
    regions = result.regions
    return next((regions[name] for name in names if name in regions), np.zeros(result.shape, bool))


def beside_electrodes(result: Result) -> Array:
    """The cells (ny, nx) that were activated during a stimulus or just after it, and those close to them."""
    from scipy.ndimage import binary_dilation

    during = np.zeros(result.shape, bool)
    for event in result.events:
        found = _LASTS.search(event.text) if event.kind == "stimulus" else None
        if found and "activation_time" in result.names():
            since = result["activation_time"] - event.time
            during |= ((since >= 0.0) & (since <= _ANSWER * float(found[1]))).any(axis=0)
    beside: Array = binary_dilation(during, np.ones((3, 3)), iterations=_CLOSE)
    return beside


def _grid(result: Result) -> Grid:
    ny, nx = result.shape
    return Grid(nx, ny, result.size[0] / nx)


def frames_of(result: Result, figure: str, name: str) -> Frames:
    """The recorded frames of a variable, or what to write so that there are some."""
    try:
        return result.frames(name)
    except ResultError:
        advice = f"add record: {{frames: {{of: [{name}], every: 1 ms}}}} and run again"
        raise FigureError(f"{figure}: {result.path} holds no frames of {name} - {advice}") from None


def activation_of(result: Result, figure: str, beat: int) -> Array:
    """Activation times (ny, nx) [ms] of a beat; raises FigureError where there is no such beat."""
    times = result["activation_time"]
    if not 1 <= beat <= len(times):
        raise FigureError(f"{figure}: there is no beat {beat}, {result.path} holds {len(times)}")
    found: Array = times[beat - 1]
    return found


def apart(names: Iterable[tuple[float, str]], extent: Callable[[str], float]) -> list[tuple[float, str]]:
    """Names at places along a line; those that would be printed on each other become one, "a, b"."""
    groups: list[tuple[float, str]] = []
    for place, name in sorted(names):
        words = name
        if groups and place - groups[-1][0] < (extent(groups[-1][1]) + extent(name)) / 2:
            before, others = groups.pop()
            words = others if name in others.split(", ") else f"{others}, {name}"
            place = (before + place) / 2
        groups.append((place, words))
    return groups


@dataclass(frozen=True)
class Line:
    """A straight line of cells through the tissue."""

    axis: Literal["x", "y"]  # along which it runs
    place: float  # its other coordinate [mm]
    position: Array  # of its cells [mm]
    length: float  # mm
    index: tuple[Any, Any]  # of its cells in a map

    @classmethod
    def through(cls, result: Result, *, y: float | None = None, x: float | None = None) -> Line:
        """The line at `y` along x, or at `x` along y [mm]; raises ValueError outside the tissue.

        By default along the longer side: in the middle if that meets the region that a verdict is about, else
        through the middle of the region.
        """
        width, height = result.size
        middle = (width / 2 if x is None else x, height / 2 if y is None else y)
        i, j = _grid(result).cell_at(middle)
        by_default = x is None and y is None
        if y is not None or (x is None and width >= height):
            i = _meeting(i, judged(result), axis=1) if by_default else i
            return cls("x", float(result.y[i]), result.x, width, (i, slice(None)))
        j = _meeting(j, judged(result), axis=0) if by_default else j
        return cls("y", float(result.x[j]), result.y, height, (slice(None), j))

    def of(self, values: Array) -> Array:
        """The values on the line of a map (ny, nx)."""
        found: Array = values[self.index]
        return found

    def spans(self, mask: Array) -> list[tuple[float, float]]:
        """The stretches [mm] of the line in which the map `mask` is true."""
        changes = np.flatnonzero(np.diff(np.r_[False, self.of(mask), False]))
        edges = changes * (self.length / len(self.position))
        return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))

    def probes(self, result: Result) -> dict[str, float]:
        """Where on the line [mm] the probes are."""
        component = 0 if self.axis == "x" else 1
        return {name: p.position[component] for name, p in result.probes.items() if p.position is not None}


def line_asked(result: Result, figure: str, y: float | None, x: float | None) -> Line:
    """The line at `y` or `x` [mm], or that by default; raises FigureError where it is none."""
    if x is not None and y is not None:
        raise FigureError(f"{figure}: x and y are two lines - give one of them")
    try:
        return Line.through(result, y=y, x=x)
    except ValueError:
        at = f"y = {y:g}" if x is None else f"x = {x:g}"
        tissue = " x ".join(f"{length:g} mm" for length in result.size)
        raise FigureError(f"{figure}: {at} mm lies outside the tissue ({tissue})") from None


def stretches(axes: Axes, result: Result, line: Line) -> None:
    """Regions and scars that a line crosses as stretches of its axis x, named above; probes as vertical lines."""
    frame = axes.get_xaxis_transform()
    spans = [
        (name, span)
        for name, mask in result.regions.items()
        if not mask.all()
        for span in line.spans(mask & result.conducting)
    ]
    for _, (low, high) in spans:
        axes.axvspan(low, high, color=STRETCH, lw=0, zorder=0.4)
    letter = _LETTER * line.length / WIDTH  # mm
    for place, names in apart(
        (((low + high) / 2, name) for name, (low, high) in spans), lambda word: letter * (len(word) + 1)
    ):
        axes.text(place, 1.02, names, transform=frame, ha="center", va="bottom")
    for i, (low, high) in enumerate(line.spans(~result.conducting)):
        axes.axvspan(low, high, color=SCAR, lw=0, zorder=0.5, label="scar" if i == 0 else None)
    for name, position in line.probes(result).items():
        axes.axvline(position, color=GREY, lw=0.8, ls=":")
        axes.text(position, 0.02, f" {name}", transform=frame)


def _meeting(middle: int, region: Array, axis: int) -> int:
    """The number of the row or column that meets a region: the middle one, else the middle one of those."""
    wanted = np.any(region, axis)
    (found,) = np.nonzero(wanted)
    return middle if wanted[middle] or not len(found) else int(found[len(found) // 2])


def stimulus_times(result: Result) -> list[float]:
    """Onsets [ms]."""
    return [event.time for event in result.events if event.kind == "stimulus"]


def mark_stimuli(axes: Axes, result: Result) -> None:
    """Triangles above the time axis of `axes`, and a word to the first."""
    low, high = axes.get_xlim()
    times = [time for time in stimulus_times(result) if low <= time <= high]
    if not times:
        return
    above = axes.get_xaxis_transform()
    axes.plot(times, [1.03] * len(times), "v", ms=4, color="black", transform=above, clip_on=False)
    word = "stimulus" if len(times) == 1 else "stimuli"
    axes.annotate(
        word, (times[0], 1.03), xycoords=above, xytext=(5, 0), textcoords="offset points", va="center"
    )
