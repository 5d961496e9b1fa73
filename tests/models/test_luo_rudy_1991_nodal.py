"""The slow-response variant of Luo-Rudy: what differs, where it rests, and that it fires by I_si alone."""

from typing import Any

import numpy as np
import pytest

from cardiac import models

MODEL = models.load("luo_rudy_1991")
NODAL = MODEL.parameters("nodal")


@pytest.fixture(scope="module")
def settled(integrate: Any) -> np.ndarray:
    """The variant at rest."""
    return integrate(MODEL, np.array([MODEL.V_initial, *MODEL.State()]), 10_000.0, NODAL).y[:, -1]


def test_the_default_is_the_ventricular_cell() -> None:
    assert MODEL.parameters() == MODEL.parameters("ventricular") == MODEL.Parameters()


def test_the_background_holds_a_potassium_conductance() -> None:
    p = MODEL.parameters()._replace(g_Na=0.0, g_K1=0.05 * 0.6047, g_si=1.4 * 0.09)
    for V in (-90.0, -60.0, 10.0):
        background = MODEL.currents(V, MODEL.State(), p).I_b + 0.01 * (V + 90.0)
        assert background == pytest.approx(MODEL.currents(V, MODEL.State(), NODAL).I_b, rel=1e-12)
    assert p == NODAL._replace(g_b=p.g_b, E_b=p.E_b)


def test_it_rests_depolarized(settled: np.ndarray) -> None:
    assert settled[0] == pytest.approx(-60.118, abs=0.005)


@pytest.mark.parametrize(("g_K", "V_rest"), [(0.0025, -63.115), (0.01, -68.274)])
def test_a_little_more_potassium_conductance_hyperpolarizes_it(
    g_K: float, V_rest: float, settled: np.ndarray, integrate: Any
) -> None:
    V = integrate(MODEL, settled, 10_000.0, NODAL, added=lambda V: g_K * (V + 90.0)).y[0, -1]
    assert V_rest == pytest.approx(V, abs=0.005)


def test_it_fires_slowly(settled: np.ndarray, integrate: Any) -> None:
    pulse = integrate(MODEL, settled, 10.0, NODAL, injected=2.0).y[:, -1]
    V = integrate(MODEL, pulse, 300.0, NODAL, times=np.arange(0.0, 300.0, 0.5)).y[0]
    assert V.max() > 0.0
    assert 0.5 < np.diff(V).max() / 0.5 < 2.0  # mV/ms
