"""ToR-ORd: rewritten formulas against the published ones, its I_Kr, and what its cell types differ in.

What it shares with O'Hara-Rudy 2011 is tested there.
"""

from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from cardiac import models
from cardiac.kernels import Gate
from cardiac.models import _ord, ohara_rudy_2011
from cardiac.models.tomek_2019 import K1_inf, Parameters, State, activity, currents, rates

MODEL = models.load("tomek_2019")
POTENTIALS = [-120.0, -88.0, -41.0, -39.0, 0.0, 31.0, 45.0]
F, RT_F = 96485.0, 8314.0 * 310.0 / 96485.0  # C/mol, mV


def equations(V: float, **state: float) -> tuple[Any, Any]:
    """Currents and rates."""
    s, p = State(**state), Parameters()
    I = currents(V, s, p)  # noqa: E741
    return I, rates(V, s, p, I)


def logistic(x: float) -> float:
    """1 / (1 + exp(x))."""
    return 1.0 / (1.0 + exp(x))


@pytest.mark.parametrize("V", POTENTIALS)
def test_its_own_gates_have_the_steady_states_and_time_constants_of_the_paper(V: float) -> None:
    _, found = equations(V)
    tau_m = 0.1292 * exp(-(((V + 45.79) / 15.54) ** 2)) + 0.06487 * exp(-(((V - 4.823) / 51.12) ** 2))
    if V < -40.0:
        h_rate = 0.057 * exp(-(V + 80.0) / 6.8) + 2.7 * exp(0.079 * V) + 3.1e5 * exp(0.3485 * V)
        opening = -25428.0 * exp(0.2444 * V) - 6.948e-6 * exp(-0.04391 * V)
        j_rate = opening * (V + 37.78) * logistic(0.311 * (V + 79.23))
        j_rate += 0.02424 * exp(-0.01052 * V) * logistic(-0.1378 * (V + 40.14))
    else:
        h_rate = 0.77 / 0.13 * logistic(-(V + 10.66) / 11.1)
        j_rate = 0.6 * exp(0.057 * V) * logistic(-0.1 * (V + 32.0))
    tau_d = 0.6 + 1.0 / (exp(-0.05 * (V + 6.0)) + exp(0.09 * (V + 14.0)))
    h, h_p = logistic((V + 71.55) / 7.43) ** 2, logistic((V + 77.55) / 7.43) ** 2
    published = {
        "m": (logistic(-(V + 56.86) / 9.03) ** 2, tau_m),
        "m_L": (logistic(-(V + 42.85) / 5.264), tau_m),
        "h": (h, 1.0 / h_rate),
        "h_p": (h_p, 1.0 / h_rate),
        "j": (h, 1.0 / j_rate),
        "j_p": (h, 1.46 / j_rate),
        "d": (1.0763 * exp(-1.007 * exp(-0.0829 * V)) if V < 31.4978 else 1.0, tau_d),
        "j_ca": (logistic((V + 18.08) / 2.7916), 75.0),
    }
    for name, (inf, time) in published.items():
        gate = getattr(found, name)
        assert (inf, time) == (
            pytest.approx(gate.inf, rel=1e-11),
            pytest.approx(1.0 / gate.rate, rel=1e-11),
        ), name


@pytest.mark.parametrize("V", POTENTIALS)
def test_I_Kr_has_the_transitions_of_the_paper(V: float) -> None:
    """The matrix of all five states, C3 included."""
    s = State(Kr_C1=0.1, Kr_C2=0.2, Kr_I=0.25, Kr_O=0.3)
    u = V / RT_F
    a2, ai, b2, bi = 0.0578 * exp(0.971 * u), 0.2533 * exp(0.5953 * u), 3.49e-4 * exp(-1.062 * u), 0.06525
    bi, aC = bi * exp(-0.8209 * u), 5.2e-5 * exp(1.525 * u)
    rate = np.zeros((5, 5))  # from column to row: C3, C2, C1, O, I
    rate[1, 0], rate[0, 1] = 0.1161 * exp(0.299 * u), 0.2442 * exp(-1.604 * u)
    rate[2, 1], rate[1, 2], rate[3, 2], rate[2, 3] = 0.154375, 0.1911, a2, b2
    rate[4, 3], rate[3, 4], rate[4, 2], rate[2, 4] = ai, bi, aC, b2 * bi * aC / (a2 * ai)
    changes = (rate - np.diag(rate.sum(axis=0))) @ [0.15, 0.2, 0.1, 0.3, 0.25]
    found = rates(V, s, Parameters(), currents(V, s, Parameters()))
    C2 = found.Kr_C2.rate * (found.Kr_C2.inf - 0.2)
    assert changes[1:] == pytest.approx([C2, found.Kr_C1, found.Kr_O, found.Kr_I], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("V", [-88.0, -1e-3, 30.0])
def test_constant_field_currents_are_those_of_the_paper(V: float) -> None:
    s, u = State(d=0.5, f_f=0.8, f_s=0.6, f_fp=0.9, n_ca_ss=0.0, n_ca_i=0.0), V / RT_F
    phi = _ord.camk(s)[2]
    open_ = 0.5 * ((1.0 - phi) * (0.6 * 0.8 + 0.4 * 0.6) + 1.1 * phi * (0.6 * 0.9 + 0.4 * 0.6))

    def coefficient(z: int, Na: float, K: float, Cl: float, Ca: float) -> float:
        strength = 0.5 * (Na + K + Cl + 4.0 * Ca) / 1000.0
        A = 1.82e6 * (74.0 * 310.0) ** -1.5
        return exp(-A * z**2 * (sqrt(strength) / (1.0 + sqrt(strength)) - 0.3 * strength))

    def field(z: int, P: float, inside: float, outside: float) -> float:
        return z**2 * P * u * F * (inside * exp(z * u) - outside) / (exp(z * u) - 1.0)

    out, cytosol = (140.0, 5.0, 150.0, 1.8), (s.Na_i, s.K_i, 24.0, s.Ca_i)
    subspace = (s.Na_ss, s.K_ss, 24.0, s.Ca_ss)
    found, P = currents(V, s, Parameters()), 8.3757e-5 * open_
    for name, part, ions in (("ss", 0.8, subspace), ("i", 0.2, cytosol)):
        for ion, k, z, share in (("CaL", 3, 2, 1.0), ("CaNa", 0, 1, 0.00125), ("CaK", 1, 1, 0.0003574)):
            expected = field(
                z, share * part * P, coefficient(z, *ions) * ions[k], coefficient(z, *out) * out[k]
            )
            assert expected == pytest.approx(getattr(found, f"I_{ion}_{name}"), rel=1e-10), (ion, name)
    assert coefficient(1, *out) == pytest.approx(activity(*out), rel=1e-14)
    background = field(2, 5.9194e-8, coefficient(2, *cytosol) * s.Ca_i, coefficient(2, *out) * 1.8)
    assert background == pytest.approx(found.I_Cab, rel=1e-10)
    assert field(1, 1.9239e-9, s.Na_i, 140.0) == pytest.approx(found.I_Nab, rel=1e-10)


@pytest.mark.parametrize("x", [-60.0, 0.0, 50.0, 130.0])
def test_inward_rectification_is_that_of_the_paper(x: float) -> None:
    alpha = 4.094 * logistic(0.1217 * (x - 49.934))
    beta = 15.72 * exp(0.0674 * (x - 3.257)) + exp(0.0618 * (x - 594.31))
    beta *= logistic(-0.1629 * (x + 14.207))
    assert alpha / (alpha + beta) == pytest.approx(K1_inf(x), rel=1e-12)


def test_currents_pass_smoothly_through_0_mV() -> None:
    below, at, above = (np.array(equations(V, d=0.5)[0]) for V in (-1e-4, 0.0, 1e-4))
    # A smooth function differs from the mean of its neighbours by its curvature, here below 1e-8 of its size.
    np.testing.assert_allclose(0.5 * (below + above), at, rtol=1e-8)


@pytest.mark.parametrize("V", POTENTIALS)
def test_the_other_gates_are_those_of_ohara_rudy_2011(V: float) -> None:
    s = ohara_rudy_2011.State()
    p = ohara_rudy_2011.Parameters()
    _, found = equations(V)
    shared = ohara_rudy_2011.rates(V, s, p, ohara_rudy_2011.currents(V, s, p))
    own = {"m", "m_L", "h", "h_p", "j", "j_p", "d", "j_ca", "n_ca_ss", "n_ca_i", "Kr_C2"}  # above, and there
    for name, rate in found._asdict().items():
        if isinstance(rate, Gate) and name not in own:
            assert getattr(shared, name) == rate, name


@pytest.mark.parametrize("V", [-88.0, 20.0])
def test_cell_types_differ_by_the_published_factors(V: float) -> None:
    s = State(d=0.1)
    endo, epi, mid = (currents(V, s, MODEL.parameters(variant)) for variant in ("endo", "epi", "mid"))
    factors = {
        **{
            "I_NaL": (0.6, 1.0),
            "I_to": (2.0, 2.0),
            "I_Kr": (1.3, 0.8),
            "I_Ks": (1.4, 1.0),
            "I_K1": (1.2, 1.3),
        },
        **{f"I_{ion}_{part}": (1.2, 2.0) for ion in ("CaL", "CaNa", "CaK") for part in ("ss", "i")},
        **{name: (1.1, 1.4) for name in ("I_NaCa_i", "I_NaCa_ss")},
        **{"I_NaK": (0.9, 0.7), "I_Kb": (0.6, 1.0)},
    }
    for name, reference in endo._asdict().items():
        found = getattr(epi, name) / reference, getattr(mid, name) / reference
        assert factors.get(name, (1.0, 1.0)) == pytest.approx(found, rel=1e-12), name
    assert MODEL.parameters("epi").J_up == pytest.approx(1.3 * Parameters().J_up)
    assert MODEL.parameters("epi").CMDN_max == pytest.approx(1.3 * Parameters().CMDN_max)
    assert MODEL.parameters("epi").delta_epi == 0.95
    assert MODEL.parameters("mid").a_rel == pytest.approx(1.7 * Parameters().a_rel)
