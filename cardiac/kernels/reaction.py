"""The reaction of all cells: every tile by as many steps as it needs, composed from a model, mechanisms and a scheme.

Between two steps of diffusion a tile steps its reaction once, or in several equal steps where V changes fast, or not
at all while hardly anything happens: then it waits, and later makes up for it in one step. What it does follows from
the cells of the tile alone, so it is the same whatever the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba.extending import register_jitable

from cardiac.kernels.compose import ANY_ORDER, BOUND, bind, loop
from cardiac.kernels.equations import Equations, Part, make_derivative
from cardiac.kernels.records import at, load, products, store, unpack
from cardiac.kernels.sharing import shared
from cardiac.kernels.tiling import BORDER, Array

step = tile = State = LANES = share_tiles = BOUND

STRETCH = 32  # tiles that a thread takes at a time
GROWTH = 2.0  # of the change of V from one step to the next, in the foot of an upstroke


class Cells(NamedTuple):
    """The cells of a tissue, in tiles."""

    active: npt.NDArray[np.int64]  # tiles to step, (n,)
    states: Array  # (tiles, variables * lanes)
    I_stim: Array  # (places, lanes), the injected current of this step [A/F]
    place: npt.NDArray[np.int64]  # (tiles,) which of them is that of a tile: all that get none share one
    waited: npt.NDArray[np.int64]  # (tiles,) steps since the last reaction
    change: npt.NDArray[np.float64]  # (tiles,) of V by the last reaction [mV a step]
    steps: npt.NDArray[np.int64]  # (tiles,) steps of the reaction so far


class Pace(NamedTuple):
    """How finely tiles step their reaction."""

    change: float = math.inf  # of V in one step [mV], beyond which there are several
    finest: int = 1  # most steps of the reaction in a step of diffusion
    patience: float = 0.0  # change of V [mV] up to which a tile may wait
    longest: int = 1  # most steps of diffusion that it waits


FIXED = Pace()  # one step of the reaction for each of diffusion, everywhere


@register_jitable(**ANY_ORDER)
def distance(a, b, lanes):
    """About the largest |a - b| of two rows; NaN if any is NaN."""
    total = 0.0
    for x in range(lanes):
        d = a[x] - b[x]
        total += (d * d) * (d * d)
    return math.sqrt(math.sqrt(total))


@register_jitable(**ANY_ORDER)
def size(a, lanes):
    """About the largest |a| of a row."""
    total = 0.0
    for x in range(lanes):
        total += (a[x] * a[x]) * (a[x] * a[x])
    return math.sqrt(math.sqrt(total))


def react_tile(
    b, V, seen, tiles, I_stim, place, waited, change, steps, p, q, regions, courses, dt, due, read, pace, per_row,
):  # fmt: skip
    """The reaction of tile `b` over the steps that are due; its cells lie side by side in one row of V."""
    i, first = BORDER + b // per_row, BORDER + (b % per_row) * LANES
    # Views of one tile: with indices that start at 0 LLVM sees that cells are independent, and vectorises.
    v, u, tile = V[i, first : first + LANES], seen[i, first : first + LANES], tiles[b]
    injected = I_stim[place[b]]
    elapsed = waited[b] + due
    if elapsed == 0:
        return
    n = 1
    if pace.finest > 1:
        moved = distance(v, u, LANES) / elapsed
        pending = GROWTH * (moved if moved > change[b] else change[b]) + dt * size(injected, LANES)
        if due == 1 and elapsed < pace.longest and pending * elapsed < pace.patience:
            waited[b] = elapsed
            return
        needed = pending * elapsed / pace.change
        n = math.ceil(needed) if needed < pace.finest else pace.finest
        n = n if n > 1 else 1
        for x in range(LANES):
            u[x] = v[x]
    h = v.dtype.type(dt * elapsed / n)
    for _ in range(n):
        for x in range(LANES):
            weights = products(at(regions, b, x), courses)
            s = load(tile, x, State, LANES)
            V_new, s_new = step(v[x], s, at(p, b, x), at(q, b, x), weights, injected[x], h)
            v[x] = V_new
            store(tile, x, s_new, LANES)
    if pace.finest > 1:
        change[b] = distance(v, u, LANES) / elapsed
    if read or pace.finest > 1:
        for x in range(LANES):
            u[x] = v[x]
    waited[b] = 0
    steps[b] += n


def react_tiles(
    first, end, active, V, seen, states, I_stim, place, waited, change, steps, p, q, regions, course_row, dt, due,
    read, pace,
):  # fmt: skip
    """`react_tile` of the tiles active[first:end]."""
    per_row = (V.shape[1] - 2 * BORDER) // LANES
    courses = unpack(course_row, regions)
    for k in range(first, end):
        tile(
            active[k], V, seen, states, I_stim, place, waited, change, steps, p, q, regions, courses, dt, due, read,
            pace, per_row,
        )  # fmt: skip


def react(me, team, cells, V, seen, p, q, regions, course_row, dt, due, read, pace):
    """Advance V and the states by the reaction, as thread `me` of a team.

    Parameters
    ----------
    V, seen : (ny + 4, columns + 4) potentials with a border, now and after the last reaction [mV]; in single steps
        `seen` is written only if it is going to be `read`
    p : parameters of the model, each a number or an array (tiles, lanes)
    q, regions : parameters of the mechanisms one after the other, and their weights 0 ... 1, likewise
    course_row : (mechanisms,) mean of each time course over this step
    dt : step of diffusion [ms]
    due : 1 for a further step, 0 to make up for the steps that tiles have waited
    """
    share_tiles(
        me, team, cells.active.shape[0], STRETCH,
        (cells.active, V, seen, cells.states, cells.I_stim, cells.place, cells.waited, cells.change, cells.steps,
         p, q, regions, course_row, dt, due, read, pace),
    )  # fmt: skip


def make_react(model: Equations, parts: Sequence[Part], scheme: Callable[..., Any], lanes: int) -> Any:
    """`react`, a part of kernels, for a model, its mechanisms, a scheme and a tile size."""
    step = bind(scheme, derivative=make_derivative(model, parts))
    tile = bind(react_tile, step=step, State=model.State, LANES=lanes)
    return bind(react, share_tiles=shared(loop(bind(react_tiles, tile=tile, LANES=lanes))))
