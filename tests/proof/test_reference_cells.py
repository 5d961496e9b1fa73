"""Single cells in the compiled kernels against published model files integrated by somebody else.

The protocols are those of the tables: pacing from the published initial state, a pulse of 2 ms at t = 10 ms of each
beat; or 10 s at rest, then one pulse. No tolerance is wider than 0.5 mV (RMS) of a trace, 0.5 ms or 0.3 % of APD90,
2 % of the upstroke, 0.05 mV of rest, and 1 % of an input resistance or threshold.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest
from reference import MODELS, STATES, cells, model, published_state, table, trace

from cardiac.analysis import ActionPotential, action_potential
from cardiac.cell import Thresholds, excitation, rest, thresholds
from cardiac.cell.cells import row as as_row
from cardiac.experiments import rest as rest_experiment
from cardiac.protocol import Pulses, Window
from cardiac.simulation import Simulation, Stimulus

DT = 0.01  # ms, of the beats that are compared
DT_BETWEEN = (
    0.05  # ms, of beats 2 to 99: APD90 of beat 100 is the same within 0.03 ms (uniform 0.01 ms was tried)
)
ONSET, PULSE, CYCLE = 10.0, 2.0, 1000.0  # ms
SEEN = 700.0  # ms of a beat that are recorded
SAMPLE = 0.1  # ms between the samples of responses
BEATS = {1: "first", 100: "hundredth"}
PACED = {(row["model"], int(row["beat"])): row for row in table("ap_table.csv")}
HYPERPOLARIZED = [(name, k) for name, rows in STATES.items() for k in range(len(rows))]
DURATIONS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # ms
CURVES: dict[tuple[str, str], list[dict[str, Any]]] = {}
for _row in table("strength_duration.csv"):
    CURVES.setdefault((_row["model"], _row["state"]), []).append(_row)


def all_or_none(expected: dict[str, Any]) -> bool:
    """Whether a row has a threshold: the README of the tables calls the others passive or graded."""
    return bool(expected["regen"] == 1 and expected["jump"] >= 30.0)


@pytest.fixture(autouse=True, scope="module")
def _nothing_remembered(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Rest and thresholds are found here and now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDIAC_CACHE", str(tmp_path_factory.mktemp("cells")))
        yield


def paced_cell(name: str, dt: float, like: Simulation | None = None) -> Simulation:
    """A paced cell, from its published state or going on from another simulation."""
    V, state = published_state(name)
    pacing = Stimulus(1.0, PACED[name, 1]["stim_amp"], Pulses(ONSET, PULSE, CYCLE, 100))
    start = dict(zip(model(name).State._fields, state, strict=True))
    return cells(name, [{}]).simulation(
        dt, stimuli=[pacing], V=like.V if like else V, state=like.state if like else start
    )


def beat(cell: Simulation) -> np.ndarray:
    """V through one beat, every step of its first 700 ms: (steps + 1,)."""
    start = cell.V[0]
    cell.probe([(0, 0)], 1)
    V = cell.advance(round(SEEN / DT))[:, 0, 0]
    cell.probe([], 1)
    cell.advance(round((CYCLE - SEEN) / DT))
    return np.append(start, V)


@cache
def paced(name: str) -> dict[int, np.ndarray]:
    """V (steps + 1,) of the first and the hundredth beat."""
    first = paced_cell(name, DT)
    beats = {1: beat(first)}
    # Pulses repeat each cycle, so that a simulation whose clock starts again is in phase.
    between = paced_cell(name, DT_BETWEEN, first)
    between.advance(round(98 * CYCLE / DT_BETWEEN))
    return beats | {100: beat(paced_cell(name, DT, between))}


@cache
def observed(name: str, number: int) -> tuple[np.ndarray, np.ndarray, ActionPotential]:
    """t, V and the action potential of one beat."""
    V = paced(name)[number]
    t = DT * np.arange(len(V))
    return t, V, action_potential(t, V, ONSET)


beats = pytest.mark.parametrize(("name", "number"), PACED, ids=[f"{n}-{BEATS[k]}" for n, k in PACED])


@pytest.mark.parametrize("name", sorted({name for name, _ in PACED}))
def test_the_initial_state_is_the_published_one(name: str) -> None:
    V, state = published_state(name)
    ours = model(name)
    assert pytest.approx(ours.V_initial, rel=1e-12) == V
    assert state == pytest.approx(list(ours.State()), rel=1e-12)


@beats
def test_potential_of_a_paced_beat(name: str, number: int) -> None:
    t, V, _ = observed(name, number)
    expected = trace(name)
    expected = expected[(expected[:, 0] >= ONSET + 10.0) & (expected[:, 0] <= 600.0)]
    difference = np.interp(expected[:, 0], t, V) - expected[:, list(BEATS).index(number) + 1]
    assert np.sqrt(np.mean(difference**2)) < 0.1  # mV


@beats
def test_action_potential_of_a_paced_beat(name: str, number: int) -> None:
    expected, (_, _, found) = PACED[name, number], observed(name, number)
    assert expected["V_rest"] == pytest.approx(found.V_rest, abs=0.01)
    assert expected["V_peak"] == pytest.approx(found.V_peak, abs=0.1)
    spread = 0.2 if name == "ap1996" else 0.0  # reached at the end of the pulse, +- 0.15 in the table
    assert expected["dVdt_max"] == pytest.approx(found.dVdt_max, rel=0.01, abs=spread)
    assert expected["APD50"] == pytest.approx(found.APD50, abs=0.2)
    assert expected["APD90"] == pytest.approx(found.APD90, abs=0.2)


@cache
def resistances(name: str) -> np.ndarray:
    """Input resistance of every state of a model."""
    return rest_experiment.input_resistance(cells(name, STATES[name]), rest_experiment.Options())


@cache
def two_ms(name: str) -> Thresholds:
    """Thresholds of every state of a model for a pulse of 2 ms."""
    return thresholds(cells(name, STATES[name]), [2.0], level=MODELS[name].capture)


@cache
def responses(name: str) -> list[ActionPotential]:
    """What twice the threshold evokes in every state of a model."""
    these = cells(name, STATES[name])
    start, needed = rest(these), np.nan_to_num(two_ms(name).current[:, 0], posinf=0.0)
    pulse = Stimulus(as_row(2.0 * needed), 1.0, Window(ONSET, ONSET + PULSE))
    some = these.simulation(DT, stimuli=[pulse], V=as_row(start.V), state=start.row())
    some.probe([(0, k) for k in range(these.n)], round(SAMPLE / DT))
    V = np.vstack([start.V, some.advance(round(SEEN / DT))[:, :, 0]])
    t = SAMPLE * np.arange(len(V))
    return [action_potential(t, V[:, k], ONSET) for k in range(these.n)]


hyperpolarized = pytest.mark.parametrize(
    ("name", "k"), HYPERPOLARIZED, ids=[f"{n}-{STATES[n][k]['state']}" for n, k in HYPERPOLARIZED]
)


@hyperpolarized
def test_rest_and_resistance_of_a_hyperpolarized_cell(name: str, k: int) -> None:
    """A bias current, an added K+ conductance or a scaled I_K1: where the cell rests, how it resists."""
    expected = STATES[name][k]
    assert expected["V_rest"] == pytest.approx(rest(cells(name, STATES[name])).V[k], abs=0.005)
    assert expected["R_in"] == pytest.approx(resistances(name)[k], rel=0.005)


@hyperpolarized
def test_threshold_and_response_of_a_hyperpolarized_cell(name: str, k: int) -> None:
    expected = STATES[name][k]
    if not all_or_none(expected):
        pytest.skip("no all-or-none response in the reference: its threshold only reflects the level")
    assert expected["I_thr_2ms"] == pytest.approx(two_ms(name).current[k, 0], rel=0.003)  # both bracketed
    assert expected["APD90"] == pytest.approx(responses(name)[k].APD90, rel=0.003, abs=0.5)


@pytest.mark.parametrize(("name", "state"), CURVES, ids=lambda value: value)
def test_strength_duration_curve(name: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "fk1998br":  # V slides along a jump of the current: 1.1 % with 0.01 ms, 0.1 % with 0.005
        monkeypatch.setattr(excitation, "STEP", 0.005)
    rows = CURVES[name, state]
    ek = STATES[name][0]["ek"]
    found = thresholds(cells(name, [rows[0] | {"ek": ek}]), DURATIONS, level=MODELS[name].capture)
    assert [row["dur"] for row in rows] == list(DURATIONS)
    expected = [row["I_thr"] for row in rows]
    assert expected == pytest.approx(found.current[0].tolist(), rel=0.005, nan_ok=True)


def test_rest_and_threshold_of_the_endocardial_cell() -> None:
    (expected,) = table("crosscheck_files.csv")
    here = cells(expected["model"], [{}])
    assert expected["V_rest"] == pytest.approx(rest(here).V[0], abs=0.005)
    assert expected["I_thr_2ms"] == pytest.approx(thresholds(here, [2.0]).current[0, 0], rel=0.003)
