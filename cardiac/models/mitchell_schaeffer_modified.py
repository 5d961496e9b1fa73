"""Modified Mitchell-Schaeffer (Corrado & Niederer 2016): two variables, an explicit threshold, never a
pacemaker.

C. Corrado & S. A. Niederer, Math. Biosci. 281:46 (2016). Generic myocyte. The paper's dimensionless potential
u is (V - V_rest) / span; its currents become A/F by the factor span. Time constants here are those of
Mitchell & Schaeffer 2003, not the paper's fits.

At rest (h = 1) the inward current is the cubic h u (u - u_gate) (1 - u) / tau_in, and the outward current
vanishes: u_gate is the threshold, and the membrane conductance u_gate / tau_in. Below rest the cubic goes on
and holds the cell back.

The model can be asked for by what it does: see `Behaviour` for the keys and their definitions.
"""

from functools import cache
from typing import NamedTuple

from cardiac.kernels import Gate, inline
from cardiac.units import A_per_F, ms, mV, one

DOI = "10.1016/j.mbs.2016.08.010"
SPECIES = "generic, myocyte"
V_INITIAL = -80.0


class State(NamedTuple):
    """Inactivation gate of the inward current."""

    h: one = 1.0


class Parameters(NamedTuple):
    """Time constants of the currents and of the gate, threshold, and the scale of V."""

    tau_in: ms = 0.3
    tau_out: ms = 6.0
    tau_open: ms = 120.0
    tau_close: ms = 150.0
    u_gate: one = 0.13
    V_rest: mV = -80.0
    span: mV = 100.0


class Currents(NamedTuple):
    """Inward and outward current."""

    I_in: A_per_F
    I_out: A_per_F


@inline
def currents(V, s, p):
    """J_in = h u (u - u_gate) (1 - u) / tau_in, J_out = -(1 - h) u / tau_out; both as outward currents."""
    u = (V - p.V_rest) * (1.0 / p.span)
    return Currents(
        I_in=-(p.span / p.tau_in) * s.h * u * (u - p.u_gate) * (1.0 - u),
        I_out=(p.span / p.tau_out) * (1.0 - s.h) * u,
    )


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rate of the gate."""
    return State(h=h_gate(V, p))


@inline
def h_gate(V, p):
    """Opens below u_gate, closes above it."""
    u = (V - p.V_rest) * (1.0 / p.span)
    excited = u >= p.u_gate
    return Gate(0.0 if excited else 1.0, 1.0 / p.tau_close if excited else 1.0 / p.tau_open)


class Behaviour(NamedTuple):
    """What the cell does, measured; None leaves the parameter behind it as it is.

    Everything is measured on the response, from rest, to a pulse of 2 ms at twice its diastolic threshold.

    resting_potential : V at rest (V_rest; what is not asked for moves with it)
    peak_potential : highest V of the action potential (span)
    threshold_potential : V_rest + span u_gate, the unstable equilibrium at h = 1 (u_gate)
    action_potential_duration : APD90, from the upward to the downward crossing of
        V_peak - 0.9 (V_peak - V_rest) (tau_close)
    refractory_period : smallest interval, onset to onset, between a single S1 from rest and an equal S2 at
        which S2 evokes an action potential: V < V_E when it begins, V >= V_E 20 ms after it ends,
        V_E = V_rest + 0.4 span. An S2 that only prolongs the plateau, as one 30 ms later would not, does not
        count (tau_open)
    """

    resting_potential: mV | None = None
    peak_potential: mV | None = None
    threshold_potential: mV | None = None
    action_potential_duration: ms | None = None
    refractory_period: ms | None = None


@cache
def parameters_from(behaviour, p):
    """The parameters `p` changed so that the cell behaves as asked; ValueError "key: ..." where it cannot."""
    from cardiac.models import _behaviour

    return _behaviour.solved(behaviour, p)


@cache
def behaviour_of(p):
    """The behaviour of a cell with the parameters `p`, measured."""
    from cardiac.models import _behaviour

    return _behaviour.measured(p)
