"""Space constant against cable theory: exact decays, sealed ends, and cables solved by themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cardiac.analysis import fitted_space_constant, space_constant

X = np.arange(0.0, 4.0, 0.05)


@settings(deadline=None)
@given(
    length=st.floats(0.1, 20.0), amplitude=st.floats(0.1, 30.0), sign=st.sampled_from([1.0, -1.0]),
    rest=st.floats(-95.0, -60.0), offset=st.floats(0.0, 2.0),
)  # fmt: skip
def test_an_exponential_decay_is_found(length, amplitude, sign, rest, offset):
    assume(offset < 10.0 * length)  # farther on, the digits of V hold too little of the deviation
    V = rest + sign * amplitude * np.exp(-(X + offset) / length)
    found = fitted_space_constant(X + offset, V, rest)
    assert found.length == pytest.approx(length, rel=1e-4)
    assert found.amplitude == pytest.approx(sign * amplitude, rel=1e-4)
    assert found.misfit < 1e-5


@settings(deadline=None)
@given(length=st.floats(0.3, 8.0), end=st.floats(4.0, 6.0))
def test_a_decay_towards_a_sealed_end_is_found(length, end):
    V = -80.0 - 12.0 * np.cosh((end - X) / length) / math.cosh(end / length)
    found = fitted_space_constant(X, V, -80.0, end)
    assert (found.length, found.amplitude) == pytest.approx((length, -12.0), rel=1e-4)


def test_a_sealed_end_matters():
    """Within two space constants of the end, an open decay looks too long."""
    V = np.cosh((4.0 - X) / 2.0)
    assert fitted_space_constant(X, V, 0.0).length > 1.1 * fitted_space_constant(X, V, 0.0, 4.0).length


def steady(conductance, reversal, spacing, D=0.1):
    """The steady potential of a cable with sealed ends: D V'' = g (V - E), on cells."""
    n = len(conductance)
    matrix = np.diag(conductance.astype(float))
    for i in range(n - 1):
        matrix[np.ix_([i, i + 1], [i, i + 1])] += D / spacing**2 * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return np.linalg.solve(matrix, conductance * reversal)


def test_the_length_in_a_cable_converges_to_theory_with_second_order():
    """Driven at its first cell, which is then the one that does not count."""
    errors = []
    for spacing in (0.2, 0.1, 0.05):
        n = round(20.0 / spacing)
        x = (np.arange(n) + 0.5) * spacing
        g = np.full(n, 0.25)
        V = steady(np.r_[1e6, g[1:]], np.r_[-60.0, np.full(n - 1, -80.0)], spacing)
        found = fitted_space_constant(x - x[0], V, -80.0, 20.0 - x[0])
        assert found.amplitude == pytest.approx(20.0, rel=1e-4)
        errors.append(found.length / space_constant(0.1, 0.25) - 1.0)
    assert abs(errors[0]) < 0.01
    assert np.log2(np.divide(errors[:-1], errors[1:])) == pytest.approx([2.0, 2.0], abs=0.1)


def test_between_two_membranes_the_potential_is_their_mean_weighted_with_lengths():
    """Of (E1 lambda2 + E2 lambda1) / (lambda1 + lambda2) each side relaxes with its own length."""
    spacing, half = 0.02, 400
    g = np.r_[np.full(half, 1.0), np.full(half, 0.2)]
    V = steady(g, np.r_[np.full(half, -95.0), np.full(half, -80.0)], spacing)
    one, two = space_constant(0.1, 1.0), space_constant(0.1, 0.2)
    at = (-95.0 * two - 80.0 * one) / (one + two)
    x = (np.arange(2 * half) - half + 0.5) * spacing
    right = fitted_space_constant(x[half:], V[half:], -80.0, half * spacing)
    left = fitted_space_constant(-x[:half], V[:half], -95.0, half * spacing)
    assert (right.length, left.length) == pytest.approx((two, one), rel=1e-3)
    assert (-80.0 + right.amplitude, -95.0 + left.amplitude) == pytest.approx((at, at), abs=0.02)


def test_noise_and_gaps_are_averaged():
    V = -80.0 + 10.0 * np.exp(-X / 0.8) + np.random.default_rng(1).normal(0.0, 0.1, X.size)
    V[10:20] = np.nan
    found = fitted_space_constant(X, V, -80.0)
    assert found.length == pytest.approx(0.8, rel=0.03)
    assert found.misfit == pytest.approx(0.01, rel=0.3)


def test_where_nothing_decays_there_is_no_length():
    assert math.isnan(fitted_space_constant(X, np.full(X.size, -70.0), -80.0).length)
    assert math.isnan(fitted_space_constant(X, -70.0 + 0.1 * X, -80.0).length)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match=r"-0.1 mS/uF must be positive"):
        space_constant(0.1, -0.1)
    with pytest.raises(ValueError, match="2 points are too few"):
        fitted_space_constant(X[:2], X[:2], 0.0)
    with pytest.raises(ValueError, match=r"the end at 1 mm lies before the last point at 3.95 mm"):
        fitted_space_constant(X, X, 0.0, 1.0)
