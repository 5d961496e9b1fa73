"""ten Tusscher-Panfilov 2006: human ventricular myocyte with epicardial, endocardial and mid-myocardial
variants.

K. H. W. J. ten Tusscher & A. V. Panfilov, Am. J. Physiol. Heart Circ. Physiol. 291:H1088 (2006). Human,
ventricle, 37 C. All concentrations are dynamic: the resting potential drifts by about 1 mV between quiescence
and pacing, slowly. Injected and added currents act on V only, not on K_i, unless they are counted there. The
initial state is the published epicardial one for all variants.

Many exponents of the paper are multiples of V/20, V/7 or V/6: those exponentials are powers of one. Time
constants that are sums of fractions are brought to one denominator. I_CaL at 15 mV and every rate below -100
mV are exact.
"""

from math import sqrt
from typing import NamedTuple

from cardiac.kernels import Gate, exp, expm1, gate_from_rates, inline, log
from cardiac.models._gates import gate_from_fractions
from cardiac.units import A_per_F, L_per_F_s, mM, mM_per_ms, ms, mS_per_uF, mV, one, per_ms, uF, um3

DOI = "10.1152/ajpheart.00109.2006"
SPECIES = "human, ventricle"
V_INITIAL = -85.23

VARIANTS: dict[str, dict[str, float]] = {
    "epi": {},
    "endo": {
        "g_to": 0.073,
        "V_s": -28.0,
        "tau_s_peak": 1000.0,
        "V_tau_s": -67.0,
        "width_tau_s": 31.622776601683793,
        "tau_s_step": 0.0,
        "tau_s_floor": 8.0,
    },
    "mid": {"g_Ks": 0.098},
}

FARADAY = 96.485  # C/mmol
F_RT = FARADAY / (8.314 * 310.0)  # 1/mV
K1_PRIME = 0.15  # 1/(mM^2 ms)
K2_PRIME = 0.045  # 1/(mM ms)


class State(NamedTuple):
    """Concentrations (cytosol, reticulum, subspace), gates, and closing of the ryanodine receptor."""

    Ca_i: mM = 0.000126
    Ca_SR: mM = 3.64
    Ca_ss: mM = 0.00036
    Na_i: mM = 8.604
    K_i: mM = 136.89
    m: one = 0.00172
    h: one = 0.7444
    j: one = 0.7045
    x_r1: one = 0.00621
    x_r2: one = 0.4712
    x_s: one = 0.0095
    r: one = 2.42e-8
    s: one = 0.999998
    d: one = 3.373e-5
    f: one = 0.7888
    f2: one = 0.9755
    f_Cass: one = 0.9953
    R: one = 0.9073


class Parameters(NamedTuple):
    """Conductances, pumps, concentrations, calcium handling and geometry; defaults: epicardial."""

    g_Na: mS_per_uF = 14.838
    g_K1: mS_per_uF = 5.405
    g_to: mS_per_uF = 0.294
    g_Kr: mS_per_uF = 0.153
    g_Ks: mS_per_uF = 0.392
    g_CaL: L_per_F_s = 0.0398
    g_pK: mS_per_uF = 0.0146
    g_pCa: A_per_F = 0.1238
    g_bNa: mS_per_uF = 0.00029
    g_bCa: mS_per_uF = 0.000592
    P_NaK: A_per_F = 2.724
    k_NaCa: A_per_F = 1000.0
    K_o: mM = 5.4
    Na_o: mM = 140.0
    Ca_o: mM = 2.0
    p_KNa: one = 0.03
    K_mK: mM = 1.0
    K_mNa: mM = 40.0
    K_mNai: mM = 87.5
    K_mCa: mM = 1.38
    k_sat: one = 0.1
    alpha: one = 2.5
    gamma: one = 0.35
    K_pCa: mM = 0.0005
    V_s: mV = -20.0
    tau_s_peak: ms = 85.0
    V_tau_s: mV = -45.0
    width_tau_s: mV = 17.88854381999832
    tau_s_step: ms = 5.0
    tau_s_floor: ms = 3.0
    V_maxup: mM_per_ms = 0.006375
    K_up: mM = 0.00025
    V_rel: per_ms = 0.102
    V_leak: per_ms = 0.00036
    V_xfer: per_ms = 0.0038
    EC: mM = 1.5
    max_SR: one = 2.5
    min_SR: one = 1.0
    k3: per_ms = 0.06
    k4: per_ms = 0.005
    Buf_c: mM = 0.2
    K_buf_c: mM = 0.001
    Buf_SR: mM = 10.0
    K_buf_SR: mM = 0.3
    Buf_ss: mM = 0.4
    K_buf_ss: mM = 0.00025
    C_m: uF = 1.85e-4
    V_c: um3 = 16404.0
    V_SR: um3 = 1094.0
    V_ss: um3 = 54.68


class Currents(NamedTuple):
    """Every current through the sarcolemma."""

    I_Na: A_per_F
    I_K1: A_per_F
    I_to: A_per_F
    I_Kr: A_per_F
    I_Ks: A_per_F
    I_CaL: A_per_F
    I_NaCa: A_per_F
    I_NaK: A_per_F
    I_pCa: A_per_F
    I_pK: A_per_F
    I_bNa: A_per_F
    I_bCa: A_per_F


@inline
def currents(V, s, p):
    """The sarcolemmal currents of ten Tusscher et al. 2004, I_CaL and I_Ks as changed in 2006."""
    E_Na = (log(p.Na_o) - log(s.Na_i)) / F_RT
    E_K = (log(p.K_o) - log(s.K_i)) / F_RT
    E_Ks = (log(p.K_o + p.p_KNa * p.Na_o) - log(s.K_i + p.p_KNa * s.Na_i)) / F_RT
    E_Ca = 0.5 * (log(p.Ca_o) - log(s.Ca_i)) / F_RT
    root_K_o = sqrt(p.K_o / 5.4)
    e = exp(-0.1 * F_RT * V)
    e_V = e * e * e * e * e
    e_V = e_V * e_V  # exp(-V F / RT)
    pump_block = 1.0 + 0.1245 * e + 0.0353 * e_V
    return Currents(
        I_Na=p.g_Na * s.m * s.m * s.m * s.h * s.j * (V - E_Na),
        I_K1=p.g_K1 * root_K_o * K1_inf(V - E_K) * (V - E_K),
        I_to=p.g_to * s.r * s.s * (V - E_K),
        I_Kr=p.g_Kr * root_K_o * s.x_r1 * s.x_r2 * (V - E_K),
        I_Ks=p.g_Ks * s.x_s * s.x_s * (V - E_Ks),
        I_CaL=p.g_CaL * s.d * s.f * s.f2 * s.f_Cass * calcium_drive(V, s.Ca_ss, p.Ca_o),
        I_NaCa=p.k_NaCa * exchange(exp(p.gamma * F_RT * V), e_V, s, p),
        I_NaK=p.P_NaK * p.K_o / (p.K_o + p.K_mK) * s.Na_i / ((s.Na_i + p.K_mNa) * pump_block),
        I_pCa=p.g_pCa * s.Ca_i / (s.Ca_i + p.K_pCa),
        I_pK=p.g_pK * (V - E_K) / (1.0 + exp((25.0 - V) / 5.98)),
        I_bNa=p.g_bNa * (V - E_Na),
        I_bCa=p.g_bCa * (V - E_Ca),
    )


@inline
def K1_inf(V):
    """alpha / (alpha + beta) of K1, V counted from E_K."""
    e = exp(0.02 * V)
    e3 = e * e * e
    alpha = 0.1 * (1.0 + exp(-0.5 * V))
    beta = (3.0 * exp(0.0002 * (V + 100.0)) + exp(-1.0) * e3 * e * e) * (1.0 + exp(-12.0) * e3)
    return alpha / (alpha + beta)  # both times the product of their denominators


@inline
def calcium_drive(V, Ca_ss, Ca_o):
    """4 (V - 15) F^2 / RT (0.25 Ca_ss exp(y) - Ca_o) / (exp(y) - 1) with y = 2 (V - 15) F / RT."""
    y = 2.0 * F_RT * (V - 15.0)
    e = expm1(y)
    ratio = y / e if e != 0.0 else 1.0
    return 2.0 * FARADAY * (0.25 * Ca_ss * (1.0 + e) - Ca_o) * ratio


@inline
def exchange(e_gamma, e_V, s, p):
    """Na+/Ca2+ exchange as a fraction of k_NaCa, from exp(gamma V F / RT) and exp(-V F / RT)."""
    Na_i3, Na_o3 = s.Na_i * s.Na_i * s.Na_i, p.Na_o * p.Na_o * p.Na_o
    K_mNai3 = p.K_mNai * p.K_mNai * p.K_mNai
    back = e_gamma * e_V
    flux = e_gamma * Na_i3 * p.Ca_o - back * Na_o3 * s.Ca_i * p.alpha
    return flux / ((K_mNai3 + Na_o3) * (p.K_mCa + p.Ca_o) * (1.0 + p.k_sat * back))


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates, and the balances of calcium, sodium and potassium."""
    q, w, x = exp(V / 20.0), exp(V / 7.0), exp(V / -6.0)
    q_inv = 1.0 / q
    q2 = q * q
    h_inf = squared(1.0 / (1.0 + exp((V + 71.55) / 7.43)))
    Ca_i, Ca_SR, Ca_ss, R = calcium(s, p, I)
    return State(
        Ca_i=Ca_i,
        Ca_SR=Ca_SR,
        Ca_ss=Ca_ss,
        Na_i=-(I.I_Na + I.I_bNa + 3.0 * I.I_NaK + 3.0 * I.I_NaCa) * mM_per_charge(p),
        K_i=potassium_rate(I.I_K1 + I.I_to + I.I_Kr + I.I_Ks + I.I_pK - 2.0 * I.I_NaK, s, p),
        m=m_gate(V, q2 * q2, q_inv),
        h=h_gate(V, h_inf),
        j=j_gate(V, h_inf),
        x_r1=x_r1_gate(V, w, q_inv * q_inv),
        x_r2=x_r2_gate(V, q, q_inv),
        x_s=x_s_gate(V, x),
        r=r_gate(V, x),
        s=s_gate(V, q2 * q2, p),
        d=d_gate(V, q),
        f=f_gate(V, w, q2),
        f2=f2_gate(V, w, q2),
        f_Cass=f_Cass_gate(s.Ca_ss),
        R=R,
    )


@inline
def mM_per_charge(p):
    """Change of a concentration in the cytosol per charge per capacitance [mM/mV]."""
    return 1e6 * p.C_m / (p.V_c * FARADAY)


@inline
def potassium_rate(I, s, p):  # noqa: E741
    """What a K+ current takes from K_i."""
    return -I * mM_per_charge(p)


@inline
def squared(x):
    """x^2."""
    return x * x


@inline
def m_gate(V, q4, q_inv):
    """Activation of I_Na: tau_m = 1 / A (0.1 / B + 0.1 / C)."""
    A = 1.0 + exp(-12.0) * squared(squared(q_inv))
    B = 1.0 + exp(7.0) * q4
    C = 1.0 + exp((V - 50.0) / 200.0)
    D = squared(1.0 + exp((-56.86 - V) / 9.03))
    return gate_from_fractions(1.0, D, 10.0 * A * B * C, B + C)


@inline
def h_gate(V, inf):
    """Fast inactivation of I_Na. One exponential serves both sides of the switch at -40 mV."""
    low = V < -40.0
    e = exp((V + 80.0) / -6.8 if low else (V + 10.66) / -11.1)
    rate_low = 0.057 * e + 2.7 * exp(0.079 * V) + 3.1e5 * exp(0.3485 * V)
    return Gate(inf, rate_low if low else 0.77 / (0.13 + 0.13 * e))


@inline
def j_gate(V, inf):
    """Slow inactivation of I_Na; the two forms of beta_j differ in their constants only."""
    low = V < -40.0
    a = -(25428.0 * exp(0.2444 * V) + 6.948e-6 * exp(-0.04391 * V)) * (V + 37.78) if low else 0.0
    A = 1.0 + exp(0.311 * (V + 79.23)) if low else 1.0
    b = (0.02424 if low else 0.6) * exp((-0.01052 if low else 0.057) * V)
    B = 1.0 + exp(-0.1378 * (V + 40.14) if low else -0.1 * (V + 32.0))
    return Gate(inf, (a * B + b * A) / (A * B))


@inline
def x_r1_gate(V, w, q_inv2):
    """Activation of I_Kr: tau = 450 / (1 + exp((-45 - V) / 10)) 6 / (1 + exp((V + 30) / 11.5))."""
    rate = (1.0 + exp(-4.5) * q_inv2) * (1.0 + exp((V + 30.0) / 11.5)) / 2700.0
    return Gate(w / (w + exp(-26.0 / 7.0)), rate)


@inline
def x_r2_gate(V, q, q_inv):
    """Inactivation of I_Kr: tau = 3 / (1 + exp((-60 - V) / 20)) 1.12 / (1 + exp((V - 60) / 20))."""
    rate = (1.0 + exp(-3.0) * q_inv) * (1.0 + exp(-3.0) * q) / 3.36
    return Gate(1.0 / (1.0 + exp((V + 88.0) / 24.0)), rate)


@inline
def x_s_gate(V, x):
    """Activation of I_Ks: tau = 1400 / A + 80."""
    A = sqrt(1.0 + exp(5.0 / 6.0) * x) * (1.0 + exp((V - 35.0) / 15.0))
    return gate_from_fractions(1.0, 1.0 + exp((-5.0 - V) / 14.0), A, 1400.0 + 80.0 * A)


@inline
def r_gate(V, x):
    """Activation of I_to."""
    tau = 9.5 * exp(squared(V + 40.0) / -1800.0) + 0.8
    return gate_from_fractions(1.0, 1.0 + exp(20.0 / 6.0) * x, 1.0, tau)


@inline
def s_gate(V, q4, p):
    """Inactivation of I_to: tau = peak exp(-((V - V_tau_s) / width)^2) + step / A + floor."""
    bell = p.tau_s_peak * exp(-squared((V - p.V_tau_s) * (1.0 / p.width_tau_s)))
    A = 1.0 + exp(-4.0) * q4
    tau_A = (bell + p.tau_s_floor) * A + p.tau_s_step
    return gate_from_fractions(1.0, 1.0 + exp(-0.2 * p.V_s) * q4, A, tau_A)


@inline
def d_gate(V, q):
    """Activation of I_CaL: tau = (1.4 / A + 0.25) 1.4 / B + q / C."""
    A = 1.0 + exp((-35.0 - V) / 13.0)
    B = 1.0 + exp(1.0) * squared(squared(q))
    C = q + exp(2.5)
    tau_ABC = (1.96 + 0.35 * A) * C + q * A * B
    return gate_from_fractions(1.0, 1.0 + exp((-8.0 - V) / 7.5), A * B * C, tau_ABC)


@inline
def f_gate(V, w, q2):
    """Voltage-dependent inactivation of I_CaL: tau = bell + 200 q2 / A + 180 / B + 20."""
    bell = 1102.5 * exp(squared(V + 27.0) / -225.0)
    A, B = q2 + exp(1.3), 1.0 + exp(3.0) * q2
    tau_AB = (bell + 20.0) * A * B + 200.0 * q2 * B + 180.0 * A
    return gate_from_fractions(1.0, 1.0 + exp(20.0 / 7.0) * w, A * B, tau_AB)


@inline
def f2_gate(V, w, q2):
    """Its second one: inf = 0.67 / C + 0.33, tau = bell + 31 q2 / A + 80 / B."""
    bell = 562.0 * exp(squared(V + 27.0) / -240.0)
    A, B, C = q2 + exp(2.5), 1.0 + exp(3.0) * q2, 1.0 + exp(5.0) * w
    tau_AB = bell * A * B + 31.0 * q2 * B + 80.0 * A
    return gate_from_fractions(0.67 + 0.33 * C, C, A * B, tau_AB)


@inline
def f_Cass_gate(Ca_ss):
    """Inactivation of I_CaL by calcium, A = 1 + (Ca_ss / 0.05)^2: inf = 0.6 / A + 0.4, tau = 80 / A + 2."""
    A = 1.0 + 400.0 * Ca_ss * Ca_ss
    return gate_from_fractions(0.6 + 0.4 * A, A, A, 80.0 + 2.0 * A)


@inline
def calcium(s, p, I):  # noqa: E741
    """Calcium balances: rates of Ca_i, Ca_SR and Ca_ss, and the Gate of R."""
    SR2, ss2, i2 = squared(s.Ca_SR), squared(s.Ca_ss), squared(s.Ca_i)
    k_casr = p.max_SR - (p.max_SR - p.min_SR) * SR2 / (SR2 + p.EC * p.EC)
    opened = K1_PRIME * ss2 * s.R / (p.k3 * k_casr + K1_PRIME * ss2)
    rel = p.V_rel * opened * (s.Ca_SR - s.Ca_ss)
    up = p.V_maxup * i2 / (i2 + p.K_up * p.K_up)
    leak = p.V_leak * (s.Ca_SR - s.Ca_i)
    xfer = p.V_xfer * (s.Ca_ss - s.Ca_i)
    mM_per_charge = 0.5e6 * p.C_m / FARADAY  # times um^3
    into_i = (
        (2.0 * I.I_NaCa - I.I_bCa - I.I_pCa) * (mM_per_charge / p.V_c) + (leak - up) * (p.V_SR / p.V_c) + xfer
    )
    into_ss = rel * (p.V_SR / p.V_ss) - I.I_CaL * (mM_per_charge / p.V_ss) - xfer * (p.V_c / p.V_ss)
    return (
        into_i * free_fraction(s.Ca_i + p.K_buf_c, p.Buf_c * p.K_buf_c),
        (up - rel - leak) * free_fraction(s.Ca_SR + p.K_buf_SR, p.Buf_SR * p.K_buf_SR),
        into_ss * free_fraction(s.Ca_ss + p.K_buf_ss, p.Buf_ss * p.K_buf_ss),
        gate_from_rates(p.k4, K2_PRIME * k_casr * s.Ca_ss),
    )


@inline
def free_fraction(x, BK):
    """1 / (1 + B K / (Ca + K)^2): the part of a change in total calcium that stays free; x = Ca + K."""
    return x * x / (x * x + BK)
