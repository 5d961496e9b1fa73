"""Runge-Kutta steps of fixed size: where right-hand sides jump, adaptive solvers stall at the jump."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np

from cardiac import models
from cardiac.kernels.records import load


@cache
def _steps(name: str) -> Callable[..., Any]:
    """The compiled loop over steps of a model whose state consists of gates."""
    model = models.load(name)
    currents, rates, State = model.currents, model.rates, model.State

    @numba.njit
    def slope(y, p, injected):
        V, s = y[0], load(y, 1, State, 1)
        I = currents(V, s, p)  # noqa: E741
        gates = rates(V, s, p, I)
        dy = np.empty_like(y)
        dy[0] = injected
        for k in range(len(I)):
            dy[0] -= I[k]
        for k in range(len(gates)):
            dy[k + 1] = gates[k].rate * (gates[k].inf - s[k])
        return dy

    @numba.njit
    def steps(y, p, injected, dt, V):
        for n in range(V.size):
            k1 = slope(y, p, injected)
            k2 = slope(y + 0.5 * dt * k1, p, injected)
            k3 = slope(y + 0.5 * dt * k2, p, injected)
            k4 = slope(y + dt * k3, p, injected)
            y = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            V[n] = y[0]
        return y

    return steps


def stepped(
    model: models.Model, y: np.ndarray, duration: float, p: Any, injected: float = 0.0, dt: float = 0.01
) -> tuple[np.ndarray, np.ndarray]:
    """V after every step, and V and the state at the end."""
    V = np.empty(round(duration / dt))
    return V, _steps(model.name)(y, p, injected, dt, V)


def pulsed(
    model: models.Model, y: np.ndarray, strength: float, duration: float, p: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The same for `duration` ms that begin with a pulse of 2 ms."""
    V, y = stepped(model, y, 2.0, p, strength)
    W, y = stepped(model, y, duration - 2.0, p)
    return np.append(V, W), y


def apd90(V: np.ndarray, V_rest: float, dt: float = 0.01) -> float:
    """How long V is above 90 % repolarization."""
    return dt * np.count_nonzero(V.max() - 0.9 * (V.max() - V_rest) <= V)
