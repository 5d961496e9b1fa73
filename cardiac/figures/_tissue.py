"""What figures of a tissue have in common: its extent, and regions, scars, probes and stimuli drawn on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import GREY, PALETTE, SCAR, WIDTH, FigureError, line_key, name_axis
from cardiac.result import Frames, Result, ResultError
from cardiac.storage import Array
from cardiac.tissue.grid import Grid

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

HIGHEST = 5.5  # inches, of a map
BESIDE = 1.42  # inches, of what stands beside a map: its y axis and its colour bar
_LETTER = 0.08  # inches, its width, about
_UNDER = 0.75  # inches, of what stands under and above it
_SLOWEST = 0.02  # mm/ms; where neighbours differ by more than such a wave takes, none passed: a line of block
_ELONGATED = 10  # a tissue this much longer than wide is drawn as a line
STRETCH = "#D5EDFA"  # a region, on a line through it
_BORDER = PALETTE[1]  # of a region: not in the colours of time, and no isochrone is dashed
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


def frames_of(result: Result, figure: str, name: str) -> Frames:
    """The recorded frames of a variable, or what to write so that there are some."""
    try:
        return result.frames(name)
    except ResultError:
        advice = f"add record: {{frames: {{of: [{name}], every: 1 ms}}}} and run again"
        raise FigureError(f"{figure}: {result.path} holds no frames of {name} - {advice}") from None


def extent(result: Result) -> tuple[float, float, float, float]:
    """Left, right, bottom, top [mm]."""
    width, height = result.size
    return 0.0, width, 0.0, height


def map_axes(
    page: Page, result: Result, finding: str = "", part: tuple[float, float] | None = None
) -> tuple[SubFigure, Axes, float]:
    """A page with axes for one map, and their width [inches]; there is room for a colour bar.

    Of a `part` of the tissue, width and height [mm], if not of all.
    """
    width, height = part or result.size
    wide = min(page.width - BESIDE, HIGHEST * width / height)
    figure = page.open(wide * height / width + _UNDER, finding, exact=True)
    axes: Axes = figure.subplots()
    label_map(axes)
    return figure, axes, wide


def label_map(axes: Axes, x: bool = True, y: bool = True) -> None:
    """Axes of places in the tissue, labelled where they are not those of a neighbour."""
    axes.set_aspect("equal")
    axes.set_anchor("N")
    for axis, labelled in ((axes.xaxis, x), (axes.yaxis, y)):
        name_axis(axis, axis.axis_name, "mm")
        axis.label.set_visible(labelled)


def passed(result: Result, times: Array) -> Array:
    """Activation times without the cells behind a line of block, along which all isochrones would pile up."""
    framed = np.pad(times, 1, mode="edge")
    neighbours = framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]
    wait = times - np.fmin.reduce(neighbours)
    return np.where(wait > result.size[0] / len(result.x) / _SLOWEST, np.nan, times)


def activation_of(result: Result, figure: str, beat: int) -> Array:
    """Activation times (ny, nx) [ms] of a beat; raises FigureError where there is no such beat."""
    times = result["activation_time"]
    if not 1 <= beat <= len(times):
        raise FigureError(f"{figure}: there is no beat {beat}, {result.path} holds {len(times)}")
    found: Array = times[beat - 1]
    return found


def scar(axes: Axes, result: Result) -> bool:
    """Covers what does not conduct; tells whether there is any."""
    from matplotlib.colors import ListedColormap

    conducting = result.conducting
    if conducting.all():
        return False
    cover = np.ma.masked_array(np.zeros(conducting.shape), conducting)
    axes.imshow(cover, cmap=ListedColormap([SCAR]), origin="lower", extent=extent(result), zorder=1.5)
    return True


def to_border(result: Result, values: Array) -> tuple[Array, Array, Array]:
    """x, y and a map continued from the outermost cell centres to the border, for contours that reach it."""
    width, height = result.size
    return np.r_[0, result.x, width], np.r_[0, result.y, height], np.pad(values, 1, mode="edge")


def outlines(axes: Axes, result: Result, *, among_isochrones: bool) -> list[Artist]:
    """The borders of the regions; returns their key. Among isochrones they look unlike these, and have names."""
    from matplotlib.patheffects import withStroke

    colour, style, halo = (_BORDER, "--", "white") if among_isochrones else ("white", "-", "black")
    keys: list[Artist] = []
    for name, weight in result.weights.items():
        mask = weight >= 0.5
        if mask.all() or not mask.any():
            continue  # no border to see
        if (mask & result.conducting).any():  # a scar shows as such
            border = to_border(result, weight)
            lines = axes.contour(
                *border, levels=[0.5], colors=colour, linewidths=1.4, linestyles=style, zorder=2
            )
            around = [withStroke(linewidth=2.6, foreground=halo)]
            lines.set(path_effects=around)
            keys = [line_key("region", color=colour, lw=1.4, ls=style, path_effects=around)]
        if among_isochrones:
            rows, columns = np.nonzero(mask)
            top = result.y[rows].max()
            inside = top > 0.85 * result.size[1]
            _name(
                axes,
                name,
                (result.x[columns].mean(), top),
                (0, -3 if inside else 3),
                "top" if inside else "bottom",
            )
    return keys


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


def probes(axes: Axes, result: Result) -> None:
    """The probes as named points."""
    for name, probe in result.probes.items():
        if probe.position is not None:
            axes.plot(*probe.position, "o", ms=4, mfc="white", mec="black", mew=0.8, zorder=3)
            _name(axes, name, probe.position, (0, 4), "bottom")


def _name(axes: Axes, name: str, at: tuple[float, float], offset: tuple[float, float], side: str) -> None:
    """A word that can be read on any colour."""
    from matplotlib.patheffects import withStroke

    axes.annotate(
        name,
        at,
        xytext=offset,
        textcoords="offset points",
        ha="center",
        va=side,
        zorder=4,
        path_effects=[withStroke(linewidth=2, foreground="white", alpha=0.9)],
    )


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
        (ny, nx), (width, height) = result.shape, result.size
        middle = (width / 2 if x is None else x, height / 2 if y is None else y)
        i, j = Grid(nx, ny, width / nx).cell_at(middle)
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
