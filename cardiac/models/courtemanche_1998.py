"""Courtemanche-Ramirez-Nattel 1998: human atrial myocyte, of high resistance at rest, easily hyperpolarized.

M. Courtemanche, R. J. Ramirez & S. Nattel, Am. J. Physiol. Heart Circ. Physiol. 275:H301 (1998). Human,
atrium, 37 C, 100 pF. Equation numbers are those of the appendix. It starts from the state of the paper (-81.18
mV, Na_i 11.17 mM), which quiescence and pacing leave over minutes, Na_i and K_i foremost: say with a result when
it was taken. Injected and added currents act on V only, not on K_i.

g_Kr, g_Ks, g_CaL, g_bNa and I_NaK_max have the digits of the public CellML file, which Table 1 rounds; the closing
rate of u_i rises with V as in the paper's figure, not falls as in its formula. The formulas that divide by zero
somewhere (m, x_r, x_s, d, w) are exact there.

The conductance at rest is a sixth of a ventricular cell's: a bias of 1 A/F pulls this cell 15 mV down, and each
further one 10 mV, to where no cell goes, for I_K1 has at most 0.09 mS/uF. It opens at fixed potentials, around
-80 mV, whatever E_K is, and K_o does not scale it.
"""

from math import sqrt
from typing import NamedTuple

from cardiac.kernels import Gate, exp, exprel, inline, log
from cardiac.models._gates import gate_from_fractions, gate_from_rate_fractions
from cardiac.models.luo_rudy_1991 import h_gate, j_gate
from cardiac.units import A_per_F, mM, mM_per_ms, ms, mS_per_uF, mV, one, per_ms, uF, um3

DOI = "10.1152/ajpheart.1998.275.1.H301"
SPECIES = "human, atrium"
V_INITIAL = -81.18

FARADAY = 96.4867  # C/mmol
F_RT = FARADAY / (8.3143 * 310.0)  # 1/mV
Q10 = 3.0  # speeds up the gates of I_to and I_Kur


class State(NamedTuple):
    """Gates (u, v, w: of calcium release), and concentrations (Ca_rel, Ca_up: reticulum)."""

    m: one = 0.002908
    h: one = 0.9649
    j: one = 0.9775
    o_a: one = 0.03043
    o_i: one = 0.9992
    u_a: one = 0.004966
    u_i: one = 0.9986
    x_r: one = 3.296e-5
    x_s: one = 0.01869
    d: one = 0.0001367
    f: one = 0.9996
    f_Ca: one = 0.7755
    u: one = 2.35e-112
    v: one = 1.0
    w: one = 0.9992
    Na_i: mM = 11.17
    Ca_i: mM = 0.0001013
    K_i: mM = 139.0
    Ca_rel: mM = 1.488
    Ca_up: mM = 1.488


class Parameters(NamedTuple):
    """Conductances (g_Kur: far below 15 mV, eleven times that far above), pumps, concentrations, geometry."""

    g_Na: mS_per_uF = 7.8
    g_K1: mS_per_uF = 0.09
    g_to: mS_per_uF = 0.1652
    g_Kur: mS_per_uF = 0.005
    g_Kr: mS_per_uF = 0.029411765
    g_Ks: mS_per_uF = 0.12941176
    g_CaL: mS_per_uF = 0.12375
    g_bNa: mS_per_uF = 0.0006744375
    g_bCa: mS_per_uF = 0.001131
    I_NaK_max: A_per_F = 0.59933874
    I_NaCa_max: A_per_F = 1600.0
    I_pCa_max: A_per_F = 0.275
    K_o: mM = 5.4
    Na_o: mM = 140.0
    Ca_o: mM = 1.8
    E_CaL: mV = 65.0
    K_mNai: mM = 10.0
    K_mKo: mM = 1.5
    K_mNa: mM = 87.5
    K_mCa: mM = 1.38
    k_sat: one = 0.1
    gamma: one = 0.35
    I_up_max: mM_per_ms = 0.005
    K_up: mM = 0.00092
    Ca_up_max: mM = 15.0
    k_rel: per_ms = 30.0
    tau_tr: ms = 180.0
    CMDN: mM = 0.05
    K_CMDN: mM = 0.00238
    TRPN: mM = 0.07
    K_TRPN: mM = 0.0005
    CSQN: mM = 10.0
    K_CSQN: mM = 0.8
    C_m: uF = 1e-4
    V_i: um3 = 13668.0
    V_up: um3 = 1109.52
    V_rel: um3 = 96.48


class Currents(NamedTuple):
    """Every current through the sarcolemma."""

    I_Na: A_per_F
    I_K1: A_per_F
    I_to: A_per_F
    I_Kur: A_per_F
    I_Kr: A_per_F
    I_Ks: A_per_F
    I_CaL: A_per_F
    I_NaK: A_per_F
    I_NaCa: A_per_F
    I_bNa: A_per_F
    I_bCa: A_per_F
    I_pCa: A_per_F


@inline
def currents(V, s, p):
    """The twelve currents of eqs. 28-63, C_m divided out."""
    E_Na = (log(p.Na_o) - log(s.Na_i)) / F_RT
    E_K = (log(p.K_o) - log(s.K_i)) / F_RT
    E_Ca = 0.5 * (log(p.Ca_o) - log(s.Ca_i)) / F_RT
    e = exp(-0.1 * F_RT * V)
    e2 = e * e
    e_V = e2 * e2 * e
    e_V = e_V * e_V  # exp(-V F / RT)
    return Currents(
        I_Na=p.g_Na * s.m * s.m * s.m * s.h * s.j * (V - E_Na),
        I_K1=p.g_K1 * (V - E_K) / (1.0 + exp(0.07 * (V + 80.0))),
        I_to=p.g_to * s.o_a * s.o_a * s.o_a * s.o_i * (V - E_K),
        I_Kur=p.g_Kur * Kur(V) * s.u_a * s.u_a * s.u_a * s.u_i * (V - E_K),
        I_Kr=p.g_Kr * s.x_r * (V - E_K) / (1.0 + exp((V + 15.0) / 22.4)),
        I_Ks=p.g_Ks * s.x_s * s.x_s * (V - E_K),
        I_CaL=p.g_CaL * s.d * s.f * s.f_Ca * (V - p.E_CaL),
        I_NaK=p.I_NaK_max * pump(e, e_V, s, p),
        I_NaCa=p.I_NaCa_max * exchange(exp(p.gamma * F_RT * V), e_V, s, p),
        I_bNa=p.g_bNa * (V - E_Na),
        I_bCa=p.g_bCa * (V - E_Ca),
        I_pCa=p.I_pCa_max * s.Ca_i / (s.Ca_i + 0.0005),
    )


@inline
def Kur(V):
    """Conductance of the ultrarapid current, 1 when hyperpolarized (eqs. 41-46)."""
    return 1.0 + 10.0 / (1.0 + exp((15.0 - V) / 13.0))


@inline
def pump(e, e_V, s, p):
    """Na+/K+ pump as a fraction of its maximum, from exp(-0.1 V F / RT) and exp(-V F / RT) (eqs. 57-59)."""
    sigma = (exp(p.Na_o / 67.3) - 1.0) / 7.0
    block = 1.0 + 0.1245 * e + 0.0365 * sigma * e_V
    Na, half = s.Na_i * sqrt(s.Na_i), p.K_mNai * sqrt(p.K_mNai)
    return p.K_o / (p.K_o + p.K_mKo) * Na / ((Na + half) * block)


@inline
def exchange(e_gamma, e_V, s, p):
    """Na+/Ca2+ exchange as a fraction of I_NaCa_max, from exp(gamma V F / RT) and exp(-V F / RT) (eq. 60)."""
    Na_i3, Na_o3 = s.Na_i * s.Na_i * s.Na_i, p.Na_o * p.Na_o * p.Na_o
    K_mNa3 = p.K_mNa * p.K_mNa * p.K_mNa
    back = e_gamma * e_V
    flux = e_gamma * Na_i3 * p.Ca_o - back * Na_o3 * s.Ca_i
    return flux / ((K_mNa3 + Na_o3) * (p.K_mCa + p.Ca_o) * (1.0 + p.k_sat * back))


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates, and the balances of sodium, potassium (eqs. 21, 22) and calcium."""
    rate, slowness = activation_rate(V)
    release = p.k_rel * s.u * s.u * s.v * s.w * (s.Ca_rel - s.Ca_i)
    u, v = release_gates(release, p, I)
    Ca_i, Ca_rel, Ca_up = calcium(release, s, p, I)
    mM_per_charge = 1e6 * p.C_m / (p.V_i * FARADAY)
    return State(
        m=gate_from_rate_fractions(3.2, exprel(-0.1 * (V + 47.13)), 0.08 * exp(V / -11.0), 1.0),
        h=h_gate(V),
        j=j_gate(V),
        o_a=gate_from_fractions(1.0, 1.0 + exp((V + 20.47) / -17.54), rate, slowness),
        o_i=o_i_gate(V),
        u_a=gate_from_fractions(1.0, 1.0 + exp((V + 30.3) / -9.6), rate, slowness),
        u_i=u_i_gate(V),
        x_r=x_r_gate(V),
        x_s=x_s_gate(V),
        d=d_gate(V),
        f=f_gate(V),
        f_Ca=f_Ca_gate(s.Ca_i),
        u=u,
        v=v,
        w=w_gate(V),
        Na_i=-(I.I_Na + I.I_bNa + 3.0 * I.I_NaK + 3.0 * I.I_NaCa) * mM_per_charge,
        Ca_i=Ca_i,
        K_i=-(I.I_K1 + I.I_to + I.I_Kur + I.I_Kr + I.I_Ks - 2.0 * I.I_NaK) * mM_per_charge,
        Ca_rel=Ca_rel,
        Ca_up=Ca_up,
    )


@inline
def activation_rate(V):
    """Numerator and denominator of the rate of o_a and u_a (eqs. 36-46): Q10 0.65 (1 / A + 1 / B)."""
    q = exp((V + 10.0) / -17.0)
    A = q * q + exp((30.0 - V) / 59.0)
    qB = 2.5 * q + exp(72.0 / 17.0)
    return 0.65 * Q10 * (q * A + qB), A * qB


@inline
def o_i_gate(V):
    """Inactivation of I_to (eqs. 36-40)."""
    A = 18.53 + exp((V + 113.7) / 10.95)
    B = 35.56 + exp((V + 1.26) / -7.44)
    return gate_from_fractions(1.0, 1.0 + exp((V + 43.1) / 5.3), Q10 * (A + B), A * B)


@inline
def u_i_gate(V):
    """Inactivation of I_Kur (eqs. 41-46)."""
    A = 21.0 + exp((185.0 - V) / 28.0)
    rate = Q10 * (1.0 + A * exp((V - 158.0) / 16.0))
    return gate_from_fractions(1.0, 1.0 + exp((V - 99.45) / 27.48), rate, A)


@inline
def x_r_gate(V):
    """Activation of I_Kr (eqs. 47-49): rate = 0.0015 / A + 7.3898e-5 5.1237 / B."""
    A, B = exprel((V + 14.1) / -5.0), exprel((V - 3.3328) / 5.1237)
    rate = 0.0015 * B + 7.3898e-5 * 5.1237 * A
    return gate_from_fractions(1.0, 1.0 + exp((V + 14.1) / -6.5), rate, A * B)


@inline
def x_s_gate(V):
    """Activation of I_Ks (eqs. 50-52): rate = 2 (4e-5 17 / A + 3.5e-5 9 / B)."""
    A, B = exprel((V - 19.9) / -17.0), exprel((V - 19.9) / 9.0)
    rate = 0.00136 * B + 0.00063 * A
    return gate_from_fractions(1.0, sqrt(1.0 + exp((V - 19.9) / -12.7)), rate, A * B)


@inline
def d_gate(V):
    """Activation of I_CaL (eqs. 53-56): tau = (1 - e) / (0.035 (V + 10) (1 + e)), e = exp(-(V + 10) / 6.24)."""
    x = (V + 10.0) / -6.24
    ratio = exprel(x)
    rate = 0.035 * 6.24 * (2.0 + x * ratio)  # e = 1 + x ratio
    return gate_from_fractions(1.0, 1.0 + exp((V + 10.0) / -8.0), rate, ratio)


@inline
def f_gate(V):
    """Inactivation of I_CaL by voltage (eqs. 53-56)."""
    x = 0.0337 * (V + 10.0)
    return Gate(1.0 / (1.0 + exp((V + 28.0) / 6.9)), (0.0197 * exp(-x * x) + 0.02) / 9.0)


@inline
def f_Ca_gate(Ca_i):
    """Inactivation of I_CaL by calcium, in 2 ms (eqs. 53-56)."""
    return Gate(0.00035 / (0.00035 + Ca_i), 0.5)


@inline
def w_gate(V):
    """Inactivation of release by voltage (eqs. 64-68): tau = 6 (1 - e) / ((1 + 0.3 e) (V - 7.9))."""
    x = (V - 7.9) / -5.0
    ratio = exprel(x)
    rate = (5.0 / 6.0) * (1.3 + 0.3 * x * ratio)  # e = 1 + x ratio
    return gate_from_fractions(1.0, 1.0 + exp((V - 40.0) / 17.0), rate, ratio)


@inline
def release_gates(release, p, I):  # noqa: E741
    """Activation u of release and its inactivation v, by the calcium flux in 1e-15 of its unit (eqs. 64-68)."""
    pA = 1e6 * p.C_m
    flux = 1e3 * p.V_rel * release - 500.0 * pA / FARADAY * (0.5 * I.I_CaL - 0.2 * I.I_NaCa)
    e = exp((341.75 - flux) / 1.367)
    # e may have 300 digits: three divisions, since a product of denominators would overflow.
    u_inf = 1.0 / (1.0 + e)
    e = e * exp(-200.0)
    return Gate(u_inf, 0.125), Gate(e / (1.0 + e), 1.0 / (1.91 + 2.09 * u_inf))


@inline
def calcium(release, s, p, I):  # noqa: E741
    """Rates of Ca_i, Ca_rel and Ca_up (eqs. 23-27, 69-75)."""
    up = p.I_up_max * s.Ca_i / (s.Ca_i + p.K_up)
    leak = p.I_up_max * s.Ca_up / p.Ca_up_max
    transfer = (s.Ca_up - s.Ca_rel) / p.tau_tr
    mM_per_charge = 0.5e6 * p.C_m / (p.V_i * FARADAY)
    into_i = (2.0 * I.I_NaCa - I.I_pCa - I.I_CaL - I.I_bCa) * mM_per_charge
    into_i = into_i + (p.V_up * (leak - up) + p.V_rel * release) / p.V_i
    return (
        into_i * free_in_cytosol(s.Ca_i, p),
        (transfer - release) * free_in_store(s.Ca_rel, p),
        up - leak - transfer * (p.V_rel / p.V_up),
    )


@inline
def free_in_cytosol(Ca, p):
    """1 / (1 + TRPN K / (Ca + K)^2 + CMDN K' / (Ca + K')^2): the part of a change that stays free."""
    T, C = Ca + p.K_TRPN, Ca + p.K_CMDN
    T2, C2 = T * T, C * C
    return T2 * C2 / (T2 * C2 + p.TRPN * p.K_TRPN * C2 + p.CMDN * p.K_CMDN * T2)


@inline
def free_in_store(Ca, p):
    """1 / (1 + CSQN K / (Ca + K)^2)."""
    x = Ca + p.K_CSQN
    return x * x / (x * x + p.CSQN * p.K_CSQN)
