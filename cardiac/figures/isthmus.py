"""The narrowest channel from which a wave comes out into a sheet, and the widest from which it does not."""

from __future__ import annotations

import numpy as np

from cardiac.figures import _maps
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import MUTED, SCAR, TIME_MAP, FigureError, colour_bar, patch_key
from cardiac.result import Result

SHOWS = Shows.experiment("isthmus", of=("sheet",))

_HIGHEST = 4.0  # inches, of a map
_BETWEEN = 0.15  # inches, of two maps
_UNDER = 0.9  # inches, of what stands under and above them


def draw(page: Page, result: Result) -> None:
    """Activation times of both."""
    widths = {"stopped": "low", "passed": "width"}
    shown = [name for name in widths if f"activation_{name}" in result.names()]
    if not shown:
        raise FigureError("isthmus: no width was found that lets a wave pass, or stops it")
    width, height = result.size
    panel = min((page.width - _maps.BESIDE) / len(shown) - _BETWEEN, _HIGHEST * width / height)
    figure = page.open(panel * height / width + _UNDER, exact=True)
    times = {name: result[f"activation_{name}"] for name in shown}
    latest = max((float(np.nanmax(t)) for t in times.values() if np.isfinite(t).any()), default=1.0)
    every = np.atleast_1d(figure.subplots(1, len(shown), sharey=True))
    separator = "\n" if page.narrow else " "
    scale = Scale("activation time", "ms", TIME_MAP, (0.0, latest, "neither"))
    for axes, (name, values) in zip(every, times.items(), strict=True):
        channel = 1000 * float(result.tables["isthmus"].columns[widths[name]][0])
        conducts = result[f"conducts_{name}"] > 0.5
        image = _maps.shaded(axes, result, np.where(conducts, values, np.nan), scale)
        _maps.cover(axes, result, conducts)
        _maps.label_map(axes, y=axes is every[0])
        becomes = "it comes out" if name == "passed" else "it does not"
        axes.set_title(f"{channel:.4g} µm:{separator}{becomes}")
        _maps.outlines(axes, result, among_isochrones=False)
    keys = [patch_key("does not conduct", SCAR)]
    if any((np.isnan(values) & (result[f"conducts_{name}"] > 0.5)).any() for name, values in times.items()):
        keys.insert(0, patch_key("never activated", MUTED))
    colour_bar(figure, every[-1], panel, image, scale.what, scale.unit)
    figure.legend(handles=keys, loc="outside lower right", ncols=2)
