"""Membrane currents of recorded samples: the equations of a cell, evaluated once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cardiac.kernels.compose import BOUND, bind, compile_cached
from cardiac.kernels.equations import Equations, Part, make_changed, make_columns
from cardiac.kernels.records import load, store, unpack

currents = changed = write_added = State = MECHANISMS = BOUND


def tabulate(V, variables, p, q, weights, out, added):
    """All currents of a cell for samples V (n,), variables (n, k) and weights (n, mechanisms).

    Writes those of the model to `out` (n, currents) and of the mechanisms to `added` (n, those with a current)
    [A/F]. `p` and `q` are numbers, as for `equations`.
    """
    for i in range(V.shape[0]):
        s, w = load(variables[i], 0, State, 1), unpack(weights[i], MECHANISMS)
        changed_p = changed(p, q, w)
        store(out[i], 0, currents(V[i], s, changed_p), 1)
        write_added(added[i], V[i], s, changed_p, q, w)


def make_tabulate(model: Equations, parts: Sequence[Part]) -> Any:
    """`tabulate` compiled for a model and its mechanisms.

    Serially: a parallel loop confuses records of the same name, as the `Parameters` of model and mechanism are.
    """
    names = {"currents": model.currents, "State": model.State, "MECHANISMS": (0.0,) * max(1, len(parts))}
    bound = bind(tabulate, changed=make_changed(parts), write_added=make_columns(parts), **names)
    return compile_cached(bound)
