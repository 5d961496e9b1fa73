"""Conduction velocity of cables against the same equations on the same grid in somebody else's hands.

The reference solves the spatially discrete cable with an adaptive integrator, so that at equal spacing only the error
of the time steps remains; the smallest spacings show the order of the operator.
"""

from functools import cache

import numpy as np
import pytest
from reference import cable, table

from cardiac.analysis import velocity_between
from cardiac.tissue import Grid

LENGTH, A, B = 16.0, 7.0, 12.0  # mm: the cable, and where its velocity is measured
DT = 0.005  # ms
ROWS = {row["model"]: row for row in table("cv.csv")}
SMOOTH = ("ms2003", "br1977", "lr1991", "ttp2006_epi")  # no jumps, and an error that keeps its sign
SPACINGS = (0.25, 0.1, 0.05, 0.025)  # mm


@cache
def velocity(name: str, spacing: float, dt: float = DT) -> float:
    """Conduction velocity [mm/ms] of a wave from the left end."""
    grid = Grid.from_size(LENGTH, spacing)
    tissue = cable(name, grid, dt)
    a, b = ((0, int(np.abs(grid.x - x).argmin())) for x in (A, B))
    while np.isnan(tissue.activity.activation[0][b]) and tissue.t < 150.0:
        tissue.advance(round(5.0 / dt))
    return velocity_between(tissue.activity.activation[0], grid.x, grid.y, a, b)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("name", ROWS)
def test_velocity_at_equal_spacing(name: str, spacing: float) -> None:
    assert ROWS[name][f"CV_dx{spacing:g}"] == pytest.approx(velocity(name, spacing), rel=0.001)


@pytest.mark.parametrize("name", ROWS)
def test_velocity_is_converged_in_time(name: str) -> None:
    """The last halving of the step changes two thousandths at most; the error of smooth models is of second order."""
    coarse, fine, finer = (velocity(name, 0.1, dt) for dt in (4 * DT, 2 * DT, DT))
    assert fine == pytest.approx(finer, rel=0.002)
    if name in SMOOTH:
        assert pytest.approx(np.log2((coarse - fine) / (fine - finer)), abs=0.25) == 2.0


@pytest.mark.parametrize("name", ROWS)
def test_velocity_converges_with_the_square_of_the_spacing(name: str) -> None:
    v = [velocity(name, spacing) for spacing in (0.1, 0.05, 0.025)]
    order = np.log2((v[1] - v[0]) / (v[2] - v[1]))
    assert ROWS[name]["order_obs"] == pytest.approx(
        order, abs=0.15
    )  # 2 to 2.3: that of the operator, and of jumps
    assert ROWS[name]["CV_0"] == pytest.approx((4.0 * v[2] - v[1]) / 3.0, rel=0.001)
