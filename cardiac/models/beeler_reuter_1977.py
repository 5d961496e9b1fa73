"""Beeler-Reuter 1977: mammalian ventricular fibre, four currents, ancestor of the ionic ventricular models.

G. W. Beeler & H. Reuter, J. Physiol. 268:177 (1977). Mammal, ventricle, 37 C, 1 uF/cm^2. The rate constants are
those of Table 1, neither the rounded reciprocals of one public file nor the beta_x1 of another, which has V + 333
where the paper has V + 20. The paper's calcium in mol/L is in mM here, exactly: the constants of E_s and of the
calcium balance carry the factor 1000. Luo and Rudy kept the gates d, f and x1 in 1991.

I_K1 and I_x1 are empirical functions of V with the outside potassium and E_K = -87 mV in their numbers: there is
no K_o to change, E_Na is a constant, and g_K1 and g_x1 are amplitudes in A/F. Below rest the conductance of I_K1
grows without saturating, about as exp(-V / 25 mV): 0.17 mS/uF at rest, 0.34 at -100 mV, 0.81 at -120 mV.
"""

from typing import NamedTuple

from cardiac.kernels import exp, exprel, inline, log
from cardiac.models._gates import gate_from_rate_fractions
from cardiac.models.luo_rudy_1991 import X_gate, d_gate, f_gate
from cardiac.units import A_per_F, mM, mS_per_uF, mV, one

DOI = "10.1113/jphysiol.1977.sp011853"
SPECIES = "mammal, ventricle"
V_INITIAL = -84.622


class State(NamedTuple):
    """Intracellular calcium, and gates."""

    Ca_i: mM = 2e-4
    m: one = 0.01
    h: one = 0.99
    j: one = 0.98
    d: one = 0.003
    f: one = 0.99
    x1: one = 0.0004


class Parameters(NamedTuple):
    """Conductances, and the amplitudes g_K1 and g_x1 of the currents that are given as functions of V."""

    g_Na: mS_per_uF = 4.0
    g_NaC: mS_per_uF = 0.003
    g_s: mS_per_uF = 0.09
    g_K1: A_per_F = 0.35
    g_x1: A_per_F = 0.8
    E_Na: mV = 50.0


class Currents(NamedTuple):
    """Sodium, slow inward, time-activated outward and time-independent potassium current."""

    I_Na: A_per_F
    I_s: A_per_F
    I_x1: A_per_F
    I_K1: A_per_F


@inline
def currents(V, s, p):
    """The four currents of the paper; both outward ones are written in z = exp(-0.04 (V + 53))."""
    E_s = -82.3 + 13.0287 * log(1000.0) - 13.0287 * log(s.Ca_i)
    z = exp(-0.04 * (V + 53.0))
    return Currents(
        I_Na=(p.g_Na * s.m * s.m * s.m * s.h * s.j + p.g_NaC) * (V - p.E_Na),
        I_s=p.g_s * s.d * s.f * (V - E_s),
        I_x1=p.g_x1 * s.x1 * (exp(1.68) - exp(0.72) * z),
        I_K1=p.g_K1 * K1(V, z),
    )


@inline
def K1(V, z):
    """4 (exp(0.04 (V + 85)) - 1) / (1 / z^2 + 1 / z) + 0.2 (V + 23) / (1 - exp(-0.04 (V + 23)))."""
    return 4.0 * (exp(1.28) - z) * z / (1.0 + z) + 5.0 / exprel(-0.04 * (V + 23.0))


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates, and the calcium balance. The exponents of h and j are multiples of V / 20."""
    e = exp(-0.05 * (V + 78.0))
    e2 = e * e
    e4 = e2 * e2
    return State(
        Ca_i=-1e-4 * I.I_s + 0.07 * (1e-4 - s.Ca_i),
        m=gate_from_rate_fractions(10.0, exprel(-0.1 * (V + 47.0)), 40.0 * exp(-0.056 * (V + 72.0)), 1.0),
        h=gate_from_rate_fractions(0.126 * exp(0.25) * e4 * e, 1.0, 1.7, 1.0 + exp(-0.082 * (V + 22.5))),
        j=gate_from_rate_fractions(0.055 * e4 * e, 1.0 + e4, 0.3, 1.0 + exp(4.6) * e2),
        d=d_gate(V),
        f=f_gate(V),
        x1=X_gate(V),
    )
