"""Refractoriness by propagation: against the exact front, the single cell, symmetry; maps; what cannot be done."""

from pathlib import Path

import numpy as np
import pytest
from tissues import stretch, tissue, value

from cardiac import models
from cardiac.config.quantities import Strength
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments._electrodes import Electrode, pulses
from cardiac.experiments._intervals import halfway, runs, scanned, steps
from cardiac.experiments._premature import paced
from cardiac.experiments.s1s2 import Options, perform
from cardiac.tissue.shapes import Left, Right

P = models.load("mitchell_schaeffer_2003").Parameters()
COURTEMANCHE = str(Path(__file__).parents[1] / "data" / "prototypes" / "courtemanche_1998_paced.py")
G = "mechanisms: [{potassium_conductance: {g: 0.3 mS/uF, reversal: -90 mV}}]"


@pytest.fixture(scope="module")
def plain() -> Outcome:
    """A uniform cable of Mitchell-Schaeffer cells."""
    return perform(tissue("[12 mm]", "0.2 mm", model="mitchell_schaeffer_2003"), Options(beats=3))


def test_no_wave_propagates_before_the_exact_front_exists(plain: Outcome) -> None:
    """The cubic front needs u2 < 1/3, that is a gate at 4.5 tau_in / tau_out; it closed down to 4 tau_in / tau_out.

    However early S2 comes, between waves at the point there is at least APD90 and the time that this takes.
    """
    closed, needed = (factor * P.tau_in / P.tau_out for factor in (4.0, 4.5))
    pause = P.tau_open * np.log((1.0 - closed) / (1.0 - needed))
    assert pause == pytest.approx(3.81, abs=0.01)
    assert value(plain, "FRP") > value(plain, "APD90") + pause
    assert value(plain, "PRR") > pause


def test_the_refractory_period_is_near_that_of_a_cell(plain: Outcome) -> None:
    """339 ms after ten S1 at 500 ms, S2 of twice the threshold (tests/data/reference/erp.csv).

    Neighbours draw current from the response to S2, but S2 itself is twice a threshold that is higher for their sake.
    """
    assert 339.0 < value(plain, "ERP") < 349.0
    cell = 0.5 * 5.569  # A/F
    assert 1.5 * cell < value(plain, "threshold") < 2.0 * cell


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "spacing", "cell", "longer"),
    [("fenton_karma_1998", "0.2 mm", 290.0, (0.0, 10.0)), ("luo_rudy_1991", "0.1 mm", 291.0, (30.0, 50.0))],
)
def test_refractory_periods_beside_those_of_cells(
    model: str, spacing: str, cell: float, longer: tuple[float, float]
) -> None:
    """Published periods of cells are in tests/data/reference/erp.csv, after ten S1 at 500 ms.

    The calcium current of a Luo-Rudy cell answers 28 ms before its repolarization (APD90 319 ms), when its sodium
    current is still inactivated: no wave comes of that.
    """
    found = perform(tissue("[14 mm]", spacing, model=model), Options(beats=10))
    low, high = longer
    assert low < value(found, "ERP") - cell < high


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "bias", "strength", "APD90", "ERP"),
    [
        ("ten_tusscher_panfilov_2006", 0.0, 25.7, 305.0, 327.0),
        ("ten_tusscher_panfilov_2006", -1.0, 30.8, 210.0, 227.0),
        (COURTEMANCHE, 0.0, 23.4, 279.0, 268.0),
    ],
)
def test_refractory_periods_are_those_of_prototypes(
    model: str, bias: float, strength: float, APD90: float, ERP: float
) -> None:
    """S1 at 1 Hz, pulses of twice the threshold of a cell [A/F]; how many S1 is not on record: two come nearest."""
    biased = f"mechanisms: [{{bias_current: {{strength: {bias} A/F}}}}]"
    cable = tissue("[10 mm]", "0.1 mm", model=model, run="space_order: 2", more=biased)
    pulse = Strength(strength, False)
    found = perform(cable, Options(at=Left(0.5), beats=2, cycle_length=1000.0, strength=pulse))
    assert value(found, "APD90") == pytest.approx(APD90, rel=0.01)
    assert value(found, "ERP") == pytest.approx(ERP, rel=0.03)


def test_the_map_of_uniform_tissue_is_one_number(plain: Outcome) -> None:
    refractory = plain.maps["refractory_period"].values
    assert np.unique(refractory).tolist() == [value(plain, "first_capture")]
    assert value(plain, "first_capture") == value(plain, "ERP") + 1.0


def test_early_waves_are_slow_and_late_ones_are_not(plain: Outcome) -> None:
    tried = {name: column.values for name, column in plain.tables["tried"].items()}
    reached = tried["reached"] == 1
    assert (np.diff(tried["latency"][reached]) < 1e-6).all()
    assert tried["latency"][-1] == pytest.approx(value(plain, "transit"), abs=0.5)
    assert np.isnan(tried["latency"][~reached]).all()
    functional = plain.maps["functional_refractory_period"].values[0]
    assert functional[-1] > functional[len(functional) // 2] > value(plain, "first_capture")


def test_both_ends_of_a_cable_are_equal() -> None:
    cable = tissue("[12 mm]")
    options = Options(beats=1, cycle_length=400.0, step=50.0, strength=Strength(40.0, False))
    left, right = (perform(cable, options._replace(at=at)) for at in (Left(1.0), Right(1.0)))
    for name, column in left.tables["tried"].items():
        np.testing.assert_allclose(column.values, right.tables["tried"][name].values, rtol=1e-9)
    maps = [found.maps["functional_refractory_period"].values for found in (left, right)]
    np.testing.assert_allclose(maps[0], maps[1][:, ::-1], rtol=1e-9)


@pytest.mark.slow
def test_a_stretch_that_recovers_late_stops_early_waves() -> None:
    """A wave that the electrode launches dies in it; cells beyond are activated again from a longer interval on."""
    late = stretch("late", 10.0, 16.0, "behaviour: {refractory_period: 420 ms}")
    found = perform(tissue("[24 mm]", regions=late), Options(beats=1, step=20.0, resolution=2.0))
    refractory = found.maps["refractory_period"].values[0]
    before, beyond = refractory[12], refractory[-8]
    assert before + 20.0 < beyond == value(found, "first_capture")
    assert (np.diff(refractory) >= 0.0).all()
    assert f"cells are activated again from {before:g} to {beyond:g} ms on" in found.sentences[0]


def test_without_refractoriness_or_response_that_is_said() -> None:
    options = Options(beats=1, cycle_length=300.0, step=100.0)
    found = perform(tissue("[12 mm]"), options)
    assert "does not reach the point up to an interval of 300 ms" in found.sentences[0]
    assert np.isnan(value(found, "ERP"))


@pytest.mark.parametrize(
    ("options", "size", "message"),
    [
        (Options(), "[2 mm]", "to: the tissue ends 2.* space constants from the electrode, 4 are needed"),
        (Options(to=(1.5,)), "[12 mm]", "to: is 1.* space constants from the electrode"),
        (Options(to=(15.0,)), "[12 mm]", "to: .*outside"),
        (Options(at=Left(0.01)), "[12 mm]", "at: "),
        (Options(step=500.0), "[12 mm]", "step: 500 ms leaves no interval to try in the cycle"),
        (Options(step=498.0), "[12 mm]", "step: 498 ms leaves no interval to try in the cycle"),
        (Options(cycle_length=20.0), "[12 mm]", "cycle_length: .* too short"),
    ],
)
def test_what_cannot_be_done_is_told(options: Options, size: str, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        perform(tissue(size), options)


@pytest.mark.parametrize(("duration", "intervals"), [(2.0, (3.0, 5.0, 9.0, 11.0)), (12.0, (13.0,))])
def test_an_s2_at_any_interval_follows_the_whole_of_s1(duration: float, intervals: tuple[float, ...]) -> None:
    """To the last bit, also where no moment is kept between both."""
    cable = tissue("[12 mm]")
    electrode = Electrode(cable.mask(Left(1.0)), 60.0, duration, np.nan)
    S1 = paced(cable, electrode, 400.0, 2, 20.0)
    for interval in intervals:
        both = [pulses(cable, electrode, 0.0, 400.0, 2), pulses(cable, electrode, 400.0 + interval)]
        straight, branch = cable.trial(both, 2000.0), S1.s2(electrode, interval)
        assert np.isfinite(branch.first(after=400.0)).all()
        for name in ("activation", "apd90", "V_max"):
            np.testing.assert_array_equal(getattr(branch, name), getattr(straight, name))


@pytest.mark.slow
def test_tissue_of_brief_action_potentials_is_refractory_too() -> None:
    """A Luo-Rudy cell with a potassium conductance that ends its action potential after 7 ms."""
    brief = tissue("[8 mm]", "0.1 mm", model="luo_rudy_1991", more=G)
    found = perform(brief, Options(beats=1, cycle_length=60.0, step=5.0))
    assert value(found, "APD90") == pytest.approx(7.0, abs=1.0)
    assert value(found, "APD90") < value(found, "ERP") < 15.0


def test_scans_go_to_where_answers_differ() -> None:
    asked = []

    def ask(x: float) -> int:
        asked.append(x)
        return int(x > 33.3) + int(x > 36.9)

    found = scanned(ask, steps(0.0, 95.0, 20.0), 1.0, lambda answer: answer)
    assert list(found) == sorted(asked)
    assert found[33.0] == 0
    assert found[34.0] == found[36.0] == 1
    assert found[37.0] == 2
    assert len(asked) < 20
    assert steps(0.0, 95.0, 20.0) == [0.0, 20.0, 40.0, 60.0, 80.0, 95.0]


def test_stretches_of_answers() -> None:
    assert runs([True, True, False, True]) == [(0, 1), (3, 3)]
    assert runs([False, False]) == []
    assert halfway([1.0, 2.0, 5.0]).tolist() == [1.0, 1.5, 3.5, 5.0]
