"""Restitution in a cable: closed forms, one curve for both protocols, what cannot be done."""

import numpy as np
import pytest
from tissues import tissue

from cardiac import models
from cardiac.config.quantities import Strength
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments._paced import CHANGES
from cardiac.experiments.cable_restitution import Options, alternates, perform

P = models.load("mitchell_schaeffer_2003").Parameters()
FASTER = 10.0  # times the rates of the currents: towards the limit in which the closed forms hold
DIFFUSIVITY = 1.0  # mm^2/ms, so that fronts are as wide as those of the plain model
H_MIN = 4.0 * P.tau_in / P.tau_out
MODEL = f"""{{name: mitchell_schaeffer_2003, parameters:
  {{tau_in: {P.tau_in / FASTER:g} ms, tau_out: {P.tau_out / FASTER:g} ms}}}}"""
INTERVALS = (60.0, 70.0, 80.0, 95.0, 115.0, 140.0, 250.0, 450.0)
CYCLES = (600.0, 450.0, 350.0, 300.0)


@pytest.fixture(scope="module")
def fast() -> Outcome:
    cable = tissue(
        "[24 mm]", "0.2 mm", model=MODEL.replace("\n", " "), diffusivity=f"{DIFFUSIVITY:g} mm^2/ms"
    )
    options = Options(between=((9.0,), (15.0,)), beats=4, strength=Strength(400.0, False))
    return perform(cable, options._replace(diastolic_intervals=INTERVALS, cycle_lengths=CYCLES))


def points(found: Outcome, table: str, name: str) -> np.ndarray:
    """A column of the waves that came."""
    columns = found.tables[table]
    values: np.ndarray = columns[name].values[columns["conducted"].values == 1]
    return values


def gate(DI: np.ndarray) -> np.ndarray:
    """How far the gate has opened, after it closed down to where the action potential ended."""
    return 1.0 - (1.0 - H_MIN) * np.exp(-DI / P.tau_open)


def exact_velocity(DI: np.ndarray) -> np.ndarray:
    """Of the front of the cubic with that gate: sqrt(D k / 2) (1 - 3 u2), k = h / tau_in [mm/ms]."""
    h, tau_in, tau_out = gate(DI), P.tau_in / FASTER, P.tau_out / FASTER
    u2 = 0.5 * (1.0 - np.sqrt(1.0 - 4.0 * tau_in / (tau_out * h)))
    return np.sqrt(0.5 * DIFFUSIVITY * h / tau_in) * (1.0 - 3.0 * u2)


@pytest.mark.parametrize("table", ["S1S2", "dynamic"])
def test_velocities_are_those_of_the_exact_front(fast: Outcome, table: str) -> None:
    """Less a little for the gate, which closes within the front, and was open a little later than at APD90: 2 %."""
    DI, velocity = (points(fast, table, name) for name in ("DI", "velocity"))
    assert len(DI) >= 4
    assert velocity == pytest.approx(exact_velocity(DI), rel=0.02)


def test_velocity_is_limited_by_that_of_a_wave_at_rest(fast: Outcome) -> None:
    velocity = points(fast, "S1S2", "velocity")
    limit = float(exact_velocity(np.array([1e9]))[0])
    assert (np.diff(velocity) < 0.0).all()  # from long intervals to short ones
    assert 0.97 * limit < velocity[0] < limit


@pytest.mark.parametrize("table", ["S1S2", "dynamic"])
def test_durations_are_those_of_the_closed_form(fast: Outcome, table: str) -> None:
    """To leading order in the currents' times (Mitchell & Schaeffer 2003); a cell is as far off: 11 ms."""
    DI, APD90 = (points(fast, table, name) for name in ("DI", "APD90"))
    closed = P.tau_close * np.log(gate(DI) / H_MIN)
    assert np.abs(APD90 - closed).max() < 14.0
    assert np.ptp(APD90 - closed) < 5.0


def test_steady_waves_lie_on_the_curve_of_premature_ones(fast: Outcome) -> None:
    """The medium remembers nothing but the gate: to 1 %, which lines between eight points are off."""
    order = np.argsort(points(fast, "S1S2", "DI"))
    for name in ("APD90", "velocity"):
        x, y = (points(fast, "S1S2", column)[order] for column in ("DI", name))
        DI, steady = (points(fast, "dynamic", column) for column in ("DI", name))
        inside = (x[0] < DI) & (x[-1] > DI)
        curve = np.interp(np.log(DI[inside]), np.log(x), y)
        assert inside.sum() >= 6
        assert steady[inside] == pytest.approx(curve, rel=0.01)


def test_the_curve_is_steepest_at_its_short_end(fast: Outcome) -> None:
    table = {name: float(column.values[0]) for name, column in fast.tables["cable_restitution"].items()}
    DI = table["steepest_DI_S1S2"]
    closed = (1.0 - H_MIN) * np.exp(-DI / P.tau_open)
    assert table["slope_S1S2"] == pytest.approx(P.tau_close / P.tau_open * closed / (1.0 - closed), rel=0.1)
    assert DI == points(fast, "S1S2", "DI").min() == table["shortest_DI"]
    assert table["velocity_slope_S1S2"] > 0.0
    assert table["shortest_cycle"] == 300.0


def test_steady_pacing_ends_where_not_every_pulse_is_followed() -> None:
    cable = tissue("[16 mm]")
    found = perform(
        cable, Options(beats=4, diastolic_intervals=(200.0,), cycle_lengths=(450.0, 400.0, 200.0))
    )
    dynamic = found.tables["dynamic"]
    assert dynamic["interval"].values.tolist() == [450.0, 450.0, 400.0, 400.0, 200.0, 200.0]
    assert dynamic["conducted"].values.tolist() == [1, 1, 1, 1, 0, 0]
    assert "conduction down to a cycle length of 400 ms" in found.sentences[0]


def test_transients_are_no_alternans() -> None:
    """The first beats after rest change by some ms, and settle."""
    few = Options(beats=4, strength=Strength(60.0, False), diastolic_intervals=(200.0,))
    found = perform(tissue("[24 mm]"), few._replace(cycle_lengths=(500.0, 450.0)))
    APD90 = points(found, "dynamic", "APD90")
    assert abs(APD90[1] - APD90[0]) > CHANGES
    assert np.isnan(found.tables["cable_restitution"]["alternans"].values[0])
    assert "alternans" not in found.sentences[0]


@pytest.mark.parametrize(
    ("APD90", "yes"),
    [
        ((200.0, 180.0, 201.0), True),
        ((200.0, 190.0, 220.0), True),
        ((200.0, 180.0, 192.0), False),
        ((200.0, 195.0, 190.0), False),
        ((200.0, 200.1, 200.0), False),
    ],
)
def test_alternans_is_long_and_short_in_turn(APD90: tuple[float, ...], yes: bool) -> None:
    assert alternates(APD90) == yes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            Options(between=((12.0,), (8.0,))),
            "between: the wave does not come to the first point before the second",
        ),
        (Options(between=((1.2,), (8.0,))), "between: is .* space constants from the electrode"),
        (Options(between=((8.0,), (40.0,))), "between: .*outside"),
        (Options(beats=2), "beats: 2 beats are too few - use 4"),
        (Options(cycle_lengths=()), "cycle_lengths: is empty"),
        (Options(diastolic_intervals=(0.0,)), "diastolic_intervals: 0 ms is not above 0 ms"),
    ],
)
def test_what_cannot_be_done_is_told(options: Options, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        perform(tissue("[16 mm]"), options)
