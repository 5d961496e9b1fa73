"""Dominant frequencies of tones and of trains of action potentials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiac.analysis import dominant_frequency

TIME = np.arange(0.0, 2000.0, 2.0)
CYCLE = 2 * np.pi / 1000.0  # of 1 Hz, per ms


@settings(deadline=None)
@given(frequency=st.floats(2.5, 29.0), phase=st.floats(0.0, 6.3), height=st.floats(3.0, 60.0))
def test_the_frequency_of_a_tone_is_found_between_the_points_of_its_spectrum(frequency, phase, height):
    """To a hundredth of the resolution of 0.5 Hz; all its power is in the peak."""
    V = -70.0 + height * np.sin(CYCLE * frequency * TIME + phase)
    found = dominant_frequency(TIME, V[:, None])
    assert found.resolution == 0.5
    assert found.dominant[0] == pytest.approx(frequency, abs=0.005)
    assert found.regularity[0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("frequency", [3.3, 7.0])
def test_of_action_potentials_it_is_how_often_they_come(frequency, share):
    V = np.where(np.mod(TIME * frequency / 1000.0, 1.0) < share, 20.0, -80.0)
    assert dominant_frequency(TIME, V[:, None]).dominant[0] == pytest.approx(frequency, abs=0.02)


def test_of_two_tones_it_is_the_louder_and_regularity_its_share_of_the_power():
    loud, soft = np.sin(CYCLE * 5.0 * TIME), np.sin(CYCLE * 11.0 * TIME)
    found = dominant_frequency(TIME, 20.0 * loud[:, None] + 10.0 * soft[:, None])
    assert found.dominant[0] == pytest.approx(5.0, abs=0.005)
    assert found.regularity[0] == pytest.approx(20.0**2 / (20.0**2 + 10.0**2), abs=0.005)
    assert dominant_frequency(TIME, 20.0 * loud[:, None] + 10.0 * soft[:, None], lowest=8.0).dominant[
        0
    ] == pytest.approx(11.0, abs=0.01)


def test_each_place_has_its_own_and_quiet_ones_and_scars_none():
    frequency = np.array([[4.0, 6.0, 9.0], [12.0, 5.0, 5.0]])
    V = -70.0 + 30.0 * np.sin(CYCLE * frequency * TIME[:, None, None])
    V[:, 1, 1], V[:, 1, 2] = np.nan, -80.0
    frequency[1, 1:] = np.nan
    found = dominant_frequency(TIME, V.astype(np.float32))
    assert found.dominant == pytest.approx(frequency, abs=0.005, nan_ok=True)
    assert np.isnan(found.regularity[1, 1:]).all()


def test_a_single_action_potential_has_no_frequency_two_have():
    once = np.where(abs(TIME - 600.0) < 100.0, 20.0, -80.0)
    twice = np.where(abs(TIME - 1400.0) < 100.0, 20.0, once)
    found = dominant_frequency(TIME, np.stack([once, twice], axis=-1)).dominant
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(1000.0 / 800.0, rel=0.1)


def test_noise_is_irregular():
    rng = np.random.default_rng(3)
    tone = 30.0 * np.sin(CYCLE * 8.0 * TIME)
    noisy = dominant_frequency(TIME, (tone + rng.normal(0.0, 10.0, TIME.size))[:, None])
    assert noisy.dominant[0] == pytest.approx(8.0, abs=0.05)
    noise = dominant_frequency(TIME, rng.normal(0.0, 10.0, (TIME.size, 20)))
    assert noise.regularity.max() < 0.35 < noisy.regularity[0]


def test_what_a_record_cannot_tell_is_refused():
    with pytest.raises(
        ValueError, match=r"100 ms with frames every 2 ms tells .* 20 and 250 Hz, not 5 to 30 Hz"
    ):
        dominant_frequency(TIME[:50], np.zeros((50, 1)), lowest=5.0)
    with pytest.raises(ValueError, match="not evenly spaced"):
        dominant_frequency(np.array([0.0, 1.0, 5.0]), np.zeros((3, 1)))
