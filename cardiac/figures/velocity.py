"""How fast and where to the wave moves: local speed, isochrones and velocity vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cardiac.figures import _maps, _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import GREY
from cardiac.result import Result
from cardiac.storage import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

DOI = "10.1109/10.668746"
SHOWS = Shows("activation", held="activation_time", add="measure: [activation]", of=("sheet",))

_ARROWS = 17  # along the longer side
_UNDER = 0.34  # inches, of the key under the map


def draw(page: Page, result: Result, *, beat: int = 1) -> None:
    """Velocities of one beat [m/s = mm/ms], from local fits of the activation time (Bayly et al. 1998)."""
    times = _tissue.activation_of(result, "velocity", beat)
    velocity = result.analysis.velocity_map(beat)
    speed = velocity.speed
    figure, axes, panel = _maps.map_axes(page, result, _tissue.of_beat(beat))
    scale = _maps.of_speed(result, speed)._replace(colours=_light())
    _maps.coloured(figure, axes, panel, result, speed, scale)
    keys, _ = _maps.isochrones(axes, result, times, GREY, GREY)
    _arrows(axes, result, velocity.vx, velocity.vy, panel)
    keys += _maps.annotated(axes, result, np.isfinite(speed), "no velocity", among_isochrones=True)
    page.key_above(axes, keys)


def _light() -> Colormap:
    """Colours on all of which black lines can be seen, and that the colour-blind can order."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["YlGnBu"](np.linspace(0.05, 0.7, 256)))


def _arrows(axes: Axes, result: Result, vx: Array, vy: Array, panel: float) -> None:
    """Arrows at even distances, as long as the speed; the fastest few are not drawn longer than the rest."""
    spacing = result.size[0] / len(result.x)
    apart = max(1, round(max(result.shape) / _ARROWS))
    rows, columns = (_amid(n, apart) for n in result.shape)
    u, v = vx[np.ix_(rows, columns)], vy[np.ix_(rows, columns)]
    speed = np.hypot(u, v)
    if not np.isfinite(speed).any():
        return
    usual = float(np.nanpercentile(speed, 90))
    shrink = np.minimum(1.0, usual / np.where(speed > 0, speed, 1.0))
    longest = 0.75 * apart * spacing
    arrows = axes.quiver(
        result.x[columns], result.y[rows], u * shrink, v * shrink,
        angles="xy", scale_units="xy", scale=usual / longest, pivot="mid",
        width=0.011 / panel, units="width", headwidth=4, headlength=4.5, headaxislength=4, zorder=2.5,
    )  # fmt: skip
    shown = float(f"{usual:.1g}")
    tip = shown / usual * longest / result.size[0]
    axes.quiverkey(
        arrows, tip, -_UNDER / (panel * result.size[1] / result.size[0]), shown, f"{shown:g} m/s",
        labelpos="E", coordinates="axes", labelsep=0.06,
    )  # fmt: skip


def _amid(n: int, apart: int) -> NDArray[np.int_]:
    """Numbers of cells that are so far apart, as far from one border as from the other."""
    count = max(1, n // apart)
    return (n - (count - 1) * apart) // 2 + apart * np.arange(count)
