"""Membrane currents of recorded samples: the equations of a model or mechanism, evaluated once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import prange

from cardiac.kernels.compose import BOUND, bind, compile_cached
from cardiac.kernels.records import load, store

currents = current = State = BOUND


def model_currents(V, variables, p, out):
    """All currents of a model for samples V (n,), variables (n, k): out (n, currents) [A/F]."""
    for i in prange(V.shape[0]):
        store(out[i], 0, currents(V[i], load(variables[i], 0, State, 1), p), 1)


def added_currents(V, variables, p, q, out):
    """The current of a mechanism at full strength for samples V (n,), variables (n, k): out (n,) [A/F]."""
    for i in prange(V.shape[0]):
        out[i] = current(V[i], load(variables[i], 0, State, 1), p, q)


def make_model_currents(currents: Callable[..., Any], State: type) -> Any:
    """`model_currents` compiled for a model."""
    return compile_cached(bind(model_currents, currents=currents, State=State))


def make_added_currents(current: Callable[..., Any], State: type) -> Any:
    """`added_currents` compiled for a mechanism meeting a model.

    Serially: a parallel loop confuses records of the same name, as both `Parameters` are.
    """
    return compile_cached(bind(added_currents, current=current, State=State), parallel=False)
