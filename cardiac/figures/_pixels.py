"""Frames as numbers of colours, a pixel for a cell: in a film, and on a page that plays them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt

from cardiac.figures._style import POTENTIAL_MAP, SCAR
from cardiac.storage import Array

Bytes = npt.NDArray[np.uint8]


def palette(count: int) -> Bytes:
    """RGB (count + 1, 3) of `count` levels from the lowest value to the highest, and of no value."""
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    mapped = colormaps[POTENTIAL_MAP](np.linspace(0.0, 1.0, count))[:, :3]
    colours: Bytes = (255 * np.concatenate([mapped, [to_rgb(SCAR)]])).round().astype(np.uint8)
    return colours


def levels(values: Array, low: float, high: float, count: int) -> Bytes:
    """Values as numbers of colours, the lowest from `low` down, the highest from `high` up; `count` of none."""
    scaled = (count - 1) * np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.where(np.isfinite(values), np.rint(scaled), count).astype(np.uint8)


def png(image: Bytes, colours: Bytes) -> bytes:
    """A picture of numbers of `colours` (rows, columns), the first row on top."""
    from PIL import Image

    picture = Image.fromarray(image)
    picture.putpalette(colours.tobytes())
    file = BytesIO()
    picture.save(file, "png", optimize=True)
    return file.getvalue()
