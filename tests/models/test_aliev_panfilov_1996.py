"""Aliev-Panfilov: the published equations, what clamping the recovery does below rest, and both parameter sets."""

from typing import Any

import numpy as np
import pytest

from cardiac import models

MODEL = models.load("aliev_panfilov_1996")
TIME = 12.9  # ms


def slopes(V: float, v: float, p: Any) -> tuple[float, float]:
    """dV/dt and dv/dt."""
    s = MODEL.State(v)
    I = MODEL.currents(V, s, p)  # noqa: E741
    return -sum(I), MODEL.rates(V, s, p, I).v


@pytest.mark.parametrize("variant", MODEL.variants)
@pytest.mark.parametrize("u", [-0.28, -0.1, 0.0, 0.1, 0.5, 0.95, 1.2])
@pytest.mark.parametrize("v", [-0.001, 0.0, 0.7, 2.2])
def test_the_equations_are_the_published_ones(variant: str, u: float, v: float) -> None:
    p = MODEL.parameters(variant)
    a, eps0 = {"paper": (0.15, 0.002), "common": (0.1, 0.01)}[variant]
    du = -8.0 * u * (u - a) * (u - 1.0) - u * v
    dv = (eps0 + 0.2 * v / (u + 0.3)) * (-v - 8.0 * u * (u - a - 1.0))
    assert slopes(-80.0 + 100.0 * u, v, p) == pytest.approx(
        (100.0 * du / TIME, dv / TIME), rel=1e-12, abs=1e-14
    )


def test_the_clamp_changes_nothing_above_rest() -> None:
    published = MODEL.parameters()
    clamped = published._replace(clamp_recovery=1.0)
    for V in (-79.9, -60.0, 0.0, 20.0):
        assert slopes(V, 0.8, published) == slopes(V, 0.8, clamped)


def test_a_hyperpolarized_cell_keeps_its_recovery_at_zero_only_when_clamped(integrate: Any) -> None:
    published, rest = MODEL.parameters(), np.array([MODEL.V_initial, *MODEL.State()])
    clamped = published._replace(clamp_recovery=1.0)
    V, v = integrate(MODEL, rest, 2000.0, clamped, injected=-3.0).y[:, -1]
    assert v == 0.0
    u = (V + 80.0) / 100.0
    assert MODEL.currents(V, MODEL.State(), published).I_cubic == pytest.approx(-3.0, abs=1e-6)
    V, v = integrate(MODEL, rest, 2000.0, published, injected=-3.0).y[:, -1]
    u = (V + 80.0) / 100.0
    assert v == pytest.approx(-0.002 * (u + 0.3) / 0.2, rel=0.01)  # where eps vanishes
    assert integrate(MODEL, np.array([V, v]), 2000.0, published).y[1, -1] < -0.001  # and it stays there


def test_no_potential_makes_the_recovery_run_away(integrate: Any) -> None:
    """The published equations have a pole at -110 mV and diverge beyond."""
    p = MODEL.parameters()
    assert np.isfinite(slopes(-110.0, 0.5, p)).all()
    pulled = integrate(MODEL, np.array([MODEL.V_initial, 0.0]), 1000.0, p, injected=-20.0).y[:, -1]
    assert pulled[0] < -115.0
    released = integrate(MODEL, pulled, 500.0, p).y[:, -1]
    assert released == pytest.approx([-80.0, 0.0], abs=0.01)


@pytest.mark.parametrize(
    ("variant", "threshold", "APD90"), [("paper", 7.757, 257.0), ("common", 5.26, 303.6)]
)
def test_anchors(variant: str, threshold: float, APD90: float, integrate: Any) -> None:
    """Threshold of a pulse of 2 ms [A/F]; action potential duration at 1 Hz and twice threshold [ms]."""
    p, y = MODEL.parameters(variant), np.array([MODEL.V_initial, *MODEL.State()])
    for strength, excited in ((0.99 * threshold, False), (1.01 * threshold, True)):
        pulse = integrate(MODEL, y, 2.0, p, injected=strength).y[:, -1]
        assert excited == (integrate(MODEL, pulse, 200.0, p).y[0].max() > -30.0)
    for _ in range(4):
        pulse = integrate(MODEL, y, 2.0, p, injected=2.0 * threshold)
        after = integrate(MODEL, pulse.y[:, -1], 998.0, p, max_step=0.5)
        rest, y = y[0], after.y[:, -1]
    t, V = np.append(pulse.t, 2.0 + after.t), np.append(pulse.y[0], after.y[0])
    above = t[V.max() - 0.9 * (V.max() - rest) <= V]
    assert above[-1] - above[0] == pytest.approx(APD90, abs=1.0)
