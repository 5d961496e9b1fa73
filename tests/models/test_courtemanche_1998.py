"""Courtemanche-Ramirez-Nattel 1998: rewritten formulas against the published ones, and their singular points."""

from math import exp, log, sqrt
from typing import Any

import pytest

from cardiac.kernels import Gate
from cardiac.models.courtemanche_1998 import Parameters, State, currents, rates

RT_F = 8.3143 * 310.0 / 96.4867  # mV
POTENTIALS = [-120.0, -81.18, -40.5, 0.0, 25.0]


def equations(V: float, **state: float) -> tuple[Any, Any]:
    """Currents and rates."""
    s, p = State(**state), Parameters()
    I = currents(V, s, p)  # noqa: E741
    return I, rates(V, s, p, I)


def logistic(x: float) -> float:
    """1 / (1 + exp(x))."""
    return 1.0 / (1.0 + exp(x))


@pytest.mark.parametrize("V", POTENTIALS)
def test_gates_have_the_steady_states_and_rates_of_the_paper(V: float) -> None:
    _, found = equations(V)
    opening = 0.65 / (exp(-(V + 10.0) / 8.5) + exp(-(V - 30.0) / 59.0))
    closing = 0.65 / (2.5 + exp((V + 82.0) / 17.0))
    x_r = 3e-4 * (V + 14.1) / (1.0 - exp(-(V + 14.1) / 5.0))
    x_r += 7.3898e-5 * (V - 3.3328) / (exp((V - 3.3328) / 5.1237) - 1.0)
    x_s = 4e-5 * (V - 19.9) / (1.0 - exp(-(V - 19.9) / 17.0))
    x_s += 3.5e-5 * (V - 19.9) / (exp((V - 19.9) / 9.0) - 1.0)
    o_i = 1.0 / (18.53 + exp((V + 113.7) / 10.95)) + 1.0 / (35.56 + exp(-(V + 1.26) / 7.44))
    u_i = 1.0 / (21.0 + exp(-(V - 185.0) / 28.0)) + exp((V - 158.0) / 16.0)
    e_d, e_w = exp(-(V + 10.0) / 6.24), exp(-(V - 7.9) / 5.0)
    published = {
        "o_a": (logistic(-(V + 20.47) / 17.54), 3.0 * (opening + closing)),
        "o_i": (logistic((V + 43.1) / 5.3), 3.0 * o_i),
        "u_a": (logistic(-(V + 30.3) / 9.6), 3.0 * (opening + closing)),
        "u_i": (logistic((V - 99.45) / 27.48), 3.0 * u_i),
        "x_r": (logistic(-(V + 14.1) / 6.5), x_r),
        "x_s": (sqrt(logistic(-(V - 19.9) / 12.7)), 2.0 * x_s),
        "d": (logistic(-(V + 10.0) / 8.0), 0.035 * (V + 10.0) * (1.0 + e_d) / (1.0 - e_d)),
        "f": (logistic((V + 28.0) / 6.9), (0.0197 * exp(-(0.0337**2) * (V + 10.0) ** 2) + 0.02) / 9.0),
        "w": (1.0 - logistic(-(V - 40.0) / 17.0), (1.0 + 0.3 * e_w) * (V - 7.9) / (6.0 * (1.0 - e_w))),
    }
    for name, gate in published.items():
        assert gate == pytest.approx(getattr(found, name), rel=1e-11), name


@pytest.mark.parametrize("V", POTENTIALS)
def test_currents_are_those_of_the_paper(V: float) -> None:
    s = State(Na_i=13.0, Ca_i=4e-4, K_i=135.0, o_a=0.7, u_a=0.6, x_r=0.5, x_s=0.3, d=0.4)
    found = currents(V, s, Parameters())
    E_Na, E_K, E_Ca = RT_F * log(140.0 / 13.0), RT_F * log(5.4 / 135.0), RT_F / 2.0 * log(1.8 / 4e-4)
    sigma = (exp(140.0 / 67.3) - 1.0) / 7.0
    f_NaK = 1.0 / (1.0 + 0.1245 * exp(-0.1 * V / RT_F) + 0.0365 * sigma * exp(-V / RT_F))
    forward, back = exp(0.35 * V / RT_F), exp(-0.65 * V / RT_F)
    exchange = 1600.0 * (forward * 13.0**3 * 1.8 - back * 140.0**3 * 4e-4)
    published = {
        "I_Na": 7.8 * s.m**3 * s.h * s.j * (V - E_Na),
        "I_K1": 0.09 * (V - E_K) * logistic(0.07 * (V + 80.0)),
        "I_to": 0.1652 * 0.7**3 * s.o_i * (V - E_K),
        "I_Kur": (0.005 + 0.05 * logistic(-(V - 15.0) / 13.0)) * 0.6**3 * s.u_i * (V - E_K),
        "I_Kr": 0.029411765 * 0.5 * (V - E_K) * logistic((V + 15.0) / 22.4),
        "I_Ks": 0.12941176 * 0.3**2 * (V - E_K),
        "I_CaL": 0.12375 * 0.4 * s.f * s.f_Ca * (V - 65.0),
        "I_NaK": 0.59933874 * f_NaK / (1.0 + (10.0 / 13.0) ** 1.5) * 5.4 / (5.4 + 1.5),
        "I_NaCa": exchange / ((87.5**3 + 140.0**3) * (1.38 + 1.8) * (1.0 + 0.1 * back)),
        "I_bNa": 0.0006744375 * (V - E_Na),
        "I_bCa": 0.001131 * (V - E_Ca),
        "I_pCa": 0.275 * 4e-4 / (0.0005 + 4e-4),
    }
    assert published == pytest.approx(found._asdict(), rel=1e-12)


def test_charge_and_calcium_are_conserved() -> None:
    """What enters as current is found in the concentrations, stores and buffers, to rounding."""
    s, p = State(Ca_i=8e-4, Ca_rel=0.9, Ca_up=1.4, u=0.02, v=0.8, d=0.5), Parameters()
    I = currents(-10.0, s, p)  # noqa: E741
    r = rates(-10.0, s, p, I)
    per_current = 100.0 / 96.4867  # mM um^3/ms of a monovalent ion per A/F
    cytosol = 1.0 + 0.07 * 0.0005 / (8e-4 + 0.0005) ** 2 + 0.05 * 0.00238 / (8e-4 + 0.00238) ** 2
    store = 1.0 + 10.0 * 0.8 / (0.9 + 0.8) ** 2
    calcium = 13668.0 * cytosol * r.Ca_i + 96.48 * store * r.Ca_rel + 1109.52 * r.Ca_up
    into = {
        "Ca": 2.0 * I.I_NaCa - I.I_CaL - I.I_bCa - I.I_pCa,
        "Na": -I.I_Na - I.I_bNa - 3.0 * I.I_NaK - 3.0 * I.I_NaCa,
        "K": -I.I_K1 - I.I_to - I.I_Kur - I.I_Kr - I.I_Ks + 2.0 * I.I_NaK,
    }
    found = {"Ca": 2.0 * calcium, "Na": 13668.0 * r.Na_i, "K": 13668.0 * r.K_i}
    assert {ion: per_current * current for ion, current in into.items()} == pytest.approx(found, rel=1e-11)
    assert sum(into.values()) == pytest.approx(-sum(I), rel=1e-12)


@pytest.mark.parametrize(
    ("V", "gate", "limit"),
    [
        (-47.13, "m", 3.2 + 0.08 * exp(47.13 / 11.0)),
        (-14.1, "x_r", 0.0015 + 7.3898e-5 * 17.4328 / (1.0 - exp(-17.4328 / 5.1237))),
        (3.3328, "x_r", 3e-4 * 17.4328 / (1.0 - exp(-17.4328 / 5.0)) + 7.3898e-5 * 5.1237),
        (19.9, "x_s", 2.0 * (4e-5 * 17.0 + 3.5e-5 * 9.0)),
        (-10.0, "d", 0.035 * 2.0 * 6.24),
        (7.9, "w", 1.3 / (6.0 * 0.2)),
    ],
)
def test_removable_singularities_leave_no_trace(V: float, gate: str, limit: float) -> None:
    at, below, above = (getattr(equations(x)[1], gate).rate for x in (V, V - 1e-4, V + 1e-4))
    assert limit == pytest.approx(at, rel=1e-12)
    # A smooth function differs from the mean of its neighbours by its curvature, here below 1e-8 of its size.
    assert 0.5 * (below + above) == pytest.approx(at, rel=1e-8)


@pytest.mark.parametrize(("u", "activated"), [(0.0, 0.0), (0.5, 1.0)])
def test_the_gates_of_release_switch_without_overflow(u: float, activated: float) -> None:
    """The exponent is 257 at rest and -786709 with half of the channels open."""
    _, r = equations(-81.18, u=u)
    assert Gate(activated, 1.0 / 8.0) == pytest.approx(r.u, abs=1e-15)
    assert Gate(1.0 - activated, 1.0 / (1.91 + 2.09 * activated)) == pytest.approx(r.v, abs=1e-15)
