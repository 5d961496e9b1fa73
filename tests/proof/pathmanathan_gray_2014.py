"""Pathmanathan & Gray 2014: a cell model without physiology, whose tissue has an exact solution.

P. Pathmanathan & R. A. Gray, Int. J. Numer. Meth. Biomed. Engng 30:525 (2014), with u3 = 0: in
chi (C_m dV/dt + I_ion) = div(sigma grad V) on the unit square without flux, V = sqrt(1 + t) cos(pi x) cos(2 pi y).
Here I_ion is divided by C_m = 2, and D = sigma / (chi C_m) with chi = 3.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import A_per_F, one, per_ms

DOI = "10.1002/cnm.2615"
SPECIES = "none, test problem"
V_INITIAL = 0.0


class State(NamedTuple):
    """Two variables without meaning."""

    u1: one = 1.0
    u2: one = 1.0


class Parameters(NamedTuple):
    """beta / (chi C_m), with beta = -(sigma_x 1^2 + sigma_y 2^2) pi^2."""

    decay: per_ms = -5.9 / 6.0


class Currents(NamedTuple):
    """The only current."""

    I_ion: A_per_F


@inline
def currents(V, s, p):
    """I_ion / C_m."""
    return Currents(-0.5 * (s.u1 - V) * s.u2 * s.u2 * V + p.decay * V)


@inline
def rates(V, s, p, I):  # noqa: E741
    """Derivatives of u1 and u2."""
    W = s.u1 - V
    return State(u1=W * W * s.u2 * s.u2 + 0.5 * W * s.u2 * s.u2 * V, u2=-W * s.u2 * s.u2 * s.u2)
