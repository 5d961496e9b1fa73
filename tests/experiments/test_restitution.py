"""Restitution: the closed form of Mitchell and Schaeffer, its alternans, and the ends of the curves."""

import numpy as np
import pytest
from table_cells import MODELS, cells, values

from cardiac import models
from cardiac.cell import Cell
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments._restitution import approach, onsets, steepest
from cardiac.experiments.restitution import Options, perform
from cardiac.protocol import Pulses, Train

PLAIN = MODELS["ms2003"]
MODEL = models.load(PLAIN)
P = MODEL.Parameters()
FASTER = np.array(
    [10.0, 30.0]
)  # times the rates of the currents: towards the limit in which the closed form holds
H_MIN = 4.0 * P.tau_in / P.tau_out
STRONG = 6.0  # x threshold, so that pulses capture where the curve is steep
CYCLES = (600.0, 400.0, 300.0, 260.0, 210.0)


def closed_form(DI: np.ndarray) -> np.ndarray:
    """APD [ms] to leading order in tau_in and tau_out (Mitchell & Schaeffer 2003)."""
    return P.tau_close * np.log((1.0 - (1.0 - H_MIN) * np.exp(-DI / P.tau_open)) / H_MIN)


def closed_slope(DI: float) -> float:
    """Its derivative."""
    closed = (1.0 - H_MIN) * np.exp(-DI / P.tau_open)
    return P.tau_close / P.tau_open * closed / (1.0 - closed)


@pytest.fixture(scope="module")
def fast() -> Outcome:
    """Cells whose currents are ten and thirty times faster than their gate is usually compared with."""
    parameters = {"tau_in": P.tau_in / FASTER, "tau_out": P.tau_out / FASTER}
    return perform(Cell(MODEL, parameters, [], 2), Options(cycle_lengths=CYCLES, beats=16, strength=STRONG))


def of_cell(outcome: Outcome, table: str, name: str, cell: int = 0) -> np.ndarray:
    """The points of a table that were captured, of one cell."""
    own = (values(outcome, table, "cell") == cell) & (values(outcome, table, "captured") == 1)
    return values(outcome, table, name)[own]


@pytest.mark.parametrize("table", ["S1S2", "dynamic"])
def test_restitution_tends_to_the_closed_form(fast: Outcome, table: str) -> None:
    """What is left out is of the order of tau_out^(2/3): 11 and 5.5 ms, of 150 to 250 ms."""
    durations = [of_cell(fast, table, "APD90", k) for k in (0, 1)]
    errors = [durations[k] - closed_form(of_cell(fast, table, "DI", k)) for k in (0, 1)]
    assert np.abs(errors[0]).max() < 11.0
    assert np.abs(errors[1]).max() < 5.5
    assert errors[0][0] / errors[1][0] == pytest.approx(3.0 ** (2.0 / 3.0), rel=0.05)


def test_the_greatest_slope_is_that_of_the_closed_form(fast: Outcome) -> None:
    """The last parabola is one-sided, where the curve bends most: 10 %."""
    slope, DI = (values(fast, "restitution", name)[1] for name in ("slope_S1S2", "steepest_DI_S1S2"))
    assert slope > 1.0
    assert closed_slope(DI) == pytest.approx(slope, rel=0.1)


def test_durations_alternate_where_the_slope_exceeds_one(fast: Outcome) -> None:
    """Slope 1 is at a cycle length of 224 ms, and a few milliseconds more with what the closed form leaves out."""
    pause = -P.tau_open * np.log(P.tau_open / (P.tau_open + P.tau_close) / (1.0 - H_MIN))
    assert closed_slope(pause) == pytest.approx(1.0)
    assert pause + closed_form(pause) == pytest.approx(224.0, abs=1.0)
    assert values(fast, "restitution", "alternans").tolist() == [210.0, 210.0]
    assert "alternans from 210 ms on" in fast.sentences[0]


def test_the_interval_of_the_train_gives_its_duration_again() -> None:
    found = perform(cells(PLAIN), Options(diastolic_intervals=(230.0,), cycle_lengths=(500.0,)))
    assert of_cell(found, "S1S2", "interval").tolist() == [500.0]
    expected = values(found, "restitution", "APD90_S1")[0]
    assert expected == pytest.approx(of_cell(found, "S1S2", "APD90")[0], abs=0.01)
    assert [expected] * 2 == pytest.approx(of_cell(found, "dynamic", "APD90").tolist(), abs=0.01)
    assert [500.0 - expected] * 2 == pytest.approx(of_cell(found, "dynamic", "DI").tolist(), abs=0.01)


def test_curves_end_where_capture_is_lost() -> None:
    """ERP is 339 ms after a cycle of 500 ms (tests/data/reference/erp.csv), with APD90 269.5 ms."""
    intervals = (300.0, 100.0, 75.0, 60.0, 20.0)
    found = perform(cells(PLAIN), Options(diastolic_intervals=intervals, cycle_lengths=(500.0, 320.0, 250.0)))
    assert values(found, "S1S2", "captured").tolist() == [1, 1, 1, 0, 0]
    assert values(found, "dynamic", "captured").tolist() == [1, 1, 1, 1, 0, 0]
    assert values(found, "restitution", "shortest_DI")[0] == pytest.approx(75.5, abs=0.1)
    assert values(found, "restitution", "shortest_cycle")[0] == 320.0
    assert "capture down to a cycle length of 320 ms" in found.sentences[0]


def test_cells_that_cannot_be_paced_say_why() -> None:
    options = Options(diastolic_intervals=(100.0,), cycle_lengths=(400.0,), beats=3)
    found = perform(cells(PLAIN, g=[5.0, 0.0], bias=[0.0, 0.4]), options)
    assert "inexcitable" in found.sentences[0]
    assert "spontaneously active" in found.sentences[1]
    assert not values(found, "S1S2", "captured").any()
    assert not values(found, "dynamic", "captured").any()


def test_slope_of_a_parabola() -> None:
    DI = np.array([[300.0, 200.0, 120.0, 120.2, 80.0, 40.0, 10.0]])
    APD90 = 100.0 + 2.0 * DI - 0.003 * DI**2
    captured = np.array([[True] * 6 + [False]])
    found = steepest(DI, APD90, captured)
    assert found.DI.tolist() == [40.0]  # the steepest point that captures
    assert found.slope.tolist() == pytest.approx([2.0 - 0.006 * 40.0], rel=1e-6)


def test_too_few_points_have_no_slope() -> None:
    two = np.array([[300.0, 200.0]])
    found = steepest(two, two, np.ones((1, 2), dtype=bool))
    assert np.isnan([*found.slope, *found.DI]).all()


def test_a_short_cycle_is_approached_gradually() -> None:
    train = approach(1000.0, 300.0, 5)
    assert train[-5:] == [300.0] * 5
    assert max(np.array(train[:-1]) / np.array(train[1:])) <= 1.0 / 0.95 + 1e-12
    assert approach(300.0, 300.0, 5) == [300.0] * 5
    assert onsets([400.0, 300.0, 300.0], 1200.0) == (200.0, 600.0, 900.0)


def test_a_train_is_a_course_of_pulses() -> None:
    t = np.linspace(-10.0, 400.0, 4111)
    expected = Pulses(50.0, 2.0, 100.0, 3).integral(t)
    assert expected == pytest.approx(Train((50.0, 150.0, 250.0), 2.0).integral(t), abs=1e-9)


def test_a_train_too_short_to_be_steady_is_refused() -> None:
    with pytest.raises(ExperimentError, match="use 3 or more"):
        perform(cells(PLAIN), Options(beats=2))
