"""Phase of signals of which it is known."""

from __future__ import annotations

import numpy as np
import pytest

from cardiac.analysis import analytic, embedded, midpotential

TIME = np.arange(0.0, 500.0, 2.0)


def angle_between(z, phase):
    """The largest difference between the phase of `z` and `phase`, whole cycles apart [rad]."""
    return np.abs(np.angle(z * np.exp(-1j * phase))).max()


def test_phase_against_a_quarter_of_a_period_ago_is_that_of_the_sine():
    shift = np.array([[0.1, 1.0], [2.0, -1.0]])  # no sample is half-way, where it could be either
    whole = TIME[:240]  # six periods
    V = -30.0 + 40.0 * np.sin(2 * np.pi * whole[:, None, None] / 80.0 + shift)
    time, z = embedded(whole, V, delay=20.0)
    expected = 2 * np.pi * time[:, None, None] / 80.0 + shift - np.pi / 2
    assert angle_between(z, expected) < 5e-3  # bins of 0.16 mV
    assert angle_between(embedded(whole, V, delay=20.0, about=-30.0)[1], expected) < 1e-9


def test_phase_turns_about_what_all_action_potentials_pass():
    """An electrode's peak and a first action potential from rest, far above what comes later, do not decide it."""
    beats = -80.0 + 60.0 * (np.arange(900) % 90 < 40.0)
    beats[:40], beats[:2] = 40.0, 150.0
    excited = np.array([*[150.0] * 2, *[40.0] * 38, *[-20.0] * 360]).mean()
    about = midpotential(lambda: [beats[:, np.newaxis]])
    assert about == pytest.approx(0.5 * (excited - 80.0), abs=0.5)
    assert midpotential(lambda: [beats[:400], np.full(3, np.nan), beats[400:]]) == about
    resting = np.repeat([-84.0, -82.0, -20.0], [490, 500, 10])  # two regions, and a wave that has just begun
    assert midpotential(lambda: [resting]) == pytest.approx(0.5 * (-83.0 - 20.0), abs=0.2)
    assert midpotential(lambda: [1000.0 + resting]) == pytest.approx(1000.0 + midpotential(lambda: [resting]))
    assert midpotential(lambda: [np.full(5, -80.0)]) == -80.0
    with pytest.raises(ValueError, match="known nowhere"):
        midpotential(lambda: [np.full(5, np.nan)])


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
