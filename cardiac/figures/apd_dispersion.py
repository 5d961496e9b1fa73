"""How long action potentials last, and by how much that differs between neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import FigureError
from cardiac.result import Result, ResultError
from cardiac.units import extent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from cardiac.analysis import Dispersion

SHOWS = Shows("apd90", held="apd90", add="measure: [apd90]", of=("sheet",))

_WIDE = 1.8  # width / height above which the panels are above each other
_HIGHEST = 5.0  # inches, of a panel


def draw(page: Page, result: Result, *, beat: int = 1, radius: extent | None = None) -> None:
    """APD90 of one beat, and its range within a `radius` [mm] around each place, by default 1 mm or two cells."""
    spacing = result.size[0] / len(result.x)
    radius = max(1.0, 2 * spacing) if radius is None else radius
    find = result.analysis
    try:
        duration, spread = find.duration(beat), find.dispersion_map(beat, radius=radius)
    except ResultError as error:
        raise FigureError(f"apd_dispersion: {error}") from None
    some = np.isfinite(duration).sum() > 1
    words = _sentence(find.dispersion(beat)) if some else "no whole action potential"
    finding = " · ".join(filter(None, (_tissue.of_beat(beat), words)))
    stacked = page.narrow or result.size[0] > _WIDE * result.size[1]
    figure, panels, panel = _axes(page, result, finding, stacked)
    keys = []
    labels = ["APD90", f"range within {radius:g} mm"]
    for axes, values, what in zip(panels, (duration, spread), labels, strict=True):
        _maps.label_map(axes, y=stacked or axes is panels[0])
        _maps.coloured(figure, axes, panel, result, values, Scale.robust(what, "ms", values))
        keys.append(_maps.annotated(axes, result, np.isfinite(duration), "incomplete"))
    page.key_above(panels[0], keys[0])


def _axes(page: Page, result: Result, finding: str, stacked: bool) -> tuple[SubFigure, list[Axes], float]:
    """A page with two maps and their width [inches], above each other or side by side."""
    width, height = result.size
    room = page.width - _maps.BESIDE if stacked else (page.width - 2 * _maps.BESIDE) / 2
    panel = min(room, _HIGHEST * width / height)
    tall = panel * height / width + 0.75
    figure = page.open(2 * tall if stacked else tall, finding, exact=True)
    axes = figure.subplots(*((2, 1) if stacked else (1, 2)))
    return figure, list(axes), panel


def _sentence(found: Dispersion) -> str:
    return (
        f"APD90 {found.mean:.1f} ± {found.deviation:.1f} ms (mean ± SD), {found.lowest:.1f} to "
        f"{found.highest:.1f} ms; 5th to 95th percentile {found.inner:.1f} ms apart"
    )
