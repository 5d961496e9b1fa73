"""When the wave arrived: activation times with isochrones, regions, scars and probes.

Of a cable, a line: activation time against position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import MUTED, PALETTE, TIME_MAP
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet

SHOWS = Shows("activation", held="activation_time", add="measure: [activation]", of=("cable", "sheet"))

_ROOM = 0.05  # inches around a label
_SIZE, _DIGIT = 7.0, 0.64  # points, of a label; width of a digit, of that
_LETTER, _NAME = 0.07, 0.12  # inches, width of a letter of a name and how far the name is from its place


def draw(page: Page, result: Result, *, beat: int = 1) -> None:
    """Activation times of one beat [ms]."""
    times = _tissue.activation_of(result, "activation_map", beat)
    silent = "" if np.isfinite(times).any() else "no cell was activated"
    finding = " · ".join(filter(None, (_tissue.of_beat(beat), silent)))
    (_line if _tissue.is_line(result) else _map)(page, result, times, finding)


def _map(page: Page, result: Result, times: Array, finding: str) -> None:
    figure, axes, panel = _maps.map_axes(page, result, finding)
    scale = Scale("activation time", "ms", TIME_MAP)
    _maps.coloured(figure, axes, panel, result, times, scale)
    # Black on the bright half of the colours, white on the dark.
    keys, lines = _maps.isochrones(axes, result, times, "black", "white")
    if lines is not None:
        _label(axes, result, times, lines, result.size[0] / panel)
    keys += _maps.annotated(axes, result, np.isfinite(times), "never activated", among_isochrones=True)
    page.key_above(axes, keys)


def _label(axes: Axes, result: Result, times: Array, lines: ContourSet, inch: float) -> None:
    """Labels every second isochrone where there is room; an `inch` of the figure shows so many mm."""
    paths = [np.asarray(path.vertices) for path in lines.get_paths()]
    obstacles = _obstacles(result, times, inch)
    places = [(level, _freest(result, paths, k, obstacles)) for k, level in enumerate(lines.levels)]
    labelled = [(x, y) for level, (x, y, free) in places[::2] if free >= inch * (_ROOM + _half(f"{level:g}"))]
    for label in axes.clabel(lines, fmt="%g", fontsize=_SIZE, manual=labelled) if labelled else ():
        label.set_rotation(0)


def _half(number: str) -> float:
    """Half the width of a label [inches]."""
    return 0.5 * _DIGIT * _SIZE / 72 * len(number)


def _obstacles(result: Result, times: Array, inch: float) -> Array:
    """Points (n, 2) [mm] that a label should not cover: probes, names, and cells that were not activated.

    An `inch` of the figure shows so many mm.
    """
    rows, columns = np.nonzero(np.isnan(times))
    named = {name: probe.position for name, probe in result.probes.items() if probe.position is not None}
    for name, mask in result.regions.items():
        if mask.any() and not mask.all():
            named[name] = (result.x[np.nonzero(mask)[1]].mean(), result.y[np.nonzero(mask)[0]].max())
    words = [
        (x + share * _LETTER * len(name) * inch, min(y + up * inch, result.size[1]))
        for name, (x, y) in named.items()
        for share in np.linspace(-0.5, 0.5, 5)
        for up in (-_NAME, 0.0, _NAME)
    ]
    return np.concatenate([np.column_stack([result.x[columns], result.y[rows]]), np.reshape(words, (-1, 2))])


def _freest(result: Result, paths: list[Array], k: int, obstacles: Array) -> tuple[float, float, float]:
    """The point of path `k` that is farthest from other paths, obstacles and the border, and how far [mm]."""
    from scipy.ndimage import distance_transform_edt

    path, others = paths[k], np.concatenate([obstacles, *paths[:k], *paths[k + 1 :]])
    if not len(path):
        return 0.0, 0.0, 0.0
    free = np.minimum(path, np.array(result.size) - path).min(axis=1)
    if len(others):
        spacing = result.size[0] / len(result.x)
        apart = np.ones(result.shape, dtype=bool)
        apart[_cells(result, others, spacing)] = False
        free = np.minimum(
            free, distance_transform_edt(apart, sampling=spacing)[_cells(result, path, spacing)]
        )
    best = int(np.argmax(free))
    return float(path[best, 0]), float(path[best, 1]), float(free[best])


def _cells(result: Result, points: Array, spacing: float) -> tuple[Array, Array]:
    """Rows and columns (n,) of the cells in which points (n, 2) [mm] lie, or next to which outside the tissue."""
    columns, rows = (np.clip(points / spacing, 0, np.array(result.shape)[::-1] - 1).astype(int)).T
    return rows, columns


def _line(page: Page, result: Result, times: Array, finding: str) -> None:
    """Activation time against position along a cable."""
    line = _tissue.Line.through(result)
    figure = page.open(3.0, finding)
    axes = figure.subplots()
    axes.plot(line.position, line.of(times), color=PALETTE[0], lw=1.6)
    if np.isfinite(times).any():
        axes.grid(color="#E5E5E5", lw=0.5)
    else:
        axes.set_yticks([])
    axes.set(xlim=(0, line.length), xlabel=f"{line.axis} (mm)", ylabel="activation time (ms)")
    _tissue.stretches(axes, result, line)
    mask = np.isnan(times) & result.conducting
    for i, (low, high) in enumerate(line.spans(mask)):
        label = "never activated" if i == 0 else None
        axes.axvspan(low, high, color=MUTED, lw=0, zorder=0.5, label=label)
    page.key(axes)
