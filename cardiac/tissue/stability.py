"""Stability: how long an explicit step of diffusion may be."""

from __future__ import annotations

import math

import numpy as np

from cardiac.tissue.bends import Bends
from cardiac.tissue.conduction import Faces
from cardiac.tissue.grid import Array


def stable_step(faces: Faces, bends: Bends | None = None) -> float:
    """Largest step [ms] at which forward Euler is stable, 2 / lambda_max; infinite where nothing conducts.

    A safe bound of lambda_max is used. Of the conductances: leaving out the negative ones only adds energy, and a
    graph of positive ones has lambda_max <= 2 max_c sum_n w_cn (Gershgorin). Of the bends: flows are at most the
    largest rates of the conductances along x and y, second differences at most 4 and mixed ones 1.
    """
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    rows, columns = faces.east.shape
    total = np.zeros((rows + 2, columns + 2))
    for conductance, (di, dj) in zip(faces, steps, strict=True):
        if conductance is not None:
            w = np.maximum(conductance, 0.0)
            total[1 : rows + 1, 1 : columns + 1] += w
            total[1 + di : rows + 1 + di, 1 + dj : columns + 1 + dj] += w
    fastest = 2.0 * float(total.max())
    if bends is not None:
        X, Y = 4.0 * _larger(faces.east, axis=1), 4.0 * _larger(faces.north, axis=0)
        x, y = bends.x * X**2, bends.y * Y**2
        straight = np.maximum(np.maximum(x, y), x + y - 2.0 * bends.cross * X * Y)
        fastest += float(np.max(bends.smooth * straight + 16.0 * np.abs(bends.twist)))
    return 2.0 / fastest if fastest else math.inf


def _larger(conductance: Array, axis: int) -> Array:
    """The larger one of the two faces of each cell along an axis."""
    before = np.roll(conductance, 1, axis)  # what comes around is a closed face
    return np.maximum(conductance, before)
