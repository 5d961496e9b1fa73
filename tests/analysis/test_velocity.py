"""Velocities from maps of activation times."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waves import centres, plane

from cardiac.analysis import planar_fit, velocity_between, velocity_map

angles = st.floats(0.0, 2 * math.pi)
speeds = st.floats(0.05, 5.0)


@given(angle=angles, speed=speeds)
def test_velocity_of_a_plane_wave_is_exact_up_to_the_border(angle, speed):
    found = velocity_map(plane(7, 9, angle, speed), 0.2)
    assert found.vx == pytest.approx(np.full((7, 9), speed * math.cos(angle)), abs=1e-8)
    assert found.vy == pytest.approx(np.full((7, 9), speed * math.sin(angle)), abs=1e-8)
    assert found.speed == pytest.approx(np.full((7, 9), speed))


def error_of_circular_wave(spacing):
    x = centres(round(4.0 / spacing), spacing)
    X, Y = np.meshgrid(x + 2.0, x + 1.0)  # the source lies outside
    radius = np.hypot(X, Y)
    found = velocity_map(radius / 0.6, spacing)
    return np.abs(np.hypot(found.vx - 0.6 * X / radius, found.vy - 0.6 * Y / radius)).max()


def test_velocity_of_a_circular_wave_converges():
    """Quadratic fits have a gradient of second order."""
    errors = [error_of_circular_wave(spacing) for spacing in (0.1, 0.05, 0.025)]
    assert errors[0] < 0.003
    assert np.log2(np.divide(errors[:-1], errors[1:])) == pytest.approx([2.0, 2.0], abs=0.2)


@pytest.mark.parametrize("rows", [1, 2])
def test_velocity_on_a_cable_and_on_two_rows(rows):
    x = centres(50, 0.1)
    time = np.tile(x / 0.5 + 0.1 * x**2, (rows, 1))
    found = velocity_map(time, 0.1)
    assert found.vx == pytest.approx(np.tile(1.0 / (2.0 + 0.2 * x), (rows, 1)))
    assert found.vy == pytest.approx(np.zeros((rows, 50)), abs=1e-12)
    assert velocity_map(time.T, 0.1).vy == pytest.approx(found.vx.T)


def test_no_velocity_where_there_is_no_front():
    """Cells that are not activated, that are alone, or that the electrode activates all at once."""
    time = plane(9, 20, 0.0, 0.5)
    time[:, 10:] = np.nan
    time[4, 15] = 30.0
    time[:, :5] = 0.0
    speed = velocity_map(time, 0.2).speed
    assert np.isnan(speed[:, 10:]).all()
    assert np.isnan(speed[:, :3]).all()
    assert speed[:, 7:10] == pytest.approx(np.full((9, 3), 0.5))


def test_velocity_beside_a_line_of_block_is_not_smoothed_over_it():
    time = plane(20, 20, 0.0, 0.5)
    time[10:] = plane(20, 20, math.pi, 0.5)[10:] + 300.0
    found = velocity_map(time, 0.2)
    assert found.vx[:10] == pytest.approx(np.full((10, 20), 0.5))
    assert found.vx[10:] == pytest.approx(np.full((10, 20), -0.5))


def test_velocity_beside_a_thin_scar_is_not_that_of_its_other_side():
    """The wave runs along a scar one cell thick, on its other side five milliseconds later."""
    time = plane(21, 30, 0.0, 0.5)
    time[11:] += 5.0
    conducting = np.ones(time.shape, dtype=bool)
    conducting[10] = False
    time[10] = np.nan
    found = velocity_map(time, 0.2, conducting=conducting)
    expected = np.where(conducting, 0.5, np.nan)
    assert found.vx == pytest.approx(expected, nan_ok=True)
    assert found.vy == pytest.approx(0.0 * expected, abs=1e-9, nan_ok=True)
    over = velocity_map(time, 0.2)  # without the scar it is
    assert np.nanmin(over.vx) < 0.4


def test_velocity_beside_a_scar_that_is_drawn_obliquely():
    """Cells that touch at a corner only do not conduct to each other: they are on two sides of the scar."""
    row, column = np.indices((20, 20))
    conducting = row != column
    time = np.where(conducting, plane(20, 20, math.pi / 4, 0.5) + 4.0 * (row > column), np.nan)
    found = velocity_map(time, 0.2, conducting=conducting)
    known = np.isfinite(found.speed)
    assert known.sum() >= conducting.sum() - 10  # at the ends of the scar too few are left
    assert found.speed[known] == pytest.approx(np.full(known.sum(), 0.5))


def test_velocity_around_the_end_of_a_scar_takes_in_what_is_beyond_it():
    """Masked or not, the wave is the same plane one."""
    time = plane(21, 21, 0.3, 0.5)
    conducting = np.ones(time.shape, dtype=bool)
    conducting[:12, 10] = False
    time[~conducting] = np.nan
    found = velocity_map(time, 0.2, conducting=conducting)
    assert found.speed == pytest.approx(np.where(conducting, 0.5, np.nan), nan_ok=True)


def test_velocity_of_a_single_cell_is_undefined():
    assert np.isnan(velocity_map(np.array([[1.0]]), 0.1).speed).all()


def test_velocity_between_two_cells():
    x, y, time = centres(30), centres(20), plane(20, 30, math.atan2(3, 4), 0.5)
    a, b = (2, 3), (5, 7)
    assert velocity_between(time, x, y, a, b) == pytest.approx(0.5)
    assert velocity_between(time, x, y, b, a) == pytest.approx(-0.5)
    assert math.isnan(velocity_between(time, x, y, a, a))
    assert math.isnan(velocity_between(np.full_like(time, np.nan), x, y, a, b))


@given(angle=angles, speed=speeds)
def test_planar_fit_finds_the_plane_wave(angle, speed):
    x, y, time = centres(30), centres(20), plane(20, 30, angle, speed)
    mask = np.random.default_rng(0).random(time.shape) < 0.1
    fit = planar_fit(np.where(mask, time, np.nan), x, y, np.ones_like(mask))
    assert fit is not None
    assert fit.speed == pytest.approx(speed)
    assert fit.direction == pytest.approx((math.cos(angle), math.sin(angle)), abs=1e-8)


def test_planar_fit_averages_noise():
    x = centres(1000, 0.01)
    noise = np.random.default_rng(2).normal(0.0, 0.3, 1000)
    fit = planar_fit((x / 0.5 + noise)[None], x, np.array([0.0]), np.ones((1, 1000), dtype=bool))
    assert fit is not None
    assert fit.speed == pytest.approx(0.5, rel=0.05)
    assert fit.direction == (1.0, 0.0)


def test_planar_fit_needs_a_wave():
    x, y = centres(5), centres(4)
    everywhere = np.ones((4, 5), dtype=bool)
    assert planar_fit(np.full((4, 5), np.nan), x, y, everywhere) is None
    at_once = planar_fit(np.ones((4, 5)), x, y, everywhere)
    assert at_once is not None
    assert at_once.speed == math.inf
    assert np.isnan(at_once.direction).all()
