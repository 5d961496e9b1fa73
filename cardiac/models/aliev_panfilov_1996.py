"""Aliev-Panfilov 1996: a cubic excitation and one recovery variable; two equations, no gates.

R. R. Aliev & A. V. Panfilov, Chaos Solitons Fractals 7:293 (1996). Canine ventricle, generic. The paper's
potential u is (V - V_rest) / span, its unit of time 12.9 ms. `paper`: the parameters of the paper. `common`: a
lower threshold and a faster recovery at rest (a 0.1, eps0 0.01), as in several public codes; not in the paper.

Below rest the published equations go astray. The recovery variable turns negative until its rate eps vanishes
and stalls there, at a value that depends on the past; 30 mV below rest (u = -mu2) eps has a pole, beyond which
v grows without bound. `clamp_recovery: 1` uses max(u, 0) in the equation of v, which cures both: a
hyperpolarized cell at rest keeps v = 0. Without it u + mu2 is kept at 0.01 or more, a deviation that begins
29 mV below rest.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import A_per_F, ms, mV, one

DOI = "10.1016/0960-0779(95)00089-5"
SPECIES = "dog, ventricle (generic)"
V_INITIAL = -80.0
VARIANTS = {"paper": {}, "common": {"a": 0.1, "eps0": 0.01}}
PITFALL = (
    "below rest the recovery variable turns negative and stalls there, and 30 mV below rest its rate has a pole - "
    "write parameters: {clamp_recovery: 1}"
)


def pitfall_met(p, mechanisms):
    """Unless the recovery variable is clamped."""
    return p.clamp_recovery < 1.0


class State(NamedTuple):
    """Recovery."""

    v: one = 0.0


class Parameters(NamedTuple):
    """Excitation, recovery, and the scales of t and V; clamp_recovery is 0 (published) or 1."""

    k: one = 8.0
    a: one = 0.15
    eps0: one = 0.002
    mu1: one = 0.2
    mu2: one = 0.3
    clamp_recovery: one = 0.0
    time_unit: ms = 12.9
    V_rest: mV = -80.0
    span: mV = 100.0


class Currents(NamedTuple):
    """Cubic current of excitation, and outward current of recovery."""

    I_cubic: A_per_F
    I_recovery: A_per_F


@inline
def currents(V, s, p):
    """Eq. 1: du/dt = k u (u - a) (1 - u) - u v; both terms as outward currents."""
    u = (V - p.V_rest) * (1.0 / p.span)
    scale = p.span / p.time_unit
    return Currents(
        I_cubic=-(scale * p.k) * u * (u - p.a) * (1.0 - u),
        I_recovery=scale * u * s.v,
    )


@inline
def rates(V, s, p, I):  # noqa: E741
    """Eq. 2: dv/dt = eps (-v - k u (u - a - 1)), eps = eps0 + mu1 v / (u + mu2)."""
    u = (V - p.V_rest) * (1.0 / p.span)
    u = u if u > 0.0 else (1.0 - p.clamp_recovery) * u
    from_pole = u + p.mu2
    eps = p.eps0 + p.mu1 * s.v / (from_pole if from_pole > 0.01 else 0.01)
    return State(v=(1.0 / p.time_unit) * eps * (-s.v - p.k * u * (u - p.a - 1.0)))
