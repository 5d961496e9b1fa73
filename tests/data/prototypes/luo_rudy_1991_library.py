"""Luo-Rudy 1991 as in the Myokit model library: g_Na 16 mS/uF, Na_i 10 mM, and E_si 7.66 mV higher.

The equations are those of `luo_rudy_1991`, but for the reversal potential of the slow inward current, which that file
(lr-1991.mmt, M. Clerx) takes from Ca_i / Ca_o with Ca_o = 1.8 mM where the paper has Ca_i in mM alone.
"""

from math import log
from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.models.luo_rudy_1991 import DOI, SPECIES, V_INITIAL, Currents, State, rates
from cardiac.models.luo_rudy_1991 import currents as published_currents
from cardiac.units import mM, mS_per_uF, mV, one

__all__ = ["DOI", "SPECIES", "V_INITIAL", "Currents", "Parameters", "State", "currents", "rates"]

E_SI_SHIFT = 13.0287 * log(1.8)  # mV
VARIANTS = {
    "ventricular": {},
    "nodal": {
        "g_Na": 0.0,
        "g_si": 1.4 * 0.09,
        "g_K1": 0.05 * 0.6047,
        "g_b": 0.03921 + 0.01,
        "E_b": (0.03921 * -59.87 + 0.01 * -90.0) / (0.03921 + 0.01),
    },
}


class Parameters(NamedTuple):
    """As published, but for g_Na and Na_i."""

    g_Na: mS_per_uF = 16.0
    g_si: mS_per_uF = 0.09
    g_K: mS_per_uF = 0.282
    g_K1: mS_per_uF = 0.6047
    g_Kp: mS_per_uF = 0.0183
    g_b: mS_per_uF = 0.03921
    E_b: mV = -59.87
    PR_NaK: one = 0.01833
    K_o: mM = 5.4
    K_i: mM = 145.0
    Na_o: mM = 140.0
    Na_i: mM = 10.0


@inline
def currents(V, s, p):
    """As published, with the driving force of I_si less by the shift."""
    I = published_currents(V, s, p)  # noqa: E741
    return Currents(
        I_Na=I.I_Na,
        I_si=I.I_si - p.g_si * s.d * s.f * E_SI_SHIFT,
        I_K=I.I_K,
        I_K1=I.I_K1,
        I_Kp=I.I_Kp,
        I_b=I.I_b,
    )
