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

flow = prepare = row = block = first = middle = final = BOUND

FIVE = (0.0, 0.0, 0.0, 0.0, 0.0)  # as many as a stage has coefficients
MARGIN = 0.9  # of the limit of stability
ROWS = 16  # of a block, which one thread computes: what neighbouring rows share is found once


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


class Ring(NamedTuple):
    """How V bends in three neighbouring rows of each block of rows, (3 * blocks, columns); see `bend_row`."""

    x: Array
    y: Array
    twisted: Array
    curved: Array


class Plan(NamedTuple):
    """How a step of diffusion is taken: as some cycles of some stages."""

    cycles: int
    dt: Any  # of a cycle [ms]
    stages: Array  # see `stage_coefficients`; without rows there is none


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
def divergence(V, faces, ring, k, i, j):
    """Net flow into cell (i, j) from its four neighbours [mV/ms]."""
    return flow_x(V, faces, i, j) + flow_y(V, faces, i, j)


@inline
def tensor_divergence(V, faces, ring, k, i, j):
    """Net flow into cell (i, j) from its eight neighbours [mV/ms]."""
    v = V[i, j]
    rising = faces.northeast[i, j] * (V[i + 1, j + 1] - v) - faces.northeast[i - 1, j - 1] * (
        v - V[i - 1, j - 1]
    )
    falling = faces.northwest[i, j] * (V[i + 1, j - 1] - v) - faces.northwest[i - 1, j + 1] * (
        v - V[i - 1, j + 1]
    )
    return divergence(V, faces, ring, k, i, j) + (rising + falling)


@inline
def straightening(faces, ring, k, i, j):
    """What the bends along x and y take from the flow into cell (i, j) [mV/ms]."""
    here, south, north = k + i % 3, k + (i - 1) % 3, k + (i + 1) % 3
    x, y = ring.x[here, j], ring.y[here, j]
    along_x = faces.east[i, j] * (ring.x[here, j + 1] - x) - faces.east[i, j - 1] * (x - ring.x[here, j - 1])
    along_y = faces.north[i, j] * (ring.y[north, j] - y) - faces.north[i - 1, j] * (y - ring.y[south, j])
    return along_x + along_y


@inline
def smooth_divergence(V, faces, ring, k, i, j):
    """`divergence`, of fourth order where the tissue is smooth."""
    return divergence(V, faces, ring, k, i, j) - straightening(faces, ring, k, i, j)


@inline
def smooth_tensor_divergence(V, faces, ring, k, i, j):
    """`tensor_divergence`, of fourth order where the tissue is smooth."""
    here, south, north = k + i % 3, k + (i - 1) % 3, k + (i + 1) % 3
    x = ring.twisted[here, j + 1] + ring.twisted[here, j - 1]
    y = ring.twisted[north, j] + ring.twisted[south, j]
    across = ring.curved[north, j + 1] - ring.curved[north, j - 1]
    across -= ring.curved[south, j + 1] - ring.curved[south, j - 1]
    twist = ((x + y) - 4.0 * ring.twisted[here, j]) + 0.25 * across
    return (tensor_divergence(V, faces, ring, k, i, j) - straightening(faces, ring, k, i, j)) - twist


def no_row(i, V, faces, bends, ring, k):
    """In second order nothing is prepared."""


def bend_row(i, V, faces, bends, ring, k):
    """How V bends along x and y in row `i` [mV], into the rows of the ring that begin at `k`."""
    slot = k + i % 3
    for j in range(1, V.shape[1] - 1):
        w, x, y = at(bends, i, j), flow_x(V, faces, i, j), flow_y(V, faces, i, j)
        ring.x[slot, j] = w.smooth * (w.x * x - w.cross * y)
        ring.y[slot, j] = w.smooth * (w.y * y - w.cross * x)


def twist_row(i, V, faces, bends, ring, k):
    """`bend_row`, and the weighted mixed difference of V and its curvature [mV/ms]."""
    slot = k + i % 3
    for j in range(1, V.shape[1] - 1):
        w, x, y = at(bends, i, j), flow_x(V, faces, i, j), flow_y(V, faces, i, j)
        rising, falling = V[i + 1, j + 1] + V[i - 1, j - 1], V[i + 1, j - 1] + V[i - 1, j + 1]
        beside, above = V[i, j + 1] + V[i, j - 1], V[i + 1, j] + V[i - 1, j]
        ring.x[slot, j] = w.smooth * (w.x * x - w.cross * y)
        ring.y[slot, j] = w.smooth * (w.y * y - w.cross * x)
        ring.twisted[slot, j] = w.twist * (0.25 * (rising - falling))
        ring.curved[slot, j] = w.twist * ((beside + above) - 4.0 * V[i, j])


def first_row(i, V, slope, out, faces, ring, k, dt, c):
    """slope = dt L V, and `out` the first stage."""
    for j in range(BORDER, V.shape[1] - BORDER):
        d = dt * flow(V, faces, ring, k, i, j)
        slope[i, j] = d
        out[i, j] = V[i, j] + c[3] * d


def middle_row(i, V, slope, last, out, faces, ring, k, dt, c):
    """A middle stage, from `last` and the one before it in `out`, into `out`."""
    for j in range(BORDER, V.shape[1] - BORDER):
        d = c[3] * dt * flow(last, faces, ring, k, i, j) + c[4] * slope[i, j]
        out[i, j] = c[0] * last[i, j] + c[1] * out[i, j] + c[2] * V[i, j] + d


def final_row(i, V, slope, last, before, faces, ring, k, dt, c):
    """The final stage, from `last` and the one `before` it, into V."""
    for j in range(BORDER, V.shape[1] - BORDER):
        d = c[3] * dt * flow(last, faces, ring, k, i, j) + c[4] * slope[i, j]
        V[i, j] = c[0] * last[i, j] + c[1] * before[i, j] + c[2] * V[i, j] + d


def first_block(n, V, slope, out, faces, bends, ring, dt, c):
    """`first_row` of the rows of block `n`, each when the next one is prepared."""
    first, k = BORDER + n * ROWS, 3 * n
    for i in range(first - 1, min(first + ROWS, V.shape[0] - BORDER) + 1):
        prepare(i, V, faces, bends, ring, k)
        if i > first:
            row(i - 1, V, slope, out, faces, ring, k, dt, c)


def later_block(n, V, slope, last, other, faces, bends, ring, dt, c):
    """The same for `middle_row` or `final_row`."""
    first, k = BORDER + n * ROWS, 3 * n
    for i in range(first - 1, min(first + ROWS, V.shape[0] - BORDER) + 1):
        prepare(i, last, faces, bends, ring, k)
        if i > first:
            row(i - 1, V, slope, last, other, faces, ring, k, dt, c)


def first_stage(V, slope, out, faces, bends, ring, dt, row_of_c):
    """`first_row` of all rows."""
    c = unpack(row_of_c, FIVE)
    for n in prange(blocks(V.shape[0] - 2 * BORDER)):
        block(n, V, slope, out, faces, bends, ring, dt, c)


def later_stage(V, slope, last, other, faces, bends, ring, dt, row_of_c):
    """`middle_row` or `final_row` of all rows."""
    c = unpack(row_of_c, FIVE)
    for n in prange(blocks(V.shape[0] - 2 * BORDER)):
        block(n, V, slope, last, other, faces, bends, ring, dt, c)


@inline
def blocks(rows):
    """Into how many blocks rows are divided."""
    return (rows + ROWS - 1) // ROWS


def rings(rows: int, columns: int, real: Any) -> Ring:
    """A ring for V of `rows` without the border and `columns` with it."""
    return Ring(*(np.zeros((3 * blocks(rows), columns), real) for _ in Ring._fields))


def diffuse(V, slope, a, b, ring, faces, bends, plan):
    """Advance V (rows, columns) by a step of diffusion; `slope`, `a`, `b` are work arrays of its shape.

    The stages alternate between `a` and `b`; the last one is written into V, which each stage reads in its own
    cell only, so nothing is overwritten while a neighbour needs it.
    """
    coefficients, stages, dt = plan.stages, plan.stages.shape[0], plan.dt
    for _ in range(plan.cycles):
        first(V, slope, a, faces, bends, ring, dt, coefficients[0])
        for k in range(1, stages - 1):
            if k % 2 == 1:
                middle(V, slope, a, b, faces, bends, ring, dt, coefficients[k])
            else:
                middle(V, slope, b, a, faces, bends, ring, dt, coefficients[k])
        if stages % 2 == 0:
            final(V, slope, a, b, faces, bends, ring, dt, coefficients[stages - 1])
        else:
            final(V, slope, b, a, faces, bends, ring, dt, coefficients[stages - 1])


def make_diffuse(tensor: bool, smooth: bool) -> Any:
    """`diffuse` compiled for faces with or without mixed derivatives, of fourth or second order."""
    flow, prepare = {
        (False, False): (divergence, no_row),
        (True, False): (tensor_divergence, no_row),
        (False, True): (smooth_divergence, bend_row),
        (True, True): (smooth_tensor_divergence, twist_row),
    }[tensor, smooth]
    stages: dict[str, tuple[Any, Any, Any]] = {
        "first": (first_stage, first_block, first_row),
        "middle": (later_stage, later_block, middle_row),
        "final": (later_stage, later_block, final_row),
    }
    loops = {
        name: parallel_part(bind(stage, block=bind(block, prepare=bind(prepare), row=bind(row, flow=flow))))
        for name, (stage, block, row) in stages.items()
    }
    return compile_cached(bind(diffuse, **loops), parallel=False)


def plan(step: float, explicit_limit: float, cubic_error: float = math.inf, real: Any = np.float64) -> Plan:
    """The cheapest way to diffuse over `step` [ms] that is stable with a `MARGIN`, in numbers of type `real`.

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
    return Plan(cycles, real(step / cycles), stage_coefficients(s).astype(real))


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
