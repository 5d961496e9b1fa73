"""Cells in plain Python: a scheme and a model put together as a kernel does it, and an independent solution."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from cardiac.kernels import Gate
from cardiac.kernels.compose import bind
from cardiac.kernels.equations import make_derivative
from cardiac.kernels.schemes import SCHEMES
from cardiac.mechanisms import Mechanism
from cardiac.models import Model

ABOVE_REST = 45.0  # mV: in every model an action potential begins there


def equations(model: Model, mechanisms: Sequence[Mechanism] = ()) -> Any:
    """(V, s, p, q, weights, I_stim) -> dV/dt, slope and rates of a cell."""
    return make_derivative(model, [mechanism.meeting(model) for mechanism in mechanisms])


def start(model: Model) -> list[float]:
    """V and the state of an excited cell."""
    return [model.V_initial + ABOVE_REST, *map(float, model.State())]


def stepped(
    model: Model, scheme: str, dt: float, duration: float, mechanisms: Sequence[Mechanism] = (), q: Any = ()
) -> np.ndarray:
    """V and the state after steps of a scheme."""
    step = bind(SCHEMES[scheme], derivative=equations(model, mechanisms))
    V, *state = start(model)
    s, p, weights = model.State(*state), model.Parameters(), (1.0,) * len(mechanisms)
    for _ in range(round(duration / dt)):
        V, s = step(V, s, p, q, weights, 0.0, dt)
    return np.array([V, *s])


def exact(model: Model, duration: float, mechanisms: Sequence[Mechanism] = (), q: Any = ()) -> np.ndarray:
    """V and the state by LSODA at tight tolerance."""
    equations_, p, weights = equations(model, mechanisms), model.Parameters(), (1.0,) * len(mechanisms)

    def slope(t: float, y: np.ndarray) -> list[float]:
        V, *state = y.tolist()
        dV, _, rates = equations_(V, model.State(*state), p, q, weights, 0.0)
        pairs = zip(state, rates, strict=True)
        return [dV, *(r.rate * (r.inf - x) if isinstance(r, Gate) else r for x, r in pairs)]

    return solve_ivp(slope, (0.0, duration), start(model), method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
