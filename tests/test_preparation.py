"""Trials on tissue: branching, early ends, and parts cut from it."""

import numpy as np
import pytest

from cardiac.assembly import assemble
from cardiac.cell.search import turn
from cardiac.config import loads
from cardiac.preparation import Moment, Preparation
from cardiac.tissue import RegionError
from cardiac.tissue.shapes import Disk, Left, Strip

TEXT = """
title: A preparation
model: {model}
tissue: {{size: {size}, spacing: 0.2 mm, diffusivity: {diffusivity}}}
regions: {{{regions}}}
run: {{duration: 100 ms}}
"""


def preparation(
    size: str = "[8 mm, 3 mm]",
    regions: str = "",
    model: str = "mitchell_schaeffer_modified",
    diffusivity: str = "0.1 mm^2/ms",
) -> Preparation:
    return assemble(loads(TEXT.format(**locals()))).preparation(1)


STRIP = (
    "strip: {shape: {strip: {center: 4 mm, width: 1 mm}}, mechanisms: [{bias_current: {strength: -2 A/F}}]}"
)


def same(one: Moment, other: Moment) -> bool:
    assert one.state.keys() == other.state.keys()
    return all(np.array_equal(one.state[name], other.state[name], equal_nan=True) for name in one.state)


@pytest.mark.parametrize(
    "model", ["mitchell_schaeffer_modified", pytest.param("luo_rudy_1991", marks=pytest.mark.slow)]
)
def test_a_trial_that_goes_on_is_the_one_that_runs_straight_through(model: str) -> None:
    """To the last bit, whatever is kept on the way and however often it is looked at."""
    tissue = preparation(regions=STRIP, model=model)
    left, right = tissue.mask(Left(0.6)), tissue.mask(Disk((7.0, 1.5), 0.5))
    s1 = tissue.pulses(left, 60.0, duration=2.0, start=1.0, interval=350.0, count=2)
    s2 = tissue.pulses(right, 60.0, duration=2.0, start=600.3)
    straight = tissue.trial([s1, s2], 700.0, keep=[700.0])
    train = tissue.trial([s1], 560.0, keep=[353.0, 555.5, 560.0])
    again = tissue.trial([s1], 560.0, keep=[560.0])
    assert same(train.end, again.end)
    for moment in train.kept[1:]:
        branch = tissue.trial([s2], 700.0, start=moment, keep=[700.0])
        assert same(branch.end, straight.end)
        np.testing.assert_array_equal(branch.activation, straight.activation)
    fresh = preparation(regions=STRIP, model=model).trial([s1, s2], 700.0, keep=[700.0])
    assert same(fresh.end, straight.end)
    assert len(straight.activation) == 3


def test_a_trial_ends_when_nothing_more_can_happen() -> None:
    tissue = preparation()
    electrode = tissue.mask(Left(0.6))
    weak, strong = (tissue.pulses(electrode, current, duration=2.0) for current in (3.0, 60.0))
    nothing, passive, wave = (
        tissue.trial([], 500.0),
        tissue.trial([weak], 500.0),
        tissue.trial([strong], 900.0),
    )
    assert nothing.quiet
    assert nothing.end.t <= 1.0
    assert passive.quiet
    assert passive.end.t < 40.0
    assert np.isnan(passive.activation).all()
    assert wave.quiet
    assert np.isfinite(wave.apd90[0]).all()
    assert wave.end.t < 500.0
    assert np.nanmax(wave.activation + wave.apd90) < wave.end.t


def test_a_trial_ends_when_the_watched_cells_are_activated() -> None:
    tissue = preparation()
    far = tissue.mask(Strip(7.0, 0.4))
    pulse = tissue.pulses(tissue.mask(Left(0.6)), 60.0, duration=2.0)
    found, whole = tissue.trial([pulse], 500.0, watched=far), tissue.trial([pulse], 60.0)
    assert found.reaches(far)
    assert not found.quiet
    assert whole.first()[far].max() <= found.end.t <= whole.first()[far].max() + 2.0
    np.testing.assert_array_equal(found.first()[far], whole.first()[far])
    assert not found.reaches(far, after=found.end.t)


def test_the_potential_can_be_displaced() -> None:
    tissue = preparation("20 mm")
    small, large = (tissue.mask(Left(width)) for width in (0.2, 4.0))
    assert tissue.trial([], 500.0, start=tissue.displaced(small, 0.0)).quiet
    assert tissue.trial([], 500.0, start=tissue.displaced(large, 0.0), watched=tissue.only((0, 90))).reaches(
        tissue.only((0, 90))
    )
    assert np.isnan(tissue.trial([], 500.0).activation).all()  # and is as it was


def test_regions_rest_together_before_anything_is_done() -> None:
    """A strip and its neighbours share a smooth potential, which does not move."""
    tissue = preparation(regions=STRIP)
    nothing = tissue.trial([], 50.0, keep=[50.0])
    edge = nothing.V_max[0]
    assert edge.min() < -81.5
    assert np.abs(np.diff(edge)).max() < 0.5 * np.ptp(edge)
    alone = tissue.cable(4.0, 0.1).trial([], 0.0).V_max
    assert np.ptp(alone) == 0.0


def test_a_cable_is_a_row_of_a_sheet() -> None:
    """A plane wave along x in the sheet, to the round-off of the operators."""
    tissue = preparation()
    cable = tissue.cable(8.0, 0.1)
    found = [
        one.trial([one.pulses(one.mask(Left(0.6)), 60.0, duration=2.0)], 40.0).first()[0]
        for one in (tissue, cable)
    ]
    np.testing.assert_allclose(*found, rtol=1e-9)


def test_places_that_are_none_are_told() -> None:
    tissue = preparation(
        regions="hole: {shape: {disk: {center: [4 mm, 1.5 mm], radius: 1 mm}}, conducts: false}"
    )
    with pytest.raises(RegionError, match="outside the tissue"):
        tissue.mask(Strip(12.0, 1.0))
    with pytest.raises(RegionError, match="outside the tissue"):
        tissue.at((12.0, 1.0))
    for place in (lambda: tissue.at((4.0, 1.5)), lambda: tissue.mask(Disk((4.0, 1.5), 0.5))):
        with pytest.raises(RegionError, match="does not conduct"):
            place()
    assert tissue.at((7.9, 0.1)) == (0, 39)


WALL = "wall: {shape: {strip: {center: 5 mm, width: 0.4 mm}}, conducts: false}"


def test_what_no_current_flows_to_is_another_piece() -> None:
    """Behind a wall, or across fibres that conduct along them only."""
    tissue = preparation(regions=WALL)
    left, right = tissue.mask(Left(0.6)), tissue.mask(Disk((7.0, 1.5), 0.5))
    np.testing.assert_array_equal(tissue.joined(left), tissue.conducting & (tissue.grid.x < 5.0))
    np.testing.assert_array_equal(tissue.joined(left | right), tissue.conducting)
    lines = preparation(diffusivity="{along: 0.1 mm^2/ms, across: 0 mm^2/ms}")
    np.testing.assert_array_equal(
        lines.joined(right), np.broadcast_to(right.any(axis=1)[:, None], right.shape)
    )


def test_a_turn_is_bracketed_by_single_trials() -> None:
    asked: list[float] = []

    def beyond(limit: float):
        def ask(value: float) -> bool:
            asked.append(value)
            return value >= limit

        return ask

    for guess in (0.1, 3.0, 80.0):
        found = turn(beyond(7.3), guess, least=0.01, most=100.0, relative=0.01)
        assert found.low < 7.3 <= found.high <= found.low / 0.99
        assert len(found.tried) == len(set(found.tried[:, 0])) == len(asked)
        asked.clear()
    whole = turn(beyond(7.3), 2.0, least=1.0, most=100.0, relative=0.01, whole=0.5)
    assert (whole.low, whole.high) == (7.0, 7.5)
    never, always = (turn(beyond(limit), 2.0, least=1.0, most=50.0, relative=0.01) for limit in (51.0, 0.5))
    assert (never.low, never.high, never.middle) == (50.0, np.inf, np.inf)
    assert (always.low, always.high, always.middle) == (0.0, 1.0, 0.0)
