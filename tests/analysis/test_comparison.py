"""Maps on different grids: what is linear is exact, what is smooth converges, scars are left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waves import centres, circular, mesh, plane

from cardiac.analysis import difference, resampled


@settings(deadline=None)
@given(coarse=st.integers(2, 30), fine=st.integers(2, 30), angle=st.floats(0.0, 6.3))
def test_a_plane_wave_is_the_same_on_any_grid(coarse, fine, angle):
    """Up to the border, where the finer grid has cells beyond the outermost centres of the coarser one."""
    a, b = 6.0 / coarse, 6.0 / fine
    found = resampled(
        plane(coarse, coarse, angle, 0.5, a), *[centres(coarse, a)] * 2, *[centres(fine, b)] * 2
    )
    assert found == pytest.approx(plane(fine, fine, angle, 0.5, b), abs=1e-9)


def test_a_circular_wave_converges_with_second_order():
    expected, _ = circular(30, 30, (-2.0, -3.0), 0.5, 0.2)
    errors = []
    for spacing in (0.4, 0.2 / 1.5, 0.2 / 4.5):
        n = round(6.0 / spacing)
        other, _ = circular(n, n, (-2.0, -3.0), 0.5, spacing)
        at = centres(n, spacing)
        errors.append(difference(resampled(other, at, at, centres(30), centres(30)), expected).deviation)
    assert np.log(np.divide(errors[:-1], errors[1:])) / np.log(3.0) == pytest.approx([2.0, 2.0], abs=0.3)


def test_a_scar_is_left_out_and_does_not_spread():
    """Cells of the finer grid have a value where the nearest coarse cell has one, made of such only."""
    values = plane(15, 15, 0.0, 0.5, 0.4)
    values[:, 7] = np.nan
    values[:, 8:] += 100.0
    found = resampled(values, centres(15, 0.4), centres(15, 0.4), centres(60, 0.1), centres(60, 0.1))
    x, _ = mesh(60, 60, 0.1)
    scar = (x > 2.8) & (x < 3.2)
    assert np.array_equal(np.isnan(found), scar)
    assert np.nanmax(found[x < 3.0]) <= values[:, 6].max() + 1e-9
    assert np.nanmin(found[x > 3.0]) >= values[:, 8].min() - 1e-9


def test_stacks_and_cables_and_places_outside():
    stack = np.stack([plane(4, 6, 0.0, 0.5), plane(4, 6, 1.0, 0.3)])
    again = resampled(stack, centres(6), centres(4), centres(6), centres(4))
    assert again == pytest.approx(stack)
    cable = resampled(stack[:, :1], centres(6), centres(1), np.array([0.0, 0.5, 1.2, 1.5]), np.array([0.1]))
    assert cable[0, 0] == pytest.approx(np.array([3.0, 4.0, 5.4, np.nan]) + 0.0, nan_ok=True)


def test_difference_of_two_maps():
    first = np.array([[1.0, 2.0, np.nan], [4.0, np.nan, 6.0]])
    second = np.array([[1.5, np.nan, np.nan], [1.0, 2.0, 6.5]])
    found = difference(first, second)
    assert found.map == pytest.approx(np.array([[0.5, np.nan, np.nan], [-3.0, np.nan, 0.5]]), nan_ok=True)
    assert (found.only_first, found.only_second, found.largest) == (1, 1, -3.0)
    assert found.mean == pytest.approx(-2.0 / 3)
    assert found.deviation == pytest.approx(np.sqrt((0.25 + 9.0 + 0.25) / 3))
    assert np.isnan(difference(first, np.full((2, 3), np.nan)).deviation)
    with pytest.raises(ValueError, match=r"on two grids - resample one"):
        difference(first, first.T)
