"""Tips that move along known paths, are born, meet and leave."""

from __future__ import annotations

import numpy as np
import pytest
from spirals import spiral
from waves import centres

from cardiac.analysis import Singularities, meander, singularities, trajectories

SIZE = (12.0, 10.0)
X, Y = centres(60), centres(50)


def seen(*places):
    """Singularities at (x, y, charge)."""
    x, y, charge = np.array(places, dtype=float).reshape(-1, 3).T
    return Singularities(x, y, charge.astype(int), np.zeros(len(x), dtype=bool))


def test_a_tip_is_followed_along_its_circle():
    time = np.arange(0.0, 60.0, 2.0)
    angle = 2 * np.pi * time / 60.0
    x, y = 6.0 + 1.5 * np.cos(angle), 5.0 + 1.5 * np.sin(angle)
    found = [
        singularities(spiral((50, 60), [(*at, -1)], angle=t), X, Y) for *at, t in zip(x, y, time, strict=True)
    ]
    (path,) = trajectories(time, found, SIZE, reach=0.5)
    assert (path.charge, path.birth, path.death, path.lifetime) == (-1, "record", "record", 58.0)
    assert np.hypot(path.x - x, path.y - y).max() < 0.02  # a tenth of a cell
    found = meander(path)
    assert (found.x, found.y) == pytest.approx((6.0, 5.0), abs=0.01)
    assert found.radius == pytest.approx(1.5, abs=0.01)
    assert found.extent == pytest.approx(3.0, abs=0.02)
    assert found.length == pytest.approx(29 * 2 * 1.5 * np.sin(np.pi / 30), rel=0.01)  # chords


def test_the_drift_of_a_tip_that_turns_and_drifts():
    time = np.arange(0.0, 400.0, 1.0)
    angle = 2 * np.pi * time / 40.0
    x, y = 3.0 + 0.01 * time + 0.4 * np.cos(angle), 6.0 - 0.005 * time + 0.4 * np.sin(angle)
    (path,) = trajectories(time, [seen((*at, 1)) for at in zip(x, y, strict=True)], SIZE, reach=0.3)
    found = meander(path)
    # What is left of N turns of radius r in a straight line through them is at most 6 r / (pi N) in a time T.
    left = 6 * 0.4 / (np.pi * 10) / 400.0
    assert (found.drift_x, found.drift_y) == pytest.approx((0.01, -0.005), abs=1.05 * left)


def test_opposite_tips_are_born_and_die_together():
    """Two move apart and meet again, 0.3 mm from each other at either end; a third leaves over the border."""
    time = np.arange(20.0)
    moments = []
    for t in time:
        places = [(0.45 * t + 3.5, 8.0, 1)] if t < 19 else []
        if 5 <= t <= 15:
            apart = 0.15 + 0.4 * (5 - abs(t - 10))
            places += [(6.0 - apart, 4.0, 1), (6.0 + apart, 4.0, -1)]
        moments.append(seen(*places))
    found = trajectories(time, moments, SIZE, reach=0.6)
    assert [(path.charge, path.birth, path.death) for path in found] == [
        (1, "record", "border"),
        (1, "pair", "pair"),
        (-1, "pair", "pair"),
    ]
    assert [path.lifetime for path in found] == [18.0, 10.0, 10.0]
    assert found[1].x == pytest.approx(6.0 - 0.15 - 0.4 * (5 - np.abs(np.arange(5, 16) - 10)))


def test_tips_that_cross_keep_their_charge():
    time = np.arange(21.0)
    moments = [seen((2.0 + 0.2 * t, 5.0, 1), (6.0 - 0.2 * t, 5.05, -1)) for t in time]
    found = trajectories(time, moments, SIZE, reach=0.5)
    assert [(path.charge, len(path.time)) for path in found] == [(1, 21), (-1, 21)]


def test_of_two_alike_tips_the_total_way_is_least():
    """One follows the other: each goes on to the nearest, not to where the other was."""
    time = np.arange(6.0)
    moments = [seen((4.0 + t, 5.0, 1), (3.0 + t, 5.0, 1)) for t in time]
    found = trajectories(time, moments, SIZE, reach=1.5)
    assert sorted(len(path.time) for path in found) == [6, 6]


def test_a_tip_that_is_lost_for_a_moment_is_one_with_patience_and_two_without():
    moments = [seen((5.0 + 0.1 * t, 5.0, 1)) if t != 4 else seen() for t in range(9)]
    assert [len(path.time) for path in trajectories(np.arange(9.0), moments, SIZE, 0.3)] == [4, 4]
    (one,) = trajectories(np.arange(9.0), moments, SIZE, 0.3, patience=1)
    assert one.time.tolist() == [0, 1, 2, 3, 5, 6, 7, 8]
    lost = trajectories(np.arange(9.0), moments, SIZE, 0.3)[0]
    assert lost.death == "inside"


def test_nothing_to_follow_and_nonsense():
    assert trajectories(np.arange(3.0), [seen()] * 3, SIZE, 1.0) == []
    with pytest.raises(ValueError, match="3 times, but singularities of 2"):
        trajectories(np.arange(3.0), [seen()] * 2, SIZE, 1.0)
    with pytest.raises(ValueError, match="a reach of 0 mm is not positive"):
        trajectories(np.arange(2.0), [seen()] * 2, SIZE, 0.0)
    (still,) = trajectories(np.arange(1.0), [seen((1.0, 2.0, 1))], SIZE, 1.0)
    assert meander(still)[:7] == (1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0)
