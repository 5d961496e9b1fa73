"""Diffusion of V: stages of the Runge-Kutta-Legendre method RKL2, or one Euler step, on a conservative operator.

RKL2 (Meyer, Balsara & Aslam 2014, J Comput Phys 257:594) is second order in time and, with s stages, stable up to
(s^2 + s - 2) / 4 times the explicit limit. V has a border of two cells; `Faces` holds the edge conductances [1/ms]
from cell (i, j) to its east, north, north-east and north-west neighbours; rows of them that are alike are kept once,
as cheap models are bound by what they read. Of fourth order is what `Bends` adds where the tissue is smooth (see
`tissue.bends`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac.kernels.compose import BOUND, bind, compile_cached, inline, loop
from cardiac.kernels.records import at, unpack
from cardiac.kernels.sharing import shared
from cardiac.kernels.tiling import BORDER, Array

flow = prepare = copy = first_stage = later_stage = save_one = sweep_one = BOUND
share_saving = share_sweeping = REACH = BOUND

FIVE = (0.0, 0.0, 0.0, 0.0, 0.0)  # as many as a stage has coefficients
MARGIN = 0.9  # of the limit of stability
EULER = np.array([[0.0, 0.0, 0.0, 1.0, 0.0]])  # its only stage, see `stage_coefficients`
BENT = 4  # rows of a ring: three are needed, and a power of two


class Faces(NamedTuple):
    """Edge conductances [1/ms] of an operator without mixed derivatives, (distinct rows, columns)."""

    row: npt.NDArray[np.int64]  # (rows,) which of them a row of V has
    east: Array
    north: Array


class TensorFaces(NamedTuple):
    """Edge conductances [1/ms] of a full diffusion tensor, (distinct rows, columns)."""

    row: npt.NDArray[np.int64]  # (rows,) which of them a row of V has
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
    """How V bends in the last few rows, (rows, columns) each, a power of two of them; see `bend_row`."""

    x: Array
    y: Array
    twisted: Array
    curved: Array


class Scratch(NamedTuple):
    """What a step of diffusion keeps of a few rows, for each part of the tissue; see `diffuse`."""

    stages: Array  # (parts, 1 + levels, depth, columns) V and what the stages make of it
    slopes: Array  # (parts, cycles, depth, columns)
    ring: Ring  # each (parts, levels, BENT, columns)
    above: Array  # (parts, rows, columns) copies of V
    below: Array


class Plan(NamedTuple):
    """How a step of diffusion is taken: as some cycles of some stages; a stage of a cycle is a *level*."""

    cycles: int
    dt: Any  # of a cycle [ms]
    coefficients: Array  # of the stages, see `stage_coefficients`; without rows there are none


@inline
def flow_x(V, faces, i, j):
    """Net flow into cell (i, j) along x [mV/ms]."""
    here, own = i & (V.shape[0] - 1), faces.row[i]
    v = V[here, j]
    return faces.east[own, j] * (V[here, j + 1] - v) - faces.east[own, j - 1] * (v - V[here, j - 1])


@inline
def flow_y(V, faces, i, j):
    """Net flow into cell (i, j) along y [mV/ms]."""
    last, own, below = V.shape[0] - 1, faces.row[i], faces.row[i - 1]
    v = V[i & last, j]
    return faces.north[own, j] * (V[(i + 1) & last, j] - v) - faces.north[below, j] * (
        v - V[(i - 1) & last, j]
    )


@inline
def divergence(V, faces, ring, i, j):
    """Net flow into cell (i, j) from its four neighbours [mV/ms]."""
    return flow_x(V, faces, i, j) + flow_y(V, faces, i, j)


@inline
def tensor_divergence(V, faces, ring, i, j):
    """Net flow into cell (i, j) from its eight neighbours [mV/ms]."""
    last, own, below = V.shape[0] - 1, faces.row[i], faces.row[i - 1]
    south, north = (i - 1) & last, (i + 1) & last
    v = V[i & last, j]
    rising = faces.northeast[own, j] * (V[north, j + 1] - v) - faces.northeast[below, j - 1] * (
        v - V[south, j - 1]
    )
    falling = faces.northwest[own, j] * (V[north, j - 1] - v) - faces.northwest[below, j + 1] * (
        v - V[south, j + 1]
    )
    return divergence(V, faces, ring, i, j) + (rising + falling)


@inline
def straightening(faces, ring, i, j):
    """What the bends along x and y take from the flow into cell (i, j) [mV/ms]."""
    last, own, below = ring.x.shape[0] - 1, faces.row[i], faces.row[i - 1]
    here, south, north = i & last, (i - 1) & last, (i + 1) & last
    x, y = ring.x[here, j], ring.y[here, j]
    along_x = faces.east[own, j] * (ring.x[here, j + 1] - x) - faces.east[own, j - 1] * (
        x - ring.x[here, j - 1]
    )
    along_y = faces.north[own, j] * (ring.y[north, j] - y) - faces.north[below, j] * (y - ring.y[south, j])
    return along_x + along_y


@inline
def smooth_divergence(V, faces, ring, i, j):
    """`divergence`, of fourth order where the tissue is smooth."""
    return divergence(V, faces, ring, i, j) - straightening(faces, ring, i, j)


@inline
def smooth_tensor_divergence(V, faces, ring, i, j):
    """`tensor_divergence`, of fourth order where the tissue is smooth."""
    last = ring.x.shape[0] - 1
    here, south, north = i & last, (i - 1) & last, (i + 1) & last
    x = ring.twisted[here, j + 1] + ring.twisted[here, j - 1]
    y = ring.twisted[north, j] + ring.twisted[south, j]
    across = ring.curved[north, j + 1] - ring.curved[north, j - 1]
    across -= ring.curved[south, j + 1] - ring.curved[south, j - 1]
    twist = ((x + y) - 4.0 * ring.twisted[here, j]) + 0.25 * across
    return (tensor_divergence(V, faces, ring, i, j) - straightening(faces, ring, i, j)) - twist


def no_row(i, V, faces, bends, ring):
    """In second order nothing is prepared."""


def bend_row(i, V, faces, bends, ring):
    """How V bends along x and y in row `i` [mV]."""
    here = i & (ring.x.shape[0] - 1)
    for j in range(1, V.shape[1] - 1):
        w, x, y = at(bends, i, j), flow_x(V, faces, i, j), flow_y(V, faces, i, j)
        ring.x[here, j] = w.smooth * (w.x * x - w.cross * y)
        ring.y[here, j] = w.smooth * (w.y * y - w.cross * x)


def twist_row(i, V, faces, bends, ring):
    """`bend_row`, and the weighted mixed difference of V and its curvature [mV/ms]."""
    here, last = i & (ring.x.shape[0] - 1), V.shape[0] - 1
    own, south, north = i & last, (i - 1) & last, (i + 1) & last
    for j in range(1, V.shape[1] - 1):
        w, x, y = at(bends, i, j), flow_x(V, faces, i, j), flow_y(V, faces, i, j)
        rising, falling = V[north, j + 1] + V[south, j - 1], V[north, j - 1] + V[south, j + 1]
        beside, above = V[own, j + 1] + V[own, j - 1], V[north, j] + V[south, j]
        ring.x[here, j] = w.smooth * (w.x * x - w.cross * y)
        ring.y[here, j] = w.smooth * (w.y * y - w.cross * x)
        ring.twisted[here, j] = w.twist * (0.25 * (rising - falling))
        ring.curved[here, j] = w.twist * ((beside + above) - 4.0 * V[own, j])


def first_row(i, V, slope, out, faces, ring, dt, c):
    """slope = dt L V, and `out` the first stage, in row `i`."""
    own = i & (V.shape[0] - 1)
    for j in range(BORDER, V.shape[1] - BORDER):
        d = dt * flow(V, faces, ring, i, j)
        slope[own, j] = d
        out[own, j] = V[own, j] + c[3] * d


def later_row(i, V, slope, last, before, out, faces, ring, dt, c):
    """A later stage, from `last` and the one before it, in row `i`."""
    own = i & (V.shape[0] - 1)
    for j in range(BORDER, V.shape[1] - BORDER):
        d = c[3] * dt * flow(last, faces, ring, i, j) + c[4] * slope[own, j]
        out[own, j] = c[0] * last[own, j] + c[1] * before[own, j] + c[2] * V[own, j] + d


@inline
def edge(n, parts, rows):
    """The first row of part `n`, counted with the border."""
    return BORDER + n * rows // parts


def copy_row(source, i, target, k):
    """Row `k` of the target becomes row `i` of the source."""
    for j in range(source.shape[1]):
        target[k, j] = source[i, j]


def save_part(n, V, above, below, levels):
    """Copy the rows around part `n` that its stages read."""
    parts, rows, width = above.shape[0], V.shape[0] - 2 * BORDER, REACH * levels
    first, end = edge(n, parts, rows), edge(n + 1, parts, rows)
    for k in range(max(0, BORDER - (first - width)), width):
        copy(V, first - width + k, above[n], k)
    for k in range(min(width, BORDER + rows - end)):
        copy(V, end + k, below[n], k)


def sweep_part(
    n, V, scratch_stages, scratch_slopes, ring, above, below, faces, bends, cycles, dt, coefficients
):
    """All stages of part `n`, each a few rows behind the one before it."""
    stages, slopes = scratch_stages[n], scratch_slopes[n]
    s, parts, rows = coefficients.shape[0], above.shape[0], V.shape[0] - 2 * BORDER
    levels, top, last_slot = cycles * s, BORDER + rows, stages.shape[1] - 1
    first, end = edge(n, parts, rows), edge(n + 1, parts, rows)
    width = REACH * levels
    lowest, highest = max(BORDER, first - width), min(top, end + width)
    for m in range(lowest - REACH, end + width - REACH):
        new = m + REACH
        if lowest <= new and new < first:
            copy(above[n], new - (first - width), stages[0], new & last_slot)
        elif first <= new and new < end:
            copy(V, new, stages[0], new & last_slot)
        elif end <= new and new < highest:
            copy(below[n], new - end, stages[0], new & last_slot)
        for level in range(levels):
            i, k = m - REACH * level, level % s
            behind = REACH * (levels - 1 - level)
            low, high = max(BORDER, first - behind), min(top, end + behind)
            bent = Ring(ring.x[n, level], ring.y[n, level], ring.twisted[n, level], ring.curved[n, level])
            last, out, slope = stages[level], stages[level + 1], slopes[level // s]
            if low - REACH <= i and i < high:  # one row ahead, as neighbours are read
                prepare(i + 1, last, faces, bends, bent)
            if low <= i and i < high:
                c = unpack(coefficients[k], FIVE)
                if k == 0:
                    first_stage(i, last, slope, out, faces, bent, dt, c)
                else:
                    begun, before = stages[level - k], stages[level - 1]
                    later_stage(i, begun, slope, last, before, out, faces, bent, dt, c)
        i = m - REACH * (levels - 1)
        if i >= first:
            copy(stages[levels], i & last_slot, V, i)


def save_parts(first, end, V, above, below, levels):
    """`save_part` of the parts first ... end - 1."""
    for n in range(first, end):
        save_one(n, V, above, below, levels)


def sweep_parts(first, end, V, stages, slopes, ring, above, below, faces, bends, cycles, dt, coefficients):
    """`sweep_part` of the parts first ... end - 1."""
    for n in range(first, end):
        sweep_one(n, V, stages, slopes, ring, above, below, faces, bends, cycles, dt, coefficients)


def diffuse(me, team, V, scratch, faces, bends, plan):
    """Advance V (rows, columns) by a step of diffusion, as thread `me` of a team.

    Each part of the rows is gone through once: a stage follows the one before it as closely as it reads neighbours,
    so that what they make of V stays in the processor's cache. The rows around a part are computed in it as well,
    from a copy of V, as they are overwritten where they belong.
    """
    parts, levels = scratch.above.shape[0], plan.cycles * plan.coefficients.shape[0]
    share_saving(me, team, parts, 1, (V, scratch.above, scratch.below, levels))
    share_sweeping(
        me, team, parts, 1,
        (V, scratch.stages, scratch.slopes, scratch.ring, scratch.above, scratch.below, faces, bends,
         plan.cycles, plan.dt, plan.coefficients),
    )  # fmt: skip


def make_diffuse(tensor: bool, smooth: bool) -> Any:
    """`diffuse` compiled for faces with or without mixed derivatives, of fourth or second order."""
    flow, prepare = {
        (False, False): (divergence, no_row),
        (True, False): (tensor_divergence, no_row),
        (False, True): (smooth_divergence, bend_row),
        (True, True): (smooth_tensor_divergence, twist_row),
    }[tensor, smooth]
    reach = reach_of(smooth)
    sweep_one = bind(
        sweep_part,
        copy=bind(copy_row),
        prepare=bind(prepare),
        first_stage=bind(first_row, flow=flow),
        later_stage=bind(later_row, flow=flow),
        REACH=reach,
    )
    save_one = bind(save_part, copy=bind(copy_row), REACH=reach)
    return compile_cached(
        bind(
            diffuse,
            share_saving=shared(loop(bind(save_parts, save_one=save_one))),
            share_sweeping=shared(loop(bind(sweep_parts, sweep_one=sweep_one))),
        )
    )


def edges(parts: Sequence[Array]) -> Faces | TensorFaces:
    """Conductances (rows, columns) to the east and north, and to the north-east and north-west if there are four."""
    found: dict[bytes, int] = {}
    alike = (hashlib.sha256(b"".join(part[i].tobytes() for part in parts)) for i in range(len(parts[0])))
    row = np.array([found.setdefault(own.digest(), len(found)) for own in alike], dtype=np.int64)
    _, distinct = np.unique(row, return_index=True)
    kept = [part[distinct] for part in parts]
    return TensorFaces(row, *kept) if len(kept) > 2 else Faces(row, *kept)


def reach_of(smooth: bool) -> int:
    """How far a cell looks, in cells: in fourth order beyond its neighbours."""
    return 2 if smooth else 1


def scratch(parts: int, columns: int, smooth: bool, plans: Sequence[Plan], real: Any) -> Scratch:
    """Scratch for V of `columns`, border included, in so many parts, for all of the `plans`."""
    levels = max(p.cycles * p.coefficients.shape[0] for p in plans)
    reach, cycles = reach_of(smooth), max(p.cycles for p in plans)
    # As many rows as the last stage of a cycle is behind its first one, and one: each is read until then. And not
    # fewer than a stage reads at once.
    behind = reach * max(p.coefficients.shape[0] for p in plans)
    depth = 1 << max(behind, 2 * reach).bit_length()
    bent = (np.zeros((parts, levels, BENT if smooth else 1, columns), real) for _ in Ring._fields)
    return Scratch(
        np.zeros((parts, 1 + levels, depth, columns), real),
        np.zeros((parts, cycles, depth, columns), real),
        Ring(*bent),
        *(np.zeros((parts, reach * levels, columns), real) for _ in range(2)),
    )


def plan(
    step: float, explicit_limit: float, cubic_error: float = math.inf, real: Any = np.float64, order: int = 2
) -> Plan:
    """The cheapest way to diffuse over `step` [ms] that is stable with a `MARGIN`, in numbers of type `real`.

    Where `cubic_error` is given, it bounds how far the cubic term of the damping is from that of the exponential.
    Where first `order` in time will do, it is the explicit Euler method if that is stable.
    """
    if order == 1 and step <= MARGIN * explicit_limit:
        return Plan(1, real(step), EULER.astype(real))
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
