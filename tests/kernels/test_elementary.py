"""The elementary functions against extended precision, as they are compiled and in plain Python."""

import math
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiac.kernels import elementary
from cardiac.kernels.compose import FAST, OPTIONS

Extended = np.longdouble
if np.finfo(Extended).nmant <= 52:
    pytest.skip("this machine has no extended precision to compare with", allow_module_level=True)

NAMES = ("exp", "expm1", "exprel", "log", "tanh")
# Units in the last place: exprel is a quotient, tanh one of two rounded terms.
ULP = {"exp": 2.0, "expm1": 2.0, "exprel": 3.0, "log": 2.0, "tanh": 3.0}
exp, expm1, exprel, log, tanh = (getattr(elementary, name) for name in NAMES)


@numba.njit(error_model=OPTIONS["error_model"], fastmath=FAST)
def compiled(x: Any, y: Any, out: Any) -> None:
    """All functions of x (n,), log and power of y (n,), as in a kernel: out (6, n)."""
    for n in range(x.size):
        out[0, n] = exp(x[n])
        out[1, n] = expm1(x[n])
        out[2, n] = exprel(x[n])
        out[3, n] = log(y[n])
        out[4, n] = tanh(x[n])
        out[5, n] = elementary.power(y[n], x[n])


def plain(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> None:
    """The same in plain Python."""
    compiled.py_func(x, y, out)


def oracle(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """The same by the C library in extended precision."""
    x, y = x.astype(Extended), y.astype(Extended)
    ratio = np.where(x == 0.0, Extended(1.0), np.expm1(x) / np.where(x == 0.0, Extended(1.0), x))
    return {"exp": np.exp(x), "expm1": np.expm1(x), "exprel": ratio, "log": np.log(y), "tanh": np.tanh(x)}


def assert_accurate(function: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Within so many ulp of the oracle, which is rounded to 11 bits more than a double has."""
    out = np.empty((6, x.size))
    function(x, y, out)
    for name, found, exact in zip(NAMES, out, oracle(x, y).values(), strict=False):
        ulp = np.spacing(np.abs(exact).astype(float))
        worst = int(np.argmax(np.abs(found - exact) / ulp))
        assert np.abs(found[worst] - exact[worst]) <= ULP[name] * ulp[worst], (name, x[worst], y[worst])


ARGUMENTS = st.floats(-700.0, 700.0) | st.floats(-1.0, 1.0) | st.floats(-1e-9, 1e-9)
POSITIVE = st.floats(1e-300, 1e300) | st.floats(0.5, 2.0)


@given(st.lists(st.tuples(ARGUMENTS, POSITIVE), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_functions_are_exact_to_the_last_places(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T.copy()
    assert_accurate(compiled, x, y)
    assert_accurate(plain, x, y)


def test_functions_are_exact_to_the_last_places_over_their_whole_range() -> None:
    rng = np.random.default_rng(0)
    for width in (1e-6, 0.01, 0.35, 1.0, 20.0, 700.0):
        x = rng.uniform(-width, width, 200_000)
        assert_accurate(compiled, x, np.exp(x))


@pytest.mark.parametrize("function", [compiled, plain])
def test_nan_stays_nan(function: Any) -> None:
    nan = np.full(9, np.nan)
    out = np.zeros((6, 9))
    function(nan, nan, out)
    assert np.isnan(out).all()


@pytest.mark.parametrize("function", [compiled, plain])
def test_arguments_beyond_double_precision_saturate(function: Any) -> None:
    x = np.array([-np.inf, -1e300, -750.0, 750.0, 1e300, np.inf])
    out = np.empty((6, x.size))
    function(x, np.full(x.size, 2.0), out)
    saturated = [math.exp(-708.0)] * 3 + [math.exp(709.0)] * 3
    np.testing.assert_allclose(out[0], saturated, rtol=1e-15)
    np.testing.assert_allclose(out[1], [-1.0] * 3 + [math.exp(709.0)] * 3, rtol=1e-15)
    np.testing.assert_array_equal(out[4], np.sign(x))


@pytest.mark.parametrize("function", [compiled, plain])
def test_the_logarithm_says_where_it_has_none(function: Any) -> None:
    y = np.array([0.0, -1.0, -np.inf, np.inf, 1.0])
    out = np.empty((6, y.size))
    function(np.ones(y.size), y, out)
    np.testing.assert_array_equal([-np.inf, np.nan, np.nan, np.inf, 0.0], out[3])


@given(st.floats(1e-3, 1e3), st.floats(-20.0, 20.0))
def test_a_power_is_as_exact_as_its_exponent_is_large(x: float, y: float) -> None:
    expected = math.exp(y * math.log(x))
    assert math.pow(x, y) == pytest.approx(expected, rel=1e-13)
    assert math.pow(x, y) == pytest.approx(
        elementary.power(x, y), rel=2.3e-16 * (4.0 + 2.0 * abs(y * math.log(x)))
    )
