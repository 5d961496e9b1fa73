"""Any map of a result as colours: what was measured, a varying parameter, or what is computed from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import SIGNED_MAP, FigureError
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


def draw(page: Page, result: Result, *, of: str | None = None, beat: int = 1) -> None:
    """The map `of` that name, by default the first in the file, or one of curvature, speed, ...; of one beat."""
    values, scale = _values(result, of, beat)
    figure, axes, panel = _maps.map_axes(page, result, _tissue.of_beat(beat))
    _maps.coloured(figure, axes, panel, result, values, scale)
    keys = _maps.annotated(axes, result, np.isfinite(values), "not defined", among_isochrones=True)
    page.key_above(axes, keys)


def _scale(what: str, unit: str, values: Array) -> Scale:
    """White at 0 where there are values on both sides of it."""
    scale = Scale.robust(what, unit, values)
    if scale.limits is None or not np.nanmin(values) < 0 < np.nanmax(values):
        return scale
    low, high, ends = scale.limits
    return scale._replace(colours=SIGNED_MAP, limits=(-max(-low, high), max(-low, high), ends))


def _values(result: Result, of: str | None, beat: int) -> tuple[Array, Scale]:
    """A map (ny, nx), and what its colours mean."""
    maps = result.maps()
    name = of or maps[0]
    if name in maps:
        values = result[name]
        if values.ndim == 3 and not 1 <= beat <= len(values):
            raise FigureError(f"map: there is no beat {beat}, {result.path} holds {len(values)}")
        values = values[beat - 1] if values.ndim == 3 else values
        return values, _scale(result.long_name(name), result.units(name), values)
    if name not in _COMPUTED:
        raise FigureError(f'map: {result.path} holds no map "{name}"{choices(name, [*maps, *_COMPUTED])}')
    find, unit, what = _COMPUTED[name]
    try:
        values = find(result.analysis, beat)
    except ResultError as error:
        raise FigureError(f"map: {error}") from None
    return values, _maps.of_speed(result, values) if name == "speed" else _scale(what, unit, values)
