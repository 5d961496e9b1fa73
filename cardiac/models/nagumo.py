"""Cubic (Nagumo) medium: a test medium with exact solutions, not a cell model for physiology.

J. Nagumo, S. Arimoto & S. Yoshizawa, Proc. IRE 50:2061 (1962), without recovery: dV/dt is a cubic of V with
the roots rest, threshold and excited. In a cable its front is known in closed form: with u = (V - V_rest) /
span it runs at c = sqrt(D k / 2) (1 - 2 a) with the profile u = 1 / (1 + exp(x sqrt(k / 2 D))), and adding
ohmic or constant currents leaves it a cubic. It has no state besides V, and never recovers: an excited cell
stays excited.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import A_per_F, mV, one, per_ms

DOI = "10.1109/JRPROC.1962.288235"
SPECIES = "none, test medium"
V_INITIAL = -80.0


class State(NamedTuple):
    """Nothing besides V."""


class Parameters(NamedTuple):
    """Rate of excitation, threshold as a fraction of the span, and the scale of V."""

    k: per_ms = 2.0
    a: one = 0.1
    V_rest: mV = -80.0
    span: mV = 100.0


class Currents(NamedTuple):
    """The only current."""

    I_cubic: A_per_F


@inline
def currents(V, s, p):
    """du/dt = k u (u - a) (1 - u)."""
    u = (V - p.V_rest) * (1.0 / p.span)
    return Currents(I_cubic=-(p.span * p.k) * u * (u - p.a) * (1.0 - u))


@inline
def rates(V, s, p, I):  # noqa: E741
    """None."""
    return State()
