"""Refractoriness: published periods, their order, and answers that are no number."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from table_cells import MODELS, cells, cells_of, column, rows, values

from cardiac import models
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments._paced import last_beat
from cardiac.experiments.refractory import Options, Scan, perform

PLAIN = MODELS["ms2003"]


@pytest.fixture(scope="module")
def shunted() -> Outcome:
    """Cells with more and more of an added K+ conductance; the last two cannot be paced."""
    return perform(
        cells(PLAIN, g=[0.0, 0.05, 0.1, 5.0, 0.0], bias=[0.0, 0.0, 0.0, 0.0, 0.4]), Options(beats=5)
    )


def sharp_capture(found: Outcome, cell: int) -> float:
    """What the table calls ERP: the shortest interval [ms] that captures while 1, 2, 3, 5 ms less do not.

    And while 1, 2, 5, 10 ms more do: answers that are graded have such an interval that is shorter than the ERP.
    """
    of, interval, strength, captured = (values(found, "tried", name) for name in found.tables["tried"])
    own = (of == cell) & (strength == 2.0)
    yes = set(interval[own & (captured == 1)].tolist())
    return min(
        at
        for at in yes
        if yes.isdisjoint({at - 1, at - 2, at - 3, at - 5}) and yes >= {at + 1, at + 2, at + 5, at + 10}
    )


@pytest.mark.parametrize("model", MODELS)
def test_published_refractory_periods(model: str) -> None:
    expected = rows("erp.csv", model)
    (cycle_length,) = {row["S1_bcl"] for row in expected}
    found = perform(cells_of(expected), Options(cycle_length=cycle_length))
    published = [sharp_capture(found, k) for k in range(len(expected))]
    assert column(expected, "ERP") == pytest.approx(np.array(published), abs=1.0)
    assert column(expected, "APD90_10") == pytest.approx(values(found, "refractory", "APD90"), abs=0.1)
    assert column(expected, "V_rest10") == pytest.approx(values(found, "refractory", "V_rest"), abs=0.01)
    assert column(expected, "S2_amp") == pytest.approx(
        2.0 * values(found, "refractory", "threshold"), rel=0.003
    )


def test_the_effective_refractory_period_is_the_longest_interval_that_fails() -> None:
    """A Luo-Rudy cell answers 28 ms before it is repolarized, by its calcium current; a little later it does not.

    Where answers are all or none the first capture is at the next millisecond.
    """
    graded, sharp = (perform(cells(MODELS[name]), Options()) for name in ("lr1991", "ms2003"))
    ERP, APD90, first = (values(graded, "refractory", name) for name in ("ERP", "APD90", "first_capture"))
    assert first < APD90 - 25.0
    assert APD90 < ERP < APD90 + 10.0
    assert values(graded, "refractory", "PRR") == pytest.approx(ERP - APD90)
    assert "graded" in graded.sentences[0]
    assert values(sharp, "refractory", "first_capture") == values(sharp, "refractory", "ERP") + 1.0
    assert values(sharp, "refractory", "graded").tolist() == [0]


def test_absolute_effective_and_relative_period_in_this_order(shunted: Outcome) -> None:
    absolute, effective, end = (values(shunted, "refractory", name)[:3] for name in ("ARP", "ERP", "RRP_end"))
    assert (absolute < effective).all()
    assert (effective < end).all()


def test_hyperpolarization_shortens_refractoriness(shunted: Outcome) -> None:
    """And what of it outlasts the action potential: the opposite of what is often said."""
    assert (np.diff(values(shunted, "refractory", "ERP")[:3]) < 0.0).all()
    assert (np.diff(values(shunted, "refractory", "PRR")[:3]) < 0.0).all()


def test_every_trial_is_kept_and_agrees_with_the_answer(shunted: Outcome) -> None:
    cell, interval, strength, captured = (values(shunted, "tried", name) for name in shunted.tables["tried"])
    for k in range(3):
        own = (cell == k) & (strength == 2.0)
        assert values(shunted, "refractory", "ERP")[k] == interval[own & (captured == 0)].max()
        assert np.diff(interval[own]).tolist() == [1.0] * (own.sum() - 1)
        assert interval[own].max() == 1000.0


def exact_threshold(h: float) -> float:
    """The current [A/F] that lifts V from rest to the unstable root in 2 ms while the gate stays at h."""
    model = models.load(PLAIN)
    p = model.Parameters()
    root = 0.5 * (1.0 - np.sqrt(1.0 - 4.0 * p.tau_in / (p.tau_out * h)))

    def too_long(current: float) -> float:
        def slowness(V: float) -> float:
            return 1.0 / (current - sum(model.currents(V, model.State(h=h), p)))

        return quad(slowness, p.V_rest, p.V_rest + root * p.span)[0] - 2.0

    return float(brentq(too_long, 1.0, 50.0))


def test_relative_refractoriness_ends_when_the_threshold_has_recovered() -> None:
    """As the gate recovers, the threshold falls; the theory leaves out that the gate moves during the pulse: 1 %."""
    options = Options(beats=3)
    found = perform(cells(PLAIN), options)
    currents = 2.0 * values(found, "refractory", "threshold")
    S1 = last_beat(cells(PLAIN), currents, options.duration, options.cycle_length, options.beats, 1000.0)
    h = S1.states[int(values(found, "refractory", "RRP_end")[0]), 0, 1]
    assert exact_threshold(h) / exact_threshold(1.0) == pytest.approx(1.1, rel=0.01)


def test_cells_that_cannot_be_paced_say_why(shunted: Outcome) -> None:
    assert "inexcitable" in shunted.sentences[3]
    assert "spontaneously active" in shunted.sentences[4]
    assert np.isnan(values(shunted, "refractory", "ERP")[3:]).all()
    assert set(values(shunted, "tried", "cell").tolist()) == {0, 1, 2}


def test_a_response_too_short_for_the_criterion_has_no_effective_period() -> None:
    """Here the level is above every action potential 20 ms after its pulse."""
    found = perform(cells(PLAIN), Options(beats=1, level=14.4))
    assert np.isnan(values(found, "refractory", "ERP")[0])
    assert "ERP is undefined: the response is below 14.4 mV 20 ms after the pulse" in found.sentences[0]


def test_a_train_too_fast_for_the_last_pulse_to_capture() -> None:
    found = perform(cells(PLAIN), Options(cycle_length=250.0, beats=2))
    assert "the last S1 evokes no action potential" in found.sentences[0]


def test_a_cycle_too_short_for_the_criterion_is_refused() -> None:
    with pytest.raises(ExperimentError, match="use more than 22 ms"):
        perform(cells(PLAIN), Options(cycle_length=22.0))


def scan(*runs: tuple[int, int]) -> Scan:
    """Capture at intervals of runs (first, last), of 0 ... 100 ms."""
    intervals = np.arange(101)
    captured = np.any([(intervals >= first) & (intervals <= last) for first, last in runs], axis=0)[
        np.newaxis
    ]
    return Scan(np.ones_like(captured), captured)


@pytest.mark.parametrize(
    ("runs", "last_failing"),
    [
        ([(40, 100)], 39.0),
        ([(20, 45), (60, 100)], 59.0),
        ([(20, 25), (60, 68)], np.nan),  # the longest does not capture either
        ([(100, 100)], 99.0),
        ([(0, -1)], np.nan),
    ],
)
def test_the_longest_interval_that_fails(runs: list[tuple[int, int]], last_failing: float) -> None:
    assert [last_failing] == pytest.approx(scan(*runs).last_failing.tolist(), nan_ok=True)
