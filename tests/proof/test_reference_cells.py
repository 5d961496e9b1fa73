"""Single cells in the compiled kernels against published model files integrated by somebody else.

The protocols are those of the tables: pacing from the published initial state, a pulse of 2 ms at t = 10 ms of each
beat; or 10 s at rest, then one pulse. No tolerance is wider than 0.5 mV (RMS) of a trace, 0.5 ms of APD90, 2 % of the
upstroke, 0.05 mV of rest and 1 % of a threshold.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest
from reference import MODELS, cell, model, parameters, table, trace

from cardiac.analysis import ActionPotential, action_potential
from cardiac.cell import rest, threshold
from cardiac.protocol import Pulses
from cardiac.simulation import Simulation, Stimulus
from cardiac.tissue import Grid

DT = 0.01  # ms, of the beats that are compared
DT_BETWEEN = (
    0.05  # ms, of beats 2 to 99: APD90 of beat 100 is the same within 0.03 ms (uniform 0.01 ms was tried)
)
ONSET, PULSE, CYCLE = 10.0, 2.0, 1000.0  # ms
SEEN = 700.0  # ms of a beat that are recorded
BEATS = {1: "first", 100: "hundredth"}
TOGETHER = {"ttp2006_epi": ("ttp2006_epi", "ttp2006_mid"), "ttp2006_mid": ("ttp2006_epi", "ttp2006_mid")}
PACED = {(row["model"], int(row["beat"])): row for row in table("ap_table.csv")}
STATES = table("hyperpol.csv")


@pytest.fixture(autouse=True, scope="module")
def _nothing_remembered(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Rest and thresholds are found here and now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDIAC_CACHE", str(tmp_path_factory.mktemp("cells")))
        yield


def row_of(names: tuple[str, ...], strength: float, dt: float, like: Simulation | None = None) -> Simulation:
    """Paced cells side by side, uncoupled, from their published state or going on from another simulation."""
    all_parameters = [parameters(name) for name in names]
    values = {key: [p[key] for p in all_parameters] for key in all_parameters[0]}
    return Simulation(
        model(names[0]),
        Grid(nx=len(names)),
        dt,
        parameters={key: v[0] if len(set(v)) == 1 else np.array([v]) for key, v in values.items()},
        stimuli=[Stimulus(1.0, strength, Pulses(ONSET, PULSE, CYCLE, 100))],
        V=like.V if like else None,
        state=like.state if like else None,
        threads=1,
    )


def beat(cells: Simulation) -> np.ndarray:
    """V of the cells through one beat, every step of its first 700 ms: (steps + 1, cells)."""
    start = cells.V[0]
    cells.probe([(0, j) for j in range(cells.grid.nx)], 1)
    V = cells.advance(round(SEEN / DT))[:, :, 0]
    cells.probe([], 1)
    cells.advance(round((CYCLE - SEEN) / DT))
    return np.vstack([start, V])


@cache
def paced(names: tuple[str, ...]) -> dict[int, np.ndarray]:
    """V (steps + 1, cells) of the first and the hundredth beat."""
    strength = PACED[names[0], 1]["stim_amp"]
    first = row_of(names, strength, DT)
    beats = {1: beat(first)}
    # Pulses repeat each cycle, so that a simulation whose clock starts again is in phase.
    between = row_of(names, strength, DT_BETWEEN, first)
    between.advance(round(98 * CYCLE / DT_BETWEEN))
    return beats | {100: beat(row_of(names, strength, DT, between))}


@cache
def observed(name: str, number: int) -> tuple[np.ndarray, np.ndarray, ActionPotential]:
    """t, V and the action potential of one beat."""
    names = TOGETHER.get(name, (name,))
    V = paced(names)[number][:, names.index(name)]
    t = DT * np.arange(len(V))
    return t, V, action_potential(t, V, ONSET)


beats = pytest.mark.parametrize(("name", "number"), PACED, ids=[f"{n}-{BEATS[k]}" for n, k in PACED])


@pytest.mark.parametrize("name", sorted({row["model"] for row in table("initial_states.csv")}))
def test_a_simulation_starts_from_the_published_state(name: str) -> None:
    published = [row["value"] for row in table("initial_states.csv") if row["model"] == name]
    if name == "ms2003":
        published[0] = -80.0 + 100.0 * published[0]
    start = Simulation(model(name), Grid(), DT)
    assert published == pytest.approx([start.V[0, 0], *(v[0, 0] for v in start.state.values())], rel=1e-14)


@beats
def test_potential_of_a_paced_beat(name: str, number: int) -> None:
    t, V, _ = observed(name, number)
    expected = trace(name)
    expected = expected[(expected[:, 0] >= ONSET + 10.0) & (expected[:, 0] <= 600.0)]
    difference = np.interp(expected[:, 0], t, V) - expected[:, list(BEATS).index(number) + 1]
    assert np.sqrt(np.mean(difference**2)) < 0.05  # mV


@beats
def test_action_potential_of_a_paced_beat(name: str, number: int) -> None:
    expected, (_, _, found) = PACED[name, number], observed(name, number)
    assert expected["V_rest"] == pytest.approx(found.V_rest, abs=0.01)
    assert expected["V_peak"] == pytest.approx(found.V_peak, abs=0.1)
    assert expected["dVdt_max"] == pytest.approx(found.dVdt_max, rel=0.005)
    assert expected["APD50"] == pytest.approx(found.APD50, abs=0.2)
    assert expected["APD90"] == pytest.approx(found.APD90, abs=0.1)


@pytest.mark.parametrize("expected", STATES, ids=lambda row: f"{row['model']}-{row['state']}")
def test_rest_and_threshold_of_a_hyperpolarized_cell(expected: dict[str, Any]) -> None:
    """A bias current, an added K+ conductance or a scaled I_K1: where the cell rests, what then excites it."""
    here = cell(expected["model"], *(expected[key] for key in ("bias", "gk", "ek", "sk1")))
    assert expected["V_rest"] == pytest.approx(rest(here).V[0], abs=0.005)
    assert expected["regen"] == 1  # every response here is an action potential: all thresholds mean something
    assert expected["I_thr_2ms"] == pytest.approx(threshold(here), rel=0.003)  # both bracketed to 0.05 %


def test_rest_and_threshold_of_the_endocardial_cell() -> None:
    (expected,) = table("crosscheck_files.csv")
    here = cell(expected["model"])
    assert expected["model"] in MODELS
    assert expected["V_rest"] == pytest.approx(rest(here).V[0], abs=0.005)
    assert expected["I_thr_2ms"] == pytest.approx(threshold(here), rel=0.003)
