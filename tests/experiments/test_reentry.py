"""Reentry: its period by other means, its mirror image, bursts and points, what cannot be done."""

import numpy as np
import pytest
from tissues import SHORT, tissue

from cardiac.config.quantities import Strength
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments.reentry import Options, perform
from cardiac.preparation import Preparation
from cardiac.tissue.shapes import Disk, Left, Top

WATCH = 480.0  # ms: four turns


@pytest.fixture(scope="module")
def sheet() -> Preparation:
    return tissue("[36 mm, 30 mm]", "0.6 mm", model=SHORT)


@pytest.fixture(scope="module")
def crossed(sheet: Preparation) -> Outcome:
    return perform(sheet, Options(intervals=(80.0, 140.0, 240.0), watch=WATCH))


def values(found: Outcome, name: str, table: str = "reentry") -> np.ndarray:
    column: np.ndarray = found.tables[table][name].values
    return column


def test_a_second_wave_curls_in_the_wake_of_the_first_only(crossed: Outcome) -> None:
    """Earlier it meets tissue that has not recovered, later tissue that has."""
    assert values(crossed, "reentry").tolist() == [0, 1, 0]
    assert values(crossed, "sustained").tolist() == [0, 1, 0]
    assert values(crossed, "lifetime")[1] == pytest.approx(WATCH, abs=30.0)
    assert values(crossed, "lifetime")[[0, 2]].tolist() == [0.0, 0.0]
    assert "1 of 3 intervals lead to reentry" in crossed.sentences[0]


def periods(found: Outcome) -> np.ndarray:
    """From one upward crossing of -40 mV in the middle of the tissue to the next [ms]."""
    time, V = (values(found, name, "trace") for name in ("time", "V"))
    k = np.flatnonzero((V[1:] >= -40.0) & (V[:-1] < -40.0))
    return np.diff(time[k] + (time[k + 1] - time[k]) * (-40.0 - V[k]) / (V[k + 1] - V[k]))


@pytest.mark.slow
def test_a_rotor_of_another_model_turns_as_its_frequency_says() -> None:
    """Aliev-Panfilov tissue; the first interval that is guessed leads to sustained reentry."""
    slow = tissue("[50 mm, 50 mm]", "0.5 mm", model="aliev_panfilov_1996")
    found = perform(slow, Options(watch=1500.0))
    assert values(found, "sustained").tolist() == [1]
    assert values(found, "frequency")[0] == pytest.approx(1000.0 / periods(found).mean(), rel=0.03)


def test_the_dominant_frequency_is_that_of_upstrokes_at_a_point(crossed: Outcome) -> None:
    """The tip meanders: 3 %."""
    period = periods(crossed)
    assert len(period) >= 3
    assert values(crossed, "frequency")[1] == pytest.approx(1000.0 / period.mean(), rel=0.03)


def test_there_is_one_tip_and_it_stays(crossed: Outcome) -> None:
    assert values(crossed, "tips").tolist() == [0.0, 1.0, 0.0]
    assert values(crossed, "tip_lifetime")[1] > WATCH - 60.0
    radius, extent = (values(crossed, f"meander_{name}")[1] for name in ("radius", "extent"))
    assert 0.3 < radius < 3.0
    assert radius < extent < 4.0 * radius
    assert set(values(crossed, "charge", "tips").tolist()) == {1}  # up on the left of the tip, so clockwise


def test_the_mirrored_protocol_gives_the_mirror_image(sheet: Preparation, crossed: Outcome) -> None:
    """A charge of the other sign, the same lifetime.

    To 0.001 ms, which round-off grows to as tiles choose their steps; at the front V rises by 200 mV in a ms.
    """
    mirrored = perform(sheet, Options(s2=Top(15.0), intervals=(140.0,), watch=WATCH))
    assert values(mirrored, "charge").tolist() == [-values(crossed, "charge")[1]]
    for name in ("lifetime", "frequency", "tip_lifetime", "meander_radius", "meander_extent"):
        assert values(mirrored, name)[0] == pytest.approx(values(crossed, name)[1], rel=1e-4)
    assert values(mirrored, "x", "tips") == pytest.approx(values(crossed, "x", "tips"), abs=0.01)
    assert values(mirrored, "y", "tips") == pytest.approx(30.0 - values(crossed, "y", "tips"), abs=0.01)
    V = [found.maps["V_end"].values for found in (mirrored, crossed)]
    np.testing.assert_allclose(V[0], V[1][::-1], atol=0.5)


def test_a_point_in_the_wake_starts_two_rotors_of_opposite_charge(sheet: Preparation) -> None:
    """Its wave runs back only and curls on both sides, one the mirror image of the other."""
    options = Options(by="point", s2=Disk((14.0, 15.0), 6.0), strength=Strength(60.0, False), watch=400.0)
    found = perform(sheet, options._replace(intervals=(146.0,)))
    assert values(found, "sustained").tolist() == [1]
    assert values(found, "tips").tolist() == [2.0]
    tip, time, x, y, charge = (values(found, name, "tips") for name in ("tip", "time", "x", "y", "charge"))
    first, second = (tip == k for k in (0, 1))
    assert charge[first].mean() == -charge[second].mean()
    both = np.intersect1d(np.round(time[first]), np.round(time[second]))
    early = both[both < 200.0]
    places = [[np.interp(early, time[own], at[own]) for at in (x, y)] for own in (first, second)]
    np.testing.assert_allclose(places[0][0], places[1][0], atol=0.05)
    np.testing.assert_allclose(places[0][1], 30.0 - places[1][1], atol=0.05)


def test_a_burst_at_rest_induces_nothing_in_uniform_tissue(sheet: Preparation) -> None:
    found = perform(sheet, Options(by="burst", intervals=(110.0, 60.0), pulses=3, watch=300.0))
    assert values(found, "reentry").tolist() == [0, 0]
    assert "Not induced: no interval (between pulses) leads to reentry, of 110, 60 ms" in found.sentences[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(s2=Disk((50.0, 15.0), 2.0)), "s2: .*outside"),
        (Options(at=Left(36.0)), "at: leaves no tissue that its current does not reach"),
        (Options(by="burst", s2=Left(2.0)), "s2: a burst comes from the electrode"),
        (Options(by="burst", pulses=1), "pulses: 1 is no burst"),
        (Options(intervals=()), "intervals: is empty"),
        (Options(watch=20.0), "watch: 20 ms is too short"),
        (Options(watch=200.0), "watch: 200 ms is too short: a wave takes 1.. ms through this tissue"),
    ],
)
def test_what_cannot_be_done_is_told(sheet: Preparation, options: Options, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        perform(sheet, options)
