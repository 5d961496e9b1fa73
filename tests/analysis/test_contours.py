"""Contours of circles, planes and saddles; front and back of waves."""

from __future__ import annotations

import numpy as np
import pytest
from spirals import spiral
from waves import centres, mesh

from cardiac.analysis import contours, wave_contours
from cardiac.analysis.contours import length


def enclosed(line):
    """The signed area within a closed line: positive if it runs counter-clockwise."""
    x, y = line.T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_a_circle_is_one_closed_line_and_converges_with_second_order():
    errors = []
    for spacing in (0.2, 0.1, 0.05):
        n = round(8.0 / spacing)
        x, y = mesh(n, n, spacing)
        (line,) = contours(np.hypot(x - 4.03, y - 3.9), centres(n, spacing), centres(n, spacing), 2.5)
        assert np.array_equal(line[0], line[-1])
        assert enclosed(line) < 0.0  # higher values, outside, are on the left
        errors.append([
            1.0 - length(line) / (2 * np.pi * 2.5),
            np.abs(np.hypot(*(line - (4.03, 3.9)).T) - 2.5).max(),
        ])  # fmt: skip
    assert max(errors[0]) < 0.01
    assert np.log2(np.divide(errors[:-1], errors[1:])) == pytest.approx(np.full((2, 2), 2.0), abs=0.45)


def test_a_straight_contour_is_exact_and_ends_at_the_outermost_centres():
    x, y = mesh(20, 30)
    (line,) = contours(2.0 * x + y, centres(30), centres(20), 6.0)
    assert 2.0 * line[:, 0] + line[:, 1] == pytest.approx(np.full(len(line), 6.0))
    assert sorted([line[0, 1], line[-1, 1]]) == pytest.approx([0.1, 3.9])
    assert line[0, 1] > line[-1, 1]  # high values are right of it, so it runs downwards


def test_a_scar_interrupts_a_contour():
    x, y = mesh(20, 30)
    values = np.where(abs(y - 2.0) < 0.5, np.nan, x)
    lines = contours(values, centres(30), centres(20), 3.0)
    assert len(lines) == 2
    assert all(abs(line[:, 1] - 2.0).min() > 0.499 for line in lines)


@pytest.mark.parametrize(("middle", "parts"), [(0.1, "high"), (-0.1, "low")])
def test_a_saddle_is_told_by_its_mean(middle, parts):
    """Two high corners are joined where the middle is high, else apart."""
    values = np.array([[1.0, -1.0], [-1.0, 1.0]]) + middle
    lines = contours(values, np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0.0)
    assert len(lines) == 2
    ends = {tuple(np.round(line.mean(axis=0) - 0.5, 3) > 0) for line in lines}
    joined = {(True, False), (False, True)}  # the low corners are cut off
    assert ends == (joined if parts == "high" else {(True, True), (False, False)})


def test_values_at_the_level_and_no_values_at_all():
    x, _ = mesh(4, 5)
    (line,) = contours(np.round(x, 6), centres(5), centres(4), 0.5)
    assert line[:, 0] == pytest.approx(np.full(4, 0.5))
    assert contours(x, centres(5), centres(4), 99.0) == []
    assert contours(np.full((4, 5), np.nan), centres(5), centres(4), 0.0) == []


def test_front_and_back_of_a_pulse_are_where_it_rises_and_falls():
    x, _ = mesh(20, 60)

    def V(t):
        return -80.0 + 100.0 * np.exp(-(((x - 5.0 - 0.5 * t) / 2.0) ** 4))

    found = wave_contours(V(-1), V(0), V(1), centres(60), centres(20))
    edge = 2.0 * np.log(100.0 / 40.0) ** 0.25
    (front,), (back,) = found
    assert front[:, 0] == pytest.approx(np.full(20, 5.0 + edge), abs=0.02)
    assert back[:, 0] == pytest.approx(np.full(20, 5.0 - edge), abs=0.02)
    assert (found.front_length, found.back_length) == pytest.approx((3.8, 3.8))
    turned = wave_contours(V(1), V(0), V(-1), centres(60), centres(20))
    assert np.array_equal(turned.front[0], back)


def test_front_and_back_of_a_spiral_meet_at_its_tip():
    def V(t):
        return 50.0 * spiral((60, 60), [(6.1, 5.8, -1)], angle=t).real - 40.0

    found = wave_contours(V(-0.1), V(0.0), V(0.1), centres(60), centres(60))
    ends = [part[k] for part in (*found.front, *found.back) for k in (0, -1)]
    near = sorted(np.hypot(*(end - (6.1, 5.8))) for end in ends)
    assert near[0] == pytest.approx(near[1], abs=0.2)
    assert near[1] < 0.2  # one of the front, one of the back, a cell from the tip
    whole = sum(map(length, contours(V(0.0), centres(60), centres(60), -40.0)))
    assert found.front_length + found.back_length == pytest.approx(whole)
