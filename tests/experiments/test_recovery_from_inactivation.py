"""Recovery from inactivation: published time constants, and closed forms of the two-pulse protocol."""

import math

import numpy as np
import pytest
from table_cells import cells, published_rest, values

from cardiac import models
from cardiac.cell import Cell
from cardiac.experiments import ExperimentError, recovery_from_inactivation
from cardiac.experiments.recovery_from_inactivation import Options

PLAIN, LUO_RUDY, HUMAN = "mitchell_schaeffer_2003", "luo_rudy_1991", "ten_tusscher_panfilov_2006"
POTENTIALS = (-70.0, -80.0, -90.0, -100.0)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells rest in the state that their paper gives: nothing is simulated."""
    monkeypatch.setattr(recovery_from_inactivation, "rest", published_rest)


def test_time_constants_of_luo_rudy(published: None) -> None:
    found = recovery_from_inactivation.perform(cells(LUO_RUDY), Options(POTENTIALS))
    assert values(found, "recovery_from_inactivation", "V").tolist() == list(POTENTIALS)
    assert np.array([74.0, 26.0, 10.7, 5.7]) == pytest.approx(
        values(found, "recovery_from_inactivation", "tau_j"), rel=0.01
    )


def test_time_constants_and_availability_of_ten_tusscher_panfilov(published: None) -> None:
    found = recovery_from_inactivation.perform(cells(HUMAN), Options(POTENTIALS))
    h = values(found, "recovery_from_inactivation", "h_inf")
    assert np.array([370.0, 130.0, 54.0, 29.0]) == pytest.approx(
        values(found, "recovery_from_inactivation", "tau_j"), rel=0.015
    )
    assert np.array([0.20, 0.57, 0.85, 0.96]) == pytest.approx(h, abs=0.005)
    assert h * values(found, "recovery_from_inactivation", "j_inf") == pytest.approx(
        values(found, "recovery_from_inactivation", "availability")
    )


@pytest.mark.parametrize("model", [LUO_RUDY, HUMAN])
def test_at_rest_the_availability_is_h_j(model: str, published: None) -> None:
    found = recovery_from_inactivation.perform(cells(model), Options())
    state = models.load(model).State()
    assert state.h * state.j == pytest.approx(values(found, "at_rest", "availability")[0], rel=1e-12)
    assert found.sentences[0].startswith("I_Na (h, j) is available to")


def test_hyperpolarization_speeds_recovery_in_the_heart(published: None) -> None:
    """The fifth of the five statements, as the simulation has it: not the cause of refractoriness."""
    for model in (LUO_RUDY, HUMAN):
        found = recovery_from_inactivation.perform(cells(model), Options())
        assert np.all(np.diff(values(found, "recovery_from_inactivation", "half_time")) < 0.0)
        assert np.all(np.diff(values(found, "recovery_from_inactivation", "availability")) > 0.0)
        assert np.all(np.diff(values(found, "steady", "availability")) <= 0.0)  # from -140 to 0 mV


def test_two_pulses_on_one_gate_follow_an_exponential(published: None) -> None:
    """1 - (1 - exp(-500 / 150)) exp(-t / 120): 500 ms closed, then open."""
    found = recovery_from_inactivation.perform(cells(PLAIN), Options(potentials=(-80.0, -120.0)))
    interval = values(found, "two_pulse", "interval")
    closed = models.load(PLAIN).State().h * math.exp(-500.0 / 150.0)
    exact = 1.0 - (1.0 - closed) * np.exp(-interval / 120.0)
    assert exact == pytest.approx(values(found, "two_pulse", "availability"), rel=1e-9)
    assert np.full(2, 120.0 * math.log(2.0)) == pytest.approx(
        values(found, "recovery_from_inactivation", "half_time"), rel=1e-9
    )


def test_at_the_half_time_half_has_returned(published: None) -> None:
    V = (-80.0,)
    half = values(
        recovery_from_inactivation.perform(cells(LUO_RUDY), Options(V)),
        "recovery_from_inactivation",
        "half_time",
    )[0]
    intervals = (1e-9, half, 1e5)
    found = recovery_from_inactivation.perform(cells(LUO_RUDY), Options(V, intervals))
    before, at_half, after = values(found, "two_pulse", "availability").tolist()
    assert at_half == pytest.approx(0.5 * (before + after), abs=1e-6)


def test_where_nothing_opens_nothing_recovers(published: None) -> None:
    found = recovery_from_inactivation.perform(cells(PLAIN), Options((-60.0, -100.0)))
    assert np.isnan(values(found, "recovery_from_inactivation", "half_time")).tolist() == [True, False]
    assert "never at -60 mV and in 83.2 ms at -100 mV" in found.sentences[0]


def test_half_of_the_gate_is_open_at_the_potential_where_it_switches(published: None) -> None:
    found = recovery_from_inactivation.perform(cells(PLAIN), Options())
    assert values(found, "at_rest", "V_half")[0] == pytest.approx(-67.0, abs=1e-6)


def test_other_currents_have_an_availability_too(published: None) -> None:
    found = recovery_from_inactivation.perform(cells(HUMAN), Options(current="I_to"))
    assert found.sentences[0].startswith("I_to (s) is available")
    # f_Cass closes with calcium, not with V; f and f2 do with V, f2 to a third
    found = recovery_from_inactivation.perform(cells(HUMAN), Options(current="I_CaL"))
    assert found.sentences[0].startswith("I_CaL (f, f2) is available")


def test_without_the_sodium_current_it_is_the_next_one(published: None) -> None:
    """The slow inward current of node-like cells; beside cells that have I_Na it is none."""
    model = models.load(LUO_RUDY)
    found = recovery_from_inactivation.perform(Cell(model, {"g_Na": 0.0}, []), Options())
    assert found.sentences[0].startswith("I_si (f) is available")
    both = Cell(model, {"g_Na": np.array([23.0, 0.0])}, [], 2)
    found = recovery_from_inactivation.perform(both, Options())
    assert np.isnan(values(found, "at_rest", "availability")).tolist() == [False, True]
    assert found.sentences[1] == "The cell has no I_Na (h, j)."


def test_a_hyperpolarized_cell_has_more_of_its_sodium_current() -> None:
    found = recovery_from_inactivation.perform(cells(LUO_RUDY, [0.0, 0.2], reversal=-95.0), Options())
    few, more = values(found, "at_rest", "availability").tolist()
    assert few < more < 1.0
    assert values(found, "recovery_from_inactivation", "cell").tolist() == [0] * 6 + [1] * 6


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("nagumo", Options(), "its greatest inward current, I_cubic, has no gate that closes"),
        (LUO_RUDY, Options(current="I_K1"), "I_K1 has no gate that closes with depolarization"),
        (LUO_RUDY, Options(current="I_na"), 'has no current "I_na" .*I_Na, I_si'),
    ],
)
def test_what_cannot_inactivate_is_refused(
    model: str, options: Options, message: str, published: None
) -> None:
    with pytest.raises(ExperimentError, match=message):
        recovery_from_inactivation.perform(cells(model), options)
