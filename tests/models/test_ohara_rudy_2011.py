"""O'Hara-Rudy 2011: rewritten formulas against the published ones, and what its cell types differ in."""

from math import exp
from typing import Any

import numpy as np
import pytest

from cardiac import models
from cardiac.kernels import Gate
from cardiac.models import _ord
from cardiac.models.ohara_rudy_2011 import Parameters, State, currents, rates

MODEL = models.load("ohara_rudy_2011")
POTENTIALS = [-120.0, -88.0, -40.0, 0.0, 12.0, 45.0]
F, RT_F = 96485.0, 8314.0 * 310.0 / 96485.0  # C/mol, mV


def equations(V: float, p: Any = None, **state: float) -> tuple[Any, Any]:
    """Currents and rates."""
    s, p = State(**state), p or Parameters()
    I = currents(V, s, p)  # noqa: E741
    return I, rates(V, s, p, I)


def logistic(x: float) -> float:
    """1 / (1 + exp(x))."""
    return 1.0 / (1.0 + exp(x))


def tau(offset: float, *terms: tuple[float, float, float], V: float) -> float:
    """offset + 1 / sum of c exp((V + V0) / width)."""
    return offset + 1.0 / sum(c * exp((V + V0) / width) for c, V0, width in terms)


@pytest.mark.parametrize("delta_epi", [0.0, 0.95])
@pytest.mark.parametrize("V", POTENTIALS)
def test_gates_have_the_steady_states_and_time_constants_of_the_paper(V: float, delta_epi: float) -> None:
    _, found = equations(V, Parameters(delta_epi=delta_epi))
    h, i, f = logistic((V + 82.9) / 6.086), logistic((V + 43.94) / 5.711), logistic((V + 19.58) / 3.696)
    tau_m = tau(0.0, (6.765, 11.64, 34.77), (8.552, 77.42, -5.955), V=V)
    tau_hs = tau(0.0, (0.009794, 17.95, -28.05), (0.3343, 5.73, 56.66), V=V)
    tau_j = tau(2.038, (0.02136, 100.6, -8.281), (0.3052, 0.9941, 38.45), V=V)
    tau_a = 1.0515 / (logistic(-(V - 18.4099) / 29.3814) / 1.2089 + 3.5 * logistic((V + 100.0) / 29.3814))
    epi = 1.0 - delta_epi * logistic((V + 70.0) / 5.0)
    tau_if = epi * tau(4.562, (0.3933, 100.0, -100.0), (0.08004, 50.0, 16.59), V=V)
    tau_is = epi * tau(23.62, (0.001416, 96.52, -59.05), (1.78e-8, 114.1, 8.079), V=V)
    slower = 1.354 + 1e-4 / (exp((V - 167.4) / 15.89) + exp((12.23 - V) / 0.2154))
    slower *= 1.0 - 0.5 * logistic((V + 70.0) / 20.0)
    tau_ff = tau(7.0, (0.0045, 20.0, -10.0), (0.0045, 20.0, 10.0), V=V)
    tau_caf = tau(7.0, (0.04, -4.0, -7.0), (0.04, -4.0, 7.0), V=V)
    x_r, x_s = logistic(-(V + 8.337) / 6.789), logistic(-(V + 11.6) / 8.932)
    x_K1 = logistic(-(V + 2.5538 * 5.4 + 144.59) / (1.5692 * 5.4 + 3.8115))
    published = {
        "m": (logistic(-(V + 39.57) / 9.871), tau_m),
        "h_f": (h, tau(0.0, (1.432e-5, 1.196, -6.285), (6.149, 0.5096, 20.27), V=V)),
        "h_s": (h, tau_hs),
        "j": (h, tau_j),
        "h_sp": (logistic((V + 89.1) / 6.086), 3.0 * tau_hs),
        "j_p": (h, 1.46 * tau_j),
        "m_L": (logistic(-(V + 42.85) / 5.264), tau_m),
        "h_L": (logistic((V + 87.61) / 7.488), 200.0),
        "h_Lp": (logistic((V + 93.81) / 7.488), 600.0),
        "a": (logistic(-(V - 14.34) / 14.82), tau_a),
        "a_p": (logistic(-(V - 24.34) / 14.82), tau_a),
        "i_f": (i, tau_if),
        "i_s": (i, tau_is),
        "i_fp": (i, slower * tau_if),
        "i_sp": (i, slower * tau_is),
        "d": (logistic(-(V + 3.94) / 4.23), tau(0.6, (1.0, 6.0, -20.0), (1.0, 14.0, 1.0 / 0.09), V=V)),
        "f_f": (f, tau_ff),
        "f_s": (f, tau(1000.0, (3.5e-5, 5.0, -4.0), (3.5e-5, 5.0, 6.0), V=V)),
        "f_caf": (f, tau_caf),
        "f_cas": (f, tau(100.0, (0.00012, 0.0, -3.0), (0.00012, 0.0, 7.0), V=V)),
        "f_fp": (f, 2.5 * tau_ff),
        "f_cafp": (f, 2.5 * tau_caf),
        "j_ca": (f, 75.0),
        "x_rf": (x_r, tau(12.98, (0.3652, -31.66, 3.869), (4.123e-5, -47.78, -20.38), V=V)),
        "x_rs": (x_r, tau(1.865, (0.06629, -34.7, 7.355), (1.128e-5, -29.74, -25.94), V=V)),
        "x_s1": (x_s, tau(817.3, (2.326e-4, 48.28, 17.8), (0.001292, 210.0, -230.0), V=V)),
        "x_s2": (x_s, tau(0.0, (0.01, -50.0, 20.0), (0.0193, 66.54, -31.0), V=V)),
        "x_K1": (x_K1, 122.2 / (exp((V + 127.2) / -20.36) + exp((V + 236.8) / 69.33))),
    }
    gates = {name: (x.inf, 1.0 / x.rate) for name, x in found._asdict().items() if isinstance(x, Gate)}
    del gates["n_ca"]
    assert gates.keys() == published.keys()
    for name, (inf, time) in gates.items():
        assert published[name] == (pytest.approx(inf, rel=1e-11), pytest.approx(time, rel=1e-11)), name


@pytest.mark.parametrize("Ca_ss", [1e-4, 0.02])
def test_calcium_dependent_inactivation_has_the_rate_of_the_paper(Ca_ss: float) -> None:
    gate = equations(0.0, Ca_ss=Ca_ss, j_ca=0.7)[1].n_ca
    alpha = 1.0 / (1000.0 / 0.7 + (1.0 + 0.002 / Ca_ss) ** 4)
    assert alpha * 1000.0 - 0.3 * 0.7 == pytest.approx(gate.rate * (gate.inf - 0.3), rel=1e-12)


@pytest.mark.parametrize("V", [-88.0, -1e-3, 30.0])
def test_constant_field_currents_are_those_of_the_paper(V: float) -> None:
    u, s = V / RT_F, State(d=0.5, f_f=0.8, f_s=0.6, f_fp=0.9, n_ca=0.0)
    f, f_p, phi = 0.6 * 0.8 + 0.4 * 0.6, 0.6 * 0.9 + 0.4 * 0.6, _ord.camk(s)[2]
    open_ = 0.5 * ((1.0 - phi) * f + 1.1 * phi * f_p)

    def field(z: int, P: float, inside: float, outside: float) -> float:
        return z**2 * P * u * F * (inside * exp(z * u) - outside) / (exp(z * u) - 1.0)

    found = currents(V, s, Parameters())
    assert field(2, 1e-4, 1e-4, 0.341 * 1.8) * open_ == pytest.approx(found.I_CaL, rel=1e-10)
    assert field(1, 1.25e-7, 0.75 * 7.0, 0.75 * 140.0) * open_ == pytest.approx(found.I_CaNa, rel=1e-10)
    assert field(1, 3.574e-8, 0.75 * 145.0, 0.75 * 5.4) * open_ == pytest.approx(found.I_CaK, rel=1e-10)
    assert field(1, 3.75e-10, 7.0, 140.0) == pytest.approx(found.I_Nab, rel=1e-10)
    assert field(2, 2.5e-8, 1e-4, 0.341 * 1.8) == pytest.approx(found.I_Cab, rel=1e-10)


def test_currents_pass_smoothly_through_0_mV() -> None:
    below, at, above = (np.array(equations(V)[0]) for V in (-1e-4, 0.0, 1e-4))
    # A smooth function differs from the mean of its neighbours by its curvature, here below 1e-8 of its size.
    np.testing.assert_allclose(0.5 * (below + above), at, rtol=1e-8)


def cycle(forward: list[float], backward: list[float]) -> np.ndarray:
    """Occupations of four states in a ring; forward[k] leads from state k to k + 1, backward[k] back."""
    rate = np.zeros((4, 4))
    for k in range(4):
        rate[(k + 1) % 4, k] += forward[k]
        rate[k, (k + 1) % 4] += backward[k]
    balance = rate - np.diag(rate.sum(axis=0))
    balance[-1] = 1.0
    return np.linalg.solve(balance, [0.0, 0.0, 0.0, 1.0])


@pytest.mark.parametrize("V", [-100.0, 0.0, 40.0])
def test_the_pump_is_the_steady_turnover_of_its_four_states(V: float) -> None:
    s, p, u = State(Na_i=9.0, K_i=140.0), Parameters(), V / RT_F
    Na_i, Na_o = 9.0 / (9.073 * exp(-0.155 * u / 3.0)), 140.0 / (27.78 * exp(1.155 * u / 3.0))
    K_i, K_o, ATP = 140.0 / 0.5, 5.4 / 0.3582, 9.8 / 1.698e-7
    inside, outside = (1 + Na_i) ** 3 + (1 + K_i) ** 2 - 1, (1 + Na_o) ** 3 + (1 + K_o) ** 2 - 1
    phosphate = 4.2 / (1 + 1e-7 / 1.698e-7 + 9.0 / 224 + 140.0 / 292)
    a1, b1 = 949.5 * Na_i**3 / inside, 182.4 * 0.05
    a2, b2 = 687.2, 39.4 * Na_o**3 / outside
    a3, b3 = 1899.0 * K_o**2 / outside, 79300.0 * phosphate * 1e-7 / (1 + ATP)
    a4, b4 = 639.0 * ATP / (1 + ATP), 40.0 * K_i**2 / inside
    E = cycle([a1, a2, a3, a4], [b1, b2, b3, b4])
    turnover = a1 * E[0] - b1 * E[1]
    assert 30.0 * turnover == pytest.approx(currents(V, s, p).I_NaK, rel=1e-9)  # 3 Na+ out, 2 K+ in


@pytest.mark.parametrize(("Na", "Ca"), [(7.0, 1e-4), (11.0, 0.01)])
@pytest.mark.parametrize("V", [-100.0, 0.0, 40.0])
def test_exchange_is_the_steady_turnover_of_its_four_states(V: float, Na: float, Ca: float) -> None:
    e_Na, e_Ca = exp(0.5224 * V / RT_F), exp(0.167 * V / RT_F)
    h1, h4 = 1.0 + Na / 88.12 * (1.0 + e_Na), 1.0 + Na / 15.0 * (1.0 + Na / 5.0)
    h7, h10 = 1.0 + 140.0 / 88.12 * (1.0 + 1.0 / e_Na), 13.5 + 140.0 / 15.0 * (1.0 + 140.0 / 5.0)
    h2, h8 = Na * e_Na / (88.12 * h1), 140.0 / (88.12 * e_Na * h7)
    k1, k2, k5, k6 = 1.5e6 * 1.8 / h10, 5e3, 5e3, 1.5e6 * Ca / h4
    k3p, k3pp, k4p, k4pp = 6e4 / h7, 5e3 * h8, 6e4 / (h1 * e_Ca), 5e3 * h2
    k7, k8 = 6e4 * h2 * Na**2 / (h4 * 75.0), 6e4 * h8 * 140.0**2 / (h10 * 75.0)
    E = cycle([k1, k3p + k3pp, k5, k7], [k2, k4p + k4pp, k6, k8])
    J_Na = 3.0 * (E[3] * k7 - E[0] * k8) + E[2] * k4pp - E[1] * k3pp
    J_Ca = E[1] * k2 - E[0] * k1
    published = 0.8 * 0.0008 * (J_Na + 2.0 * J_Ca) / (1.0 + (150e-6 / Ca) ** 2)
    assert published == pytest.approx(currents(V, State(Na_i=Na, Ca_i=Ca), Parameters()).I_NaCa_i, rel=1e-9)


@pytest.mark.parametrize("Ca_jsr", [1e-5, -1e-3, -0.1])
def test_release_ends_when_the_store_is_empty(Ca_jsr: float) -> None:
    _, found = equations(-120.0, Ca_jsr=Ca_jsr, J_relnp=0.5, d=1.0)
    assert found.J_relnp == pytest.approx(-0.5 / 0.05, rel=0.01)


@pytest.mark.parametrize("V", [-88.0, 20.0])
def test_cell_types_differ_by_the_published_factors(V: float) -> None:
    """Factors of epi and mid, Table of the appendix; what is not named is the same in all."""
    s = State(a=0.1, x_rf=0.3, x_s1=0.2, x_s2=0.2, m_L=0.1)
    endo, epi, mid = (currents(V, s, MODEL.parameters(variant)) for variant in ("endo", "epi", "mid"))
    factors = {
        **{
            "I_NaL": (0.6, 1.0),
            "I_to": (4.0, 4.0),
            "I_Kr": (1.3, 0.8),
            "I_Ks": (1.4, 1.0),
            "I_K1": (1.2, 1.3),
        },
        **{name: (1.2, 2.5) for name in ("I_CaL", "I_CaNa", "I_CaK")},
        **{name: (1.1, 1.4) for name in ("I_NaCa_i", "I_NaCa_ss")},
        **{"I_NaK": (0.9, 0.7), "I_Kb": (0.6, 1.0)},
    }
    for name, reference in endo._asdict().items():
        expected = factors.get(name, (1.0, 1.0))
        found = (getattr(epi, name) / reference, getattr(mid, name) / reference) if reference else (1.0, 1.0)
        assert expected == pytest.approx(found, rel=1e-12), name
    assert MODEL.parameters("epi").J_up == pytest.approx(1.3 * Parameters().J_up)
    assert MODEL.parameters("epi").CMDN_max == pytest.approx(1.3 * Parameters().CMDN_max)
    assert MODEL.parameters("mid").a_rel == pytest.approx(1.7 * Parameters().a_rel)
