"""How long action potentials last, and by how much that differs between neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    DURATION_MAP,
    MUTED,
    SCAR,
    WIDTH,
    FigureError,
    canvas,
    colour_bar,
    key_row,
    patch_key,
    robust_limits,
)
from cardiac.result import Result, ResultError
from cardiac.units import extent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cardiac.analysis import Dispersion

SHOWS = Shows("apd90", held="apd90", add="measure: [apd90]", of=("sheet",))

_WIDE = 1.8  # width / height above which the panels are above each other
_HIGHEST = 5.0  # inches, of a panel


def draw(result: Result, *, beat: int = 1, radius: extent | None = None) -> Figure:
    """APD90 of one beat, and its range within a `radius` [mm] around each place, by default 1 mm or two cells."""
    spacing = result.size[0] / len(result.x)
    radius = max(1.0, 2 * spacing) if radius is None else radius
    find = result.analysis
    try:
        duration, spread = find.duration(beat), find.dispersion_map(beat, radius=radius)
    except ResultError as error:
        raise FigureError(f"apd_dispersion: {error}") from None
    title = result.title + (f" (beat {beat})" if beat > 1 else "")
    wide = result.size[0] > _WIDE * result.size[1]
    figure, panels, panel = _canvas(
        result, title, _tissue.subtitle(result, _sentence(find.dispersion(beat))), wide
    )
    labels = ["APD90 (ms)", f"range within {radius:g} mm (ms)"]
    for axes, values, letter, label in zip(panels, (duration, spread), "ab", labels, strict=True):
        axes.set_facecolor(MUTED)
        axes.text(0, 1.02, letter, transform=axes.transAxes, weight="bold", va="bottom")
        axes.set(xlabel="x (mm)", ylabel="y (mm)" if letter == "a" or wide else "", aspect="equal")
        if np.isfinite(values).any():
            low, high, extend = robust_limits(values, 0.5)
            image = axes.imshow(
                values, origin="lower", extent=_tissue.extent(result), cmap=DURATION_MAP, vmin=low, vmax=high
            )
            colour_bar(figure, axes, panel, image, label, extend)
        _tissue.scar(axes, result)
    keys = [patch_key("scar", SCAR)] if not result.conducting.all() else []
    if (np.isnan(duration) & result.conducting).any():
        keys.append(patch_key("incomplete", MUTED))
    for axes in panels:
        _tissue.outlines(axes, result, among_isochrones=False)
    key_row(panels[0], keys)
    return figure


def _canvas(result: Result, title: str, subtitle: str, wide: bool) -> tuple[Figure, list[Axes], float]:
    """A figure with two panels and their width [inches], above each other or side by side."""
    width, height = result.size
    panel = 0.8 * WIDTH if wide else min(0.335 * WIDTH, _HIGHEST * width / height)
    tall = panel * height / width + 0.75
    figure = canvas(2 * tall if wide else tall, title, subtitle)
    axes = figure.subplots(*((2, 1) if wide else (1, 2)))
    return figure, list(axes), panel


def _sentence(found: Dispersion) -> str:
    if not found.cells:
        return "no whole action potential"
    return (
        f"APD90 {found.mean:.1f} ± {found.deviation:.1f} ms (mean ± SD), {found.lowest:.1f} to "
        f"{found.highest:.1f} ms; 5th to 95th percentile {found.inner:.1f} ms apart"
    )
