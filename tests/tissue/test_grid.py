"""The grid: sheets, cables, single cells, and which cell a point lies in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardiac.tissue import Grid


def test_a_sheet_is_covered_by_whole_cells_with_centres_half_a_cell_from_the_border():
    grid = Grid.from_size((40.0, 10.0), 0.1)
    assert grid.shape == (100, 400)
    assert (grid.x[0], grid.y[0]) == (0.05, 0.05)
    np.testing.assert_allclose([grid.x[-1], grid.y[-1]], [39.95, 9.95], rtol=1e-15)


@pytest.mark.parametrize("size", [40.0, (40.0,)])
def test_one_length_makes_a_cable(size):
    grid = Grid.from_size(size, 0.1)
    assert grid.shape == (1, 400)
    assert grid.extent == "40 mm"
    assert grid.cell_at([20.0]) == (0, 200)


def test_a_single_cell_needs_no_spacing():
    assert Grid().shape == (1, 1)
    assert Grid().cell_at([]) == (0, 0)


@pytest.mark.parametrize(
    ("size", "spacing"), [((0.04,), 0.1), ((10.0, 0.0), 0.1), ((10.0,), 0.0), ((1.0, 1.0, 1.0), 0.1)]
)
def test_a_tissue_without_cells_is_refused(size, spacing):
    with pytest.raises(ValueError, match=r"cell|positive|expected x and y"):
        Grid.from_size(size, spacing)


@given(st.integers(1, 500), st.sampled_from([0.05, 0.1, 0.15, 0.2, 0.25, 0.3]), st.data())
def test_every_centre_and_every_left_face_lies_in_its_cell(n, spacing, data):
    grid = Grid.from_size(n * spacing, spacing)
    j = data.draw(st.integers(0, n - 1))
    assert grid.nx == n
    assert grid.cell_at([grid.x[j]]) == (0, j)
    assert grid.cell_at([j * spacing]) == (0, j)


def test_the_last_face_belongs_to_the_last_cell_and_beyond_it_is_outside():
    grid = Grid.from_size((40.0, 10.0), 0.1)
    assert grid.cell_at([40.0, 10.0]) == (99, 399)
    with pytest.raises(ValueError, match=r"\(50, 5\) mm lies outside the tissue \(40 mm x 10 mm\)"):
        grid.cell_at([50.0, 5.0])
