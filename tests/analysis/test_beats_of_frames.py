"""Activation and repolarization from frames: traces whose crossings are known, and another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiac.analysis import action_potential, beats_of_frames

TIME = np.arange(0.0, 400.0, 1.0)


def ramps(onsets, rest=-80.0, peak=20.0, rise=2.0, fall=50.0):
    """Action potentials of straight lines: up from rest in `rise` ms, down again in `fall` ms."""
    V = np.full(TIME.shape, rest)
    for onset in onsets:
        V = np.maximum(V, np.interp(TIME, [onset, onset + rise, onset + rise + fall], [rest, peak, rest]))
    return V


def test_crossings_of_straight_lines_are_exact():
    """Up through -40 mV after 40 % of the rise, down through -70 mV after 90 % of the fall."""
    V = np.stack([ramps([10.0, 150.0]), ramps([23.0]), ramps([])], axis=-1)[:, None, :]
    found = beats_of_frames(TIME, V)
    nan = np.nan
    assert found.activation == pytest.approx(
        np.array([[[10.8, 23.8, nan]], [[150.8, nan, nan]]]), nan_ok=True
    )
    assert found.repolarization == pytest.approx(
        np.array([[[57.0, 70.0, nan]], [[197.0, nan, nan]]]), nan_ok=True
    )
    assert found.base == pytest.approx(np.array([[[-80.0, -80.0, nan]], [[-80.0, nan, nan]]]), nan_ok=True)
    assert found.peak == pytest.approx(np.array([[[20.0, 20.0, nan]], [[20.0, nan, nan]]]), nan_ok=True)
    assert beats_of_frames(TIME, V, share=0.5).duration[0, 0, 0] == pytest.approx(2.0 + 25.0 - 0.8)


@settings(deadline=None, max_examples=40)
@given(
    onset=st.floats(20.0, 60.0),
    steep=st.floats(0.3, 3.0),
    duration=st.floats(20.0, 200.0),
    rest=st.floats(-95.0, -70.0),
)
def test_durations_are_those_of_a_single_trace(onset, steep, duration, rest):
    """`action_potential` measures from the crossing of the level of 90 %, this from that of -40 mV."""
    since = TIME - onset
    V = rest + 110.0 / (1 + np.exp(-steep * since)) / (1 + np.exp((since - duration) / 8.0))
    found = beats_of_frames(TIME, V[:, None])
    own = action_potential(TIME, V, 0.0)
    up = float(
        np.interp(own.V_peak - 0.9 * (own.V_peak - own.V_rest), V[: int(onset) + 20], TIME[: int(onset) + 20])
    )
    assert found.repolarization[0, 0] == pytest.approx(up + own.APD90, abs=0.05)
    assert found.peak[0, 0] == own.V_peak


def test_a_beat_that_is_not_over_has_no_end_and_a_wiggle_is_no_beat():
    V = np.full(TIME.shape, -80.0)
    V[50:] = -20.0
    V[60:70] = -45.0  # not 10 mV below the level
    found = beats_of_frames(TIME, V[:, None])
    assert found.activation.shape == (1, 1)
    assert found.activation[0, 0] == pytest.approx(49 + 40 / 60)
    assert np.isnan(found.repolarization[0, 0])


def test_scars_and_silence_have_no_beats():
    assert beats_of_frames(TIME, np.full((400, 2, 3), np.nan)).activation.shape == (0, 2, 3)
    assert beats_of_frames(TIME, np.full((400, 2, 3), -80.0)).duration.shape == (0, 2, 3)


def test_every_frame_needs_its_time():
    with pytest.raises(ValueError, match="400 times, but 3 frames"):
        beats_of_frames(TIME, np.zeros((3, 1, 1)))
