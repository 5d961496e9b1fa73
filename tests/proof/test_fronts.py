"""Fronts of the hyperpolarized cubic: speeds, the block limit and the critical strip are known exactly.

A leak g (u - e) + b leaves the cubic a cubic, f = -k (u - u1) (u - u2) (u - u3), whose roots have the same sum:
the front runs at sqrt(D k / 2) (u1 + u3 - 2 u2). Here k = 8 / ms, a = 0.1 and D = 1 mm^2/ms.
"""

from typing import Any

import numpy as np
import pytest
from media import Leak, medium, orders, run
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from cardiac.tissue import Grid

K, A = 8.0, 0.1
SUM = 1.0 + A  # of the three roots
E_LEAK = -0.1


def excitation(u: float) -> float:
    """du/dt of the cubic [1/ms]."""
    return K * u * (u - A) * (1.0 - u)


def roots(leak: Leak) -> np.ndarray:
    """Rest, threshold and excited state of the cubic with a leak."""
    g, e, b = leak
    return np.sort(np.roots([-K, K * SUM, -K * A - g, g * e - b]).real)


def resting(leak: Leak) -> float:
    """Resting state of the cubic with a leak, whether or not it has another."""
    g, e, b = leak
    found = np.roots([-K, K * SUM, -K * A - g, g * e - b])
    return float(found.real[np.abs(found.imag) < 1e-9].min())


def speed(leak: Leak) -> float:
    """Speed of the front [mm/ms]."""
    return float(np.sqrt(K / 2.0) * (SUM - 3.0 * roots(leak)[1]))


def limit(per_unit: float) -> float:
    """The strength of a leak, which carries `per_unit` at u = SUM / 3, that stops fronts in uniform tissue."""
    return excitation(SUM / 3.0) / per_unit


G_LIMIT, B_LIMIT = limit(SUM / 3.0 - E_LEAK), limit(1.0)


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


def energy(u: Any, leak: Leak) -> Any:
    """Integral of du/dt from 0 to u: where a front stands still, energy + (du/dx)^2 / 2 is constant."""
    g, e, b = leak
    return K * (-(u**4) / 4.0 + SUM * u**3 / 3.0 - A * u * u / 2.0) - (g * u * u / 2.0 + (b - g * e) * u)


def passage(low: float, high: float, top: float, leak: Leak) -> float:
    """Length [mm] of a profile between two potentials; the slope may be zero at the lower one."""

    def length(s: float) -> float:  # u = low + s^2 removes the singularity
        return 2.0 * s / np.sqrt(2.0 * (top - energy(low + s * s, leak)))

    return quad(length, 0.0, np.sqrt(high - low), epsabs=1e-10, epsrel=1e-10)[0]


def blocking_width(leaves: float, leak: Leak) -> float:
    """Width [mm] of a strip in which a front from u = 1 stands still and leaves at `leaves`; inf if none is."""
    top = energy(leaves, leak) - energy(leaves, Leak())
    # The slopes match where the front enters: g u^2 / 2 + (b - g e) u has grown there by the energy of the front.
    linear = leak.b - leak.g * leak.e
    grown = energy(1.0, Leak()) + leak.g * leaves**2 / 2.0 + linear * leaves
    enters = 2.0 * grown / (linear + np.sqrt(linear**2 + 2.0 * leak.g * grown))
    if energy(leaves, Leak()) > 0.0 or enters >= 1.0:
        return np.inf
    # Where it leaves below 0, the profile has fallen further and rises again.
    rest, lowest = resting(leak), leaves
    if leaves < 0.0:
        if leaves <= rest or top >= energy(rest, leak):
            return np.inf
        lowest = brentq(lambda u: energy(u, leak) - top, rest, leaves, xtol=1e-14)
    way = np.linspace(lowest, enters, 100)[1:]
    if (energy(way, leak) >= top).any():
        return np.inf
    return passage(lowest, enters, top, leak) + passage(lowest, leaves, top, leak)


def critical_width(leak: Leak) -> float:
    """Least width [mm] of a strip with a leak that stops a front."""
    leaves = np.linspace(-0.15, 0.2, 71)
    k = int(np.argmin([blocking_width(u, leak) for u in leaves]))
    bounds = leaves[k - 1], leaves[k + 1]
    return float(minimize_scalar(blocking_width, bounds=bounds, args=(leak,), method="bounded").fun)


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
    width = critical_width(leak)
    assert expected == pytest.approx(width, abs=1e-4)
    # The critical width lies in the middle of a cell: near it a front hesitates for very long.
    cells = int(width / 0.05)
    dx = width / (cells + 0.5)
    assert crosses(cells, dx, leak)
    assert not crosses(cells + 1, dx, leak)
