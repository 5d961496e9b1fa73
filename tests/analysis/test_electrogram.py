"""Electrograms against dipoles, a dipole layer and a Fourier integral, which are known without a grid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import j0

from cardiac.analysis import electrogram, lead_field
from cardiac.analysis.electrogram import scale
from cardiac.tissue import Grid, faces, tensor

D = 0.1  # mm^2/ms
K = scale(1.0, 1.0)


def leads(grid, electrodes, diffusion=None, conducting=True):
    return lead_field(electrodes, grid.x, grid.y, faces(grid, diffusion or tensor(D, D), conducting))


def potential(grid, electrode, V, **tissue):
    return electrogram(leads(grid, [electrode], **tissue), V)[0]


def layer(depth, height, below, above):
    """A front along y from `below` to `above` the electrode, `depth` before it: per mV of the front [mV].

    The integral of depth / (depth^2 + y^2 + height^2)^(3/2) over y, times K D.
    """
    squared = depth**2 + height**2
    return K * D * depth / squared * sum(b / math.sqrt(squared + b * b) for b in (below, above))


def test_the_unit_of_the_potential():
    """1.4 uF/mm^3 x 1 mm / (4 pi 1 S/m) in SI units is 1.4e3 F/m^3 x 1e-3 m / (4 pi 1 S/m) s/m."""
    assert scale(1.0, 1.0) == pytest.approx(1.4e3 * 1e-3 / (4 * math.pi))  # s/m = ms/mm
    grid = Grid(20, 10, 0.5)
    V = np.random.default_rng(0).normal(size=grid.shape)
    thin = electrogram(leads(grid, [(3.0, 2.0, 1.0)]), V, thickness=0.25, conductivity=2.0)
    assert thin == pytest.approx(electrogram(leads(grid, [(3.0, 2.0, 1.0)]), V) / 8)


@pytest.mark.parametrize("electrode", [(40.0, 0.3, 5.0), (-25.0, 10.0, 20.0), (5.0, 0.3, 30.0)])
def test_far_away_a_front_in_a_thread_is_a_dipole(electrode):
    """100 mV over one face: moment D 100 mV x width, along x, at the face."""
    grid = Grid(50, 3, 0.2)
    V = np.where(grid.x < 4.0, 20.0, -80.0) * np.ones((3, 1))
    away = np.subtract(electrode, (4.0, 0.3, 0.0))
    expected = K * D * 100.0 * 0.6 * away[0] / np.linalg.norm(away) ** 3
    assert potential(grid, electrode, V) == pytest.approx(expected, rel=2e-3, abs=1e-6)


@pytest.mark.parametrize("angle", [0.0, 90.0])
def test_a_front_is_a_dipole_layer_and_converges_with_second_order(angle):
    """What comes towards the electrode makes it positive; along y as along x."""
    errors = []
    for spacing in (0.5, 0.25, 0.125):
        grid = Grid.from_size((20.0, 12.0), spacing)
        V = np.where(grid.x < 9.0, 20.0, -80.0) * np.ones((grid.ny, 1))
        electrode = (11.0, 4.0, 1.0)
        if angle:
            grid, V, electrode = Grid.from_size((12.0, 20.0), spacing), V.T, (4.0, 11.0, 1.0)
        errors.append(potential(grid, electrode, V) / (100.0 * layer(2.0, 1.0, 4.0, 8.0)) - 1.0)
    assert abs(errors[0]) < 0.03
    assert np.log2(np.divide(errors[:-1], errors[1:])) == pytest.approx([2.0, 2.0], abs=0.2)


def test_the_electrogram_of_a_passing_wave_is_positive_then_negative():
    grid = Grid(100, 40, 0.2)
    fronts = np.arange(1.0, 19.1, 0.2)
    V = np.array([np.where(grid.x < front, 20.0, -80.0) * np.ones((40, 1)) for front in fronts])
    phi = electrogram(leads(grid, [(10.0, 4.0, 1.0)]), V)[:, 0]
    expected = [100.0 * layer(10.0 - front, 1.0, 4.0, 4.0) for front in fronts]
    assert phi == pytest.approx(np.array(expected), abs=0.03 * max(expected))
    assert phi[:40].min() > 0.0 > phi[-40:].max()
    assert phi == pytest.approx(-phi[::-1], abs=1e-9)  # mirrored


def bump(grid, width=1.0, matrix=((1.0, 0.0), (0.0, 1.0))):
    """A Gaussian in the middle of the grid, in stretched coordinates."""
    at = (
        np.stack(np.meshgrid(grid.x - grid.width / 2, grid.y - grid.height / 2), axis=-1) @ np.array(matrix).T
    )
    return np.exp(-np.sum(at**2, axis=-1) / (2 * width**2))


@pytest.mark.parametrize("sideways", [0.0, 1.5, 4.0])
def test_the_potential_of_a_bump_is_its_fourier_integral(sideways):
    """1/r is a sum of plane waves exp(-k z) / k: phi = -K D integral of k^2 V(k) exp(-k z) J0(k rho) dk."""
    height, width = 1.0, 1.0

    def integrand(k):
        return (
            k**2 * 2 * math.pi * width**2 * math.exp(-((k * width) ** 2) / 2 - k * height) * j0(k * sideways)
        )

    expected = -K * D * quad(integrand, 0.0, 12.0)[0]
    errors = []
    for spacing in (0.4, 0.2, 0.1):
        grid = Grid.from_size((16.0, 16.0), spacing)
        errors.append(potential(grid, (8.0 + sideways, 8.0, height), bump(grid)) / expected - 1.0)
    assert abs(errors[-1]) < 0.01
    assert np.log2(np.divide(errors[:-1], errors[1:])) == pytest.approx([2.0, 2.0], abs=0.3)


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, -45.0])
def test_fibres_count_at_any_angle(angle):
    """A bump in anisotropic tissue, by quadrature of what div(D grad V) is exactly."""
    diffusion = tensor(0.2, 0.05, angle)
    xx, xy, yy = diffusion
    fine = np.arange(-7.0, 7.0, 0.02) + 0.01
    X, Y = np.meshgrid(fine, fine)
    source = (xx * (X**2 - 1) + 2 * xy * X * Y + yy * (Y**2 - 1)) * np.exp(-(X**2 + Y**2) / 2)
    expected = K * np.sum(source / np.sqrt((X - 1.2) ** 2 + (Y - 0.7) ** 2 + 1.0)) * 0.02**2
    errors = []
    for spacing in (0.2, 0.1):
        grid = Grid.from_size((16.0, 16.0), spacing)
        found = potential(grid, (9.2, 8.7, 1.0), bump(grid), diffusion=diffusion)
        errors.append(found - expected)
    assert abs(errors[1]) < 0.01 * K * 0.1
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.6)


def test_the_sum_over_dipoles_is_the_same_with_scars_and_fibres():
    """As it is written: over pairs of neighbours, conductance x difference of V x difference of 1/r."""
    rng = np.random.default_rng(5)
    grid = Grid(9, 8, 0.3)
    conducting = rng.random(grid.shape) > 0.25
    diffusion = tensor(0.2, 0.04, 60.0 * rng.random(grid.shape))
    w = faces(grid, diffusion, conducting)
    V = rng.normal(-50.0, 30.0, grid.shape)
    electrode = (1.1, 3.2, 0.7)

    def inverse(i, j):
        return 1.0 / math.dist(electrode, (grid.x[j], grid.y[i], 0.0))

    expected = 0.0
    for field, di, dj in ((w.east, 0, 1), (w.north, 1, 0), (w.northeast, 1, 1), (w.northwest, 1, -1)):
        for i, j in np.ndindex(grid.shape):
            k, m = i + di, j + dj
            if 0 <= k < grid.ny and 0 <= m < grid.nx:
                expected -= field[i, j] * (V[k, m] - V[i, j]) * (inverse(k, m) - inverse(i, j))
    expected *= K * grid.spacing**2
    found = electrogram(lead_field([electrode], grid.x, grid.y, w), np.where(conducting, V, np.nan))
    assert found == pytest.approx([expected], rel=1e-12)


def test_what_is_the_same_everywhere_and_what_is_in_scars_makes_no_potential():
    grid = Grid(30, 20, 0.2)
    conducting = np.hypot(grid.x - 3.0, (grid.y - 2.0)[:, None]) > 1.0
    field = leads(grid, [(2.0, 1.0, 0.5), (8.0, -3.0, 4.0)], conducting=conducting)
    assert electrogram(field, np.full(grid.shape, -80.0)) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert not field[:, ~conducting].any()


def test_a_scar_takes_its_dipoles_away():
    """Far above, the dipole moment tells: a front that is interrupted by a scar has lost the part in it."""
    grid = Grid(40, 40, 0.2)
    V = np.where(grid.x < 4.0, 20.0, -80.0) * np.ones((40, 1))
    scar = np.ones(grid.shape, dtype=bool)
    scar[10:20] = False  # across the whole front
    whole, interrupted = (potential(grid, (100.0, 4.0, 100.0), V, conducting=c) for c in (True, scar))
    assert interrupted / whole == pytest.approx(0.75, rel=0.01)


def test_a_cable_has_an_electrogram_and_an_electrode_in_the_tissue_none():
    cable = Grid(50, 1, 0.2)
    V = np.where(cable.x < 4.0, 20.0, -80.0)[None]
    away = np.subtract((9.0, 0.1, 5.0), (4.0, 0.1, 0.0))
    expected = K * D * 100.0 * 0.2 * away[0] / np.linalg.norm(away) ** 3
    assert potential(cable, (9.0, 0.1, 5.0), V) == pytest.approx(expected, rel=2e-3)
    with pytest.raises(ValueError, match="a height of 0 mm is not above the tissue"):
        leads(cable, [(1.0, 0.1, 0.0)])
