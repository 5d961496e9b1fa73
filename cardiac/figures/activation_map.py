"""When the wave arrived: activation times with isochrones, regions, scars and probes.

Of a cable, a line: activation time against position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    MUTED,
    PALETTE,
    SCAR,
    TIME_MAP,
    colour_bar,
    line_key,
    patch_key,
    step,
)
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWS = Shows("activation", held="activation_time", add="measure: [activation]", of=("cable", "sheet"))

_ISOCHRONES = 15  # at most about
_ROOM = 0.12  # inches around a label
_LETTER, _NAME = 0.07, 0.12  # inches, width of a letter of a name and how far the name is from its place


def draw(page: Page, result: Result, *, beat: int = 1) -> None:
    """Activation times of one beat [ms]."""
    times = _tissue.activation_of(result, "activation_map", beat)
    (_line if _tissue.is_line(result) else _map)(page, result, times, _tissue.of_beat(beat))


def _map(page: Page, result: Result, times: Array, finding: str) -> None:
    figure, axes, panel = _tissue.map_axes(page, result, finding)
    axes.set_facecolor(MUTED)
    image = axes.imshow(times, origin="lower", extent=_tissue.extent(result), cmap=TIME_MAP)
    keys = []
    if np.isfinite(times).any():
        colour_bar(figure, axes, panel, image, "activation time", "ms")
        interval = _isochrones(axes, result, times, _ROOM * result.size[0] / panel)
        keys.append(line_key(f"isochrones every {interval:g} ms", color="black", lw=0.7))
    if (np.isnan(times) & result.conducting).any():
        keys.append(patch_key("never activated", MUTED))
    if _tissue.scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    keys += _tissue.outlines(axes, result, among_isochrones=True)
    _tissue.probes(axes, result)
    page.key_above(axes, keys)


def _isochrones(axes: Axes, result: Result, times: Array, room: float) -> float:
    """Draws isochrones at round times, labelled where there is `room` [mm]; returns their interval [ms]."""
    first, last = float(np.nanmin(times)), float(np.nanmax(times))
    interval = step(max(last - first, 1e-3), _ISOCHRONES)
    levels = np.arange(np.ceil(first / interval), np.floor(last / interval) + 1) * interval
    if len(levels):
        # Black on the bright half of the colours, white on the dark.
        colours = ["black" if level - first < (last - first) / 2 else "white" for level in levels]
        border = _tissue.to_border(result, _tissue.passed(result, times))
        lines = axes.contour(*border, levels=levels, colors=colours, linewidths=0.7)
        paths = [np.asarray(path.vertices) for path in lines.get_paths()]
        obstacles = _obstacles(result, times, room / _ROOM)
        places = [_freest(result, paths, k, obstacles) for k in range(0, len(levels), 2)]
        labelled = [(x, y) for x, y, free in places if free >= room]
        for label in axes.clabel(lines, fmt="%g", fontsize=7, manual=labelled) if labelled else ():
            label.set_rotation(0)
    return interval


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
    axes.grid(color="#E5E5E5", lw=0.5)
    axes.set(xlim=(0, line.length), xlabel=f"{line.axis} (mm)", ylabel="activation time (ms)")
    _tissue.stretches(axes, result, line)
    mask = np.isnan(times) & result.conducting
    for i, (low, high) in enumerate(line.spans(mask)):
        label = "never activated" if i == 0 else None
        axes.axvspan(low, high, color=MUTED, lw=0, zorder=0.5, label=label)
    page.key(axes)
