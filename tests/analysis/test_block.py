"""The verdict on a region, on activation maps whose answer is known exactly."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardiac.analysis import Criteria, Verdict, verdict

DX, SPEED = 0.1, 0.5  # mm, mm/ms
LATE = 1000.0  # the run ends long after everything


class Sheet(NamedTuple):
    """Cell centres of a tissue, and distances travelled along a direction."""

    x: np.ndarray
    y: np.ndarray

    @property
    def mesh(self):
        return np.meshgrid(self.x, self.y)

    def along(self, angle: float) -> np.ndarray:
        X, Y = self.mesh
        s = X * math.cos(math.radians(angle)) + Y * math.sin(math.radians(angle))
        return s - s.min()

    def disk(self, cx, cy, radius):
        X, Y = self.mesh
        return np.hypot(X - cx, Y - cy) <= radius


def sheet(width=20.0, height=8.0):
    return Sheet((np.arange(round(width / DX)) + 0.5) * DX, (np.arange(round(height / DX)) + 0.5) * DX)


def judge(s: Sheet, activation, region, end=LATE, **options) -> Verdict:
    return verdict(activation, s.x, s.y, region, spacing=DX, end=end, **options)


def ramp(s, first, last):
    """0 before `first`, 1 behind `last`, linear between."""
    return np.clip((s - first) / (last - first), 0.0, 1.0)


def around_disk(s: Sheet, cx, cy, radius):
    """Arrival of a plane wave from the left around a disk that does not conduct: geodesics of the plane."""
    X, Y = s.mesh
    dx, dy = X - cx, np.abs(Y - cy)
    distance = np.maximum(np.hypot(dx, dy), radius)
    tangent = np.arccos(radius / distance)
    arc = np.maximum(np.pi / 2 - np.arctan2(dy, dx) - tangent + 0.0, 0.0)
    shadow = (dx > 0) & (dy < radius)
    path = np.where(shadow, cx + radius * arc + np.sqrt(distance**2 - radius**2), X)
    return np.where(s.disk(cx, cy, radius), np.nan, path / SPEED)


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 30, -45, 117, 200])
def test_wave_through_tissue_like_any_other_is_conducted_on_time(angle):
    s = sheet(16.0, 16.0)
    found = judge(s, s.along(angle) / SPEED, s.disk(8.0, 8.0, 3.0))
    assert found.outcome == "conducted"
    assert (found.direction_x, found.direction_y) == pytest.approx(
        (math.cos(math.radians(angle)), math.sin(math.radians(angle))), abs=1e-6
    )
    assert found.velocity == pytest.approx(SPEED)
    assert found.delay == pytest.approx(0.0, abs=1e-6)
    assert found.path_length == pytest.approx(8.0, abs=DX)
    assert found.reached_fraction == 1.0
    assert not found.bypassed
    assert not found.met
    assert not found.clamped
    assert math.isnan(found.position)
    assert found.sentence == "CONDUCTED, on time"


@pytest.mark.parametrize(
    ("extra", "outcome"), [(1.0, "conducted"), (2.3, "conducted"), (2.5, "delayed"), (40.0, "delayed")]
)
def test_delay_is_what_the_region_adds(extra, outcome):
    """4 mm of region and two margins take 12 ms at 0.5 mm/ms; delayed begins beyond 1.2 of this."""
    s = sheet()
    activation = s.along(0) / SPEED + extra * ramp(s.along(0), 8.0, 12.0)
    found = judge(s, activation, (s.mesh[0] > 8.0) & (s.mesh[0] < 12.0))
    assert found.outcome == outcome
    assert found.baseline == pytest.approx(12.0, abs=DX / SPEED)
    assert found.delay == pytest.approx(extra)
    assert found.transit == pytest.approx(found.baseline + extra)


def test_strip_blocks_where_activation_ends():
    s = sheet()
    X = s.mesh[0]
    region = (X > 8.0) & (X < 12.0)
    found = judge(s, np.where(X < 9.0, X / SPEED, np.nan), region)
    assert found.outcome == "blocked"
    assert found.position == found.x == pytest.approx(9.0)
    assert found.y == pytest.approx(4.0)
    assert found.reached_fraction == pytest.approx(0.25)
    assert found.arrival == pytest.approx(7.0 / SPEED)
    assert found.horizon == pytest.approx(found.arrival + 60.0)  # five transits of 12 ms
    assert not found.bypassed
    assert found.sentence == "BLOCKED at x = 9.0 mm (25 % of the region activated, horizon 74.0 ms)"


@pytest.mark.parametrize(
    ("angle", "expected"), [(0, (9.0, 4.0)), (180, (11.0, 4.0)), (90, (10.0, 3.0)), (270, (10.0, 5.0))]
)
def test_position_counts_from_the_side_the_wave_comes_from(angle, expected):
    s = sheet()
    region = s.disk(10.0, 4.0, 2.0)
    stop = {0: 9.0, 180: 9.0, 90: 3.0, 270: 3.0}[angle]
    found = judge(s, np.where(s.along(angle) < stop - 0.5 * DX, s.along(angle) / SPEED, np.nan), region)
    assert found.outcome == "blocked"
    assert (found.x, found.y) == pytest.approx(expected, abs=1e-9)
    assert found.position == pytest.approx(expected[0 if angle in (0, 180) else 1])
    assert f"{'x' if angle in (0, 180) else 'y'} = {found.position:.1f} mm" in found.sentence


def test_oblique_wave_stops_on_its_path():
    s = sheet(16.0, 16.0)
    along = s.along(30)
    found = judge(s, np.where(along < 10.0, along / SPEED, np.nan), s.disk(8.0, 8.0, 3.0))
    where = (found.x - 0.05) * math.cos(math.pi / 6) + (found.y - 0.05) * math.sin(math.pi / 6)
    assert where == pytest.approx(10.0, abs=DX)
    assert f"({found.x:.1f}, {found.y:.1f}) mm" in found.sentence


@pytest.mark.parametrize(("end", "outcome"), [(73.0, "undecided"), (75.0, "blocked")])
def test_no_verdict_before_the_horizon(end, outcome):
    s = sheet()
    X = s.mesh[0]
    found = judge(s, np.where(X < 9.0, X / SPEED, np.nan), (X > 8.0) & (X < 12.0), end)
    assert found.horizon == pytest.approx(74.0)
    assert found.outcome == outcome
    assert found.x == pytest.approx(9.0)


def test_activation_behind_the_horizon_is_block():
    """The front creeps: where it is at the horizon is where it is blocked."""
    s = sheet()
    X = s.mesh[0]
    found = judge(s, X / SPEED + 200.0 * ramp(X, 8.0, 12.0), (X > 8.0) & (X < 12.0))
    assert found.outcome == "blocked"
    assert not found.bypassed
    # 74 ms at x / 0.5 + 50 (x - 8): the front is at 474 / 52
    assert found.position == pytest.approx(474 / 52, abs=DX)
    assert found.sentence.endswith(", distal side activated 200.0 ms late")


def test_short_region_is_given_the_least_horizon():
    s = sheet()
    X = s.mesh[0]
    activation = X / SPEED + 30.0 * ramp(X, 9.9, 10.1)
    found = judge(s, activation, (X > 9.9) & (X < 10.1))
    assert found.horizon - found.arrival == 50.0
    assert found.outcome == "delayed"
    impatient = judge(s, activation, (X > 9.9) & (X < 10.1), criteria=Criteria(least_horizon=30.0))
    assert impatient.outcome == "blocked"


def test_words_of_a_delay():
    s = sheet()
    X = s.mesh[0]
    found = judge(s, X / SPEED + 14.2 * ramp(X, 8.0, 12.0), (X > 8.0) & (X < 12.0))
    assert found.sentence == "DELAYED, 14.2 ms late (transit 26.2 ms, 12.0 ms without the region)"


def test_wave_that_goes_around_a_disk_is_blocked_by_it():
    s, radius = sheet(20.0, 16.0), 3.0
    activation = around_disk(s, 10.0, 8.0, radius)
    found = judge(s, activation, s.disk(10.0, 8.0, radius))
    assert found.outcome == "blocked"
    assert found.bypassed
    assert found.reached_fraction == 0.0
    assert found.position == pytest.approx(7.0, abs=DX)
    detour = radius * math.asin(radius / 4.0) + math.sqrt(16.0 - radius**2) - 4.0  # behind the centre
    assert found.delay == pytest.approx(detour / SPEED, abs=DX / SPEED)
    assert "the wave went around, distal side activated" in found.sentence


def test_scar_blocks_like_any_region():
    s, radius = sheet(20.0, 16.0), 3.0
    scar = s.disk(10.0, 8.0, radius)
    found = judge(s, around_disk(s, 10.0, 8.0, radius), scar, conducting=~scar)
    assert (found.outcome, found.bypassed, found.reached_fraction) == ("blocked", True, 0.0)
    assert found.position == pytest.approx(7.0, abs=DX)


def test_fibrosis_within_a_region_that_conducts_does_not_block():
    s = sheet()
    X = s.mesh[0]
    region = (X > 8.0) & (X < 12.0)
    fibrosis = region & (np.random.default_rng(1).random(X.shape) < 0.2)
    found = judge(s, np.where(fibrosis, np.nan, X / SPEED), region, conducting=~fibrosis)
    assert found.outcome == "conducted"
    assert found.reached_fraction == 1.0


def test_disk_entered_again_from_behind_has_blocked():
    """One-way block: the front dies in the middle, the wave that went around returns 20 ms later."""
    s, radius = sheet(20.0, 16.0), 3.0
    X = s.mesh[0]
    outside = around_disk(s, 10.0, 8.0, radius)
    behind = np.nanmin(outside[:, s.x > 13.2])
    returning = np.where(X > 10.0, behind + 10.0 + (13.0 - X) / SPEED, X / SPEED)
    found = judge(s, np.where(s.disk(10.0, 8.0, radius), returning, outside), s.disk(10.0, 8.0, radius))
    assert (found.outcome, found.bypassed, found.reached_fraction) == ("blocked", True, 1.0)
    assert found.position == pytest.approx(10.0, abs=2 * DX)


def test_fronts_that_meet_in_the_region_are_conduction():
    """The wave overtakes itself around a slow disk; nothing stops."""
    s, radius = sheet(20.0, 16.0), 3.0
    X = s.mesh[0]
    outside = around_disk(s, 10.0, 8.0, radius)
    rear = 10.0 / SPEED + radius * math.pi / 2 / SPEED
    inside = np.minimum(7.0 / SPEED + (X - 7.0) / 0.25, rear + (13.0 - X) / 0.25)
    found = judge(s, np.where(s.disk(10.0, 8.0, radius), inside, outside), s.disk(10.0, 8.0, radius))
    assert (found.outcome, found.met, found.bypassed) == ("conducted", True, False)
    assert found.sentence.endswith("late; met by a wave from behind")


def test_current_may_carry_the_wave_across_a_gap():
    """A thin strip that never crosses the level, with a passage far away: the wave reappears behind it."""
    s = sheet(20.0, 8.0)
    X, Y = s.mesh
    gap = (X > 10.0) & (X < 10.3) & (Y > 1.0)
    found = judge(s, np.where(gap, np.nan, X / SPEED + 3.0 * (X > 10.0)), gap)
    assert (found.outcome, found.bypassed) == ("delayed", False)
    assert found.delay == pytest.approx(3.0)
    spanning = (X > 10.0) & (X < 10.3)
    assert judge(s, np.where(spanning, np.nan, X / SPEED), spanning).outcome == "conducted"


def test_front_that_dies_before_the_region_is_blocked_there():
    """A strong sink keeps its neighbours from reaching the level."""
    s = sheet()
    X = s.mesh[0]
    found = judge(s, np.where(X < 7.6, X / SPEED, np.nan), (X > 8.0) & (X < 12.0))
    assert found.outcome == "blocked"
    assert found.position == pytest.approx(7.6)
    assert found.reached_fraction == 0.0


@pytest.mark.parametrize("reached", [np.nan, 5.0])
def test_wave_that_does_not_come_is_no_verdict(reached):
    s = sheet()
    X = s.mesh[0]
    found = judge(s, np.where(reached > X, X / SPEED, np.nan), (X > 8.0) & (X < 12.0), 30.0)
    assert found.outcome == "not reached"
    assert found.reached_fraction == 0.0
    assert math.isnan(found.horizon)
    assert found.sentence == "NOT REACHED: the wave had not come to the region by t = 30.0 ms"


@pytest.mark.parametrize("stop", [9.0, 30.0])
def test_cable(stop):
    x = (np.arange(200) + 0.5) * DX
    activation = np.where(x < stop, x / SPEED, np.nan)[None]
    found = verdict(activation, x, np.array([0.5 * DX]), (abs(x - 10.0) < 2.0)[None], spacing=DX, end=LATE)
    assert found.outcome == ("blocked" if stop < 20.0 else "conducted")
    assert found.position == pytest.approx(9.0 if stop < 20.0 else math.nan, nan_ok=True)
    assert found.velocity == pytest.approx(SPEED)
    assert found.direction_y == 0.0


@pytest.mark.parametrize("end_of_path", [20.0, 17.0])
def test_region_at_the_far_edge_is_judged_to_the_edge(end_of_path):
    s = sheet()
    X = s.mesh[0]
    found = judge(s, np.where(end_of_path > X, X / SPEED, np.nan), X > 16.0)
    assert found.outcome == ("conducted" if end_of_path == 20.0 else "blocked")
    assert found.clamped
    assert found.path_length == pytest.approx(5.0, abs=DX)
    assert found.sentence.endswith("path cut short (edge, scar or electrode)")


def test_scar_that_ends_the_tissue_blocks():
    s = sheet()
    X = s.mesh[0]
    found = judge(s, np.where(X < 16.0, X / SPEED, np.nan), X > 16.0, conducting=X < 16.0)
    assert found.outcome == "blocked"
    assert found.position == pytest.approx(16.0, abs=DX)


@pytest.mark.parametrize("dead_end", [np.inf, 12.0])
def test_region_larger_than_the_tissue_has_no_baseline(dead_end):
    s = sheet()
    X = s.mesh[0]
    found = judge(s, np.where(dead_end > X, X / SPEED, np.nan), np.ones_like(X, dtype=bool))
    assert math.isnan(found.baseline)
    assert math.isnan(found.delay)
    assert found.clamped
    if dead_end == 12.0:
        assert (found.outcome, found.position) == ("blocked", pytest.approx(12.0))
    else:
        assert found.outcome == "conducted"
        assert "too little tissue before the region to compare with" in found.sentence


def test_region_around_the_electrode_conducts_outwards():
    s = sheet(16.0, 16.0)
    X, Y = s.mesh
    found = judge(s, np.hypot(X - 8.0, Y - 8.0) / SPEED, s.disk(8.0, 8.0, 3.0))
    assert found.outcome == "conducted"
    assert found.transit == pytest.approx(4.0 / SPEED, abs=2 * DX / SPEED)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 40)])
def test_tiny_tissues(size):
    ny, nx = size
    x, y = (np.arange(nx) + 0.5) * DX, (np.arange(ny) + 0.5) * DX
    region = np.ones(size, dtype=bool)
    activated = verdict(np.tile(x / SPEED, (ny, 1)), x, y, region, spacing=DX, end=LATE)
    assert activated.outcome == "conducted"
    assert verdict(np.full(size, np.nan), x, y, region, spacing=DX, end=LATE).outcome == "not reached"


@pytest.mark.parametrize(("gap", "velocity"), [(5.0, SPEED), (2.5, SPEED), (1.3, SPEED), (1.0, math.nan)])
def test_electrode_is_not_taken_for_the_wave(gap, velocity):
    """4 mm are stimulated at once, and the stimulus drives the next millimetre faster than the wave."""
    s = sheet()
    beyond = s.mesh[0] - 4.0
    driven = np.clip(beyond, 0.0, 1.0) / (2 * SPEED) + np.maximum(beyond - 1.0, 0.0) / SPEED
    found = judge(s, driven, (beyond > gap) & (beyond < 10.0))
    assert found.outcome == "conducted"
    assert found.velocity == pytest.approx(velocity, nan_ok=True)


def test_wave_from_a_point_is_straight_enough_near_the_region():
    s = sheet(20.0, 16.0)
    X, Y = s.mesh
    found = judge(s, np.hypot(X - 4.0, Y - 8.0) / SPEED, s.disk(12.0, 8.0, 2.0))
    assert found.outcome == "conducted"
    assert found.velocity == pytest.approx(SPEED, rel=0.05)
    assert (found.direction_x, found.direction_y) == pytest.approx((1.0, 0.0), abs=0.05)


def test_second_source_does_not_blur_the_first():
    """Waves from both sides: the one that comes first is judged, the other one activates the distal side."""
    s = sheet()
    X = s.mesh[0]
    left = np.where(X < 12.0, X / SPEED, np.nan)
    found = judge(
        s, np.fmin(left, np.where(X > 14.0, 15.0 + (20.0 - X) / SPEED, np.nan)), abs(X - 13.0) < 1.0
    )
    assert (found.outcome, found.bypassed, found.direction_x) == ("blocked", True, 1.0)
    assert found.velocity == pytest.approx(SPEED)
    assert found.position == pytest.approx(12.0)


def test_middle_of_the_region_in_the_shade_of_a_scar():
    """The line through the middle is not activated before the region: the wave is judged where it enters."""
    s = sheet(20.0, 8.0)
    X, Y = s.mesh
    scar = (X > 5.0) & (X < 7.9) & (abs(Y - 4.0) < 1.5)
    region = (X > 8.0) & (X < 12.0)
    shade = (X < 8.0) & (X > 5.0) & (abs(Y - 4.0) < 1.5)
    found = judge(s, np.where(shade, np.nan, X / SPEED), region, conducting=~scar)
    assert found.outcome == "conducted"


def test_region_without_cells_is_refused():
    s = sheet(2.0, 2.0)
    with pytest.raises(ValueError, match="no cells"):
        judge(s, s.along(0), np.zeros((20, 20), dtype=bool))


def numbers(found: Verdict) -> dict[str, float]:
    """What does not depend on how the tissue is placed."""
    return {
        k: v
        for k, v in asdict(found).items()
        if k not in {"x", "y", "position", "direction_x", "direction_y"}
    }


@example(angle=214.0, extra=3.0, reach=1.0, center=(4.5, 4.0), radius=1.0)  # cells just at a radius
@settings(max_examples=40, deadline=None)
@given(
    angle=st.floats(0.0, 360.0),
    extra=st.floats(0.0, 30.0),
    reach=st.floats(0.2, 1.5),
    center=st.tuples(st.floats(4.5, 7.5), st.floats(3.5, 6.5)),
    radius=st.floats(0.3, 2.5),
)
def test_mirrored_and_turned_map_gives_the_mirrored_and_turned_verdict(angle, extra, reach, center, radius):
    s = sheet(12.0, 10.0)
    along = s.along(angle + 1.0 / math.pi)  # so that no two cells are met at the same time
    middle = np.interp(0.5, [0, 1], [0.0, along.max()])
    region = s.disk(*center, radius)
    activation = along / SPEED + extra * ramp(along, middle - 1.0, middle + 1.0)
    activation = np.where(along <= reach * middle, activation, np.nan)
    found = judge(s, activation, region)
    mirrored = judge(s, activation[:, ::-1], region[:, ::-1])
    turned = judge(Sheet(s.y, s.x), activation.T, region.T)
    expected = pytest.approx(numbers(found), abs=2e-5, nan_ok=True)  # a fit sums in another order
    assert numbers(mirrored) == expected
    assert numbers(turned) == expected
    assert (12.0 - mirrored.x, mirrored.y) == pytest.approx((found.x, found.y), abs=1e-6, nan_ok=True)
    assert (turned.y, turned.x) == pytest.approx((found.x, found.y), abs=1e-6, nan_ok=True)


# Several beats

INTERVAL = 300.0  # ms, after which the second wave follows


def paced(first, second):
    """The first and second activation of each cell, from the times of two waves; NaN where one did not come."""
    return np.stack([np.fmin(first, second), np.where(np.isnan(first), np.nan, second)])


@pytest.fixture
def strip():
    """A sheet, its mesh along x, and a strip of 4 mm in it."""
    s = sheet()
    return s, s.mesh[0], (s.mesh[0] > 8.0) & (s.mesh[0] < 12.0)


def waves(X, stops):
    """A wave each INTERVAL, which comes as far as it is let [mm]."""
    return [np.where(stop > X, X / SPEED + k * INTERVAL, np.nan) for k, stop in enumerate(stops)]


@pytest.mark.parametrize(
    ("stops", "outcomes"),
    [
        ((30, 30), ("conducted", "conducted")),
        ((30, 9), ("conducted", "blocked")),
        ((9, 30), ("blocked", "conducted")),
        ((9, 9), ("blocked", "blocked")),
        ((30, 5), ("conducted", "not reached")),
    ],
)
def test_each_beat_is_judged_by_its_own_wave(strip, stops, outcomes):
    """Where one wave was blocked, the first activation behind the strip is that of the next."""
    s, X, region = strip
    activation = paced(*waves(X, stops))
    for beat, outcome in enumerate(outcomes, start=1):
        found = judge(s, activation, region, beat=beat)
        assert found.outcome == outcome
        if outcome != "not reached":
            assert found.arrival == pytest.approx(7.0 / SPEED + (beat - 1) * INTERVAL)
        if outcome == "conducted":
            assert found.delay == pytest.approx(0.0, abs=1e-6)
        if outcome == "blocked":
            assert found.position == pytest.approx(9.0)
            assert found.reached_fraction == pytest.approx(0.25)
            assert not found.bypassed
            assert found.horizon == pytest.approx(found.arrival + 60.0)


def test_a_later_beat_is_judged_as_the_first_would_be(strip):
    s, X, region = strip
    delayed = X / SPEED + 14.2 * ramp(X, 8.0, 12.0)
    alone = judge(s, delayed, region)
    second = judge(s, paced(X / SPEED, delayed + INTERVAL), region, beat=2)
    assert second.sentence == alone.sentence
    shifted = {"arrival", "horizon"}
    for name, value in asdict(alone).items():
        if isinstance(value, float):
            later = INTERVAL * (name in shifted)
            assert getattr(second, name) == pytest.approx(value + later, nan_ok=True)


@pytest.mark.parametrize(("end", "outcome"), [(373.0, "undecided"), (375.0, "blocked")])
def test_the_horizon_of_a_later_beat_counts_from_its_own_wave(strip, end, outcome):
    s, X, region = strip
    found = judge(s, paced(*waves(X, (30, 9))), region, end, beat=2)
    assert found.horizon == pytest.approx(374.0)
    assert found.outcome == outcome


def test_a_beat_that_did_not_happen_does_not_reach_the_region(strip):
    s, X, region = strip
    found = judge(s, X / SPEED, region, 500.0, beat=3)
    assert found.sentence == "NOT REACHED: the wave had not come to the region by t = 500.0 ms"


def test_the_next_wave_may_start_before_this_one_has_left_the_tissue(strip):
    """An electrode at the left, every 15 ms: the strip is 14 ms from it."""
    s, X, region = strip
    activation = np.stack([X / SPEED + 15.0 * k for k in range(3)])
    for beat in (1, 2, 3):
        found = judge(s, activation, region, beat=beat)
        assert (found.outcome, found.velocity) == ("conducted", pytest.approx(SPEED))
        assert found.arrival == pytest.approx(7.0 / SPEED + 15.0 * (beat - 1))
