"""The operator of fourth order: what it keeps, where it is only of second order, how stiff it is."""

import numpy as np
import pytest

from cardiac.kernels import diffusion
from cardiac.kernels.tiling import Tiling
from cardiac.tissue import Bends, Faces, Grid, Tensor, bends, faces, stable_step, tensor

RISE_TIME = 0.35  # ms


def operator(grid: Grid, conductances: Faces, weights: Bends) -> np.ndarray:
    """The matrix (cells, cells) of the operator, applied in plain Python to one cell after the other."""
    oblique, tiling = conductances.northeast is not None, Tiling(grid.ny, grid.nx)
    edges = diffusion.edges([tiling.framed_faces(part) for part in conductances if part is not None])
    own = diffusion.Bends(*(tiling.framed_faces(w) if np.ndim(w) else w for w in weights))
    flow, prepare = diffusion.smooth_divergence, diffusion.bend_row
    if oblique:
        flow, prepare = diffusion.smooth_tensor_divergence, diffusion.twist_row
    columns = []
    for cell in range(grid.nx * grid.ny):
        V = np.zeros((16, tiling.framed(0.0).shape[1]))  # rows are found by the last bits of their number
        tiling.inner(V)[...] = np.eye(grid.nx * grid.ny)[cell].reshape(grid.shape)
        ring, column = diffusion.Ring(*np.zeros((4, 4, V.shape[1]))), []
        for i in range(1, grid.ny + 3):
            prepare(i, V, edges, own, ring)
            if i >= 3:
                column += [flow(V, edges, ring, i - 1, 2 + j) for j in range(grid.nx)]
        columns.append(column)
    return np.array(columns).T


def medium(kind: str) -> tuple[Grid, Tensor, np.ndarray]:
    """A small sheet: its grid, diffusivities and conducting cells."""
    grid, random = Grid(nx=8, ny=7, spacing=0.2), np.random.default_rng(1)
    inside, D = np.ones(grid.shape, dtype=bool), Tensor(0.1, 0.0, 0.04)
    if kind == "scars":
        inside = random.random(grid.shape) > 0.2
    if kind == "jumps":
        D = Tensor(np.where(grid.x < 0.8, 0.1, 0.02) * np.ones(grid.shape), 0.0, 0.04)
    if kind == "oblique":
        D = tensor(0.1, 0.02, 30.0)
    if kind == "oblique with scars":
        inside, D = random.random(grid.shape) > 0.1, tensor(0.1, 0.02, 30.0)
    return grid, D, inside


@pytest.mark.parametrize("rise_time", [np.inf, RISE_TIME])
@pytest.mark.parametrize("kind", ["even", "scars", "jumps", "oblique", "oblique with scars"])
def test_it_conserves_and_dissipates_and_is_as_stiff_as_said(kind, rise_time):
    grid, D, inside = medium(kind)
    conductances, weights = faces(grid, D, inside), bends(grid, D, inside, rise_time)
    L = operator(grid, conductances, weights)
    scale = np.abs(L).max()
    np.testing.assert_allclose(L.sum(axis=0), 0.0, atol=1e-12 * scale)  # nothing is lost
    np.testing.assert_allclose(L.sum(axis=1), 0.0, atol=1e-12 * scale)  # what is even stays so
    np.testing.assert_allclose(L, L.T, atol=1e-12 * scale)
    rates = np.linalg.eigvalsh(L)
    assert rates.max() < 1e-10 * scale
    assert 1.0 <= 2.0 / stable_step(conductances, weights) / -rates.min() < 4.0


def test_what_varies_along_one_side_feels_nothing_of_the_other():
    """A front along x in a strip goes as in a cable, at the walls too."""
    grid, D = Grid(nx=12, ny=4, spacing=0.2), Tensor(0.1, 0.0, 0.1)
    line = Grid(nx=12, spacing=0.2)
    sheet, cable = (operator(g, faces(g, D), bends(g, D, True, RISE_TIME)) for g in (grid, line))
    u = np.random.default_rng(2).standard_normal(12)
    np.testing.assert_allclose((sheet @ np.tile(u, 4)).reshape(4, 12), np.tile(cable @ u, (4, 1)), atol=1e-12)


def test_it_is_that_of_second_order_beside_a_jump():
    grid, D, inside = medium("jumps")
    weights = bends(grid, D, inside)
    beside = np.abs(grid.x - 0.8) < grid.spacing
    np.testing.assert_array_equal(np.broadcast_to(weights.smooth, grid.shape)[:, beside], 0.0)
    np.testing.assert_array_equal(np.broadcast_to(weights.smooth, grid.shape)[:, ~beside], 1.0)


def test_a_uniform_sheet_needs_no_fields():
    assert all(
        np.ndim(weight) == 0 for weight in bends(Grid(8, 7, 0.2), Tensor(0.1, 0.0, 0.1), True, RISE_TIME)
    )
