"""How many bits of a frame are kept."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiac.storage.format import Precision


def quantum(precision: float) -> float:
    """The largest power of two that is not above `precision`."""
    return math.ldexp(0.5, math.frexp(precision)[1])


def rounded(values: ArrayLike, precision: Precision) -> NDArray[np.float32]:
    """`values` as float32 with the fewest significant bits that keep the error within `precision` / 2.

    These are the multiples of a power of two, whose last bits are zeros and so compress well. A value so
    large that float32 itself is coarser keeps the error of float32.
    """
    array = np.asarray(values)
    if precision == "full":
        return array.astype(np.float32)
    step = quantum(precision)  # a power of two: dividing by it is multiplying, and loses nothing
    scaled = np.asarray(array * (1.0 / step))
    np.rint(scaled, out=scaled)
    scaled *= step
    found = scaled.astype(np.float32)
    found += np.float32(0.0)  # turns -0 into 0
    return found
