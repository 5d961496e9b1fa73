"""Singularities of spirals whose tips are known, and the conservation of charge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spirals import spiral
from waves import centres, mesh

from cardiac.analysis import charge_map, singularities

X, Y = centres(60), centres(50)


@pytest.mark.parametrize("charge", [1, -1])
def test_charge_and_place_of_a_spiral_are_found(charge):
    found = singularities(spiral((50, 60), [(5.13, 4.37, charge)]), X, Y)
    assert found.charge.tolist() == [charge]
    assert np.hypot(found.x - 5.13, found.y - 4.37) == pytest.approx([0.0], abs=0.01)
    assert not found.anchored.any()


def test_a_wave_that_turns_counterclockwise_has_charge_minus_one():
    """Phase grows in time: omega t - angle is constant where the angle grows with t."""
    east, north = (5.0 + 2.0, 5.0), (5.0, 5.0 + 2.0)
    x, y = mesh(50, 60)

    def phase(t):
        return np.angle(np.exp(1j * (t - np.arctan2(y - 5.0, x - 5.0))))

    def crest(t, at):
        return phase(t)[round(at[1] / 0.2 - 0.5), round(at[0] / 0.2 - 0.5)]

    assert crest(0.0, east) == pytest.approx(crest(np.pi / 2, north), abs=0.11)  # half a cell, twice
    assert singularities(phase(0.0), X, Y).charge.tolist() == [-1]


def largest_error(spacing, phase_only):
    """The largest distance [mm] between a tip and where it is found, of many tips."""
    errors = []
    for x, y in np.random.default_rng(4).uniform(3.0, 5.0, (40, 2)):
        n = round(8.0 / spacing)
        z = spiral((n, n), [(x, y, 1)], spacing)
        found = singularities(np.angle(z) if phase_only else z, centres(n, spacing), centres(n, spacing))
        errors.append(np.hypot(*(found.x - x, found.y - y)).item())
    return max(errors)


def test_the_place_of_a_tip_converges_with_second_order():
    errors = np.array([largest_error(spacing, phase_only=False) for spacing in (0.2, 0.1, 0.05)])
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx([2.0, 2.0], abs=0.3)


def test_the_place_of_a_tip_from_mere_phase_is_within_half_a_cell():
    assert largest_error(0.1, phase_only=True) < 0.05


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), ny=st.integers(2, 9), nx=st.integers(2, 9))
def test_the_sum_of_charges_is_what_phase_gains_around_the_border(seed, ny, nx):
    phase = np.random.default_rng(seed).uniform(-np.pi, np.pi, (ny, nx))
    border = np.concatenate([phase[0, :-1], phase[:-1, -1], phase[-1, :0:-1], phase[:0:-1, 0]])
    steps = np.diff(border, append=border[0])
    gained = np.sum(np.arctan2(np.sin(steps), np.cos(steps))) / (2 * np.pi)
    assert charge_map(phase).sum() == pytest.approx(gained, abs=1e-9)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_square_with_a_charge_has_a_zero_inside(seed):
    z = np.random.default_rng(seed).normal(size=(6, 7, 2)) @ [1, 1j]
    x, y = centres(7, 1.0), centres(6, 1.0)
    found, (row, column) = singularities(z, x, y), np.nonzero(charge_map(z))
    s, t = found.x - x[column], found.y - y[row]
    assert np.all((s >= 0) & (s <= 1) & (t >= 0) & (t <= 1))
    corners = z[row, column], z[row, column + 1], z[row + 1, column], z[row + 1, column + 1]
    at = (1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t
    assert sum(corner * weight for corner, weight in zip(corners, at, strict=True)) == pytest.approx(
        np.zeros(len(s)), abs=1e-6
    )


def test_mirrors_and_conjugates_have_opposite_charge():
    z = spiral((50, 60), [(3.1, 4.2, 1), (8.0, 6.1, -1), (5.0, 2.2, 1)])
    charge = charge_map(z)
    assert sorted(charge[charge != 0].tolist()) == [-1, 1, 1]
    assert np.array_equal(charge_map(z[:, ::-1]), -charge[:, ::-1])
    assert np.array_equal(charge_map(z.conj()), -charge)
    assert np.array_equal(charge_map(np.exp(2.3j) * z), charge)


def test_a_wave_around_a_scar_is_anchored_to_it():
    """Whatever the shape of the scar; a scar without reentry and one at the border have none."""
    x, y = mesh(50, 60)
    scar = (np.hypot(x - 5.0, y - 5.0) < 1.2) | ((abs(x - 6.5) < 1.0) & (abs(y - 4.8) < 0.3))
    quiet, edge = np.hypot(x - 10.0, y - 8.0) < 0.8, x < 0.9
    z = np.where(scar | quiet | edge, np.nan, spiral((50, 60), [(5.1, 5.1, -1)]))
    found = singularities(z, X, Y)
    assert found.charge.tolist() == [-1]
    assert found.anchored.tolist() == [True]
    assert found.x == pytest.approx([x[scar].mean()])
    assert found.y == pytest.approx([y[scar].mean()])
    assert singularities(np.angle(z), X, Y).charge.tolist() == [-1]


def test_a_scar_with_free_tips_beside_it():
    x, y = mesh(50, 60)
    z = np.where(np.hypot(x - 5.0, y - 5.0) < 1.0, np.nan, spiral((50, 60), [(5.0, 5.0, 1), (9.0, 5.0, -1)]))
    found = singularities(z, X, Y)
    assert dict(zip(found.anchored.tolist(), found.charge.tolist(), strict=True)) == {True: 1, False: -1}


def test_a_plane_wave_has_none():
    x, _ = mesh(50, 60)
    assert not charge_map(np.angle(np.exp(1j * 3.0 * x))).any()
    assert singularities(np.full((5, 5), np.nan), X[:5], Y[:5]).x.size == 0
