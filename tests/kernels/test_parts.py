"""A sheet that is diffused in parts: the same bits however many, and as thin as they may be."""

import numpy as np
import pytest

from cardiac.kernels import diffusion, sharing
from cardiac.kernels.tiling import Tiling
from cardiac.tissue import Grid, bends, faces, stable_step, tensor

COLUMNS = 21  # and padding


@pytest.mark.parametrize("oblique", [False, True])
def test_rows_of_conductances_that_are_alike_are_kept_once(oblique: bool) -> None:
    grid = Grid(COLUMNS, 40, 0.2)
    scar = np.ones(grid.shape, dtype=bool)
    scar[20, 5:9] = False
    conductances = faces(grid, tensor(0.1, 0.03, 30.0 if oblique else 0.0), scar)
    parts = [Tiling(*grid.shape).framed_faces(part) for part in conductances if part is not None]
    edges = diffusion.edges(parts)
    for part, kept in zip(parts, edges[1:], strict=True):
        np.testing.assert_array_equal(kept[edges.row], part)
        assert len(kept) <= 8  # of 44: border, tissue, around the scar


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("oblique", [False, True])
def test_parts_change_no_bit(oblique: bool, smooth: bool) -> None:
    diffuse = diffusion.make_diffuse(oblique, smooth)
    for rows in (1, 2, 5, 13):
        grid, random = Grid(COLUMNS, rows, 0.2), np.random.default_rng(rows)
        inside = random.random(grid.shape) > 0.1
        D = tensor(0.1, 0.03, 30.0 if oblique else 0.0)
        conductances, weights = faces(grid, D, inside), bends(grid, D, inside)
        limit = stable_step(conductances, weights if smooth else None)
        # Of one cycle and of several, of which the first has more rows to keep and the second more stages in all.
        several = diffusion.plan(8.0 * limit, limit), diffusion.plan(3.0 * limit, limit, 0.25)
        euler = diffusion.plan(0.5 * limit, limit, order=1)
        tiling = Tiling(rows, COLUMNS)
        edges = [tiling.framed_faces(part) for part in conductances if part is not None]
        own = (tiling.framed_faces(weight) for weight in weights)
        operator = (
            diffusion.edges(edges),
            diffusion.Bends(*own) if smooth else diffusion.Bends(*[0.0] * 5),
        )
        start = tiling.framed(random.uniform(-80.0, 20.0, grid.shape))
        begun = tiling.inner(start)
        for plans in (several, (euler,)):
            whole = None
            for parts in range(1, rows + 1):
                V = start.copy()
                scratch = diffusion.scratch(parts, V.shape[1], smooth, plans, float)
                for plan in (*plans, *plans):
                    diffuse(0, sharing.team(1), V, scratch, *operator, plan)
                inner = tiling.inner(V)
                whole = inner if whole is None else whole
                np.testing.assert_array_equal(inner, whole, err_msg=f"{parts} of {rows}")
            assert whole[inside].sum() == pytest.approx(begun[inside].sum(), rel=1e-12)
            np.testing.assert_allclose(whole[~inside], begun[~inside], rtol=1e-13)  # weights add up to 1


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("oblique", [False, True])
def test_one_euler_step_is_the_beginning_of_the_others(oblique: bool, smooth: bool) -> None:
    grid, random, dt = Grid(COLUMNS, 12, 0.2), np.random.default_rng(1), 1e-6
    D = tensor(0.1, 0.03, 30.0 if oblique else 0.0)
    conductances, weights = faces(grid, D), bends(grid, D)
    limit = stable_step(conductances, weights if smooth else None)
    tiling = Tiling(*grid.shape)
    edges = diffusion.edges([tiling.framed_faces(part) for part in conductances if part is not None])
    own = (tiling.framed_faces(weight) for weight in weights) if smooth else [0.0] * 5
    operator = edges, diffusion.Bends(*own)
    start, rates = tiling.framed(random.uniform(-80.0, 20.0, grid.shape)), []
    for order in (1, 2):
        plan, V = diffusion.plan(dt, limit, order=order), start.copy()
        assert len(plan.coefficients) == order
        scratch = diffusion.scratch(2, V.shape[1], smooth, (plan,), float)
        diffusion.make_diffuse(oblique, smooth)(0, sharing.team(1), V, scratch, *operator, plan)
        rates.append((tiling.inner(V) - tiling.inner(start)) / dt)
    np.testing.assert_allclose(*rates, atol=1e-4 * np.abs(rates[1]).max())
