"""Luo-Rudy 1991: guinea-pig ventricular myocyte, the smallest model with true Na+ gates, E_K and I_K1.

C. H. Luo & Y. Rudy, Circ. Res. 68:1501 (1991). Guinea pig, ventricle, 37 C, 1 uF/cm^2. Parameters of the
paper (g_Na 23 mS/uF, Na_i 18 mM; later public versions with 16 and 10 conduct more slowly). The h and j gates
switch at -40 mV as in the paper, without smoothing. Of the concentrations only Ca_i changes.

X_i is 1 below -100 mV, where its formula gives 0.61: I_K jumps there, slightly (as published).

The variant `nodal` is a slow-response cell, a stand-in for one of the AV node and no published model of it: no
I_Na, a twentieth of I_K1, 1.4 times I_si, and a background K+ conductance of 0.01 mS/uF at -90 mV, which is
part of g_b and E_b. It rests at -60.1 mV and conducts by I_si; meant for a diffusivity of 0.02 mm^2/ms. For
questions about the node itself take Inada et al., Biophys. J. 97:2117 (2009).
"""

from math import sqrt
from typing import NamedTuple

from cardiac.kernels import exp, exprel, inline, log
from cardiac.models._gates import gate_from_rate_fractions
from cardiac.units import A_per_F, mM, mS_per_uF, mV, one

DOI = "10.1161/01.RES.68.6.1501"
SPECIES = "guinea pig, ventricle"
V_INITIAL = -84.3801107371
RT_F = 8314.0 * 310.0 / 96484.6  # mV
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


class State(NamedTuple):
    """Gates, and intracellular calcium."""

    m: one = 0.00171338077730188
    h: one = 0.982660523699656
    j: one = 0.989108212766685
    d: one = 0.00302126301779861
    f: one = 0.999967936476325
    X: one = 0.0417603108167287
    Ca_i: mM = 0.00017948816388306


class Parameters(NamedTuple):
    """Conductances (those of K+ at K_o = 5.4 mM) and concentrations."""

    g_Na: mS_per_uF = 23.0
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
    Na_i: mM = 18.0


class Currents(NamedTuple):
    """Fast sodium, slow inward, delayed, inward rectifier, plateau potassium and background current."""

    I_Na: A_per_F
    I_si: A_per_F
    I_K: A_per_F
    I_K1: A_per_F
    I_Kp: A_per_F
    I_b: A_per_F


@inline
def currents(V, s, p):
    """Table 1 of the paper."""
    E_Na = RT_F * log(p.Na_o / p.Na_i)
    E_si = 7.7 - 13.0287 * log(s.Ca_i)
    E_K = RT_F * log((p.K_o + p.PR_NaK * p.Na_o) / (p.K_i + p.PR_NaK * p.Na_i))
    E_K1 = RT_F * log(p.K_o / p.K_i)
    root_K_o = sqrt(p.K_o / 5.4)
    return Currents(
        I_Na=p.g_Na * s.m * s.m * s.m * s.h * s.j * (V - E_Na),
        I_si=p.g_si * s.d * s.f * (V - E_si),
        I_K=p.g_K * root_K_o * s.X * X_i(V) * (V - E_K),
        I_K1=p.g_K1 * root_K_o * K1_inf(V - E_K1) * (V - E_K1),
        I_Kp=p.g_Kp * (V - E_K1) / (1.0 + exp((7.488 - V) / 5.98)),
        I_b=p.g_b * (V - p.E_b),
    )


@inline
def X_i(V):
    """Inactivation of I_K: 2.837 (exp(0.04 (V + 77)) - 1) / (V + 77) / exp(0.04 (V + 35)), 1 below -100."""
    return 0.11348 * exp(1.68) * exprel(-0.04 * (V + 77.0)) if V > -100.0 else 1.0


@inline
def K1_inf(V):
    """alpha / (alpha + beta) of K1, V counted from E_K1."""
    alpha = 1.02 * (1.0 + exp(-0.5143 * (V + 4.753)))
    beta = 0.49124 * exp(0.08032 * (V + 5.476)) + exp(0.06175 * (V - 594.31))
    beta = beta * (1.0 + exp(0.2385 * (V - 59.215)))
    return alpha / (alpha + beta)  # both times the product of their denominators


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates, and the calcium balance."""
    return State(
        m=gate_from_rate_fractions(3.2, exprel(-0.1 * (V + 47.13)), 0.08 * exp(V / -11.0), 1.0),
        h=h_gate(V),
        j=j_gate(V),
        d=d_gate(V),
        f=f_gate(V),
        X=X_gate(V),
        Ca_i=-1e-4 * I.I_si + 0.07 * (1e-4 - s.Ca_i),
    )


@inline
def h_gate(V):
    """Fast inactivation of I_Na. One exponential serves both sides of the switch."""
    low = V < -40.0
    e = exp((V + 80.0) / -6.8 if low else (V + 10.66) / -11.1)
    beta_low = 3.56 * exp(0.079 * V) + 3.1e5 * exp(0.35 * V)
    b, B = (beta_low, 1.0) if low else (1.0, 0.13 + 0.13 * e)
    return gate_from_rate_fractions(0.135 * e if low else 0.0, 1.0, b, B)


@inline
def j_gate(V):
    """Slow inactivation of I_Na; the two forms of beta_j differ in their constants only."""
    low = V < -40.0
    a = -(127140.0 * exp(0.2444 * V) + 3.474e-5 * exp(-0.04391 * V)) * (V + 37.78) if low else 0.0
    A = 1.0 + exp(0.311 * (V + 79.23)) if low else 1.0
    b = (0.1212 if low else 0.3) * exp((-0.01052 if low else -2.535e-7) * V)
    B = 1.0 + exp(-0.1378 * (V + 40.14) if low else -0.1 * (V + 32.0))
    return gate_from_rate_fractions(a, A, b, B)


@inline
def d_gate(V):
    """Activation of I_si."""
    a, A = 0.095 * exp(-0.01 * (V - 5.0)), 1.0 + exp(-0.072 * (V - 5.0))
    b, B = 0.07 * exp(-0.017 * (V + 44.0)), 1.0 + exp(0.05 * (V + 44.0))
    return gate_from_rate_fractions(a, A, b, B)


@inline
def f_gate(V):
    """Inactivation of I_si."""
    a, A = 0.012 * exp(-0.008 * (V + 28.0)), 1.0 + exp(0.15 * (V + 28.0))
    b, B = 0.0065 * exp(-0.02 * (V + 30.0)), 1.0 + exp(-0.2 * (V + 30.0))
    return gate_from_rate_fractions(a, A, b, B)


@inline
def X_gate(V):
    """Activation of I_K; beta_X has the exponents -0.06 and -0.04, 3 : 2."""
    a, A = 0.0005 * exp(0.083 * (V + 50.0)), 1.0 + exp(0.057 * (V + 50.0))
    e = exp(-0.02 * (V + 20.0))
    return gate_from_rate_fractions(a, A, 0.0013 * e * e * e, 1.0 + e * e)
