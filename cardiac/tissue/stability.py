"""Stability: how long an explicit step of diffusion may be."""

from __future__ import annotations

import math

import numpy as np

from cardiac.tissue.bends import Bends
from cardiac.tissue.conduction import Faces


def stable_step(faces: Faces, bends: Bends | None = None) -> float:
    """Largest step [ms] at which forward Euler is stable, 2 / lambda_max; infinite where nothing conducts.

    A safe bound of lambda_max is used. Of the conductances: leaving out the negative ones only adds energy, and a
    graph of positive ones has lambda_max <= 2 max_c sum_n w_cn (Gershgorin). Of the bends: second differences have
    |a|, |b| <= 4 and |c| <= 1 for |V| <= 1 in a Fourier mode.
    """
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    total = np.zeros(np.add(faces.east.shape, 2))
    rows, columns = faces.east.shape
    for conductance, (di, dj) in zip(faces, steps, strict=True):
        if conductance is not None:
            w = np.maximum(conductance, 0.0)
            total[1 : rows + 1, 1 : columns + 1] += w
            total[1 + di : rows + 1 + di, 1 + dj : columns + 1 + dj] += w
    fastest = 2.0 * float(total.max())
    if bends is not None and np.any(bends.smooth):
        both = np.add(bends.xx, bends.yy) - 2.0 * bends.cross
        largest = np.maximum(np.maximum(both, bends.xx), bends.yy) + np.abs(bends.xy)
        fastest += 16.0 * float(np.max(largest))
    return 2.0 / fastest if fastest else math.inf
