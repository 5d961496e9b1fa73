"""Diffusion of V: stages of the Runge-Kutta-Legendre method RKL2 on a conservative operator.

RKL2 (Meyer, Balsara & Aslam 2014, J Comput Phys 257:594) is second order in time and, with s stages, stable up to
(s^2 + s - 2) / 4 times the explicit limit. V has a border of two cells; `Faces` holds the edge conductances [1/ms]
from cell (i, j) to its east, north, north-east and north-west neighbours, in arrays of the shape of V. Of fourth
order is what `Bends` adds where the tissue is smooth (see `tissue.bends`).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import prange

from cardiac.kernels.compose import BOUND, bind, compile_cached, inline, parallel_part
from cardiac.kernels.records import at, unpack
from cardiac.kernels.tiling import BORDER, Array

flow = row = first = middle = final = BOUND

FIVE = (0.0, 0.0, 0.0, 0.0, 0.0)  # as many as a stage has coefficients
MARGIN = 0.9  # of the limit of stability


class Faces(NamedTuple):
    """Edge conductances [1/ms] of an operator without mixed derivatives."""

    east: Array
    north: Array


class TensorFaces(NamedTuple):
    """Edge conductances [1/ms] of a full diffusion tensor."""

    east: Array
    north: Array
    northeast: Array
    northwest: Array


class Bends(NamedTuple):
    """Weights of what makes the operator of fourth order, numbers or (rows, columns): see `tissue.bends`."""

    smooth: Any
    x: Any
    y: Any
    cross: Any
    twist: Any


class Plan(NamedTuple):
    """How a step of diffusion is taken: as some cycles of some stages."""

    cycles: int
    dt: Any  # of a cycle [ms]
    stages: Array  # see `stage_coefficients`; no rows where nothing is coupled


@inline
def flow_x(V, faces, i, j):
    """Net flow into cell (i, j) along x [mV/ms]."""
    v = V[i, j]
    return faces.east[i, j] * (V[i, j + 1] - v) - faces.east[i, j - 1] * (v - V[i, j - 1])


@inline
def flow_y(V, faces, i, j):
    """Net flow into cell (i, j) along y [mV/ms]."""
    v = V[i, j]
    return faces.north[i, j] * (V[i + 1, j] - v) - faces.north[i - 1, j] * (v - V[i - 1, j])


@inline
def divergence(V, faces, bends, i, j):
    """Net flow into cell (i, j) from its four neighbours [mV/ms]."""
    return flow_x(V, faces, i, j) + flow_y(V, faces, i, j)


@inline
def tensor_divergence(V, faces, bends, i, j):
    """Net flow into cell (i, j) from its eight neighbours [mV/ms]."""
    v = V[i, j]
    rising = faces.northeast[i, j] * (V[i + 1, j + 1] - v) - faces.northeast[i - 1, j - 1] * (
        v - V[i - 1, j - 1]
    )
    falling = faces.northwest[i, j] * (V[i + 1, j - 1] - v) - faces.northwest[i - 1, j + 1] * (
        v - V[i - 1, j + 1]
    )
    return divergence(V, faces, bends, i, j) + (rising + falling)


@inline
def bend_x(V, faces, bends, i, j):
    """How V bends along x in cell (i, j) [mV]."""
    w = at(bends, i, j)
    return w.smooth * (w.x * flow_x(V, faces, i, j) - w.cross * flow_y(V, faces, i, j))


@inline
def bend_y(V, faces, bends, i, j):
    """How V bends along y in cell (i, j) [mV]."""
    w = at(bends, i, j)
    return w.smooth * (w.y * flow_y(V, faces, i, j) - w.cross * flow_x(V, faces, i, j))


@inline
def smooth_divergence(V, faces, bends, i, j):
    """`divergence`, of fourth order where the tissue is smooth."""
    x, y = bend_x(V, faces, bends, i, j), bend_y(V, faces, bends, i, j)
    east, west = bend_x(V, faces, bends, i, j + 1), bend_x(V, faces, bends, i, j - 1)
    north, south = bend_y(V, faces, bends, i + 1, j), bend_y(V, faces, bends, i - 1, j)
    along_x = faces.east[i, j] * (east - x) - faces.east[i, j - 1] * (x - west)
    along_y = faces.north[i, j] * (north - y) - faces.north[i - 1, j] * (y - south)
    return divergence(V, faces, bends, i, j) - (along_x + along_y)


@inline
def curvature(V, i, j):
    """The sum of the second differences of V along x and y [mV]."""
    return ((V[i, j + 1] + V[i, j - 1]) + (V[i + 1, j] + V[i - 1, j])) - 4.0 * V[i, j]


@inline
def saddle(V, i, j):
    """The mixed second difference of V [mV]."""
    return 0.25 * ((V[i + 1, j + 1] - V[i + 1, j - 1]) - (V[i - 1, j + 1] - V[i - 1, j - 1]))


@inline
def curved(V, bends, i, j):
    """The weighted curvature of V in cell (i, j) [mV/ms]."""
    return at(bends, i, j).twist * curvature(V, i, j)


@inline
def twisted(V, bends, i, j):
    """The weighted mixed difference of V in cell (i, j) [mV/ms]."""
    return at(bends, i, j).twist * saddle(V, i, j)


@inline
def smooth_tensor_divergence(V, faces, bends, i, j):
    """`tensor_divergence`, of fourth order where the tissue is smooth."""
    x = twisted(V, bends, i, j + 1) + twisted(V, bends, i, j - 1)
    y = twisted(V, bends, i + 1, j) + twisted(V, bends, i - 1, j)
    north = curved(V, bends, i + 1, j + 1) - curved(V, bends, i + 1, j - 1)
    south = curved(V, bends, i - 1, j + 1) - curved(V, bends, i - 1, j - 1)
    twist = ((x + y) - 4.0 * twisted(V, bends, i, j)) + 0.25 * (north - south)
    straight = smooth_divergence(V, faces, bends, i, j) - divergence(V, faces, bends, i, j)
    return (tensor_divergence(V, faces, bends, i, j) + straight) - twist


def first_row(i, V, slope, out, faces, bends, dt, c):
    for j in range(BORDER, V.shape[1] - BORDER):
        d = dt * flow(V, faces, bends, i, j)
        slope[i, j] = d
        out[i, j] = V[i, j] + c[3] * d


def middle_row(i, V, slope, last, out, faces, bends, dt, c):
    for j in range(BORDER, V.shape[1] - BORDER):
        d = c[3] * dt * flow(last, faces, bends, i, j) + c[4] * slope[i, j]
        out[i, j] = c[0] * last[i, j] + c[1] * out[i, j] + c[2] * V[i, j] + d


def final_row(i, V, slope, last, before, faces, bends, dt, c):
    for j in range(BORDER, V.shape[1] - BORDER):
        d = c[3] * dt * flow(last, faces, bends, i, j) + c[4] * slope[i, j]
        V[i, j] = c[0] * last[i, j] + c[1] * before[i, j] + c[2] * V[i, j] + d


def first_stage(V, slope, out, faces, bends, dt, row_of_c):
    """slope = dt L V, and `out` the first stage."""
    c = unpack(row_of_c, FIVE)
    for i in prange(BORDER, V.shape[0] - BORDER):
        row(i, V, slope, out, faces, bends, dt, c)


def later_stage(V, slope, last, other, faces, bends, dt, row_of_c):
    """A middle stage, from `last` and the one before it in `other`, into `other`; or the final one, into V."""
    c = unpack(row_of_c, FIVE)
    for i in prange(BORDER, V.shape[0] - BORDER):
        row(i, V, slope, last, other, faces, bends, dt, c)


def diffuse(V, slope, a, b, faces, bends, plan):
    """Advance V (rows, columns) by a step of diffusion; `slope`, `a`, `b` are work arrays of its shape.

    The stages alternate between `a` and `b`; the last one is written into V, which each stage reads in its own
    cell only, so nothing is overwritten while a neighbour needs it.
    """
    coefficients, stages, dt = plan.stages, plan.stages.shape[0], plan.dt
    for _ in range(plan.cycles):
        first(V, slope, a, faces, bends, dt, coefficients[0])
        for k in range(1, stages - 1):
            if k % 2 == 1:
                middle(V, slope, a, b, faces, bends, dt, coefficients[k])
            else:
                middle(V, slope, b, a, faces, bends, dt, coefficients[k])
        if stages % 2 == 0:
            final(V, slope, a, b, faces, bends, dt, coefficients[stages - 1])
        else:
            final(V, slope, b, a, faces, bends, dt, coefficients[stages - 1])


def make_diffuse(tensor: bool, smooth: bool) -> Any:
    """`diffuse` compiled for faces with or without mixed derivatives, of fourth or second order."""
    flow = {
        (False, False): divergence,
        (True, False): tensor_divergence,
        (False, True): smooth_divergence,
        (True, True): smooth_tensor_divergence,
    }[tensor, smooth]
    stages: dict[str, tuple[Any, Any]] = {
        "first": (first_stage, first_row),
        "middle": (later_stage, middle_row),
        "final": (later_stage, final_row),
    }
    loops = {
        name: parallel_part(bind(stage, row=bind(row, flow=flow))) for name, (stage, row) in stages.items()
    }
    return compile_cached(bind(diffuse, **loops), parallel=False)


def plan(step: float, explicit_limit: float, cubic_error: float = math.inf) -> Plan:
    """The cheapest way to diffuse over `step` [ms] that is stable, with a margin of 10 %.

    Where `cubic_error` is given, it bounds how far the cubic term of the damping is from that of the exponential.
    """
    most = math.ceil(math.sqrt(4.0 * step / (MARGIN * explicit_limit))) + 2
    ways = []
    for s in range(2, most + 1):
        stable = step / (MARGIN * explicit_limit * (s * s + s - 2) / 4)
        accurate = math.sqrt((1.0 - cubic(s)) / cubic_error)
        ways.append((s * max(1, math.ceil(stable), math.ceil(accurate)), s))
    cost, s = min(ways)
    cycles = cost // s
    return Plan(cycles, step / cycles, stage_coefficients(s))


def cubic(s: int) -> float:
    """Six times the cubic coefficient of the polynomial of `s` stages in dt L; it would be 1 for the exponential."""
    return 2.0 / 3.0 * (s * s + s - 6) / (s * s + s - 2)


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
