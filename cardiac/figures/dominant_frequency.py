"""How often each place is excited: the dominant frequency of the potential."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    DURATION_MAP,
    MUTED,
    SCAR,
    FigureError,
    colour_bar,
    patch_key,
    robust_limits,
)
from cardiac.result import Result, ResultError
from cardiac.units import ms

if TYPE_CHECKING:
    from cardiac.analysis import Frequencies

SHOWS = Shows("frames", held="time", add="record: {frames: {every: 1 ms}}", of=("sheet",))


def draw(page: Page, result: Result, *, of: str = "V", start: ms = 0.0) -> None:
    """The frequency with the most power [Hz] in the frames of a variable, from the time `start` [ms] on."""
    _tissue.frames_of(result, "dominant_frequency", of)
    try:
        found = result.analysis.frequencies(of, start)
    except ResultError as error:
        raise FigureError(f"dominant_frequency: {error}") from None
    known = np.isfinite(found.dominant)
    figure, axes, panel = _tissue.map_axes(page, result, _sentence(found))
    axes.set_facecolor(MUTED)
    keys = []
    if known.any():
        low, high, extend = robust_limits(found.dominant)
        # Differences below the resolution of the record are none to be shown in full colours.
        middle, half = (low + high) / 2, max(high - low, found.resolution) / 2
        image = axes.imshow(
            found.dominant,
            origin="lower", extent=_tissue.extent(result), cmap=DURATION_MAP, vmin=middle - half, vmax=middle + half,
        )  # fmt: skip
        colour_bar(figure, axes, panel, image, "dominant frequency", "Hz", extend)
    if (~known & result.conducting).any():
        keys.append(patch_key("fewer than two excitations", MUTED))
    if _tissue.scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    keys += _tissue.outlines(axes, result, among_isochrones=True)
    _tissue.probes(axes, result)
    page.key_above(axes, keys)


def _sentence(found: Frequencies) -> str:
    known = np.isfinite(found.dominant)
    if not known.any():
        return "nowhere do two excitations come in these frames"
    values = found.dominant[known]
    regularity = float(np.median(found.regularity[known]))
    return (
        f"median {np.median(values):.2f} Hz, from {values.min():.2f} to {values.max():.2f} Hz; resolution "
        f"{found.resolution:.2g} Hz, median regularity {regularity:.2f}"
    )
