"""Channels that light opens follow it as their two states say."""

import numpy as np
import pytest
from mechanism_examples import example, stepped
from scipy.integrate import solve_ivp

from cardiac import mechanisms, models, protocol
from cardiac.kernels.equations import make_derivative
from cardiac.protocol import Always, Opening, Pulses, Ramp, Window

ON, OFF = 4.0, 25.0  # ms
LIGHTS = {
    "a flash": Window(10.0, 60.0),
    "for good": Window(5.0),
    "a train": Pulses(3.0, 7.0, 20.0, 4.0),
    "a train without gaps": Pulses(0.0, 20.0, 20.0, 3.0),
    "a ramp": Ramp(10.0, 80.0),
}


def opened(light, t):
    """The open fraction in the middle of each step, by the implicit midpoint rule."""
    O, found = 0.0, []  # noqa: E741
    for L, dt in zip(protocol.mean(light, t), np.diff(t), strict=True):
        on, off = L / ON, (1.0 - L) / OFF
        middle = (O + 0.5 * dt * on) / (1.0 + 0.5 * dt * (on + off))
        O = 2.0 * middle - O  # noqa: E741
        found.append(middle)
    return np.array(found)


@pytest.mark.parametrize("light", LIGHTS.values(), ids=LIGHTS)
def test_the_open_fraction_solves_its_equation(light):
    t = np.linspace(0.0, 150.0, 15001)
    course = Opening(light, ON, OFF)
    np.testing.assert_allclose(protocol.mean(course, t), opened(light, t), atol=5e-5)
    assert course.integral(t[0]) == 0.0


def test_in_constant_light_and_darkness_it_relaxes_exponentially():
    t = np.array([0.0, 10.0, 20.0, 110.0, 200.0])
    area = Opening(Window(10.0, 110.0), ON, OFF).integral(t)
    closed = 1.0 - np.exp(-100.0 / ON)
    decay = closed * OFF * (1.0 - np.exp(-90.0 / OFF))
    expected = [0.0, 0.0, 10.0 - ON * (1.0 - np.exp(-10.0 / ON)), 100.0 - ON * closed]
    np.testing.assert_allclose(area, [*expected, expected[-1] + decay], rtol=1e-12)


@pytest.mark.parametrize("name", ["light_gated_potassium", "light_gated_chloride"])
def test_a_preset_sets_the_time_constants_unless_they_are_given(name):
    mechanism = mechanisms.load(name)
    when, inputs = Window(5.0, 9.0), example(mechanism)
    own = mechanism.course(inputs, when)
    assert own.light == when
    assert 2.0 <= own.tau_on <= 10.0
    assert 30.0 <= own.tau_off <= 200.0
    given = mechanism.course(inputs._replace(tau_on=1.0, tau_off=70.0), when)
    assert (given.tau_on, given.tau_off) == (1.0, 70.0)
    assert mechanism.course(inputs, Always()) == Always()  # fully open


def test_a_cell_in_light_is_one_with_a_variable_more():
    """Mitchell-Schaeffer, 20 ms of light on the plateau: against the potential, h and O together."""
    model, light = models.load("mitchell_schaeffer_2003"), mechanisms.load("light_gated_potassium")
    inputs = example(light, g_max=1.0, reversal=-90.0, tau_on=ON, tau_off=OFF)
    part, q = light.meeting(model), light.met(model, inputs)
    t = np.arange(0.0, 60.0, 0.02)
    weights = protocol.mean(light.course(inputs, Window(10.0, 30.0)), np.append(t, 60.0))
    V = stepped(model, part, q, 0.02, weights, V=0.0)
    equations, p = make_derivative(model, [part]), model.Parameters()

    def slope(L):
        def rates(_, y):
            V, h, O = y  # noqa: E741
            dV, _, gates = equations(V, model.State(h), p, q, (O,), 0.0)
            return [dV, gates.h.rate * (gates.h.inf - h), L * (1.0 - O) / ON - (1.0 - L) * O / OFF]

        return rates

    y = [0.0, model.State().h, 0.0]
    for begin, end, L in ((0.0, 10.0, 0.0), (10.0, 30.0, 1.0), (30.0, 60.0, 0.0)):
        y = solve_ivp(slope(L), (begin, end), y, method="LSODA", rtol=1e-9, atol=1e-10).y[:, -1]
        assert V[round(end / 0.02) - 1] == pytest.approx(y[0], abs=0.01)
