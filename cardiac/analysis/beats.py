"""One wave among several: which activation of each cell belongs to it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


def wave_of_beat(activations: Array, beat: int, near: Mask) -> Array:
    """Activation times (ny, nx) of the `beat`-th wave that comes to the cells `near` [ms], NaN elsewhere.

    Before them, that is the `beat`-th activation of each cell. Behind, where a wave may not have got through, it
    is the first one from its arrival on, and before the next wave arrives.

    Parameters
    ----------
    activations : (beats, ny, nx), the first, second, ... activation of each cell [ms], NaN where there is none
    beat : counted from 1
    near : (ny, nx)
    """
    times = np.nan_to_num(activations, nan=np.inf)
    none = np.full((beat + 1, *near.shape), np.inf)
    own, following = np.concatenate([times, none])[beat - 1 : beat + 1]
    arrival, end = (float(each[near].min(initial=np.inf)) for each in (own, following))
    later = np.where(times >= arrival, times, np.inf).min(axis=0, initial=np.inf)
    found = np.where(own < arrival, own, later)
    return np.where((found < end) & np.isfinite(found), found, np.nan)
