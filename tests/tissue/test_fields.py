"""Fields: uniform values stay numbers; regions change them by value or factor; arrays from files."""

from typing import NamedTuple

import numpy as np
import pytest

from cardiac.tissue import Grid, field, weight
from cardiac.tissue.fields import read
from cardiac.tissue.shapes import Everywhere, Left, Right, Strip

GRID = Grid.from_size((4.0, 1.0), 0.5)


class Change(NamedTuple):
    value: float
    factor: bool = False


def test_a_value_without_changes_is_a_number():
    assert type(field(2.0)) is float
    assert type(field(np.full(GRID.shape, 2.0))) is float


def test_a_change_everywhere_leaves_a_number():
    assert field(2.0, [(weight(Everywhere(), GRID), Change(3.0, factor=True))]) == 6.0
    assert type(field(2.0, [(weight(Left(1.0), GRID), Change(2.0))])) is float


def test_regions_set_or_multiply_and_later_ones_lie_on_top():
    left, right, middle = (weight(shape, GRID) for shape in (Left(2.0), Right(2.0), Strip(2.0, 2.0)))
    changed = field(
        0.1, [(left, Change(0.3)), (right, Change(3.0, factor=True)), (middle, Change(10.0, factor=True))]
    )
    np.testing.assert_array_equal(
        changed[0], [0.3, 0.3, 3.0, 3.0, 0.1 * 3.0 * 10.0, 0.1 * 3.0 * 10.0, 0.1 * 3.0, 0.1 * 3.0]
    )


def test_a_smooth_border_blends():
    smooth = weight(Left(2.0), GRID, edge=2.0)
    np.testing.assert_allclose(field(1.0, [(smooth, Change(5.0))]), 1.0 + 4.0 * smooth, rtol=1e-15)


def test_an_array_file_of_the_grid_is_read_as_it_is_and_others_are_stretched(tmp_path):
    angles = np.arange(16.0).reshape(2, 8)
    np.save(tmp_path / "angles.npy", angles)
    np.testing.assert_array_equal(read(tmp_path / "angles.npy", GRID), angles)
    np.testing.assert_array_equal(
        read(tmp_path / "angles.npy", Grid(16, 4, 0.25)), np.kron(angles, np.ones((2, 2)))
    )
    np.save(tmp_path / "row.npy", angles[0])
    np.testing.assert_array_equal(read(tmp_path / "row.npy", GRID), [angles[0], angles[0]])


def test_an_array_that_is_no_field_is_refused(tmp_path):
    np.save(tmp_path / "words.npy", np.array([["a", "b"]]))
    with pytest.raises(
        ValueError, match=r"words.npy: an array of numbers \(rows, columns\) is expected, found <U1"
    ):
        read(tmp_path / "words.npy", GRID)
