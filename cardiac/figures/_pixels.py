"""Frames as small pictures, a pixel for a cell, and the colours of their values: for a page that plays them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt

from cardiac.figures._style import POTENTIAL_MAP, SCAR
from cardiac.storage import Array

LEVELS = 255  # of values; the last colour is that of what has none


def palette() -> list[str]:
    """The colours "#rrggbb" of the levels from the lowest value to the highest, and that of no value."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [*map(to_hex, colormaps[POTENTIAL_MAP](np.linspace(0.0, 1.0, LEVELS))), SCAR]


def levels(values: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    """Values as numbers of colours, the lowest from `low` down, the highest from `high` up."""
    scaled = (LEVELS - 1) * np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.where(np.isfinite(values), np.rint(scaled), LEVELS).astype(np.uint8)


def png(image: npt.NDArray[np.uint8], colours: list[str]) -> bytes:
    """A picture of numbers of `colours` (rows, columns), the first row on top."""
    from PIL import Image

    picture = Image.fromarray(image)
    picture.putpalette(bytes.fromhex("".join(colour.removeprefix("#") for colour in colours)))
    file = BytesIO()
    picture.save(file, "png", optimize=True)
    return file.getvalue()
