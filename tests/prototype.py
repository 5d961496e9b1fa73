"""The scheme of the prototypes: a cable whose potential is stepped by explicit Euler, its gates by Rush-Larsen.

First order in time, second in space, and not split: what flows in from the neighbours is one more injected current of
the step, taken at its beginning. Written for comparisons; of the program it takes the equations of the cells alone.
"""

from typing import Any

import numpy as np
from numba import njit

from cardiac.kernels.compose import bind
from cardiac.kernels.equations import make_derivative
from cardiac.kernels.records import load, store
from cardiac.kernels.schemes import rush_larsen
from cardiac.models import Model

LONGEST = 4000.0  # ms, that a wave is waited for


def velocity(
    model: Model,
    rest: tuple[float, Any],
    *,
    spacing: float = 0.1,
    dt: float,
    diffusivity: float = 0.1,
    parameters: Any = None,
    length: float = 16.0,
) -> float:
    """The velocity [mm/ms] of a wave in a cable from 7/16 to 13/16 of its length.

    rest : V [mV] and the state, at which it begins
    spacing, length : [mm]; dt : [ms]; diffusivity : [mm^2/ms]
    """
    n = round(length / spacing)
    states = np.array([*rest[1]])[:, np.newaxis] * np.ones(n)
    V = np.full(n, rest[0])
    p = model.parameters() if parameters is None else parameters
    electrode = max(1, round(1.0 / spacing))
    crossed = _march(model)(V, states.ravel().copy(), p, diffusivity / spacing**2, dt, electrode)
    a, b = (round(part * n) for part in (7 / 16, 13 / 16))
    return float((b - a) * spacing / (crossed[b] - crossed[a]))


def _march(model: Model) -> Any:
    step = njit(bind(rush_larsen, derivative=make_derivative(model, ())))
    State = model.State

    @njit
    def march(V, states, p, D, dt, electrode):
        n = V.shape[0]
        crossed = np.full(n, np.nan)
        V_new = V.copy()
        k = 0
        while np.isnan(crossed[n - 2]) and k * dt < LONGEST:
            for i in range(n):
                left = V[i - 1] if i > 0 else V[i]
                right = V[i + 1] if i < n - 1 else V[i]
                I = D * (left - 2.0 * V[i] + right)  # noqa: E741
                if i < electrode and k * dt < 2.0:
                    I += 100.0  # noqa: E741
                V_new[i], s = step(V[i], load(states, i, State, n), p, (), (), I, dt)
                store(states, i, s, n)
                if np.isnan(crossed[i]) and V_new[i] >= -40.0:
                    crossed[i] = (k + (-40.0 - V[i]) / (V_new[i] - V[i])) * dt
            V, V_new = V_new, V
            k += 1
        return crossed

    return march
