"""The reaction of all cells: one step of every tile, composed from a model, its mechanisms and a scheme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from numba import prange

from cardiac.kernels.compose import BOUND, bind, parallel_part
from cardiac.kernels.equations import Equations, Part, make_derivative
from cardiac.kernels.records import at, load, products, store, unpack

step = tile = State = LANES = BOUND


def react_tile(b, V, tiles, I_stim, p, q, regions, courses, dt, per_row):
    """One step of the cells of tile `b`, which lie side by side in one row of V."""
    first = 1 + (b % per_row) * LANES
    # Views of one tile: with indices that start at 0 LLVM sees that cells are independent, and vectorises.
    v, tile = V[1 + b // per_row, first : first + LANES], tiles[b]
    for x in range(LANES):
        weights = products(at(regions, b, x), courses)
        s = load(tile, x, State, LANES)
        V_new, s_new = step(v[x], s, at(p, b, x), at(q, b, x), weights, I_stim[b, x], dt)
        v[x] = V_new
        store(tile, x, s_new, LANES)


def react(active, V, tiles, I_stim, p, q, regions, course_row, dt):
    """Advance V and the states by one step of the reaction.

    Parameters
    ----------
    active : tiles to step, (n,) integers
    V : (ny + 2, columns + 2) potentials with a border [mV]
    tiles : (tiles, variables * lanes) states
    I_stim : (tiles, lanes) injected current [A/F]
    p : parameters of the model, each a number or an array (tiles, lanes)
    q, regions : parameters of the mechanisms one after the other, and their weights 0 ... 1, likewise
    course_row : (mechanisms,) mean of each time course over this step
    """
    per_row = (V.shape[1] - 2) // LANES
    courses = unpack(course_row, regions)
    for k in prange(active.shape[0]):
        tile(active[k], V, tiles, I_stim, p, q, regions, courses, dt, per_row)


def make_react(model: Equations, parts: Sequence[Part], scheme: Callable[..., Any], lanes: int) -> Any:
    """`react`, a part of kernels, for a model, its mechanisms, a scheme and a tile size."""
    step = bind(scheme, derivative=make_derivative(model, parts))
    tile = bind(react_tile, step=step, State=model.State, LANES=lanes)
    return parallel_part(bind(react, tile=tile, LANES=lanes))
