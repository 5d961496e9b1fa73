"""Diffusion of V: stages of the Runge-Kutta-Legendre method RKL2 on a conservative graph Laplacian.

RKL2 (Meyer, Balsara & Aslam 2014, J Comput Phys 257:594) is second order in time and, with s stages, stable up to
(s^2 + s - 2) / 4 times the explicit limit. V has a border of one cell; `Faces` holds the edge conductances [1/ms]
from cell (i, j) to its east, north, north-east and north-west neighbours, in arrays of the shape of V.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import prange

from cardiac.kernels.compose import BOUND, bind, compile_cached, inline, parallel_part
from cardiac.kernels.records import unpack

flow = row = first = middle = final = BOUND

FIVE = (0.0, 0.0, 0.0, 0.0, 0.0)  # as many as a stage has coefficients


class Faces(NamedTuple):
    """Edge conductances [1/ms] of an operator without mixed derivatives."""

    east: npt.NDArray[np.float64]
    north: npt.NDArray[np.float64]


class TensorFaces(NamedTuple):
    """Edge conductances [1/ms] of a full diffusion tensor."""

    east: npt.NDArray[np.float64]
    north: npt.NDArray[np.float64]
    northeast: npt.NDArray[np.float64]
    northwest: npt.NDArray[np.float64]


@inline
def divergence(V, faces, i, j):
    """Net flow into cell (i, j) from its four neighbours [mV/ms]."""
    v = V[i, j]
    along_x = faces.east[i, j] * (V[i, j + 1] - v) - faces.east[i, j - 1] * (v - V[i, j - 1])
    along_y = faces.north[i, j] * (V[i + 1, j] - v) - faces.north[i - 1, j] * (v - V[i - 1, j])
    return along_x + along_y


@inline
def tensor_divergence(V, faces, i, j):
    """Net flow into cell (i, j) from its eight neighbours [mV/ms]."""
    v = V[i, j]
    rising = faces.northeast[i, j] * (V[i + 1, j + 1] - v) - faces.northeast[i - 1, j - 1] * (
        v - V[i - 1, j - 1]
    )
    falling = faces.northwest[i, j] * (V[i + 1, j - 1] - v) - faces.northwest[i - 1, j + 1] * (
        v - V[i - 1, j + 1]
    )
    return divergence(V, faces, i, j) + (rising + falling)


def first_row(i, V, slope, out, faces, dt, c):
    for j in range(1, V.shape[1] - 1):
        d = dt * flow(V, faces, i, j)
        slope[i, j] = d
        out[i, j] = V[i, j] + c[3] * d


def middle_row(i, V, slope, last, out, faces, dt, c):
    for j in range(1, V.shape[1] - 1):
        d = c[3] * dt * flow(last, faces, i, j) + c[4] * slope[i, j]
        out[i, j] = c[0] * last[i, j] + c[1] * out[i, j] + c[2] * V[i, j] + d


def final_row(i, V, slope, last, before, faces, dt, c):
    for j in range(1, V.shape[1] - 1):
        d = c[3] * dt * flow(last, faces, i, j) + c[4] * slope[i, j]
        V[i, j] = c[0] * last[i, j] + c[1] * before[i, j] + c[2] * V[i, j] + d


def first_stage(V, slope, out, faces, dt, row_of_c):
    """slope = dt L V, and `out` the first stage."""
    c = unpack(row_of_c, FIVE)
    for i in prange(1, V.shape[0] - 1):
        row(i, V, slope, out, faces, dt, c)


def later_stage(V, slope, last, other, faces, dt, row_of_c):
    """A middle stage, from `last` and the one before it in `other`, into `other`; or the final one, into V."""
    c = unpack(row_of_c, FIVE)
    for i in prange(1, V.shape[0] - 1):
        row(i, V, slope, last, other, faces, dt, c)


def diffuse(V, slope, a, b, faces, dt, coefficients):
    """Advance V (rows, columns) by diffusion over `dt` [ms]; `slope`, `a`, `b` are work arrays of its shape.

    The stages alternate between `a` and `b`; the last one is written into V, which each stage reads in its own
    cell only, so nothing is overwritten while a neighbour needs it.
    """
    stages = coefficients.shape[0]
    first(V, slope, a, faces, dt, coefficients[0])
    for k in range(1, stages - 1):
        if k % 2 == 1:
            middle(V, slope, a, b, faces, dt, coefficients[k])
        else:
            middle(V, slope, b, a, faces, dt, coefficients[k])
    if stages % 2 == 0:
        final(V, slope, a, b, faces, dt, coefficients[stages - 1])
    else:
        final(V, slope, b, a, faces, dt, coefficients[stages - 1])


def make_diffuse(tensor: bool) -> Any:
    """`diffuse` compiled for faces with or without mixed derivatives."""
    flow = tensor_divergence if tensor else divergence
    stages: dict[str, tuple[Any, Any]] = {
        "first": (first_stage, first_row),
        "middle": (later_stage, middle_row),
        "final": (later_stage, final_row),
    }
    loops = {
        name: parallel_part(bind(stage, row=bind(row, flow=flow))) for name, (stage, row) in stages.items()
    }
    return compile_cached(bind(diffuse, **loops), parallel=False)


def stages_needed(step: float, explicit_limit: float) -> int:
    """The least number of stages that is stable for `step` [ms], with a margin of 10 %."""
    s = 2
    while step > 0.9 * explicit_limit * (s * s + s - 2) / 4:
        s += 1
    return s


def stage_coefficients(s: int) -> npt.NDArray[np.float64]:
    """(s, 5) table of mu, nu, 1 - mu - nu, mu~, gamma~ of stages 1 ... s; stage 1 uses mu~ only.

    The stage before the first is V itself, so stage 2 has nu = 0 and its weight in the third column.
    """
    b = np.array([1 / 3, 1 / 3, *((j * j + j - 2) / (2 * j * (j + 1)) for j in range(2, s + 1))])
    w = 4 / (s * s + s - 2)
    table = np.zeros((s, 5))
    table[0, 3] = b[1] * w
    for j in range(2, s + 1):
        mu = (2 * j - 1) / j * b[j] / b[j - 1]
        nu = -(j - 1) / j * b[j] / b[j - 2] if j > 2 else 0.0
        table[j - 1] = mu, nu, 1 - mu - nu, mu * w, -(1 - b[j - 1]) * mu * w
    return table
