"""Every scheme converges at its order in every model, and survives a strong conductance."""

import numpy as np
import pytest
from cells import exact, start, stepped

from cardiac import mechanisms, models
from cardiac.kernels.schemes import ORDERS, SCHEMES

STEPS = {1: 0.002, 2: 0.01}  # ms, by order
# Where the rates of a gate change several-fold while the upstroke passes in one such step: a part of it.
STEEP = {"ohara_rudy_2011": 0.25}


@pytest.mark.parametrize("name", models.names())
def test_a_scheme_converges_at_its_order(name: str) -> None:
    model, duration = models.load(name), 1.0
    solution = exact(model, duration)
    floor = 1e-6  # a million times the absolute tolerance of the solution
    scale = np.array([100.0, *np.maximum(np.abs(solution[1:]), floor)])
    for scheme, function in SCHEMES.items():
        order = ORDERS[function]
        steps = STEPS[order] * STEEP.get(name, 1.0) * np.array([1.0, 0.5])
        errors = [
            np.linalg.norm((stepped(model, scheme, step, duration) - solution) / scale) for step in steps
        ]
        assert order == pytest.approx(np.log2(errors[0] / errors[1]), abs=0.1), scheme
        assert errors[1] < 0.05, scheme


@pytest.mark.parametrize("g", [10.0, 100.0])
@pytest.mark.parametrize("name", models.names())
def test_a_strong_conductance_is_stable_at_a_long_step(name: str, g: float) -> None:
    model, added = models.load(name), mechanisms.load("potassium_conductance")
    q = (g, -90.0)
    for duration in (0.5, 4.0):
        V, *state = stepped(model, "rush_larsen_2", 0.1, duration, [added], q)
        solution = exact(model, duration, [added], q)
        assert solution[0] == pytest.approx(V, abs=1e-2 * (start(model)[0] + 90.0))
        assert np.isfinite(state).all()
