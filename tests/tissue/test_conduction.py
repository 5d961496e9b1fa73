"""Conduction: the graph Laplacian against exact solutions, with scars, layers and oblique fibres."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import expm_multiply, spsolve

from cardiac.tissue import Grid, faces, mask, monotonicity_warning, stable_step, tensor, weight
from cardiac.tissue.shapes import Disk, Left, Not, Random, Strip

STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))


class Change(NamedTuple):
    value: float
    factor: bool = False


class FibreChange(NamedTuple):
    along: Change | None = None
    across: Change | None = None
    fibre_angle: float | np.ndarray | None = None


def laplacian(conductances):
    """The operator as a sparse matrix, cells numbered row by row."""
    cell = np.arange(conductances.east.size).reshape(conductances.east.shape)
    rows, columns, values = [], [], []
    for w, (di, dj) in zip(conductances, STEPS, strict=True):
        if w is None:
            continue
        i, j = np.nonzero(w)
        a, b, w = cell[i, j], cell[i + di, j + dj], w[i, j]
        rows += [a, b, a, b]
        columns += [b, a, a, b]
        values += [w, w, -w, -w]
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sparse.coo_matrix(entries, shape=(cell.size, cell.size)).tocsr()


def random_medium(seed, shape=(9, 11)):
    """A tensor field with every kind of trouble: jumps, any angle, ratios up to 100, a ragged scar."""
    rng = np.random.default_rng(seed)
    grid = Grid(shape[1], shape[0], 0.2)
    along = 10.0 ** rng.uniform(-2.0, 0.0, grid.shape)
    across = along * 10.0 ** rng.uniform(-2.0, 0.0, grid.shape)
    diffusion = tensor(along, across, rng.uniform(-180.0, 180.0, grid.shape))
    return grid, diffusion, mask(Not(Random(rng.uniform(0.1, 0.6), seed=seed)), grid)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_the_operator_is_symmetric_conservative_and_dissipative(seed):
    grid, diffusion, conducting = random_medium(seed)
    operator = laplacian(faces(grid, diffusion, conducting)).toarray()
    scale = np.abs(operator).max()
    np.testing.assert_array_equal(operator, operator.T)
    np.testing.assert_allclose(operator.sum(axis=0), 0.0, atol=1e-14 * scale)
    assert np.linalg.eigvalsh(operator).max() < 1e-13 * scale


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_nothing_crosses_a_scar_or_the_border(seed):
    grid, diffusion, conducting = random_medium(seed)
    inside = np.pad(conducting, 1)
    for w, (di, dj) in zip(faces(grid, diffusion, conducting), STEPS, strict=True):
        both = conducting & np.roll(inside, (-di, -dj), axis=(0, 1))[1:-1, 1:-1]
        np.testing.assert_array_equal(w[~both], 0.0)


def test_nothing_slips_diagonally_through_a_corner():
    apart = np.array([[True, False], [False, True]])
    for w in faces(Grid(2, 2, 1.0), tensor(1.0, 0.2, 45.0), apart):
        np.testing.assert_array_equal(w, 0.0)


@pytest.mark.parametrize(("k", "m"), [(1, 0), (0, 1), (3, 2), (15, 11), (0, 0)])
@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0, -90.0])
def test_a_cosine_mode_decays_at_the_exact_discrete_rate(k, m, angle):
    grid = Grid(16, 12, 0.25)
    x, y = np.meshgrid(grid.x / grid.width, grid.y / grid.height)
    mode = np.cos(k * np.pi * x) * np.cos(m * np.pi * y)
    diffusivities = (0.1, 0.03) if angle % 180.0 == 0.0 else (0.03, 0.1)  # along x, y
    waves = zip(diffusivities, (k, m), (16, 12), strict=True)
    rate = -sum(4.0 * d / 0.25**2 * np.sin(q * np.pi / (2.0 * n)) ** 2 for d, q, n in waves)
    conductances = faces(grid, tensor(0.1, 0.03, angle))
    assert conductances.northeast is conductances.northwest is None
    np.testing.assert_allclose(laplacian(conductances) @ mode.ravel(), rate * mode.ravel(), atol=1e-12)


def test_a_cable_is_a_row_of_a_sheet_and_a_cell_conducts_nothing():
    cable, sheet = (faces(Grid(8, ny, 0.1), tensor(0.1, 0.1)) for ny in (1, 5))
    np.testing.assert_array_equal(cable.east[0], sheet.east[2])
    np.testing.assert_array_equal(cable.north, 0.0)
    assert stable_step(faces(Grid(), tensor(0.1, 0.1))) == np.inf


def test_an_oblique_cable_conducts_as_its_natural_border_allows():
    """No current leaves it, so that 1 / (D^-1)_xx = D_xx - D_xy^2 / D_yy is what counts along x."""
    xx, xy, yy = tensor(0.1, 0.02, 30.0)
    east = faces(Grid(8, 1, 0.1), tensor(0.1, 0.02, 30.0)).east[0, :-1]
    np.testing.assert_allclose(east, (xx - xy**2 / yy) / 0.1**2, rtol=1e-12)


def test_layers_in_series_carry_the_exact_steady_current():
    """D 0.1 | 0.01 | 0.4 mm^2/ms, V held at the ends: the flux is the voltage over all resistances."""
    grid = Grid(30, 1, 0.1)
    x = grid.x[np.newaxis, :]
    diffusivity = np.select([x < 1.0, x < 2.0], [0.1, 0.01], 0.4)
    operator = laplacian(faces(grid, tensor(diffusivity, diffusivity))).tocsc()
    inner = slice(1, -1)
    v = np.r_[1.0, np.zeros(28), 0.0]
    v[inner] = spsolve(operator[inner, inner], -operator[inner, 0].toarray()[:, 0])
    flux = -np.diff(v) * faces(grid, tensor(diffusivity, diffusivity)).east[0, :-1] * 0.1**2 / 0.1
    np.testing.assert_allclose(flux, 1.0 / (0.95 / 0.1 + 1.0 / 0.01 + 0.95 / 0.4), rtol=1e-10)


@pytest.mark.parametrize(("angle", "ratio"), [(30.0, 4.0), (45.0, 9.0), (110.0, 9.0)])
def test_oblique_fibres_in_a_square_without_flux_converge_at_order_2(angle, ratio):
    """A steady problem, -div(D grad u) = f with n . D grad u = 0: both norms, the borders included."""
    diffusion = tensor(1.0, 1.0 / ratio, angle)
    errors = []
    for n in (32, 64, 128):
        grid = Grid(n, n, 1.0 / n)
        u, source = manufactured(*np.meshgrid(grid.x, grid.y), diffusion)
        operator = laplacian(faces(grid, diffusion)).tocsc()
        source -= source.mean()
        found = np.r_[0.0, spsolve(operator[1:, 1:], source.ravel()[1:])]
        error = found - u.ravel()
        error -= error.mean()
        errors.append((np.sqrt(np.mean(error**2)), np.abs(error).max()))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.abs(orders[-1] - 2.0).max() < 0.15  # measured: 1.94 to 2.01
    assert errors[-1][1] < 3e-3


def manufactured(x, y, diffusion):
    """u and div(D grad u) on the unit square: u varies along every side, n . D grad u = 0 on all of them."""
    first, second = one_way(x, y, *diffusion), one_way(y, x, *diffusion[::-1])
    return first[0] + second[0], first[1] + second[1]


def one_way(x, y, xx, xy, yy):
    """u = cos(pi x) g(y) - D_xy/D_xx x (1 - x) g'(y), g = sin(pi y)^4: no flux at x = 0, 1."""
    s, c = np.sin(np.pi * y), np.cos(np.pi * y)
    g0, g1 = s**4, 4.0 * np.pi * s**3 * c
    g2, g3 = 4.0 * np.pi**2 * (3.0 * s**2 - 4.0 * s**4), 8.0 * np.pi**3 * (3.0 * s - 8.0 * s**3) * c
    f0, f1, f2 = np.cos(np.pi * x), -np.pi * np.sin(np.pi * x), -(np.pi**2) * np.cos(np.pi * x)
    r, q0, q1, q2 = -xy / xx, x * (1.0 - x), 1.0 - 2.0 * x, -2.0
    source = xx * (f2 * g0 + r * q2 * g1) + 2.0 * xy * (f1 * g1 + r * q1 * g2) + yy * (f0 * g2 + r * q0 * g3)
    return f0 * g0 + r * q0 * g1, source


def test_a_rotated_gaussian_spreads_at_order_2():
    """Far from the border V = exp(-r . S^-1 r / 2) / sqrt(det S), S = S_0 + 2 D t; time by exponential."""
    diffusion = tensor(0.1, 0.02, 30.0)
    spread = 2.0 * np.array([[diffusion.xx, diffusion.xy], [diffusion.xy, diffusion.yy]])

    def gaussian(grid, t):
        covariance = 0.5 * np.eye(2) + spread * t
        x, y = np.meshgrid(grid.x - 0.5 * grid.width, grid.y - 0.5 * grid.height)
        r = np.stack([x, y])
        level = np.einsum("iyx,ij,jyx->yx", r, np.linalg.inv(covariance), r)
        return (np.exp(-0.5 * level) / np.sqrt(np.linalg.det(covariance))).ravel()

    errors = []
    for n in (80, 160):
        grid = Grid(n, n, 16.0 / n)
        start = gaussian(grid, 0.0)
        end = expm_multiply(laplacian(faces(grid, diffusion)) * 10.0, start)
        errors.append(np.abs(end - gaussian(grid, 10.0)).max())
        assert end.sum() == pytest.approx(start.sum(), rel=1e-12)
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)
    assert errors[1] < 3e-3


def test_turning_fibres_are_consistent_at_order_2():
    """(L u)[c] against div(D grad u) for fibres that turn through the sheet and conduct unevenly."""

    def diffusion(x, y):
        return tensor(1.0 + 0.5 * np.sin(y), 0.2 + 0.1 * np.cos(x), 40.0 * x + 25.0 * np.sin(2.0 * y))

    def u(x, y):
        return np.sin(2.0 * x + 0.3) * np.cos(1.5 * y)

    def flux_divergence(x, y, h=1e-3):
        def flux(x, y):
            xx, xy, yy = diffusion(x, y)
            ux, uy = (
                2.0 * np.cos(2.0 * x + 0.3) * np.cos(1.5 * y),
                -1.5 * np.sin(2.0 * x + 0.3) * np.sin(1.5 * y),
            )
            return xx * ux + xy * uy, xy * ux + yy * uy

        along_x = flux(x + h, y)[0] - flux(x - h, y)[0]
        return (along_x + flux(x, y + h)[1] - flux(x, y - h)[1]) / (2.0 * h)

    errors = []
    for n in (50, 100, 200):
        grid = Grid(n, n, 3.0 / n)
        x, y = np.meshgrid(grid.x, grid.y)
        applied = laplacian(faces(grid, diffusion(x, y))) @ u(x, y).ravel()
        error = np.abs(applied.reshape(grid.shape) - flux_divergence(x, y))
        errors.append(error[1:-1, 1:-1].max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.15)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.1)


def test_the_mirrored_tissue_has_the_mirrored_operator():
    grid, diffusion, conducting = random_medium(3)
    mirrored = tensor_of_mirror(diffusion)
    rng = np.random.default_rng(0)
    v = rng.normal(size=grid.shape)
    one = (laplacian(faces(grid, diffusion, conducting)) @ v.ravel()).reshape(grid.shape)
    other = laplacian(faces(grid, mirrored, conducting[:, ::-1])) @ v[:, ::-1].ravel()
    np.testing.assert_allclose(other.reshape(grid.shape)[:, ::-1], one, rtol=1e-10, atol=1e-10)


def tensor_of_mirror(diffusion):
    return type(diffusion)(diffusion.xx[:, ::-1], -diffusion.xy[:, ::-1], diffusion.yy[:, ::-1])


def test_a_quarter_turn_turns_the_operator():
    grid, diffusion, conducting = random_medium(5, shape=(10, 10))
    xx, xy, yy = (np.rot90(d) for d in diffusion)
    v = np.random.default_rng(0).normal(size=grid.shape)
    one = (laplacian(faces(grid, diffusion, conducting)) @ v.ravel()).reshape(grid.shape)
    turned = laplacian(faces(grid, type(diffusion)(yy, -xy, xx), np.rot90(conducting))) @ np.rot90(v).ravel()
    np.testing.assert_allclose(np.rot90(turned.reshape(grid.shape), -1), one, rtol=1e-10, atol=1e-10)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_forward_euler_is_stable_at_the_step_limit(seed):
    conductances = faces(*random_medium(seed))
    fastest = -np.linalg.eigvalsh(laplacian(conductances).toarray()).min()
    assert stable_step(conductances) * fastest <= 2.0 * (1.0 + 1e-12)
    assert stable_step(conductances) * fastest > 0.5  # and not needlessly small


def test_the_step_limit_is_the_textbook_one():
    assert stable_step(faces(Grid(20, 20, 0.1), tensor(0.1, 0.1))) == pytest.approx(0.025, rel=1e-12)
    assert stable_step(faces(Grid(20, 1, 0.1), tensor(0.1, 0.1))) == pytest.approx(0.05, rel=1e-12)


def test_regions_change_conduction():
    grid = Grid(20, 4, 0.5)
    left, right = weight(Left(5.0), grid), weight(Not(Left(5.0)), grid)
    diffusion = tensor(
        0.1,
        0.02,
        0.0,
        [
            (left, FibreChange(Change(2.0, True), Change(2.0, True))),
            (right, FibreChange(across=Change(0.05), fibre_angle=90.0)),
        ],
    )
    np.testing.assert_array_equal(diffusion.xx, np.where(left > 0.0, 0.2, 0.05) * np.ones(grid.shape))
    np.testing.assert_allclose(diffusion.yy, np.where(left > 0.0, 0.04, 0.1) * np.ones(grid.shape))
    assert diffusion.xy == 0.0


def test_uniform_tissue_has_a_uniform_tensor():
    assert all(type(d) is float for d in tensor(0.1, 0.02, np.full((3, 4), 30.0)))
    np.testing.assert_allclose(tensor(0.1, 0.02, 45.0), (0.06, 0.04, 0.06))


def test_a_region_that_does_not_conduct_is_a_scar():
    grid = Grid(12, 12, 0.5)
    scar = mask(Disk((3.0, 3.0), 1.0), grid)
    factor = FibreChange(Change(0.0, True), Change(0.0, True))
    by_value = faces(grid, tensor(0.1, 0.02, 30.0, [(scar.astype(float), factor)]))
    for a, b in zip(by_value, faces(grid, tensor(0.1, 0.02, 30.0), ~scar), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-15)


def test_a_negative_diffusivity_is_refused():
    with pytest.raises(ValueError, match=r"-0\.1 mm\^2/ms is negative"):
        tensor(0.1, -0.1)


def test_strongly_oblique_fibres_are_warned_of():
    assert monotonicity_warning(tensor(0.1, 0.0101, 45.0)) is None
    assert monotonicity_warning(tensor(0.1, 0.001, 0.0)) is None
    assert monotonicity_warning(tensor(0.1, 0.002, 3.0)) is None
    assert "D_along/D_across is 50" in str(monotonicity_warning(tensor(0.1, 0.002, 40.0)))
    angles = np.where(mask(Strip(5.0, 2.0), Grid(10, 4, 1.0)), 45.0, 0.0)
    assert "is 12.5" in str(monotonicity_warning(tensor(0.1, 0.008, angles)))
