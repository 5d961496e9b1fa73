"""Threshold: published currents, the exact integral of the cubic, and answers that are no number."""

import numpy as np
import pytest
from frozen import Frozen
from table_cells import cells, cells_of, column, rows, values

from cardiac import mechanisms, models
from cardiac.cell import Cell
from cardiac.experiments import ExperimentError, threshold
from cardiac.simulation import Added

PLAIN, MODIFIED = "mitchell_schaeffer_2003", "mitchell_schaeffer_modified"


@pytest.mark.parametrize("model", ["ms2003", "lr1991"])
def test_threshold_of_hyperpolarized_cells(model: str) -> None:
    expected = rows("hyperpol.csv", model)
    level = {"ms2003": -30.0, "lr1991": -20.0}[model]
    found = threshold.perform(cells_of(expected), threshold.Options(level=level))
    assert column(expected, "I_thr_2ms") == pytest.approx(values(found, "threshold", "current"), rel=0.003)
    assert column(expected, "jump") == pytest.approx(values(found, "threshold", "jump"), rel=0.02)
    assert values(found, "threshold", "all_or_none").all()


@pytest.mark.parametrize("model", [PLAIN, MODIFIED])
def test_threshold_is_the_integral_of_the_cubic(model: str) -> None:
    """The gate moves a little, which the theory leaves out: 3 %, as measured at most 1 %."""
    states = [Frozen(model), Frozen(model, 0.1), Frozen(model, bias=-2.0)]
    here = cells(model, [s.g for s in states], [s.bias for s in states])
    found = threshold.perform(here, threshold.Options())
    exact = [state.threshold(2.0) for state in states]
    assert exact == pytest.approx(values(found, "threshold", "current").tolist(), rel=0.03)
    assert [s.roots()[0] for s in states] == pytest.approx(
        values(found, "threshold", "V_rest").tolist(), abs=1e-3
    )


def test_the_exact_integrals_are_those_of_the_literature_of_the_project() -> None:
    expected = {(PLAIN, 0.0): 2.78, (MODIFIED, 0.0): 7.40, (PLAIN, 0.1): 9.87, (MODIFIED, 0.1): 13.43}
    for (model, g), current in expected.items():
        assert current == pytest.approx(Frozen(model, g).threshold(2.0), abs=0.005)


def test_a_just_sufficient_pulse_ends_at_the_unstable_root() -> None:
    """Of cells whose gate stays open below it; a shorter or longer pulse ends there too."""
    for duration in (0.5, 2.0, 10.0):
        found = threshold.perform(cells(PLAIN), threshold.Options(duration, 1e-4))
        assert Frozen(PLAIN).roots()[1] == pytest.approx(
            values(found, "threshold", "V_threshold")[0], abs=0.05
        )


def test_every_trial_is_kept_and_they_bracket_the_answer() -> None:
    g, tolerance = [0.0, 0.1, 0.55, 5.0], 0.001
    found = threshold.perform(cells(PLAIN, g), threshold.Options(tolerance=tolerance))
    cell, current, excited = (values(found, "tried", name) for name in ("cell", "current", "excited"))
    assert set(values(found, "tried", "duration")) == {2.0}
    for k, answer in enumerate(values(found, "threshold", "current").tolist()):
        yes, no = (current[(cell == k) & (excited == e)] for e in (1, 0))
        if np.isfinite(answer):
            assert no[no < answer].max() < answer < yes.min()
            assert yes.min() - no[no < answer].max() <= tolerance * yes.min()
        else:
            assert yes.size == 0
            assert no.max() == 400.0  # the strongest that is tried


def test_a_cell_may_be_inexcitable_or_active_or_graded() -> None:
    here = cells(PLAIN, [0.0, 5.0, 0.0, 0.55], [0.0, 0.0, 0.4, 0.0])
    found = threshold.perform(here, threshold.Options())
    excitable, inexcitable, active, graded = found.sentences
    current, all_or_none = (values(found, "threshold", name) for name in ("current", "all_or_none"))
    assert excitable.endswith("mV.")
    assert "inexcitable" in inexcitable
    assert current[1] == np.inf
    assert "spontaneously active" in active
    assert current[2] == 0.0
    assert "graded" in graded
    assert all_or_none.tolist() == [1, 0, 0, 0]


def test_a_cell_that_fires_only_during_the_pulse_is_not_inexcitable() -> None:
    """Luo-Rudy 1991 with 1 mS/uF fires to +31 mV within a pulse of 60 A/F; with 10 mS/uF by no current."""
    here = cells("luo_rudy_1991", [1.0, 10.0], reversal=-90.0)
    found = threshold.perform(here, threshold.Options())
    assert found.answers == ("brief", "inexcitable")
    brief, inexcitable = found.sentences
    assert "fires only during a pulse of 2 ms, from 44" in brief
    assert "A/F on: V is below -30 mV 2 ms after it" in brief
    assert "up to 400 A/F" in brief
    assert "inexcitable: no pulse of 2 ms up to 400 A/F turns its own current inward" in inexcitable
    assert values(found, "threshold", "fires")[0] == pytest.approx(44.6, rel=0.05)


def test_a_slow_pacemaker_is_told_from_a_cell_at_rest() -> None:
    """With a tenth of I_K1 the Luo-Rudy cell fires every 1585 ms; a threshold within 200 ms proves nothing."""
    scale, model = mechanisms.load("inward_rectifier_scale"), models.load("luo_rudy_1991")
    here = Cell(model, {}, [Added(scale, scale.Parameters(np.array([0.1, 1.0])))], 2)
    found = threshold.perform(here, threshold.Options())
    assert found.answers == ("spontaneously active", "")
    assert "every 1585 ms" in found.sentences[0]
    assert values(found, "threshold", "current")[0] == 0.0
    assert np.isnan(values(found, "threshold", "V_rest")).tolist() == [True, False]


def test_the_search_goes_as_far_as_it_is_told() -> None:
    found = threshold.perform(cells(PLAIN, [0.0, 5.0]), threshold.Options(up_to=2.0))
    assert found.answers == ("inexcitable", "inexcitable") or found.answers[0] == "brief"
    assert "up to 2 A/F" in found.sentences[1]
    assert values(found, "tried", "current").max() == 2.0


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (threshold.Options(tolerance=0.0), "tolerance: a tolerance of 0 is outside 1e-06 ... 0.1"),
        (threshold.Options(tolerance=-1.0), "tolerance"),
        (threshold.Options(tolerance=2.0), "tolerance"),
        (threshold.Options(up_to=0.0), "up_to"),
        (threshold.Options(duration=0.0), "duration"),
    ],
)
def test_a_search_that_would_not_end_is_refused(options: threshold.Options, key: str) -> None:
    with pytest.raises(ExperimentError, match=key):
        threshold.perform(cells(PLAIN), options)


def test_charge_is_current_times_duration() -> None:
    found = threshold.perform(cells(PLAIN, [0.0, 0.1]), threshold.Options(duration=5.0))
    charge, current = (values(found, "threshold", name) for name in ("charge", "current"))
    assert (5.0 * current).tolist() == charge.tolist()
