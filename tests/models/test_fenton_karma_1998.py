"""Fenton-Karma: the published equations on every side of their switches, and the four parameter sets."""

import math

import numpy as np
import pytest
from fixed_steps import apd90, pulsed

from cardiac import models

MODEL = models.load("fenton_karma_1998")
SETS = list(MODEL.variants)
# g_fi, tau_r, tau_si, tau_0, tau_v+, tau_v1-, tau_v2-, tau_w+, tau_w-, u_c, u_v, u_csi: table I and its erratum
TABLE = {
    "BR": (4.0, 33.33, 29.0, 12.5, 3.33, 1250.0, 19.6, 870.0, 41.0, 0.13, 0.04, 0.85),
    "MBR": (4.0, 50.0, 44.84, 8.3, 3.33, 1000.0, 19.2, 667.0, 11.0, 0.13, 0.055, 0.85),
    "MLR_I": (5.8, 130.0, 127.0, 12.5, 10.0, 18.2, 18.2, 1020.0, 80.0, 0.13, 0.0, 0.85),
    "GP": (8.7, 25.0, 22.22, 12.5, 10.0, 333.0, 40.0, 1000.0, 65.0, 0.13, 0.025, 0.85),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("u", [-0.5, -0.01, 0.02, 0.03, 0.05, 0.1, 0.1299, 0.1301, 0.5, 0.9, 1.3])
def test_the_equations_are_the_published_ones(name: str, u: float) -> None:
    g_fi, tau_r, tau_si, tau_0, tau_vp, tau_v1, tau_v2, tau_wp, tau_wm, u_c, u_v, u_csi = TABLE[name]
    v, w = 0.6, 0.7
    p, q = float(u >= u_c), float(u >= u_v)
    J_fi = -v * p * (1.0 - u) * (u - u_c) * g_fi
    J_so = u * (1.0 - p) / tau_0 + p / tau_r
    J_si = -w * (1.0 + math.tanh(10.0 * (u - u_csi))) / (2.0 * tau_si)
    tau_vm = q * tau_v1 + (1.0 - q) * tau_v2
    dv = (1.0 - p) * (1.0 - v) / tau_vm - p * v / tau_vp
    dw = (1.0 - p) * (1.0 - w) / tau_wm - p * w / tau_wp

    parameters = MODEL.parameters(name)
    V, s = -85.0 + 100.0 * u, MODEL.State(v, w)
    I = MODEL.currents(V, s, parameters)  # noqa: E741
    gates = MODEL.rates(V, s, parameters, I)
    assert pytest.approx((100.0 * J_fi, 100.0 * J_so, 100.0 * J_si), rel=1e-10, abs=1e-13) == I
    found = [gate.rate * (gate.inf - x) for gate, x in zip(gates, s, strict=True)]
    assert found == pytest.approx([dv, dw], rel=1e-12)


@pytest.mark.parametrize("name", SETS)
def test_below_rest_the_outward_current_is_ohmic(name: str) -> None:
    p = MODEL.parameters(name)
    for depth in (5.0, 50.0):
        I = MODEL.currents(p.V_rest - depth, MODEL.State(), p)  # noqa: E741
        assert sum(I) == pytest.approx(-depth / p.tau_0, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "changes", "threshold", "APD90"),
    [
        ("BR", {}, 7.62, 267.8),
        ("MBR", {}, 7.65, 167.4),
        ("MBR", {"tau_si": 45.0}, 7.65, 161.8),
        ("MLR_I", {}, 7.11, 244.8),
        ("GP", {}, 7.39, 171.5),
        ("GP", {"tau_si": 22.0}, 7.39, 209.6),
    ],
)
def test_anchors(name: str, changes: dict[str, float], threshold: float, APD90: float) -> None:
    """Threshold of a pulse of 2 ms [A/F]; duration of the action potential of twice threshold [ms]."""
    p = MODEL.parameters(name)._replace(**changes)
    rest = np.array([p.V_rest, 1.0, 1.0])
    for strength, excited in ((0.99 * threshold, False), (1.01 * threshold, True)):
        assert excited == (pulsed(MODEL, rest, strength, 200.0, p)[0].max() > -20.0)
    V, _ = pulsed(MODEL, rest, 2.0 * threshold, 400.0, p)
    assert apd90(V, p.V_rest) == pytest.approx(APD90, abs=0.5)
