"""Maps of a tissue: values as colours, isochrones, and regions, scars and probes drawn on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cardiac.figures._page import Page
from cardiac.figures._style import (
    DURATION_MAP,
    MUTED,
    PALETTE,
    SCAR,
    colour_bar,
    ends,
    line_key,
    name_axis,
    patch_key,
    robust_limits,
    step,
)
from cardiac.figures._tissue import beside_electrodes
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.contour import ContourSet
    from matplotlib.figure import FigureBase, SubFigure
    from matplotlib.image import AxesImage

HIGHEST = 5.5  # inches, of a map
BESIDE = 1.42  # inches, of what stands beside a map: its y axis and its colour bar
_UNDER = 0.75  # inches, of what stands under and above it
_SLOWEST = 0.02  # mm/ms; where neighbours differ by more than such a wave takes, none passed: a line of block
_ISOCHRONES = 15  # at most about
_OUTLIERS = 2.0  # %, of speeds at either end
_EVEN = 0.05  # of the median speed: smaller differences are no range of colours
_BORDER = PALETTE[1]  # of a region: not in the colours of time, and no isochrone is dashed


class Scale(NamedTuple):
    """What the colours of a map mean."""

    what: str
    unit: str
    colours: str | Colormap = DURATION_MAP
    # Lowest, highest, and at which ends values lie beyond (`robust_limits`); without, those of the values.
    limits: tuple[float, float, str] | None = None

    @classmethod
    def robust(cls, what: str, unit: str, values: Array, outliers: float = 0.5, least: float = 0.0) -> Scale:
        """One for all but `outliers` % of the values at either end, see `robust_limits`."""
        known = np.isfinite(values).any()
        return cls(what, unit, limits=robust_limits(values, outliers, least) if known else None)


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


def shaded(axes: Axes, result: Result, values: Array, scale: Scale, hole: str = MUTED) -> AxesImage:
    """Values (ny, nx) as colours, `hole` where there is none."""
    low, high, _ = scale.limits or (None, None, "")
    axes.set_facecolor(hole)
    return axes.imshow(values, origin="lower", extent=extent(result), cmap=scale.colours, vmin=low, vmax=high)


def coloured(
    figure: FigureBase,
    axes: Axes,
    wide: float,
    result: Result,
    values: Array,
    scale: Scale,
    hole: str = MUTED,
) -> None:
    """Values (ny, nx) as colours, with a colour bar if there are any, on axes that are `wide` inches wide."""
    image = shaded(axes, result, values, scale, hole)
    if np.isfinite(values).any():
        ends = scale.limits[2] if scale.limits else "neither"
        colour_bar(figure, axes, wide, image, scale.what, scale.unit, ends)


def of_speed(result: Result, speed: Array) -> Scale:
    """The scale of conduction velocities [m/s].

    It leaves out the cells at electrodes, which are not excited by a wave, and 2 % at either end: where waves meet,
    or reach a border, speeds have no meaning.
    """
    away = np.where(beside_electrodes(result), np.nan, speed)
    known = next((s[np.isfinite(s)] for s in (away, speed) if np.isfinite(s).any()), np.empty(0))
    scale = Scale("conduction velocity", "m/s")
    if not known.size:
        return scale
    low, high, _ = robust_limits(known, _OUTLIERS, _EVEN * float(np.median(known)))
    return scale._replace(limits=(low, high, ends(speed, low, high)))


def annotated(
    axes: Axes, result: Result, known: Array, unknown: str, *, among_isochrones: bool = False
) -> list[Artist]:
    """Draws scars, borders of regions and probes on a map; returns the key.

    `unknown` is what is said of the conducting cells that are not among the `known` (ny, nx).
    """
    keys = [patch_key(unknown, MUTED)] if (~known & result.conducting).any() else []
    if scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    keys += outlines(axes, result, among_isochrones=among_isochrones)
    probes(axes, result)
    return keys


def isochrones(
    axes: Axes, result: Result, times: Array, early: str, late: str
) -> tuple[list[Artist], ContourSet | None]:
    """Draws isochrones at round times, the first and the second half in two colours; returns their key and them.

    None where nothing was activated, or all at once.
    """
    if not np.isfinite(times).any():
        return [], None
    first, last = float(np.nanmin(times)), float(np.nanmax(times))
    interval = step(max(last - first, 1e-3), _ISOCHRONES)
    levels = np.arange(np.ceil(first / interval), np.floor(last / interval) + 1) * interval
    if not len(levels):
        return [], None
    colours = [early if level - first < (last - first) / 2 else late for level in levels]
    border = to_border(result, passed(result, times))
    lines = axes.contour(*border, levels=levels, colors=colours, linewidths=0.7)
    return [line_key(f"isochrones every {interval:g} ms", color=early, lw=0.7)], lines


def passed(result: Result, times: Array) -> Array:
    """Activation times without the cells behind a line of block, along which all isochrones would pile up."""
    framed = np.pad(times, 1, mode="edge")
    neighbours = framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]
    wait = times - np.fmin.reduce(neighbours)
    return np.where(wait > result.size[0] / len(result.x) / _SLOWEST, np.nan, times)


def scar(axes: Axes, result: Result) -> bool:
    """Covers what does not conduct; tells whether there is any."""
    cover(axes, result, result.conducting)
    return not result.conducting.all()


def cover(axes: Axes, result: Result, conducting: Array) -> None:
    """Covers the cells that are not `conducting` (ny, nx)."""
    from matplotlib.colors import ListedColormap

    hidden = np.ma.masked_array(np.zeros(conducting.shape), conducting)
    if not conducting.all():
        axes.imshow(hidden, cmap=ListedColormap([SCAR]), origin="lower", extent=extent(result), zorder=1.5)


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
