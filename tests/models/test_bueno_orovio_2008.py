"""Bueno-Orovio: the published equations on every side of their switches, and the options below rest."""

import math
from typing import Any

import numpy as np
import pytest
from fixed_steps import apd90, pulsed, stepped

from cardiac import models

MODEL = models.load("bueno_orovio_2008")
REST = np.array([MODEL.V_initial, *MODEL.State()])


def evaluated(u: float, s: Any, p: Any) -> tuple[Any, list[float]]:
    """Currents and gate derivatives."""
    V = p.V_rest + p.span * u
    I = MODEL.currents(V, s, p)  # noqa: E741
    gates = MODEL.rates(V, s, p, I)
    return I, [gate.rate * (gate.inf - x) for gate, x in zip(gates, s, strict=True)]


@pytest.mark.parametrize("variant", MODEL.variants)
@pytest.mark.parametrize("u", [-0.3, -0.01, 0.002, 0.0055, 0.01, 0.05, 0.12, 0.15, 0.25, 0.35, 0.9, 1.6])
def test_the_equations_are_the_published_ones(variant: str, u: float) -> None:
    p = MODEL.parameters(variant)._replace(w_max=1000.0)
    s = MODEL.State(0.6, 0.7, 0.3)

    def H(threshold: float) -> float:
        return float(u >= threshold)

    def between(first: float, second: float, k: float, middle: float) -> float:
        return first + (second - first) * (1.0 + math.tanh(k * (u - middle))) / 2.0

    tau_vm = (1.0 - H(p.theta_v_minus)) * p.tau_v1_minus + H(p.theta_v_minus) * p.tau_v2_minus
    tau_wm = between(p.tau_w1_minus, p.tau_w2_minus, p.k_w_minus, p.u_w_minus)
    tau_so = between(p.tau_so1, p.tau_so2, p.k_so, p.u_so)
    tau_s = (1.0 - H(p.theta_w)) * p.tau_s1 + H(p.theta_w) * p.tau_s2
    tau_o = (1.0 - H(p.theta_o)) * p.tau_o1 + H(p.theta_o) * p.tau_o2
    v_inf = 1.0 - H(p.theta_v_minus)
    w_inf = (1.0 - H(p.theta_o)) * (1.0 - u / p.tau_w_inf) + H(p.theta_o) * p.w_inf_star
    J_fi = -s.v * H(p.theta_v) * (u - p.theta_v) * (p.u_u - u) / p.tau_fi
    J_so = u * (1.0 - H(p.theta_w)) / tau_o + H(p.theta_w) / tau_so
    J_si = -H(p.theta_w) * s.w * s.s / p.tau_si
    # The thesis has theta_o where the paper has theta_w.
    closing = H(p.theta_o if variant.startswith("thesis") else p.theta_w)
    dv = (1.0 - H(p.theta_v)) * (v_inf - s.v) / tau_vm - H(p.theta_v) * s.v / p.tau_v_plus
    dw = (1.0 - closing) * (w_inf - s.w) / tau_wm - closing * s.w / p.tau_w_plus
    ds = (between(0.0, 1.0, p.k_s, p.u_s) - s.s) / tau_s

    currents, found = evaluated(u, s, p)
    assert currents == pytest.approx([85.7 * J_fi, 85.7 * J_so, 85.7 * J_si, 0.0], rel=1e-11, abs=1e-12)
    assert found == pytest.approx([dv, dw, ds], rel=1e-11)


def test_w_is_bounded_below_rest_unless_the_published_equation_is_asked_for() -> None:
    p = MODEL.parameters()
    for V in (-90.0, -200.0):
        u = (V - p.V_rest) / p.span
        for w_max, inf in ((1.0, 1.0), (1000.0, 1.0 - u / 0.07)):
            gates = MODEL.rates(V, MODEL.State(), p._replace(w_max=w_max), None)
            assert gates.w.inf == pytest.approx(inf, rel=1e-12)


def test_the_rectifier_conducts_below_rest_only() -> None:
    p = MODEL.parameters()._replace(g_rect=0.167)
    for V, expected in ((-93.0, -1.67), (-83.0, 0.0), (-82.9, 0.0), (20.0, 0.0)):
        I = MODEL.currents(V, MODEL.State(), p)  # noqa: E741
        assert expected == pytest.approx(I.I_rect, abs=1e-12)


@pytest.mark.parametrize(("g_rect", "R"), [(0.0, 400.0), (0.167, 1.0 / (1.0 / 400.0 + 0.167))])
def test_the_rectifier_bounds_the_shift_by_a_bias_current(g_rect: float, R: float) -> None:
    p = MODEL.parameters()._replace(g_rect=g_rect)
    V = stepped(MODEL, REST, 5000.0, p, injected=-0.5, dt=0.05)[1][0]
    assert pytest.approx(-83.0 - 0.5 * R, abs=0.01) == V


@pytest.mark.parametrize(("variant", "APD90"), [("epi", 269.1), ("endo", 263.2), ("mid", 411.5)])
def test_action_potential_duration_at_1_Hz(variant: str, APD90: float) -> None:
    """The fourth beat, from which the next differ by less than 1 ms; pulses of 29 A/F for 2 ms."""
    p, y = MODEL.parameters(variant), REST
    for _ in range(4):
        V_rest = y[0]
        V, y = pulsed(MODEL, y, 29.0, 1000.0, p)
    assert apd90(V, V_rest) == pytest.approx(APD90, abs=1.0)


@pytest.mark.parametrize(("variant", "threshold"), [("epi", 14.67), ("endo", 14.28), ("thesis_mid", 10.197)])
def test_threshold_of_a_short_pulse(variant: str, threshold: float) -> None:
    p = MODEL.parameters(variant)
    settled = stepped(MODEL, REST, 100.0, p)[1]  # s is 0.02 at rest
    for strength, excited in ((0.99 * threshold, False), (1.01 * threshold, True)):
        assert excited == (pulsed(MODEL, settled, strength, 200.0, p)[0].max() > -20.0)
