"""The modified Mitchell-Schaeffer model asked for by what it does; measured by an independent integrator."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiac import models

MODEL = models.load("mitchell_schaeffer_modified")
DEFAULT = MODEL.Parameters()
PULSE = 2.0  # ms
ASKED = {
    "resting_potential": -85.0,
    "peak_potential": 15.0,
    "threshold_potential": -72.0,
    "action_potential_duration": 250.0,
    "refractory_period": 290.0,
}


def asked(**keys: float) -> Any:
    """The parameters solved for."""
    return MODEL.parameters_from(MODEL.Behaviour(**keys), DEFAULT)


class Cell:
    """A cell driven by the reference integrator."""

    def __init__(self, integrate: Any, p: Any) -> None:
        self.integrate, self.p = integrate, p
        self.V_E = p.V_rest + 0.4 * p.span

    def response(self, y: Any, strength: float, duration: float) -> tuple[np.ndarray, np.ndarray]:
        """Times and states of the response to a pulse."""
        pulse = self.integrate(MODEL, np.array(y), PULSE, self.p, injected=strength, max_step=0.1)
        after = self.integrate(MODEL, pulse.y[:, -1], duration - PULSE, self.p, max_step=0.2)
        return np.append(pulse.t, PULSE + after.t), np.hstack([pulse.y, after.y])

    def captures(self, strength: float) -> bool:
        """Whether a pulse from rest evokes an action potential."""
        return bool(self.response((self.p.V_rest, 1.0), strength, 60.0)[1][0, -1] >= self.V_E)

    def threshold(self) -> float:
        """The least strength that captures, to 0.1 %."""
        low, high = 0.0, self.p.span
        while high - low > 1e-3 * high:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if self.captures(middle) else (middle, high)
        return high

    def second_answers(self, strength: float, interval: float) -> bool:
        """Whether an S2 at this interval evokes an action potential."""
        first = self.response((self.p.V_rest, 1.0), strength, interval)[1][:, -1]
        second = self.response(first, strength, PULSE + 20.0)[1][0, -1]
        return bool(first[0] < self.V_E <= second)


def test_the_cell_does_what_was_asked(integrate: Any) -> None:
    cell = Cell(integrate, asked(**ASKED))
    settled = integrate(MODEL, np.array([-83.0, 0.8]), 3000.0, cell.p).y[0, -1]
    assert ASKED["resting_potential"] == pytest.approx(settled, abs=0.1)
    strength = 2.0 * cell.threshold()
    t, (V, _) = cell.response((settled, 1.0), strength, 400.0)
    assert ASKED["peak_potential"] == pytest.approx(V.max(), abs=0.1)
    level = V.max() - 0.9 * (V.max() - settled)
    above = t[level <= V]
    assert ASKED["action_potential_duration"] == pytest.approx(above[-1] - above[0], abs=1.0)
    assert cell.second_answers(strength, ASKED["refractory_period"] + 1.0)
    assert not cell.second_answers(strength, ASKED["refractory_period"] - 1.0)


def test_the_threshold_asked_for_separates_rest_from_action_potential(integrate: Any) -> None:
    p = asked(**ASKED)
    for dV, excited in ((-0.5, False), (0.5, True)):
        V = integrate(MODEL, np.array([ASKED["threshold_potential"] + dV, 1.0]), 50.0, p).y[0, -1]
        assert excited == (V > -45.0)


@pytest.mark.parametrize("key", ASKED)
def test_one_quantity_alone_can_be_asked_for(key: str) -> None:
    p = asked(**{key: ASKED[key]})
    found = MODEL.behaviour_of(p)._asdict()[key]
    assert ASKED[key] == pytest.approx(found, abs=0.05)
    parameters = {"resting_potential": "V_rest", "peak_potential": "span", "threshold_potential": "u_gate"}
    parameters |= {"action_potential_duration": "tau_close", "refractory_period": "tau_open"}
    assert p == DEFAULT._replace(**{parameters[key]: getattr(p, parameters[key])})


def test_nothing_asked_changes_nothing() -> None:
    assert asked() == DEFAULT


@given(
    rest=st.floats(-95.0, -60.0),
    height=st.floats(60.0, 130.0),
    threshold=st.floats(0.05, 0.2),
    duration=st.floats(100.0, 350.0),
    pause=st.floats(0.15, 0.5),
)
@settings(max_examples=12, deadline=None, derandomize=True)
def test_combinations_are_met(
    rest: float, height: float, threshold: float, duration: float, pause: float
) -> None:
    potentials = (rest, rest + height, rest + threshold * height)
    wanted = MODEL.Behaviour(*potentials, duration, (1.0 + pause) * duration)
    found = MODEL.behaviour_of(MODEL.parameters_from(wanted, DEFAULT))
    tolerances = (1e-9, 0.02, 0.02, 0.1, 0.1)  # mV, mV, mV, ms, ms
    for key, a, b, tolerance in zip(wanted._fields, wanted, found, tolerances, strict=True):
        assert a == pytest.approx(b, abs=tolerance), key


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"refractory_period": 200.0}, "refractory_period: 200 ms .*: 277 to 982 ms"),
        ({"action_potential_duration": 5000.0}, r"action_potential_duration: 5000 ms .*: 36 to 3\d\d\d ms"),
        ({"action_potential_duration": 150.0, "refractory_period": 140.0}, "refractory_period: 140 ms"),
        ({"threshold_potential": -30.0}, "threshold_potential: -30 mV .*: -78.0 to -45.0 mV"),
        ({"threshold_potential": -80.0}, "threshold_potential: -80 mV .*: -78.0 to -45.0 mV"),
        ({"resting_potential": -70.0, "peak_potential": -75.0}, "peak_potential: -75 mV .*: above -69 mV"),
    ],
)
def test_what_cannot_be_is_refused_with_the_range_that_can(keys: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        asked(**keys)
