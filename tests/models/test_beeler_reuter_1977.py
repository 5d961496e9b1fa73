"""Beeler-Reuter 1977: the formulas of the paper, written out, and what they say about rest."""

from math import exp, log
from typing import Any

import pytest

from cardiac.models.beeler_reuter_1977 import Parameters, State, currents, rates

GATES = {  # C1 to C7 of alpha and beta, Table 1: (C1 exp(C2 (V + C3)) + C4 (V + C5)) / (exp(C6 (V + C3)) + C7)
    "x1": ((0.0005, 0.083, 50.0, 0.0, 0.0, 0.057, 1.0), (0.0013, -0.06, 20.0, 0.0, 0.0, -0.04, 1.0)),
    "m": ((0.0, 0.0, 47.0, -1.0, 47.0, -0.1, -1.0), (40.0, -0.056, 72.0, 0.0, 0.0, 0.0, 0.0)),
    "h": ((0.126, -0.25, 77.0, 0.0, 0.0, 0.0, 0.0), (1.7, 0.0, 22.5, 0.0, 0.0, -0.082, 1.0)),
    "j": ((0.055, -0.25, 78.0, 0.0, 0.0, -0.2, 1.0), (0.3, 0.0, 32.0, 0.0, 0.0, -0.1, 1.0)),
    "d": ((0.095, -0.01, -5.0, 0.0, 0.0, -0.072, 1.0), (0.07, -0.017, 44.0, 0.0, 0.0, 0.05, 1.0)),
    "f": ((0.012, -0.008, 28.0, 0.0, 0.0, 0.15, 1.0), (0.0065, -0.02, 30.0, 0.0, 0.0, -0.2, 1.0)),
}


def rate(V: float, constants: tuple[float, ...]) -> float:
    """The one formula behind all rates of the paper."""
    C1, C2, C3, C4, C5, C6, C7 = constants
    return (C1 * exp(C2 * (V + C3)) + C4 * (V + C5)) / (exp(C6 * (V + C3)) + C7)


def equations(V: float, **state: float) -> tuple[Any, Any]:
    """Currents and rates."""
    s, p = State(**state), Parameters()
    I = currents(V, s, p)  # noqa: E741
    return I, rates(V, s, p, I)


@pytest.mark.parametrize("V", [-120.0, -84.6, -60.0, -10.0, 30.0])
def test_gates_have_the_rates_of_the_table(V: float) -> None:
    _, found = equations(V)
    for name, (opening, closing) in GATES.items():
        alpha, beta = rate(V, opening), rate(V, closing)
        assert (alpha / (alpha + beta), alpha + beta) == pytest.approx(getattr(found, name), rel=1e-12), name


@pytest.mark.parametrize("V", [-120.0, -84.6, -60.0, -10.0, 30.0])
def test_currents_are_those_of_the_paper_with_calcium_in_mol_per_litre(V: float) -> None:
    Ca = 3e-6  # mol/L
    found, changes = equations(V, Ca_i=1e3 * Ca, d=0.4, f=0.7, x1=0.3)
    K1 = 4.0 * (exp(0.04 * (V + 85.0)) - 1.0) / (exp(0.08 * (V + 53.0)) + exp(0.04 * (V + 53.0)))
    K1 += 0.2 * (V + 23.0) / (1.0 - exp(-0.04 * (V + 23.0)))
    I_s = 0.09 * 0.4 * 0.7 * (V + 82.3 + 13.0287 * log(Ca))
    published = {
        "I_Na": (4.0 * 0.01**3 * 0.99 * 0.98 + 0.003) * (V - 50.0),
        "I_s": I_s,
        "I_x1": 0.8 * 0.3 * (exp(0.04 * (V + 77.0)) - 1.0) / exp(0.04 * (V + 35.0)),
        "I_K1": 0.35 * K1,
    }
    assert published == pytest.approx(found._asdict(), rel=1e-12)
    assert 1e3 * (-1e-7 * I_s + 0.07 * (1e-7 - Ca)) == pytest.approx(changes.Ca_i, rel=1e-12)


@pytest.mark.parametrize("V", [-47.0, -23.0])
def test_removable_singularities_leave_no_trace(V: float) -> None:
    def smooth(V: float) -> list[float]:
        found, changes = equations(V)
        return [found.I_K1, *changes.m]

    at, around = smooth(V), (smooth(V - 1e-4), smooth(V + 1e-4))
    # A smooth function differs from the mean of its neighbours by its curvature, here below 1e-8 of its size.
    assert [0.5 * (a + b) for a, b in zip(*around, strict=True)] == pytest.approx(at, rel=1e-8)


@pytest.mark.parametrize(("V", "documented"), [(-84.6, 0.17), (-100.0, 0.34), (-120.0, 0.81)])
def test_the_inward_rectifier_stiffens_below_its_reversal(V: float, documented: float) -> None:
    def I_K1(V: float) -> float:
        return equations(V)[0].I_K1

    assert I_K1(-87.3) < 0.0 < I_K1(-87.1)
    assert documented == pytest.approx(I_K1(V + 0.5) - I_K1(V - 0.5), abs=0.005)  # mS/uF
