"""Any map of a result as colours: what was measured, a varying parameter, or what is computed from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import (
    DURATION_MAP,
    MUTED,
    SCAR,
    SIGNED_MAP,
    FigureError,
    colour_bar,
    patch_key,
    robust_limits,
)
from cardiac.result import Result, ResultError
from cardiac.spelling import choices
from cardiac.storage import Array

SHOWS = Shows("", held="maps", add="measure: [activation]", of=("sheet",))

# Name -> how it is found of a beat, its unit, what it is.
_COMPUTED: dict[str, tuple[Callable[[Any, int], Array], str, str]] = {
    "curvature": (lambda find, beat: find.curvature_map(beat), "1/mm", "curvature of the front"),
    "repolarization": (lambda find, beat: find.repolarization(beat), "ms", "repolarization time"),
    "repolarization_gradient": (
        lambda find, beat: find.gradient_map(beat),
        "ms/mm",
        "gradient of repolarization",
    ),
    "speed": (lambda find, beat: find.velocity_map(beat).speed, "m/s", "conduction velocity"),
}
_OUTLIERS = 0.5  # %


def draw(page: Page, result: Result, *, of: str | None = None, beat: int = 1) -> None:
    """The map `of` that name, by default the first in the file, or one of curvature, speed, ...; of one beat."""
    values, what, unit = _values(result, of, beat)
    figure, axes, panel = _tissue.map_axes(page, result, _tissue.of_beat(beat))
    axes.set_facecolor(MUTED)
    known = np.isfinite(values)
    if known.any():
        low, high, extend = robust_limits(values, _OUTLIERS)
        signed = np.nanmin(values) < 0 < np.nanmax(values)
        if signed:
            low, high = -max(-low, high), max(-low, high)
        image = axes.imshow(
            values, origin="lower", extent=_tissue.extent(result), vmin=low, vmax=high,
            cmap=SIGNED_MAP if signed else DURATION_MAP,
        )  # fmt: skip
        colour_bar(figure, axes, panel, image, what, unit, extend)
    keys = [patch_key("not defined", MUTED)] if (~known & result.conducting).any() else []
    if _tissue.scar(axes, result):
        keys.append(patch_key("scar", SCAR))
    keys += _tissue.outlines(axes, result, among_isochrones=True)
    _tissue.probes(axes, result)
    page.key_above(axes, keys)


def _values(result: Result, of: str | None, beat: int) -> tuple[Array, str, str]:
    """A map (ny, nx), what it is, its unit."""
    maps = result.maps()
    name = of or maps[0]
    if name in maps:
        values = result[name]
        if values.ndim == 3 and not 1 <= beat <= len(values):
            raise FigureError(f"map: there is no beat {beat}, {result.path} holds {len(values)}")
        return values[beat - 1] if values.ndim == 3 else values, result.long_name(name), result.units(name)
    if name not in _COMPUTED:
        raise FigureError(f'map: {result.path} holds no map "{name}"{choices(name, [*maps, *_COMPUTED])}')
    find, unit, what = _COMPUTED[name]
    try:
        return find(result.analysis, beat), what, unit
    except ResultError as error:
        raise FigureError(f"map: {error}") from None
