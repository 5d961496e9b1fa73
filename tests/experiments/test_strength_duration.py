"""Strength-duration: published curves, exact rheobases, and the classical fits."""

import numpy as np
import pytest
from frozen import Frozen
from table_cells import cells, cells_of, column, rows, values

from cardiac.experiments import strength_duration
from cardiac.experiments.strength_duration import fitted, lapicque_blair, weiss

PLAIN, MODIFIED = "mitchell_schaeffer_2003", "mitchell_schaeffer_modified"
DURATIONS = np.array([0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0])
LONG = 200.0  # ms: 0.5 to 3 % above the rheobase, by the slow passage of the bottleneck


def curves(found: strength_duration.Outcome, cells: int) -> np.ndarray:
    """Threshold currents (cells, durations)."""
    return values(found, "strength_duration", "current").reshape(cells, -1)


@pytest.mark.parametrize(("model", "level"), [("ms2003", -30.0), ("lr1991", -20.0)])
def test_published_curves(model: str, level: float) -> None:
    expected = rows("strength_duration.csv", model)
    durations = column(expected, "dur")[:6]
    here = cells_of(expected[::6])
    found = strength_duration.perform(
        here, strength_duration.Options(tuple(durations), tolerance=0.002, level=level)
    )
    assert durations.tolist() * here.n == values(found, "strength_duration", "duration").tolist()
    assert column(expected, "I_thr") == pytest.approx(
        values(found, "strength_duration", "current"), rel=0.004
    )
    assert column(expected, "charge") == pytest.approx(
        values(found, "strength_duration", "charge"), rel=0.004
    )


@pytest.mark.parametrize("model", [PLAIN, MODIFIED])
def test_curves_are_the_integral_of_the_cubic_and_bias_adds_to_the_rheobase(model: str) -> None:
    states = [Frozen(model), Frozen(model, 0.1), Frozen(model, bias=-1.0), Frozen(model, bias=-4.0)]
    here = cells(model, [s.g for s in states], [s.bias for s in states])
    durations = (0.5, 5.0, LONG)
    found = curves(
        strength_duration.perform(here, strength_duration.Options(durations, tolerance=0.001)), here.n
    )
    exact = np.array([[state.threshold(duration) for duration in durations] for state in states])
    assert exact == pytest.approx(found, rel=0.015)  # the gate moves a little: 1 % at 0.5 ms
    assert exact[:, -1] == pytest.approx(found[:, -1], rel=0.002)
    added = np.array([1.0, 4.0])
    assert added == pytest.approx(found[2:, -1] - found[0, -1], rel=0.003)


def test_exact_rheobases() -> None:
    expected = {(PLAIN, 0.0): 0.214, (MODIFIED, 0.0): 1.318, (PLAIN, 0.1): 2.057, (MODIFIED, 0.1): 3.527}
    for (model, g), current in expected.items():
        assert current == pytest.approx(Frozen(model, g).rheobase(), abs=0.0005)
        with_bias = Frozen(model, g, bias=-2.5).rheobase()
        assert current + 2.5 == pytest.approx(with_bias, abs=0.0005)


@pytest.mark.parametrize("curve", [lapicque_blair, weiss])
def test_a_curve_is_recovered_from_itself(curve: object) -> None:
    for rheobase, time in ((0.2, 14.0), (1.3, 4.2), (12.0, 0.7)):
        currents = curve(DURATIONS, rheobase, time)
        assert (rheobase, time, 0.0) == pytest.approx(fitted(curve, DURATIONS, currents), rel=1e-5, abs=1e-6)


def test_thresholds_that_do_not_exist_are_left_out_of_the_fit() -> None:
    currents = lapicque_blair(DURATIONS, 1.3, 4.2)
    currents[:2] = np.inf
    rheobase, tau, misfit = fitted(lapicque_blair, DURATIONS, currents)
    assert (rheobase, tau) == (pytest.approx(1.3, rel=1e-5), pytest.approx(4.2, rel=1e-5))
    assert misfit < 1e-6
    assert np.isnan(fitted(weiss, DURATIONS[:2], currents[2:4])).all()


def test_the_misfit_is_the_root_mean_square_of_relative_deviations() -> None:
    currents = weiss(DURATIONS, 1.0, 3.0)
    deviating = currents * np.exp(0.01 * np.array([1, -1, -1, 1, 1, -1, -1, 1]))
    *_, misfit = fitted(weiss, DURATIONS, deviating)
    assert misfit == pytest.approx(0.01, rel=0.05)


def test_hyperpolarized_cells_have_a_higher_rheobase_and_a_shorter_chronaxie() -> None:
    found = strength_duration.perform(cells(PLAIN, bias=[0.0, -1.0, -4.0]), strength_duration.Options())
    for fit in ("lapicque_blair", "weiss"):
        assert np.all(np.diff(values(found, "fits", f"rheobase_{fit}")) > 0.0)
        assert np.all(np.diff(values(found, "fits", f"chronaxie_{fit}")) < 0.0)
        assert np.all(values(found, "fits", f"misfit_{fit}") < 0.05)
    assert found.sentences[0].startswith("Rheobase 0.253 A/F and chronaxie 14.6 ms by Lapicque-Blair")


def test_cells_without_a_curve_say_why() -> None:
    found = strength_duration.perform(cells(PLAIN, [0.0, 5.0], [0.4, 0.0]), strength_duration.Options())
    active, inexcitable = found.sentences
    assert "is spontaneously active: V goes from" in active
    assert inexcitable == (
        "No pulse excites the cell: it is inexcitable: no pulse of 50 ms up to 30 A/F turns its own current inward."
    )
    assert found.answers == ("spontaneously active", "inexcitable")
    assert np.isnan(values(found, "fits", "rheobase_weiss")).all()
    assert np.isnan(values(found, "fits", "V_rest")).tolist() == [True, False]


def test_graded_answers_are_left_out_of_the_fits() -> None:
    """With 0.55 mS/uF the threshold of a short pulse is where what it leaves behind passes the level."""
    found = strength_duration.perform(
        cells(PLAIN, [0.0, 0.55]), strength_duration.Options((0.5, 1.0, 2.0, 5.0))
    )
    sharp = values(found, "strength_duration", "all_or_none").reshape(2, -1)
    assert sharp[0].all()
    assert not sharp[1].any()
    assert "4 of 4 pulses are answered by degrees" in found.sentences[1]
    assert np.isnan(values(found, "fits", "misfit_weiss")).tolist() == [False, True]


def test_the_fitted_curves_are_kept_to_be_drawn() -> None:
    found = strength_duration.perform(cells(PLAIN), strength_duration.Options((0.5, 1.0, 2.0, 5.0)))
    d, currents = (values(found, "fitted", name) for name in ("duration", "weiss"))
    rheobase, chronaxie = (values(found, "fits", f"{name}_weiss")[0] for name in ("rheobase", "chronaxie"))
    assert (d.min(), d.max()) == (pytest.approx(0.5), pytest.approx(5.0))
    np.testing.assert_allclose(currents, weiss(d, rheobase, chronaxie))


def test_every_trial_is_kept_and_they_bracket_the_curve() -> None:
    durations, tolerance = (0.5, 2.0), 0.005
    found = strength_duration.perform(
        cells(PLAIN, [0.0, 0.1]), strength_duration.Options(durations, tolerance)
    )
    cell, duration, current, excited = (
        values(found, "tried", name) for name in ("cell", "duration", "current", "excited")
    )
    for (k, d), answer in np.ndenumerate(curves(found, 2)):
        own = (cell == k) & (duration == durations[d])
        low, high = current[own & (excited == 0)].max(), current[own & (excited == 1)].min()
        assert low < answer < high <= low / (1.0 - tolerance)
