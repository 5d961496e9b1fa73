"""What the tests of the models share: compiled equations, and an integrator that is not the program's own."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cardiac import models
from cardiac.kernels import Gate
from cardiac.kernels.compose import FAST


@cache
def compiled(name: str) -> Any:
    """(V, s, p) -> currents and rates of a model, compiled."""
    currents, rates = models.load(name).currents, models.load(name).rates

    @numba.njit(error_model="numpy", fastmath=FAST)
    def equations(V, s, p):
        I = currents(V, s, p)  # noqa: E741
        return I, rates(V, s, p, I)

    return equations


@pytest.fixture(scope="session")
def equations() -> Callable[[str], Any]:
    """The compiled equations of a model by its name."""
    return compiled


def derivative(x: float, rate: Any) -> float:
    """dx/dt from a Gate or a plain derivative."""
    return rate.rate * (rate.inf - x) if isinstance(rate, Gate) else rate


@pytest.fixture(scope="session")
def integrate() -> Callable[..., Any]:
    """(model, y, duration, p, injected, added, times) -> solution of the cell by LSODA at tight tolerance."""

    def solution(
        model: models.Model,
        y: np.ndarray,
        duration: float,
        p: Any,
        injected: float = 0.0,
        added: Callable[[float], float] = lambda V: 0.0,
        times: Any = None,
        max_step: float = np.inf,
    ) -> Any:
        equations = compiled(model.name)

        def slope(t: float, y: np.ndarray) -> list[float]:
            V, *state = y.tolist()
            I, rates = equations(V, model.State(*state), p)  # noqa: E741
            dV = injected - added(V) - sum(I)
            return [dV, *map(derivative, state, rates)]

        options = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-10, "max_step": max_step}
        return solve_ivp(slope, (0.0, duration), y, t_eval=times, **options)

    return solution
