"""Regions: weights, combinations, references, and what is said of a region that is empty."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiac.tissue import AllOf, AnyOf, Graded, GradedError, Grid, Named, Not, RegionError, mask, weight
from cardiac.tissue.shapes import Disk, Everywhere, HalfPlane, Left, Random, Rectangle, Strip

GRID = Grid.from_size((40.0, 10.0), 0.5)
NAMED = {
    "strip": Strip(20.0, 4.0),
    "hole": Not(Named("strip")),
    "loop": AnyOf((Named("pool"),)),
    "pool": Named("loop"),
}

basic = st.one_of(
    st.builds(
        Strip, st.floats(0.0, 40.0), st.floats(0.1, 20.0), st.sampled_from("xy"), st.floats(-90.0, 90.0)
    ),
    st.builds(Disk, st.tuples(st.floats(0.0, 40.0), st.floats(0.0, 10.0)), st.floats(0.1, 20.0)),
    st.builds(HalfPlane, st.tuples(st.floats(0.0, 40.0), st.floats(0.0, 10.0)), st.floats(0.0, 360.0)),
    st.builds(Random, st.floats(0.05, 0.95), st.just(2.0), st.integers(0, 99)),
    st.just(Named("strip")),
)
shapes = st.recursive(
    basic,
    lambda parts: (
        st.builds(Not, parts)
        | st.builds(AnyOf, st.tuples(parts, parts))
        | st.builds(AllOf, st.tuples(parts, parts))
    ),
    max_leaves=5,
)


def members(shape):
    """The mask, empty where `mask` refuses an empty region."""
    try:
        return mask(shape, GRID, NAMED)
    except RegionError:
        return np.zeros(GRID.shape, dtype=bool)


@given(shapes, shapes)
@settings(deadline=None)
def test_combinations_are_those_of_sets(a, b):
    np.testing.assert_array_equal(members(AnyOf((a, b))), members(a) | members(b))
    np.testing.assert_array_equal(members(AllOf((a, b))), members(a) & members(b))
    np.testing.assert_array_equal(members(Not(a)), ~members(a))
    np.testing.assert_array_equal(members(Not(AnyOf((a, b)))), members(AllOf((Not(a), Not(b)))))  # De Morgan


@given(shapes, st.floats(0.1, 5.0))
@settings(deadline=None)
def test_smooth_weights_of_a_region_and_of_the_rest_add_to_one(shape, edge):
    try:
        inside, outside = (weight(part, GRID, edge, NAMED) for part in (shape, Not(shape)))
    except RegionError:
        return
    assert inside.min() >= 0.0
    assert inside.max() <= 1.0
    np.testing.assert_allclose(inside + outside, 1.0, atol=1e-14)


def test_a_smooth_border_rises_monotonically_over_its_width():
    across = weight(Strip(20.0, 8.0), GRID, edge=4.0)[0, :40]
    assert (np.diff(across) >= 0.0).all()
    assert ((across > 0.0) & (across < 1.0)).sum() == 8  # 4 mm
    assert across[GRID.x[:40] < 16.0].max() < 0.5 < across[GRID.x[:40] > 16.0].min()
    np.testing.assert_allclose(
        across[28:32] + across[35:31:-1], 1.0, atol=1e-14
    )  # odd about the border, x = 16 mm


def test_a_sharp_weight_is_zero_or_one():
    np.testing.assert_array_equal(weight(NAMED["strip"], GRID), mask(NAMED["strip"], GRID))
    assert set(np.unique(weight(NAMED["strip"], GRID))) == {0.0, 1.0}


def test_a_graded_region_rises_linearly_between_two_points_and_ends_sharply():
    strip, graded = Strip(20.0, 8.0), Graded((16.0,), (22.0,))
    across = weight(strip, GRID, graded=graded)[0]
    inside = mask(strip, GRID)[0]
    np.testing.assert_allclose(across[inside], np.clip((GRID.x[inside] - 16.0) / 6.0, 0.0, 1.0), atol=1e-12)
    assert across[inside][-1] == 1.0
    assert not across[~inside].any()


def test_a_graded_region_may_rise_in_any_direction():
    both = Graded((10.0, 2.0), (13.0, 6.0))
    weights = weight(Everywhere(), GRID, graded=both)
    along = ((GRID.x[None, :] - 10.0) * 3.0 + (GRID.y[:, None] - 2.0) * 4.0) / 25.0
    np.testing.assert_allclose(weights, np.clip(along, 0.0, 1.0), atol=1e-12)


def test_an_edge_and_a_gradient_multiply():
    strip, graded = Strip(20.0, 8.0), Graded((10.0,), (22.0,))
    both = weight(strip, GRID, 2.0, graded=graded)
    np.testing.assert_array_equal(both, weight(strip, GRID, 2.0) * graded.along(GRID))


def test_a_region_cannot_be_graded_from_a_point_to_itself_nor_grow_elsewhere():
    with pytest.raises(GradedError, match="from a point to the same point"):
        weight(Everywhere(), GRID, graded=Graded((3.0, 1.0), (3.0, 1.0)))
    with pytest.raises(GradedError, match="half of what it is at `to` in no cell of its shape"):
        weight(Everywhere(), GRID, graded=Graded((3.0,), (900.0,)))


def test_everywhere_is_everywhere_with_and_without_an_edge():
    assert weight(Everywhere(), GRID).min() == weight(Everywhere(), GRID, edge=1.0).min() == 1.0


def test_a_region_may_refer_to_another():
    np.testing.assert_array_equal(mask(Named("hole"), GRID, NAMED), ~mask(Strip(20.0, 4.0), GRID))


@pytest.mark.parametrize("name", ["loop", "nowhere"])
def test_a_region_cannot_refer_to_itself_or_to_nothing(name):
    with pytest.raises(RegionError, match=r'no region ".*" here, or it is made of itself'):
        mask(Named(name), GRID, NAMED)


@pytest.mark.parametrize("edge", [0.0, 0.2])
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (Strip(50.0, 4.0), "lies outside the tissue (x 48..52 mm, tissue is 40 mm wide)"),
        (Strip(13.0, 2.0, "y"), "lies outside the tissue (y 12..14 mm, tissue is 10 mm high)"),
        (Left(-1.0), "lies outside the tissue (x below -1 mm, tissue is 40 mm wide)"),
        (HalfPlane((41.0, 0.0), 0.0), "lies outside the tissue (x above 41 mm, tissue is 40 mm wide)"),
        (
            AnyOf((Strip(50.0, 4.0), Strip(60.0, 4.0))),
            "lies outside the tissue (x 48..62 mm, tissue is 40 mm wide)",
        ),
        (
            AllOf((Disk((-9.0, 5.0), 2.0), Left(5.0))),
            "lies outside the tissue (x -11..-7 mm, tissue is 40 mm wide)",
        ),
        (
            Strip(20.0, 0.02),
            "contains no cell centre (x 19.99..20.01 mm, y everywhere; cells are 0.5 mm wide)",
        ),
        (AllOf((Strip(20.0, 4.0), Not(Strip(20.0, 6.0)))), "contains no cell of the tissue (40 mm x 10 mm)"),
    ],
)
def test_an_empty_region_says_where_it_is_and_where_the_tissue_is(shape, message, edge):
    with pytest.raises(RegionError) as error:
        weight(shape, GRID, edge)
    assert str(error.value) == message


def test_points_on_a_cable_need_no_y():
    cable = Grid.from_size(40.0, 0.5)
    for shape in (Disk((20.0,), 2.0), Rectangle((18.0,), (22.0,)), Strip(20.0, 4.0)):
        assert mask(shape, cable).sum() == 8
