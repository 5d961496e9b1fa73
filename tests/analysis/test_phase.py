"""Phase of signals of which it is known."""

from __future__ import annotations

import numpy as np
import pytest

from cardiac.analysis import analytic, embedded

TIME = np.arange(0.0, 500.0, 2.0)


def angle_between(z, phase):
    """The largest difference between the phase of `z` and `phase`, whole cycles apart [rad]."""
    return np.abs(np.angle(z * np.exp(-1j * phase))).max()


def test_phase_against_a_quarter_of_a_period_ago_is_that_of_the_sine():
    shift = np.array([[0.0, 1.0], [2.0, -1.0]])
    V = -30.0 + 40.0 * np.sin(2 * np.pi * TIME[:, None, None] / 80.0 + shift)
    time, z = embedded(TIME, V, delay=20.0)
    expected = 2 * np.pi * time[:, None, None] / 80.0 + shift - np.pi / 2
    # Half-way between the extremes of the samples is half-way between those of the sine to 0.1 %.
    assert angle_between(z, expected) < 2e-3
    assert angle_between(embedded(TIME, V, delay=20.0, about=-30.0)[1], expected) < 1e-9


def test_phase_by_the_hilbert_transform_is_that_of_the_cosine():
    V = 12.0 + 40.0 * np.cos(2 * np.pi * TIME / 100.0 + 0.7)  # five whole periods
    assert angle_between(analytic(TIME, V), 2 * np.pi * TIME / 100.0 + 0.7) < 1e-9


@pytest.mark.parametrize("delay", [2.0, 6.0, 20.0])
def test_phase_grows_by_one_cycle_an_action_potential_whatever_the_delay(delay):
    """A steep upstroke, a plateau, a slow repolarization; in diastole it stands still."""
    since = TIME - 50.0
    V = -85.0 + 105.0 / (1 + np.exp(-2.0 * since)) / (1 + np.exp((since - 120.0) / 10.0))
    phase = np.unwrap(np.angle(embedded(TIME, V, delay)[1]))
    assert phase[-1] - phase[0] == pytest.approx(2 * np.pi, abs=1e-3)
    assert np.diff(phase).min() > -0.05
    assert phase[0] == pytest.approx(np.radians(-135.0))


def test_frames_must_be_evenly_spaced_and_enough():
    uneven = np.array([0.0, 1.0, 3.0])
    with pytest.raises(ValueError, match="frames are 1 to 2 ms apart, not evenly spaced"):
        embedded(uneven, np.zeros(3))
    with pytest.raises(ValueError, match="a delay of 50 ms is longer than the record of 10 ms"):
        embedded(np.linspace(0.0, 10.0, 11), np.zeros(11), delay=50.0)
    with pytest.raises(ValueError, match="at least two frames"):
        analytic(np.array([1.0]), np.zeros(1))
