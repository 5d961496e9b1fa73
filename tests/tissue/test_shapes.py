"""Shapes: geometry of each, exact counts where the grid allows them, symmetry, files, seeds."""

import itertools
from pathlib import Path
from typing import get_args, get_type_hints

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imsave

from cardiac.tissue import SHAPES, Grid, Not, RegionError, mask, weight
from cardiac.tissue.shapes import (
    Bottom,
    Disk,
    Ellipse,
    File,
    HalfPlane,
    Image,
    Left,
    Polygon,
    Random,
    Rectangle,
    Right,
    Strip,
    Top,
)
from cardiac.units import deg, extent, mm, one, point

SIZE = (12.0, 9.0)
POINTS = [(3.0, 2.0), (10.0, 7.0), (4.0, 8.0)]


@pytest.fixture
def files(tmp_path):
    """A picture and an array of the upper left quarter."""
    quarter = np.ones((90, 120))
    quarter[:45, :60] = 0.0  # images start at the top
    imsave(tmp_path / "quarter.png", quarter, cmap="gray", vmin=0.0, vmax=1.0)
    np.save(tmp_path / "quarter.npy", quarter[::-1] == 0.0)
    return {"image": tmp_path / "quarter.png", "file": tmp_path / "quarter.npy"}


def example(name, files):
    """A shape of this kind made from its annotations: a new one is tested without being listed."""
    record, points = SHAPES[name], itertools.cycle(POINTS)
    made = {
        mm: lambda: 5.0,
        extent: lambda: 2.0,
        one: lambda: 0.3,
        deg: lambda: 30.0,
        point: lambda: next(points),
        Path: lambda: files[name],
    }

    def value(hint):
        if getattr(hint, "__origin__", None) is tuple:
            item, *more = get_args(hint)
            return tuple(value(item) for _ in range(3 if more == [...] else 1 + len(more)))
        known = [each for each in (hint, *get_args(hint)) if each in made]  # of X | None, X
        return made[known[0]]() if known else None

    hints, defaults = get_type_hints(record, include_extras=True), record._field_defaults
    return record(*(value(hints[f]) if defaults.get(f) is None else defaults[f] for f in record._fields))


@pytest.fixture(params=SHAPES)
def shape(request, files):
    return example(request.param, files)


def area(shape, spacing):
    return mask(shape, Grid.from_size(SIZE, spacing)).sum() * spacing**2


def test_area_converges(shape):
    fine = area(shape, 0.0125)
    for spacing in (0.2, 0.1, 0.05):
        # A border of some 50 mm, misjudged by dx/8 on average at worst.
        assert area(shape, spacing) == pytest.approx(fine, abs=6.0 * spacing)


def test_bounds_contain_the_shape(shape):
    grid = Grid.from_size(SIZE, 0.1)
    inside, box = mask(shape, grid), shape.bounds(grid)
    x, y = np.meshgrid(grid.x, grid.y)
    for coordinate, low, high in ((x[inside], box.left, box.right), (y[inside], box.bottom, box.top)):
        assert low <= coordinate.min() <= coordinate.max() <= high


def test_a_smooth_border_is_half_of_the_edge_on_either_side(shape):
    grid = Grid.from_size(SIZE, 0.1)
    sharp, smooth = mask(shape, grid), weight(shape, grid, edge=1.0)
    distance = shape.distance(grid.x[np.newaxis, :], grid.y[:, np.newaxis], grid)
    np.testing.assert_array_equal(smooth[distance > 0.5], 1.0)
    np.testing.assert_array_equal(smooth[distance < -0.5], 0.0)
    beside = np.abs(distance) > 1e-5
    np.testing.assert_array_equal((smooth >= 0.5)[beside], sharp[beside])


def test_the_distance_has_slope_one_at_the_border(shape):
    """Smooth borders have the width that was asked for."""
    grid = Grid.from_size(SIZE, 0.05)
    distance = shape.distance(grid.x[np.newaxis, :], grid.y[:, np.newaxis], grid)
    if np.isinf(distance).all():
        return
    slope = np.hypot(*np.gradient(distance, grid.spacing))
    near = np.abs(distance) < 0.2
    assert np.median(slope[near]) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("shape", "exact"),
    [
        (Disk((6.0, 4.5), 3.0), np.pi * 9.0),
        (Ellipse((6.0, 4.5), (4.0, 1.5), 30.0), np.pi * 6.0),
        (Polygon(((2.0, 1.0), (10.0, 2.0), (5.0, 8.0))), 26.5),
        (Strip(6.0, 2.0, angle=30.0), 2.0 * 9.0 / np.cos(np.pi / 6.0)),
        (HalfPlane((6.0, 4.5), 37.0), 54.0),
        (Rectangle((2.0, 1.0), (5.0, 7.0)), 18.0),
        (Right(1.0), 9.0),
        (Top(1.0), 12.0),
    ],
)
def test_area_is_exact_in_the_limit(shape, exact):
    assert area(shape, 0.01) == pytest.approx(exact, rel=2e-3)


@given(
    st.integers(1, 40),
    st.sampled_from([0.05, 0.1, 0.15, 0.2, 0.25]),
    st.floats(0.0, 1.0),
    st.sampled_from("xy"),
    st.data(),
)
def test_a_strip_of_n_cells_has_n_cells_wherever_it_lies(n, dx, offset, axis, data):
    offset = data.draw(st.sampled_from([offset, 0.0, 0.5]))  # of a cell: anywhere, on faces, through centres
    grid = Grid(60, 50, dx)
    center = (data.draw(st.integers(1, 8)) + offset + 0.5 * n) * dx
    inside = mask(Strip(center, n * dx, axis), grid)
    assert inside.any(axis=0 if axis == "x" else 1).sum() == n
    assert inside.sum() == n * (grid.ny if axis == "x" else grid.nx)


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 80), st.integers(0, 80))
def test_a_rectangle_of_n_by_m_cells_has_as_many(n, m, left, bottom):
    dx = 0.1
    x, y = 0.25 * left * dx, 0.25 * bottom * dx
    inside = mask(Rectangle((x + n * dx, y), (x, y + m * dx)), Grid(45, 45, dx))
    assert inside.sum() == n * m


@given(st.floats(0.5, 2.5), st.floats(2.7, 5.5))
def test_strips_side_by_side_share_no_cell_and_leave_none_out(low, high):
    grid = Grid(60, 3, 0.1)
    parts = Left(low), Strip(0.5 * (low + high), high - low), Right(grid.width - high)
    np.testing.assert_array_equal(sum(weight(part, grid) for part in parts), 1.0)


@given(st.integers(10, 30), st.integers(10, 30), st.integers(1, 20))
def test_disks_on_a_grid_line_or_centre_are_symmetric(column, row, radius):
    dx = 0.1
    grid = Grid(40, 40, dx)
    inside = mask(Disk((0.5 * column * dx + 1.0, 0.5 * row * dx + 1.0), 0.5 * radius * dx + 0.5 * dx), grid)
    rows, columns = np.nonzero(inside)
    box = inside[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    np.testing.assert_array_equal(box, box[:, ::-1])
    np.testing.assert_array_equal(box, box[::-1, :])


def test_the_same_area_said_in_several_ways():
    grid = Grid.from_size(SIZE, 0.1)
    left = mask(Left(5.0), grid)
    for same in (
        HalfPlane((5.0,), 180.0),
        Rectangle((0.0,), (5.0,)),
        Strip(2.5, 5.0),
        Not(HalfPlane((5.0, 1.0), 0.0)),
        Polygon(((0.0, 0.0), (5.0, 0.0), (5.0, 9.0), (0.0, 9.0))),
        Polygon(((0.0, 0.0), (0.0, 9.0), (5.0, 9.0), (5.0, 0.0))),
        Not(Right(7.0)),
    ):
        np.testing.assert_array_equal(mask(same, grid), left)
    np.testing.assert_array_equal(mask(Bottom(2.0), grid), mask(Strip(1.0, 2.0, "y"), grid))
    np.testing.assert_array_equal(
        mask(Ellipse((6.0, 4.0), (2.0, 2.0), 20.0), grid), mask(Disk((6.0, 4.0), 2.0), grid)
    )


def test_angles_turn_counter_clockwise():
    grid = Grid.from_size(SIZE, 0.1)
    tilted = mask(Strip(6.0, 1.0, angle=20.0), grid)
    assert tilted[-1].argmax() < tilted[0].argmax()  # a vertical band leans to the left
    assert mask(HalfPlane((6.0, 4.5), 45.0), grid)[-1, -1]
    assert mask(Ellipse((6.0, 4.5), (4.0, 1.0), 30.0), grid)[grid.cell_at((6.0 + 3.0, 4.5 + 1.7))]


def test_distances_of_straight_shapes_are_exact():
    grid = Grid.from_size(SIZE, 1.0)
    far = Rectangle((1.0, 1.0), (2.0, 2.0)).distance(grid.x[np.newaxis, :], grid.y[:, np.newaxis], grid)
    assert far[4, 5] == pytest.approx(-np.hypot(3.5, 2.5))
    square = Polygon(((1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)))
    np.testing.assert_allclose(
        square.distance(grid.x[np.newaxis, :], grid.y[:, np.newaxis], grid), far, atol=1e-12
    )


@pytest.mark.parametrize("name", ["image", "file"])
@pytest.mark.parametrize("spacing", [0.05, 0.1, 0.5])
def test_files_are_stretched_over_the_tissue_the_right_way_up(name, spacing, files):
    grid = Grid.from_size(SIZE, spacing)
    x, y = np.meshgrid(grid.x, grid.y)
    np.testing.assert_array_equal(mask(SHAPES[name](files[name]), grid), (x < 6.0) & (y > 4.5))


def test_the_bright_part_of_an_image_is_what_is_not_dark(files):
    grid = Grid.from_size(SIZE, 0.1)
    bright = mask(Image(files["image"], inside="bright"), grid)
    np.testing.assert_array_equal(bright, ~mask(Image(files["image"]), grid))


def test_transparent_pixels_count_as_white(tmp_path):
    pixels = np.zeros((2, 2, 4))
    pixels[0, 0, 3] = 1.0  # one opaque black pixel
    imsave(tmp_path / "dot.png", pixels)
    np.testing.assert_array_equal(
        mask(Image(tmp_path / "dot.png"), Grid(2, 2, 1.0)), [[False, False], [True, False]]
    )


def test_an_array_is_found_in_every_kind_of_file(tmp_path):
    inside = np.array([[True, False, False], [True, True, False]])
    np.savez(tmp_path / "m.npz", inside=inside, other=~inside)
    with h5py.File(tmp_path / "m.h5", "w") as h5:
        h5["regions/inside"] = inside
    grid = Grid(3, 2, 1.0)
    np.testing.assert_array_equal(mask(File(tmp_path / "m.npz", "inside"), grid), inside)
    np.testing.assert_array_equal(mask(File(tmp_path / "m.h5", "regions/inside"), grid), inside)


def test_files_that_cannot_be_read_say_why(tmp_path):
    grid = Grid(3, 2, 1.0)
    np.savez(tmp_path / "two.npz", a=np.ones(2), b=np.ones(2))
    np.save(tmp_path / "solid.npy", np.ones((2, 2, 2)))
    (tmp_path / "broken.npz").write_bytes(b"PK no archive")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    for shape, message in (
        (File(tmp_path / "none.npy"), "none.npy"),
        (File(tmp_path / "broken.npz"), "broken.npz"),
        (File(tmp_path / "mask.txt"), r"\.npy, \.npz or \.h5"),
        (File(tmp_path / "two.npz"), "which `dataset` of a, b"),
        (File(tmp_path / "two.npz", "c"), "c"),
        (File(tmp_path / "solid.npy"), r"\(rows, columns\) is expected"),
        (Image(tmp_path / "none.png"), "none.png"),
        (Image(tmp_path / "broken.png"), "as an image"),
    ):
        with pytest.raises(ValueError, match=message):
            mask(shape, grid)


@given(st.floats(0.02, 1.0), st.sampled_from([None, 0.3, 1.0]), st.integers(0, 10))
@settings(deadline=None)
def test_random_patches_cover_the_fraction(fraction, patch, seed):
    grid = Grid(40, 30, 0.1)
    assert mask(Random(fraction, patch, seed), grid).mean() == pytest.approx(fraction, abs=1.0 / 1200.0)


def test_a_seed_is_a_pattern():
    grid = Grid(40, 30, 0.1)
    first = mask(Random(0.3, seed=1), grid)
    np.testing.assert_array_equal(first, mask(Random(0.3, seed=1), grid))
    assert (first != mask(Random(0.3, seed=2), grid)).any()
    np.testing.assert_array_equal(np.flatnonzero(first)[:6], [1, 3, 6, 10, 13, 20])


def test_a_pattern_of_patches_is_the_same_at_every_spacing():
    coarse, fine = (mask(Random(0.3, 1.0), Grid.from_size(SIZE, dx)) for dx in (0.1, 0.05))
    assert (np.kron(coarse, np.ones((2, 2))) != fine).mean() < 0.03


def test_patches_have_their_size():
    def borders(patch):
        return np.diff(mask(Random(0.3, patch), Grid.from_size(SIZE, 0.05)), axis=1).sum()

    assert borders(0.5) / borders(2.0) == pytest.approx(4.0, rel=0.25)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (Random(1.5), "not between 0 and 1"),
        (Image(Path("any.png"), threshold=3.0), "not between 0"),
        (Polygon(((0.0, 0.0), (1.0, 1.0))), "three points or more, 2 given"),
    ],
)
def test_impossible_shapes_are_refused(shape, message):
    with pytest.raises(RegionError, match=message):
        mask(shape, Grid(4, 4, 1.0))
