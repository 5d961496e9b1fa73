"""ToR-ORd (Tomek et al. 2019): human ventricular myocyte, endocardial, epicardial and mid-myocardial.

J. Tomek, A. Bueno-Orovio, E. Passini, X. Zhou, A. Minchole, O. Britton, C. Bartolucci, S. Severi, A. Shrier,
L. Virag, A. Varro & B. Rodriguez, eLife 8:e48890 (2019). Human, ventricle, 37 C, 1 uF/cm^2. The version of the paper:
Cl- is fixed (the one of 2020 has dynamic Cl-). What it kept of O'Hara-Rudy 2011 is in `_ord.py`. Its K(ATP) current,
zero by default, is left to mechanisms; I_ClCa is that of the subspace alone, as published.

Injected and added currents act on V only, not on K_i. d_inf of I_CaL jumps by 4e-4 at 31.4978 mV, and the rates of h
and j of I_Na switch at -40 mV, as published. Constant-field currents are exact at V = 0.

The five states of I_Kr add up to 1, so C3 is what the other four leave: no scheme can lose channels, as it would if
each state relaxed on its own (the published initial values add up to 1.00004). Channels close into C3 at 50/ms at
rest and at 330/ms at -120 mV, more than an explicit step follows, hence C2 is a Gate; the other transitions are below
3/ms down to -120 mV and 30/ms at -200 mV. In the release, Ca_jsr counts as 1.3e-4 mM at least (`release_rate`).

rush_larsen and rush_larsen_2 are stable to 0.05 ms down to -200 mV; take 0.02 ms for an upstroke right to 0.1 %.
forward_euler cannot follow m: it needs 0.004 ms at rest and fails below.
"""

from math import sqrt
from typing import NamedTuple

from cardiac.kernels import Gate, exp, inline, log
from cardiac.models._ord import (
    F_RT,
    FARADAY,
    CaL_inactivation_gates,
    CaL_open,
    Ks_activation_gates,
    Ks_calcium,
    NaL_gates,
    calcium,
    camk,
    camk_trapping,
    constant_field,
    d_rate,
    exchanges,
    j_ca_gate,
    n_ca_gate,
    pump,
    release_rate,
    reversal_potentials,
    squared,
    to_activation_gates,
    to_inactivation_gates,
    to_open,
    univalent,
)
from cardiac.models.ten_tusscher_panfilov_2006 import h_gate, j_gate
from cardiac.units import A_per_F, C_per_F, L_per_F_s, mM, mM_per_ms, ms, mS_per_uF, one, uF, um3

DOI = "10.7554/eLife.48890"
SPECIES = "human, ventricle"
V_INITIAL = -88.7638

VARIANTS: dict[str, dict[str, float]] = {
    "endo": {},
    "epi": {
        "g_NaL": 0.01674,
        "g_to": 0.32,
        "delta_epi": 0.95,
        "P_Ca": 0.1005084,
        "g_Kr": 0.04173,
        "g_Ks": 0.00154,
        "g_K1": 0.83904,
        "g_NaCa": 0.00374,
        "P_NaK": 13.90581,
        "g_Kb": 0.01134,
        "J_up": 0.0070525,
        "CMDN_max": 0.065,
    },
    "mid": {
        "g_to": 0.32,
        "P_Ca": 0.167514,
        "g_Kr": 0.02568,
        "g_K1": 0.90896,
        "g_NaCa": 0.00476,
        "P_NaK": 10.81563,
        "a_rel": 0.85,
    },
}


class State(NamedTuple):
    """CaMK; concentrations; gates of I_Na, I_NaL, I_to and I_CaL (p: phosphorylated); I_Kr, I_Ks; release."""

    CaMK_t: one = 0.0111
    Na_i: mM = 12.1025
    Na_ss: mM = 12.1029
    K_i: mM = 142.3002
    K_ss: mM = 142.3002
    Ca_ss: mM = 7.0305e-5
    Ca_nsr: mM = 1.5211
    Ca_jsr: mM = 1.5214
    Ca_i: mM = 8.1583e-5
    m: one = 0.00080572
    h: one = 0.8286
    j: one = 0.8284
    h_p: one = 0.6707
    j_p: one = 0.8281
    m_L: one = 0.0001629
    h_L: one = 0.5255
    h_Lp: one = 0.2872
    a: one = 0.00095098
    i_f: one = 0.9996
    i_s: one = 0.5936
    a_p: one = 0.00048454
    i_fp: one = 0.9996
    i_sp: one = 0.6538
    d: one = 8.1084e-9
    f_f: one = 1.0
    f_s: one = 0.939
    f_caf: one = 1.0
    f_cas: one = 0.9999
    j_ca: one = 1.0
    f_fp: one = 1.0
    f_cafp: one = 1.0
    n_ca_ss: one = 0.00066462
    n_ca_i: one = 0.0012
    Kr_C1: one = 0.00070344
    Kr_C2: one = 0.00085109
    Kr_I: one = 1.3289e-5
    Kr_O: one = 0.00037585
    x_s1: one = 0.248
    x_s2: one = 0.00017707
    J_relnp: mM_per_ms = 1.6129e-22
    J_relp: mM_per_ms = 1.2475e-20


class Parameters(NamedTuple):
    """Conductances, permeabilities, pumps, concentrations, calcium handling and geometry; defaults: endocardial.

    P_Ca 0.083757 L/(F s) is 8.3757e-5 cm/s at 1 uF/cm^2. delta_epi shortens the inactivation of I_to; a_rel is the
    release evoked per I_CaL and time constant (mid: 1.7 times), J_rel scales what is released.
    """

    g_Na: mS_per_uF = 11.7802
    g_NaL: mS_per_uF = 0.0279
    g_to: mS_per_uF = 0.16
    delta_epi: one = 0.0
    P_Ca: L_per_F_s = 0.083757
    g_Kr: mS_per_uF = 0.0321
    g_Ks: mS_per_uF = 0.0011
    g_K1: mS_per_uF = 0.6992
    g_NaCa: C_per_F = 0.0034
    P_NaK: C_per_F = 15.4509
    g_Kb: mS_per_uF = 0.0189
    P_Nab: L_per_F_s = 1.9239e-6
    P_Cab: L_per_F_s = 5.9194e-5
    g_pCa: A_per_F = 0.0005
    g_ClCa: mS_per_uF = 0.2843
    g_Clb: mS_per_uF = 0.00198
    K_o: mM = 5.0
    Na_o: mM = 140.0
    Ca_o: mM = 1.8
    Cl_o: mM = 150.0
    Cl_i: mM = 24.0
    PR_NaK: one = 0.01833
    a_rel: one = 0.5
    J_rel: one = 1.5378
    K_rel: mM = 1.7
    J_up: mM_per_ms = 0.005425
    J_leak: mM_per_ms = 0.0048825
    tau_tr: ms = 60.0
    CMDN_max: mM = 0.05
    TRPN_max: mM = 0.07
    BSR_max: mM = 0.047
    BSL_max: mM = 1.124
    CSQN_max: mM = 10.0
    C_m: uF = 1.533576e-4
    V_myo: um3 = 25835.92
    V_nsr: um3 = 2097.2688
    V_jsr: um3 = 182.3712
    V_ss: um3 = 759.88


class Currents(NamedTuple):
    """Every current through the sarcolemma; I_CaL, its Na+ and K+ parts and exchange by compartment (ss, i)."""

    I_Na: A_per_F
    I_NaL: A_per_F
    I_to: A_per_F
    I_CaL_ss: A_per_F
    I_CaNa_ss: A_per_F
    I_CaK_ss: A_per_F
    I_CaL_i: A_per_F
    I_CaNa_i: A_per_F
    I_CaK_i: A_per_F
    I_Kr: A_per_F
    I_Ks: A_per_F
    I_K1: A_per_F
    I_NaCa_i: A_per_F
    I_NaCa_ss: A_per_F
    I_NaK: A_per_F
    I_Nab: A_per_F
    I_Cab: A_per_F
    I_Kb: A_per_F
    I_pCa: A_per_F
    I_ClCa: A_per_F
    I_Clb: A_per_F


@inline
def currents(V, s, p):
    """The currents of the paper: 80 % of I_CaL and 35 % of exchange are with the subspace."""
    E_Na, E_K, E_Ks = reversal_potentials(s, p)
    E_Cl = (log(p.Cl_i) - log(p.Cl_o)) / F_RT
    phi = camk(s)[2]
    e, of_Na, of_Ca = constant_field(V)
    of_Na, of_Ca = FARADAY * of_Na, 2.0 * FARADAY * of_Ca
    y_o = activity(p.Na_o, p.K_o, p.Cl_o, p.Ca_o)
    y_i = activity(s.Na_i, s.K_i, p.Cl_i, s.Ca_i)
    y_ss = activity(s.Na_ss, s.K_ss, p.Cl_i, s.Ca_ss)
    Na_o, K_o, Ca_o = y_o * p.Na_o, y_o * p.K_o, fourth(y_o) * p.Ca_o
    Ca_i = fourth(y_i) * s.Ca_i
    CaL_ss = 0.8 * p.P_Ca * CaL_open(V, s, s.n_ca_ss, phi)
    CaL_i = 0.2 * p.P_Ca * CaL_open(V, s, s.n_ca_i, phi)
    NaCa_i, NaCa_ss = exchanges(V, s, p)
    return Currents(
        I_Na=p.g_Na * s.m * s.m * s.m * (s.h * s.j + phi * (s.h_p * s.j_p - s.h * s.j)) * (V - E_Na),
        I_NaL=p.g_NaL * s.m_L * (s.h_L + phi * (s.h_Lp - s.h_L)) * (V - E_Na),
        I_to=p.g_to * to_open(V, s, phi) * (V - E_K),
        I_CaL_ss=CaL_ss * of_Ca * (fourth(y_ss) * s.Ca_ss * e * e - Ca_o),
        I_CaNa_ss=0.00125 * CaL_ss * of_Na * (y_ss * s.Na_ss * e - Na_o),
        I_CaK_ss=0.0003574 * CaL_ss * of_Na * (y_ss * s.K_ss * e - K_o),
        I_CaL_i=CaL_i * of_Ca * (Ca_i * e * e - Ca_o),
        I_CaNa_i=0.00125 * CaL_i * of_Na * (y_i * s.Na_i * e - Na_o),
        I_CaK_i=0.0003574 * CaL_i * of_Na * (y_i * s.K_i * e - K_o),
        I_Kr=p.g_Kr * sqrt(p.K_o / 5.0) * s.Kr_O * (V - E_K),
        I_Ks=p.g_Ks * Ks_calcium(s.Ca_i) * s.x_s1 * s.x_s2 * (V - E_Ks),
        I_K1=p.g_K1 * sqrt(p.K_o / 5.0) * K1_inf(V - E_K) * (V - E_K),
        I_NaCa_i=0.65 * p.g_NaCa * NaCa_i,
        I_NaCa_ss=0.35 * p.g_NaCa * NaCa_ss,
        I_NaK=p.P_NaK * pump(V, s, p),
        I_Nab=p.P_Nab * of_Na * (s.Na_i * e - p.Na_o),
        I_Cab=p.P_Cab * of_Ca * (Ca_i * e * e - Ca_o),
        I_Kb=p.g_Kb / (1.0 + exp((V - 10.8968) / -23.9871)) * (V - E_K),
        I_pCa=p.g_pCa * s.Ca_i / (s.Ca_i + 0.0005),
        I_ClCa=p.g_ClCa * s.Ca_ss / (s.Ca_ss + 0.1) * (V - E_Cl),
        I_Clb=p.g_Clb * (V - E_Cl),
    )


@inline
def activity(Na, K, Cl, Ca):
    """Activity coefficient of a univalent ion by Davies' equation; of a divalent one: its fourth power."""
    strength = 0.0005 * (Na + K + Cl + 4.0 * Ca)  # M
    A = 1.82e6 / (74.0 * 310.0 * sqrt(74.0 * 310.0))
    root = sqrt(strength)
    return exp(-A * (root / (1.0 + root) - 0.3 * strength))


@inline
def fourth(x):
    """x^4."""
    return squared(squared(x))


@inline
def K1_inf(V):
    """alpha / (alpha + beta) of K1, V counted from E_K."""
    alpha = 4.094 * (1.0 + exp(-0.1629 * (V + 14.207)))
    beta = 15.72 * exp(0.0674 * (V - 3.257)) + exp(0.0618 * (V - 594.31))
    beta = beta * (1.0 + exp(0.1217 * (V - 49.934)))
    return alpha / (alpha + beta)  # both times the product of their denominators


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates, of I_Kr and of release, and the balances of the ions."""
    phi = camk(s)[2]
    Na = I.I_Na + I.I_NaL + I.I_Nab + I.I_CaNa_i + 3.0 * (I.I_NaCa_i + I.I_NaK)
    Na_i, Na_ss = univalent(s.Na_i, s.Na_ss, Na, I.I_CaNa_ss + 3.0 * I.I_NaCa_ss, p)
    K = I.I_to + I.I_Kr + I.I_Ks + I.I_K1 + I.I_Kb + I.I_CaK_i - 2.0 * I.I_NaK
    K_i, K_ss = univalent(s.K_i, s.K_ss, K, I.I_CaK_ss, p)
    Ca = I.I_pCa + I.I_Cab + I.I_CaL_i - 2.0 * I.I_NaCa_i
    Ca_i, Ca_ss, Ca_nsr, Ca_jsr = calcium(s, p, Ca, I.I_CaL_ss - 2.0 * I.I_NaCa_ss, phi)
    m, m_L = m_gates(V)
    h, j, h_p, j_p = h_and_j_gates(V)
    h_L, h_Lp = NaL_gates(V)
    a, a_p = to_activation_gates(V)
    i_f, i_s, i_fp, i_sp = to_inactivation_gates(V, p.delta_epi)
    f_f, f_s, f_caf, f_cas, f_fp, f_cafp = CaL_inactivation_gates(V)
    Kr_C1, Kr_C2, Kr_I, Kr_O = Kr_transitions(V, s)
    x_s1, x_s2 = Ks_activation_gates(V)
    return State(
        CaMK_t=camk_trapping(s),
        Na_i=Na_i,
        Na_ss=Na_ss,
        K_i=K_i,
        K_ss=K_ss,
        Ca_ss=Ca_ss,
        Ca_nsr=Ca_nsr,
        Ca_jsr=Ca_jsr,
        Ca_i=Ca_i,
        m=m,
        h=h,
        j=j,
        h_p=h_p,
        j_p=j_p,
        m_L=m_L,
        h_L=h_L,
        h_Lp=h_Lp,
        a=a,
        i_f=i_f,
        i_s=i_s,
        a_p=a_p,
        i_fp=i_fp,
        i_sp=i_sp,
        d=d_gate(V),
        f_f=f_f,
        f_s=f_s,
        f_caf=f_caf,
        f_cas=f_cas,
        j_ca=j_ca_gate(1.0 / (1.0 + exp((V + 18.08) / 2.7916))),
        f_fp=f_fp,
        f_cafp=f_cafp,
        n_ca_ss=n_ca_gate(s.Ca_ss, s.j_ca, 500.0),
        n_ca_i=n_ca_gate(s.Ca_i, s.j_ca, 500.0),
        Kr_C1=Kr_C1,
        Kr_C2=Kr_C2,
        Kr_I=Kr_I,
        Kr_O=Kr_O,
        x_s1=x_s1,
        x_s2=x_s2,
        J_relnp=release_rate(s.J_relnp, 4.75, I.I_CaL_ss, s, p),
        J_relp=release_rate(s.J_relp, 1.25 * 4.75, I.I_CaL_ss, s, p),
    )


@inline
def m_gates(V):
    """Activation m of I_Na and m_L of I_NaL; both have the tau of Grandi et al. 2010."""
    tau = 0.1292 * exp(-squared((V + 45.79) / 15.54)) + 0.06487 * exp(-squared((V - 4.823) / 51.12))
    rate = 1.0 / tau
    m_inf = squared(1.0 / (1.0 + exp((V + 56.86) / -9.03)))
    return Gate(m_inf, rate), Gate(1.0 / (1.0 + exp((V + 42.85) / -5.264)), rate)


@inline
def h_and_j_gates(V):
    """Inactivation h and j of I_Na, then the same phosphorylated; rates of ten Tusscher et al. 2004."""
    e = exp(V / 7.43)
    inf = squared(1.0 / (1.0 + exp(71.55 / 7.43) * e))
    inf_p = squared(1.0 / (1.0 + exp(77.55 / 7.43) * e))
    h, j = h_gate(V, inf), j_gate(V, inf)
    return h, j, Gate(inf_p, h.rate), Gate(inf, j.rate / 1.46)


@inline
def d_gate(V):
    """Activation of I_CaL: a Gompertz function, cut at 1."""
    inf = 1.0763 * exp(-1.007 * exp(-0.0829 * V)) if V < 31.4978 else 1.0
    return Gate(inf, d_rate(V))


@inline
def Kr_transitions(V, s):
    """Rates of I_Kr: C3 - C2 - C1 - O - I, and C1 - I directly (Lu et al. 2001)."""
    u = F_RT * V
    alpha, beta = 0.1161 * exp(0.299 * u), 0.2442 * exp(-1.604 * u)  # C3 to C2 and back
    alpha_1, beta_1 = 0.154375, 0.1911  # C2 to C1
    alpha_2, beta_2 = 0.0578 * exp(0.971 * u), 0.000349 * exp(-1.062 * u)  # C1 to O
    alpha_i, beta_i = 0.2533 * exp(0.5953 * u), 0.06525 * exp(-0.8209 * u)  # O to I
    alpha_C1I = 5.2e-5 * exp(1.525 * u)
    beta_C1I = beta_2 * beta_i * alpha_C1I / (alpha_2 * alpha_i)  # detailed balance
    open_ = alpha_2 * s.Kr_C1 - beta_2 * s.Kr_O  # net fluxes
    inactivate = alpha_i * s.Kr_O - beta_i * s.Kr_I
    bypass = alpha_C1I * s.Kr_C1 - beta_C1I * s.Kr_I
    leaving = alpha + beta + alpha_1
    C2_inf = (alpha * (1.0 - s.Kr_C1 - s.Kr_I - s.Kr_O) + beta_1 * s.Kr_C1) / leaving
    return (
        alpha_1 * s.Kr_C2 - beta_1 * s.Kr_C1 - open_ - bypass,
        Gate(C2_inf, leaving),
        inactivate + bypass,
        open_ - inactivate,
    )
