"""Action potential: published beats, and what trains of pulses do to a cell."""

import numpy as np
import pytest
from table_cells import MODELS, cells, cells_of, rows, values

from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments.action_potential import Options, course, perform

PLAIN = MODELS["ms2003"]


def of_cell(outcome: Outcome, name: str, cell: int = 0) -> np.ndarray:
    """A column of the table, of one cell."""
    own = values(outcome, "action_potential", "cell") == cell
    return values(outcome, "action_potential", name)[own]


@pytest.mark.parametrize("model", MODELS)
def test_first_beat_from_the_published_state(model: str) -> None:
    (expected,) = rows("ap_table.csv", model, beat=1)
    here = cells_of([expected | {"bias": 0.0, "gk": 0.0}])
    found = perform(here, Options(cycle_length=expected["bcl"], beats=1, start="published"))
    assert expected["stim_amp"] == pytest.approx(of_cell(found, "current")[0], rel=0.003)
    assert expected["V_rest"] == pytest.approx(of_cell(found, "V_rest")[0], abs=0.005)
    assert expected["V_peak"] == pytest.approx(of_cell(found, "V_peak")[0], abs=0.1)
    assert expected["dVdt_max"] == pytest.approx(of_cell(found, "dVdt_max")[0], rel=0.005)
    assert expected["APD50"] == pytest.approx(of_cell(found, "APD50")[0], abs=0.2)
    assert expected["APD90"] == pytest.approx(of_cell(found, "APD90")[0], abs=0.1)


def test_a_steady_beat_is_the_hundredth() -> None:
    """The Mitchell-Schaeffer cell forgets in a few beats: its gate recovers with 120 ms."""
    (expected,) = rows("ap_table.csv", "ms2003", beat=100)
    found = perform(cells(PLAIN), Options(beats=6))
    assert expected["APD90"] == pytest.approx(of_cell(found, "APD90")[-1], abs=0.05)
    assert expected["V_peak"] == pytest.approx(of_cell(found, "V_peak")[-1], abs=0.01)
    assert "every pulse captures" in found.sentences[0]
    assert "durations are steady" in found.sentences[0]


def test_the_last_beat_of_each_cell_is_a_table_of_its_own() -> None:
    """What a dose-response shows: one row for each dose."""
    found = perform(cells(PLAIN, [0.0, 5.0], [0.0, 0.0]), Options(beats=4))
    assert values(found, "last_beat", "cell").tolist() == [0, 1]
    assert values(found, "last_beat", "APD90")[0] == of_cell(found, "APD90")[-1]
    assert values(found, "last_beat", "steady").tolist() == [1, 0]
    assert values(found, "last_beat", "captures").tolist() == [1.0, 0.0]
    assert np.isnan(values(found, "last_beat", "APD90")[1])
    assert found.answers == ("", "inexcitable")
    assert "cannot be paced: it is inexcitable" in found.sentences[1]


def test_a_pacemaker_is_told_to_be_one() -> None:
    found = perform(cells(PLAIN, bias=[0.4, 0.4]), Options(beats=2))
    assert found.answers == ("spontaneously active",) * 2
    assert all("is spontaneously active" in sentence for sentence in found.sentences)
    own = perform(cells(PLAIN, bias=0.4), Options(beats=2, current=20.0))
    assert "is spontaneously active" in own.sentences[0]
    assert "At a cycle length of" in own.sentences[0]
    assert np.isnan(values(own, "last_beat", "V_rest")).all()


def test_diastolic_interval_and_duration_make_a_cycle() -> None:
    found = perform(cells(PLAIN), Options(cycle_length=450.0, beats=4))
    DI, APD90 = of_cell(found, "DI"), of_cell(found, "APD90")
    assert np.isnan(DI[0])
    assert DI[1:] + APD90[:-1] == pytest.approx([450.0] * 3, abs=1e-9)


def test_cells_of_a_row_answer_as_each_alone() -> None:
    options = Options(cycle_length=400.0, beats=3, current=20.0)
    row = perform(cells(PLAIN, g=[0.0, 0.1], bias=[-1.0, 0.0]), options)
    alone = perform(cells(PLAIN, g=[0.1], bias=[0.0]), options)
    for name in ("current", "V_rest", "V_peak", "dVdt_max", "APD90"):
        assert of_cell(alone, name) == pytest.approx(of_cell(row, name, 1), rel=1e-9)


def test_at_a_short_cycle_every_other_pulse_captures() -> None:
    """The action potentials outlast the pulses that fail, which prolong them a little (as measured by 2 %)."""
    fast = perform(cells(PLAIN), Options(cycle_length=240.0, beats=6))
    slow = perform(cells(PLAIN), Options(cycle_length=480.0, beats=3))
    assert of_cell(fast, "captured").tolist() == [1, 0] * 3
    assert np.isnan(of_cell(fast, "APD90")[1::2]).all()
    assert of_cell(slow, "APD90") == pytest.approx(of_cell(fast, "APD90")[::2], rel=0.03)
    assert "3 of the last 6 pulses capture" in fast.sentences[0]


def test_cells_that_cannot_be_paced_say_why() -> None:
    found = perform(cells(PLAIN, g=[5.0, 0.0], bias=[0.0, 0.4]), Options(beats=2))
    assert "inexcitable" in found.sentences[0]
    assert "spontaneously active" in found.sentences[1]
    assert of_cell(found, "captured").tolist() == [0, 0]


def test_a_given_current_needs_no_threshold() -> None:
    found = perform(cells(PLAIN, g=[0.0, 5.0]), Options(beats=1, current=20.0))
    assert of_cell(found, "current", 1).tolist() == [20.0]
    assert values(found, "action_potential", "captured").tolist() == [1, 0]
    assert "no pulse captures" in found.sentences[1]


@pytest.mark.parametrize(
    ("durations", "what"),
    [
        ([300.0, 280.0, 280.2, 280.1, 280.3], "steady"),
        ([300.0, 280.0, 270.0, 265.0], "still changing"),
        ([250.0, 300.0, 240.0, 310.0], "alternating by 70.0 ms"),
        ([250.0, 300.0], "too few to tell whether they are steady"),
    ],
)
def test_course_of_durations(durations: list[float], what: str) -> None:
    assert what == course(np.array(durations))


@pytest.mark.parametrize(
    ("options", "text"),
    [({"beats": 0}, "0 beats are too few"), ({"cycle_length": 3.0}, "use more than 4 ms")],
)
def test_a_train_that_is_none_is_refused(options: dict[str, float], text: str) -> None:
    with pytest.raises(ExperimentError, match=text):
        perform(cells(PLAIN), Options(**options))
