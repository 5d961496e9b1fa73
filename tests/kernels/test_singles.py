"""Single precision: the elementary functions to the last places, and a wave like that in double precision."""

from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiac import models, simulation
from cardiac.kernels import elementary
from cardiac.kernels.compose import ARITHMETIC
from cardiac.simulation import Simulation
from cardiac.tissue import Grid, Tensor, bends, faces

FUNCTIONS = ("exp", "expm1", "exprel", "log", "tanh")
ULP = {"exp": 2.0, "expm1": 2.0, "exprel": 3.0, "log": 2.0, "tanh": 3.0}
exp, expm1, exprel, log, tanh = (getattr(elementary, name) for name in FUNCTIONS)


@numba.njit(**ARITHMETIC)
def compiled(x: Any, y: Any, out: Any) -> None:
    """All functions of x (n,), and log of y (n,): out (5, n)."""
    for n in range(x.size):
        out[0, n] = exp(x[n])
        out[1, n] = expm1(x[n])
        out[2, n] = exprel(x[n])
        out[3, n] = log(y[n])
        out[4, n] = tanh(x[n])


def oracle(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """The same by the C library in double precision."""
    x, y = x.astype(float), y.astype(float)
    ratio = np.divide(np.expm1(x), x, out=np.ones_like(x), where=x != 0.0)
    return [np.exp(x), np.expm1(x), ratio, np.log(y), np.tanh(x)]


SINGLE = {"width": 32, "allow_subnormal": False}
ARGUMENTS = st.floats(-86.0, 87.0, **SINGLE) | st.floats(-1.0, 1.0, **SINGLE)
POSITIVE = st.floats(2.0**-100, 2.0**100, **SINGLE) | st.floats(0.5, 2.0, **SINGLE)


@pytest.mark.parametrize("function", [compiled, compiled.py_func])
@given(pairs=st.lists(st.tuples(ARGUMENTS, POSITIVE), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_functions_are_exact_to_the_last_places(function: Any, pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs, np.float32).T.copy()
    out = np.empty((5, x.size), np.float32)
    function(x, y, out)
    for name, found, exact in zip(FUNCTIONS, out, oracle(x, y), strict=True):
        ulp = np.spacing(np.abs(exact).astype(np.float32)).astype(float)
        assert (np.abs(found - exact) <= ULP[name] * ulp).all(), name


@pytest.mark.parametrize("function", [compiled, compiled.py_func])
def test_what_is_no_number_or_too_large_is_visible(function: Any) -> None:
    x = np.array([np.nan, -np.inf, np.inf], np.float32)
    out = np.empty((5, 3), np.float32)
    with np.errstate(all="ignore"):
        function(x, np.array([np.nan, 0.0, np.inf], np.float32), out)
    assert np.isnan(out[:, 0]).all()
    np.testing.assert_allclose(out[0, 1:], np.exp([-87.0, 88.0]), rtol=1e-6)
    np.testing.assert_array_equal(out[3, 1:], [-np.inf, np.inf])
    np.testing.assert_array_equal(out[4, 1:], [-1.0, 1.0])


def wave(precision: Any) -> Simulation:
    """A wave of Luo-Rudy 1991 on a sheet, 15 ms after it set off."""
    model, grid, D = models.load("luo_rudy_1991"), Grid(60, 20, 0.2), Tensor(0.1, 0.0, 0.05)
    V = np.full(grid.shape, model.V_initial)
    V[:, :8] = 20.0
    medium = {"faces": faces(grid, D), "bends": bends(grid, D)}
    sheet = Simulation(model, grid, 0.02, V=V, precision=precision, **medium)
    sheet.measure(-30.0)
    sheet.advance(750)
    return sheet


def test_a_wave_in_single_precision_is_that_in_double() -> None:
    double, single = wave("double"), wave("single")
    assert np.nanmax(double.activity.activation[0]) > 5.0
    np.testing.assert_allclose(single.activity.activation, double.activity.activation, atol=2e-3)
    # Of an upstroke of some 100 mV in a ms.
    np.testing.assert_allclose(single.V, double.V, atol=0.2)
    assert np.abs(single.V - double.V).max() > 1e-6
    for name, values in single.state.items():
        np.testing.assert_allclose(values, double.state[name], atol=2e-3, rtol=1e-4, err_msg=name)


def test_the_size_of_a_tissue_changes_its_kernel_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    small = wave("double")
    monkeypatch.setattr(simulation, "SMALL", 0)
    large = wave("double")
    np.testing.assert_allclose(small.V, large.V, rtol=0, atol=1e-9)
