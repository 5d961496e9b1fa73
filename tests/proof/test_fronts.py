"""Fronts of the hyperpolarized cubic: speeds, the block limit and the critical strip are known exactly.

A leak g (u - e) + b leaves the cubic a cubic, f = -k (u - u1) (u - u2) (u - u3), whose roots have the same sum:
the front runs at sqrt(D k / 2) (u1 + u3 - 2 u2). Here k = 8 / ms, a = 0.1 and D = 1 mm^2/ms.
"""

import numpy as np
import pytest
from media import medium, orders, run

from cardiac.analysis.cubic_strip import Cubic, Leak, critical_width, limit
from cardiac.tissue import Grid

K, A = 8.0, 0.1
CUBIC = Cubic(K, A)
SUM = 1.0 + A  # of the three roots
E_LEAK = -0.1


def roots(leak: Leak) -> np.ndarray:
    """Rest, threshold and excited state of the cubic with a leak."""
    g, e, b = leak
    return np.sort(np.roots([-K, K * SUM, -K * A - g, g * e - b]).real)


def speed(leak: Leak) -> float:
    """Speed of the front [mm/ms]."""
    return float(np.sqrt(K / 2.0) * (SUM - 3.0 * roots(leak)[1]))


G_LIMIT, B_LIMIT = limit(CUBIC, SUM / 3.0 - E_LEAK), limit(CUBIC, 1.0)


@pytest.mark.parametrize(
    ("expected", "leak"),
    [
        (1.6, Leak()),
        (1.44596, Leak(0.1, E_LEAK)),
        (1.03593, Leak(0.4, E_LEAK)),
        (0.46391, Leak(0.8, E_LEAK)),
        (1.30463, Leak(b=0.05)),
        (0.77264, Leak(b=0.2)),
        (0.49420, Leak(b=0.3)),
    ],
)
def test_a_front_approaches_its_exact_speed_at_second_order(expected: float, leak: Leak) -> None:
    assert expected == pytest.approx(speed(leak), abs=1e-5)
    u1, _, u3 = roots(leak)
    errors = []
    for dx in (0.25, 0.125, 0.0625):
        grid = Grid.from_size(30.0, dx)
        simulation = medium(grid, 0.08 * dx, np.where(grid.x < 4.0, u3, u1)[None], K, A, leak)
        simulation.measure(0.5 * (u1 + u3))
        run(simulation, np.ceil(24.0 / expected))
        times = simulation.activity.activation[0, 0]
        start, end = (grid.cell_at((x,))[1] for x in (14.0, 22.0))
        errors.append(abs((grid.x[end] - grid.x[start]) / (times[end] - times[start]) / expected - 1.0))
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)
    assert errors[1] < 3.5e-3


def test_a_front_takes_its_exact_profile_at_second_order() -> None:
    errors = []
    for dx in (0.25, 0.125, 0.0625):
        grid = Grid.from_size(30.0, dx)
        u = run(medium(grid, 0.08 * dx, 1.0 * (grid.x < 4.0)[None], K, A), 10.0)[0]
        last = np.flatnonzero(u > 0.5)[-1]
        offset = np.log(u[last] / (1.0 - u[last])) / np.sqrt(K / 2.0)
        profile = 1.0 / (1.0 + np.exp((grid.x - grid.x[last] - offset) * np.sqrt(K / 2.0)))
        errors.append(np.sqrt(np.mean((u - profile) ** 2)))
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)


@pytest.mark.parametrize(
    ("expected", "found", "leak"),
    [(1.0616, G_LIMIT, Leak(G_LIMIT, E_LEAK)), (0.49541, B_LIMIT, Leak(b=B_LIMIT))],
)
def test_uniform_tissue_stops_conducting_within_two_percent_of_the_limit(
    expected: float, found: float, leak: Leak
) -> None:
    assert expected == pytest.approx(found, rel=3e-5)
    assert speed(leak) == pytest.approx(0.0, abs=1e-12)
    assert advance_of_a_front(Leak(0.98 * leak.g, leak.e, 0.98 * leak.b)) > 0.0
    assert advance_of_a_front(Leak(1.02 * leak.g, leak.e, 1.02 * leak.b)) < 0.0


def advance_of_a_front(leak: Leak) -> float:
    """How far [mm] a front has moved after 40 ms, once it has its shape."""
    grid = Grid.from_size(16.0, 0.125)
    u1, _, u3 = roots(leak)
    simulation = medium(grid, 0.02, np.where(grid.x < 8.0, u3, u1)[None], K, A, leak)
    places = [((run(simulation, t) - u1) / (u3 - u1)).sum() * grid.spacing for t in (10.0, 40.0)]
    return float(places[1] - places[0])


def crosses(cells: int, dx: float, leak: Leak) -> bool:
    """Whether a front crosses a strip of so many cells."""
    grid = Grid(nx=200 + cells, spacing=dx)
    strip = np.zeros(grid.shape)
    strip[:, 120 : 120 + cells] = 1.0
    leak = Leak(strip * leak.g, leak.e, strip * leak.b)
    u = run(medium(grid, 0.02, 1.0 * (grid.x < 2.0)[None], K, A, leak), 80.0)[0]
    assert u[60] > 0.9
    assert min(abs(u[-20]), abs(u[-20] - 1.0)) < 0.05
    return bool(u[-20] > 0.5)


@pytest.mark.parametrize(
    ("expected", "leak"),
    [
        (2.0263, Leak(1.5, E_LEAK)),
        (1.4499, Leak(2.0, E_LEAK)),
        (0.7607, Leak(4.0, E_LEAK)),
        (0.4156, Leak(8.0, E_LEAK)),
        (2.2151, Leak(b=0.6)),
        (1.0520, Leak(b=1.0)),
        (0.4980, Leak(b=2.0)),
    ],
)
def test_a_strip_stops_a_front_from_its_critical_width_on_to_one_cell(expected: float, leak: Leak) -> None:
    width = critical_width(CUBIC, leak)
    assert expected == pytest.approx(width, abs=1e-4)
    # The critical width lies in the middle of a cell: near it a front hesitates for very long.
    cells = int(width / 0.05)
    dx = width / (cells + 0.5)
    assert crosses(cells, dx, leak)
    assert not crosses(cells + 1, dx, leak)
