"""Curvature of fronts, of which circles are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waves import circular, plane

from cardiac.analysis import curvature_map

INNER = np.s_[2:-2, 2:-2]  # where windows are whole


@settings(deadline=None)
@given(angle=st.floats(0.0, 6.3), speed=st.floats(0.05, 5.0))
def test_a_plane_wave_has_no_curvature(angle, speed):
    assert curvature_map(plane(7, 9, angle, speed), 0.2) == pytest.approx(np.zeros((7, 9)), abs=1e-6)


def errors_of_a_circle(margin, sign=1.0):
    """The largest relative error of the curvature of a wave from (or to) a point outside, at 0.2, 0.1 and 0.05 mm.

    Cells within a `margin` [mm] of the border are left out.
    """
    found = []
    for spacing in (0.2, 0.1, 0.05):
        n = round(6.0 / spacing)
        time, radius = circular(n, n, (-2.0, -3.0), sign * 0.6, spacing)
        out = round(margin / spacing)
        error = np.abs(sign * curvature_map(time, spacing) * radius - 1.0)
        found.append(error[out : n - out, out : n - out].max())
    return np.array(found)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["spreading", "converging"])
def test_curvature_of_a_circular_wave_converges_with_second_order(sign):
    errors = errors_of_a_circle(1.0, sign)
    assert errors[0] < 0.02
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx([2.0, 2.0], abs=0.2)


def test_curvature_at_the_border_converges_with_first_order():
    errors = errors_of_a_circle(0.0)
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx([1.0, 1.0], abs=0.25)


def test_curvature_does_not_depend_on_how_the_front_is_turned():
    time, _ = circular(31, 31, (-1.0, -4.0), 0.5)
    found = curvature_map(time, 0.2)
    assert curvature_map(np.rot90(time), 0.2) == pytest.approx(np.rot90(found))
    assert curvature_map(time.T, 0.2) == pytest.approx(found.T)
    assert curvature_map(3.0 * time + 7.0, 0.2) == pytest.approx(found)


def test_a_front_of_two_curvatures_shows_both():
    """Isochrones y = x^2 / 2 a + t have curvature 1 / a where they are level; there the wave converges."""
    x = np.linspace(-2.0, 2.0, 41)
    X, Y = np.meshgrid(x, x)
    found = curvature_map((Y - X**2 / (2 * 5.0)) / 0.5, 0.1)
    expected = -(1 / 5.0) / (1 + (X / 5.0) ** 2) ** 1.5
    assert found[INNER] == pytest.approx(expected[INNER], rel=1e-9)


def test_a_cable_has_no_curvature_and_unexcited_cells_no_value():
    assert curvature_map(np.arange(9.0)[None], 0.2) == pytest.approx(np.zeros((1, 9)))
    assert np.isnan(curvature_map(np.full((5, 5), np.nan), 0.2)).all()
