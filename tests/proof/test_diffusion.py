"""Diffusion against exact solutions: kernels of the heat equation, cosine modes, cables with a leak."""

import numpy as np
import pytest
from media import Leak, medium, orders, run
from scipy.linalg import expm

from cardiac.kernels.diffusion import Plan, cubic, plan, stage_coefficients
from cardiac.protocol import Always
from cardiac.simulation import Stimulus
from cardiac.tissue import Faces, Grid, Tensor, bends, faces, stable_step, tensor


def damping(chosen: Plan, z: float) -> float:
    """What a plan leaves of a mode that decays by exp(-z)."""
    return float(amplification(len(chosen.coefficients), -z / chosen.cycles) ** chosen.cycles)


def amplification(s: int, z: np.ndarray) -> np.ndarray:
    """The stability polynomial of RKL2 with s stages, in closed form: a + b P_s(1 + w z)."""
    b, w = (s * s + s - 2) / (2 * s * (s + 1)), 4 / (s * s + s - 2)
    return 1 - b + b * np.polynomial.legendre.legval(1 + w * z, [0.0] * s + [1.0])


def gaussian(grid: Grid, D: np.ndarray, t: float) -> np.ndarray:
    """The heat kernel of the tensor D (2, 2) about the middle of the sheet."""
    x, y = grid.x - 0.5 * grid.width, grid.y[:, None] - 0.5 * grid.height
    (xx, xy), (_, yy) = np.linalg.inv(D)
    r2 = xx * x * x + 2 * xy * x * y + yy * y * y
    return np.exp(-r2 / (4 * t)) / (4 * np.pi * t * np.sqrt(np.linalg.det(D)))


def laplacian(conductances: Faces) -> np.ndarray:
    """The operator of a cable as a matrix (nx, nx)."""
    east = conductances.east[0, :-1]
    matrix = np.diag(east, 1) + np.diag(east, -1)
    return matrix - np.diag(matrix.sum(axis=1))


@pytest.mark.parametrize("angle", [None, 30.0])
def test_the_heat_kernel_spreads_as_it_should_along_the_grid_and_oblique_to_it(angle: float | None) -> None:
    tensor_ = Tensor(1.0, 0.0, 1.0) if angle is None else tensor(1.0, 0.25, angle)
    D = np.array([[tensor_.xx, tensor_.xy], [tensor_.xy, tensor_.yy]])
    errors = []
    for dx in (0.4, 0.2, 0.1):
        # The border is eight widths of the first Gaussian away: reflections are 1e-7 of it.
        grid = Grid.from_size((16.0, 16.0), dx)
        u = gaussian(grid, D, 0.5)
        final = run(medium(grid, 0.25 * dx, u, D=tensor_), 0.5)
        errors.append(np.abs(final - gaussian(grid, D, 1.0)).max() / u.max())
        assert u.sum() == pytest.approx(final.sum(), rel=1e-12)
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)


@pytest.mark.parametrize("dt", [0.01, 0.1, 1.0])
@pytest.mark.parametrize(("m", "n"), [(1, 0), (3, 2), (7, 5), (39, 23)])
def test_a_cosine_mode_keeps_its_shape_and_decays_at_the_rate_of_the_scheme(
    dt: float, m: int, n: int
) -> None:
    grid = Grid(nx=40, ny=24, spacing=0.25)
    tensor_ = Tensor(1.0, 0.0, 0.3)
    mode = np.cos(m * np.pi * grid.x / grid.width) * np.cos(n * np.pi * grid.y / grid.height)[:, None]
    half_angles = np.pi * m / (2 * grid.nx), np.pi * n / (2 * grid.ny)
    rate = (
        4
        / grid.spacing**2
        * (tensor_.xx * np.sin(half_angles[0]) ** 2 + tensor_.yy * np.sin(half_angles[1]) ** 2)
    )
    limit = stable_step(faces(grid, tensor_))
    half, whole = (damping(plan(step, limit), step * rate) for step in (0.5 * dt, dt))
    decay = half * 0.5 * (1.0 + whole)  # read half-way through the step
    np.testing.assert_allclose(run(medium(grid, dt, mode, D=tensor_), dt), decay * mode, rtol=0, atol=1e-13)


def test_a_cosine_mode_decays_at_its_discrete_rate_to_second_order_in_time() -> None:
    grid = Grid(nx=40, spacing=0.25)
    mode = np.cos(3 * np.pi * grid.x / grid.width)[None]
    rate = 4 / grid.spacing**2 * np.sin(3 * np.pi / (2 * grid.nx)) ** 2
    # Two stages each: the error of a larger step is smaller than its order says, as it takes more stages.
    steps = (0.0125, 0.00625, 0.003125)
    errors = [abs(run(medium(grid, dt, mode), 1.0)[0, 0] / mode[0, 0] - np.exp(-rate)) for dt in steps]
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)
    assert errors[-1] < 1e-5


def test_a_smooth_profile_approaches_the_exponential_of_the_operator_at_second_order() -> None:
    grid = Grid(nx=48, spacing=0.25)
    u = np.exp(-((grid.x - 4.0) ** 2))
    D = Tensor(np.where(grid.x < 6.0, 1.0, 0.2)[None], 0.0, 1.0)
    exact = expm(laplacian(faces(grid, D))) @ u
    errors = [
        np.abs(run(medium(grid, dt, u, D=D), 1.0)[0] - exact).max() for dt in (0.0125, 0.00625, 0.003125)
    ]
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)


@pytest.mark.parametrize("s", [2, 3, 4, 5, 8, 13, 21, 34, 55])
def test_the_table_of_stages_is_the_legendre_polynomial_and_stable(s: int) -> None:
    z = np.linspace(-0.5 * (s * s + s - 2), 0.0, 1001)
    before, last = np.ones_like(z), 1 + stage_coefficients(s)[0, 3] * z
    for mu, nu, first, mu_z, gamma_z in stage_coefficients(s)[1:]:
        before, last = last, mu * last + nu * before + first + mu_z * z * last + gamma_z * z
    # Round-off grows as s^2 in a three-term recurrence.
    np.testing.assert_allclose(last, amplification(s, z), rtol=0, atol=1e-15 * s * s)
    assert np.abs(last).max() <= 1.0 + 1e-15 * s * s


@pytest.mark.parametrize("s", [2, 3, 4, 5, 8, 13])
def test_the_cubic_coefficient_is_that_of_the_polynomial(s: int) -> None:
    z = np.linspace(-1e-2, 0.0, 20)
    rest = amplification(s, z) - (1.0 + z + 0.5 * z**2)
    np.testing.assert_allclose(rest[:-1] / z[:-1] ** 3, cubic(s) / 6.0, atol=2e-3)


@pytest.mark.parametrize("ratio", [0.01, 0.3, 1.0, 3.0, 10.0, 100.0])
def test_a_plan_is_stable_and_as_accurate_as_asked(ratio: float) -> None:
    cheap, accurate = plan(ratio, 1.0), plan(ratio, 1.0, 0.25)
    for chosen in (cheap, accurate):
        s = len(chosen.coefficients)
        assert ratio / chosen.cycles <= 0.9 * (s * s + s - 2) / 4 * (1 + 1e-12)
    assert (1.0 - cubic(len(accurate.coefficients))) / accurate.cycles**2 <= 0.25
    assert cheap.cycles * len(cheap.coefficients) <= accurate.cycles * len(accurate.coefficients)


def test_a_first_order_plan_is_one_euler_step_where_that_is_stable() -> None:
    chosen = plan(0.9, 1.0, order=1)
    z = np.linspace(-1.0, 0.0, 11)
    assert chosen.cycles == 1
    np.testing.assert_array_equal(1.0 + chosen.coefficients[:, 3] * z, 1.0 + z)
    assert len(plan(0.91, 1.0, order=1).coefficients) > 1


@pytest.mark.parametrize("stages", range(2, 26))
def test_the_roughest_profile_decays_with_any_number_of_stages(stages: int) -> None:
    grid = Grid(nx=24, ny=10, spacing=0.25)
    conductances = faces(grid, tensor(1.0, 0.2, 40.0))
    limit = stable_step(conductances)
    dt = 0.9 * limit * (stages * stages + stages - 2) / 4 * (1 - 1e-12)
    chosen = plan(dt, limit)
    assert (chosen.cycles, len(chosen.coefficients)) == (1, stages)
    rows, columns = np.indices(grid.shape)
    u = np.where((rows + columns) % 2, 1.0, -1.0) + np.random.default_rng(stages).standard_normal(grid.shape)
    simulation = medium(grid, dt, u, D=conductances)
    norms = [np.linalg.norm(u - u.mean())]
    for _ in range(10):
        simulation.advance(1)
        norms.append(np.linalg.norm(simulation.V - u.mean()))
    assert (np.diff(norms) < 0.0).all()


def test_nothing_is_lost_in_tissue_with_scars_and_crossing_fibres() -> None:
    rng = np.random.default_rng(1)
    grid = Grid(nx=70, ny=50, spacing=0.2)
    conducting = rng.random(grid.shape) > 0.3
    angle = 180.0 * rng.random(grid.shape)
    conductances = faces(grid, tensor(1.0, 0.15, angle), conducting)
    u = np.where(conducting, rng.random(grid.shape), 7.0)
    simulation = medium(grid, 0.05, u, D=conductances, conducting=conducting)
    final = run(simulation, 20.0)
    # 1e-12 of the total after 400 steps, as for the sheet without scars.
    assert u[conducting].sum() == pytest.approx(final[conducting].sum(), rel=1e-12)
    assert final[conducting].std() < 0.3 * u[conducting].std()
    assert (final[~conducting] == 7.0).all()


def test_a_leaky_cable_decays_over_its_length_constant() -> None:
    g, current, width, length = 0.25, 0.3, 0.8, 16.0
    lambda_ = g**-0.5
    # Injected over half a Gaussian at the sealed end, beyond which its width only enters as a factor.
    total = current * width * np.sqrt(0.5 * np.pi)
    amplitude = total * lambda_ * np.exp(0.5 * (width / lambda_) ** 2) / np.sinh(length / lambda_)
    errors = []
    for dx in (0.4, 0.2, 0.1):
        grid = Grid.from_size(length, dx)
        source = Stimulus(np.exp(-0.5 * (grid.x / width) ** 2)[None], current, Always())
        # 80 ms are 20 time constants.
        u = run(medium(grid, 0.25 * dx, 0.0, leak=Leak(g), stimuli=[source]), 80.0)[0]
        exact = amplitude * np.cosh((length - grid.x) / lambda_)
        errors.append(np.abs(u / exact - 1.0)[grid.x > 6 * width].max())
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)
    assert errors[-1] < 1e-3


def test_two_membranes_meet_at_the_mean_of_their_potentials_weighted_with_their_length_constants() -> None:
    (g1, e1), (g2, e2) = (0.25, -1.0), (1.0, 1.0)
    lambda1, lambda2 = g1**-0.5, g2**-0.5
    interface = (e1 * lambda2 + e2 * lambda1) / (lambda1 + lambda2)
    errors, at_interface = [], []
    for dx in (0.4, 0.2, 0.1):
        grid = Grid.from_size(32.0, dx)
        x = grid.x[None] - 0.5 * grid.width
        leak = Leak(np.where(x < 0.0, g1, g2), np.where(x < 0.0, e1, e2))
        # Strang splitting blurs a jump of the leak over sqrt(D dt): the step must shrink as the cells do.
        u = run(medium(grid, 0.5 * dx * dx, leak.e, leak=leak), 60.0)[0]
        exact = np.where(
            x < 0.0,
            e1 + (interface - e1) * np.exp(np.minimum(x, 0.0) / lambda1),
            e2 + (interface - e2) * np.exp(-np.maximum(x, 0.0) / lambda2),
        )
        errors.append(np.abs(u - exact[0]).max())
        at_interface.append(0.5 * (u[grid.nx // 2 - 1] + u[grid.nx // 2]))
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)
    # 0.1 % of the difference between the two resting potentials.
    assert interface == pytest.approx(at_interface[-1], abs=1e-3 * (e2 - e1))
    assert errors[-1] < 1e-3 * (e2 - e1)


@pytest.mark.parametrize("angle", [0.0, 30.0])
def test_the_heat_kernel_is_met_at_fourth_order_in_space(angle: float) -> None:
    tensor_, errors = tensor(1.0, 0.3, angle), []
    D = np.array([[tensor_.xx, tensor_.xy], [tensor_.xy, tensor_.yy]])
    for dx in (0.4, 0.2, 0.1):
        grid = Grid.from_size((16.0, 16.0), dx)
        u = gaussian(grid, D, 0.5)
        # Steps as dx^2: their error of second order is of fourth order too.
        simulation = medium(grid, 0.25 * dx * dx, u, D=tensor_, bends=bends(grid, tensor_))
        errors.append(np.abs(run(simulation, 0.48) - gaussian(grid, D, 0.98)).max() / u.max())
    np.testing.assert_allclose(orders(errors), 4.0, atol=0.25)
