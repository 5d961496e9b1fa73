"""Mitchell-Schaeffer 2003: the two-current model of the action potential, one gate besides the potential.

C. C. Mitchell & D. G. Schaeffer, Bull. Math. Biol. 65:767 (2003). Generic ventricle. The paper's
dimensionless potential u is (V - V_rest) / span; its currents become A/F by the factor span. Time constants
as in the paper.

The unstable root that separates rest from action potential lies only 5.3 mV above rest, so relative effects
of hyperpolarization look large. Below rest I_in stays inward and grows as u^2: pulling the cell 15 mV below
rest takes four times the current of the linear estimate. Some choices of the parameters make it a pacemaker.
"""

from typing import NamedTuple

from cardiac.kernels import Gate, inline
from cardiac.units import A_per_F, ms, mV, one

DOI = "10.1016/S0092-8240(03)00041-7"
SPECIES = "generic, ventricle"
V_INITIAL = -79.99917958643389


class State(NamedTuple):
    """Inactivation gate of the inward current."""

    h: one = 0.8789655121804799


class Parameters(NamedTuple):
    """Time constants of the currents and of the gate, gate threshold, and the scale of V."""

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
    """J_in = h u^2 (1 - u) / tau_in, J_out = -u / tau_out; both as outward currents."""
    u = (V - p.V_rest) * (1.0 / p.span)
    return Currents(
        I_in=-(p.span / p.tau_in) * s.h * u * u * (1.0 - u),
        I_out=(p.span / p.tau_out) * u,
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
