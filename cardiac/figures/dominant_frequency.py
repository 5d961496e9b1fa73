"""How often each place is excited: the dominant frequency of the potential."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import FigureError
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
    figure, axes, panel = _maps.map_axes(page, result, _sentence(found))
    # Differences below the resolution of the record are none to be shown in full colours.
    least = found.resolution
    scale = Scale.robust("dominant frequency", "Hz", found.dominant, outliers=0.2, least=least)
    _maps.coloured(figure, axes, panel, result, found.dominant, scale)
    unknown = "fewer than two excitations"
    known = np.isfinite(found.dominant)
    page.key_above(axes, _maps.annotated(axes, result, known, unknown, among_isochrones=True))


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
