"""Dispersion of maps whose spread is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from waves import mesh

from cardiac.analysis import dispersion, dispersion_map, gradient_map


def test_dispersion_of_a_uniform_distribution():
    found = dispersion(np.linspace(200.0, 300.0, 10_001))
    assert found.mean == pytest.approx(250.0)
    assert found.deviation == pytest.approx(100.0 / math.sqrt(12.0), rel=1e-3)
    assert found.range == 100.0
    assert found.inner == pytest.approx(90.0)
    assert found.variation == found.deviation / found.mean


def test_dispersion_takes_the_cells_that_were_asked_for_and_have_a_value():
    values = np.array([[200.0, 210.0, np.nan], [230.0, 999.0, 220.0]])
    found = dispersion(values, values < 900.0)
    assert (found.cells, found.lowest, found.highest) == (4, 200.0, 230.0)
    nothing = dispersion(np.full((2, 2), np.nan))
    assert nothing.cells == 0
    assert math.isnan(nothing.range)


def test_local_dispersion_of_a_slope_is_its_steepness_times_the_diameter():
    X, Y = mesh(21, 21)
    found = dispersion_map(7.0 * X, 0.2, radius=1.0)
    assert found[5:-5, 5:-5] == pytest.approx(np.full((11, 11), 7.0 * 2.0))
    assert found[10, 0] == pytest.approx(7.0 * 1.0)  # at the border only one side is there
    assert dispersion_map(7.0 * Y, 0.2, radius=1.0) == pytest.approx(found.T)


def test_local_dispersion_is_that_of_every_pair_in_reach():
    values = np.random.default_rng(1).normal(250.0, 20.0, (9, 8))
    values[3, 4] = np.nan
    found = dispersion_map(values, 0.5, radius=1.2)
    for i, j in np.ndindex(values.shape):
        near = [values[k, m] for k, m in np.ndindex(values.shape) if math.hypot(k - i, m - j) * 0.5 <= 1.2]
        expected = np.nanmax(near) - np.nanmin(near) if (i, j) != (3, 4) else np.nan
        assert found[i, j] == pytest.approx(expected, nan_ok=True)


def test_a_radius_below_the_spacing_is_refused():
    with pytest.raises(ValueError, match=r"a radius of 0.1 mm sees no neighbours in cells of 0.2 mm"):
        dispersion_map(np.zeros((3, 3)), 0.2, radius=0.1)


def test_the_gradient_of_a_quadratic_map_is_exact_and_stops_at_scars():
    X, Y = mesh(15, 15)
    conducting = np.ones(X.shape, dtype=bool)
    conducting[7] = False
    values = 5.0 * X**2 + 3.0 * Y + np.where(Y[7, 0] < Y, 500.0, 0.0)
    values[~conducting] = np.nan
    expected = np.where(conducting, np.hypot(10.0 * X, 3.0), np.nan)
    assert gradient_map(values, 0.2, conducting=conducting) == pytest.approx(expected, nan_ok=True)
