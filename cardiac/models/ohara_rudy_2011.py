"""O'Hara-Rudy 2011 (ORd): undiseased human ventricular myocyte, endocardial, epicardial and mid-myocardial.

T. O'Hara, L. Virag, A. Varro & Y. Rudy, PLoS Comput. Biol. 7:e1002061 (2011); page numbers in the code are those of
its appendix (Text S1). Human, ventricle, 37 C, 1 uF/cm^2. I_Na is that of the paper, not a later replacement: tissue
conducts slowly with it. All concentrations but the extracellular ones are dynamic, with a subspace (ss) and a
reticulum of two parts (nsr, jsr); CaMK phosphorylates a fraction of most channels.

Injected and added currents act on V only, not on K_i. The initial state is far from rest (APD90 at 1 Hz is 311 ms in
the first beat, 274 ms in the hundredth): the paper's, except that d and n_ca start at 0.2 instead of 0, as in the
file that the reference beats were computed from.

Constant-field currents are exact at V = 0. In the release, Ca_jsr counts as 1.3e-4 mM at least (`release_rate`).
rush_larsen and rush_larsen_2 are stable to 0.05 ms down to -200 mV; forward_euler cannot follow m: it needs 0.005 ms
at rest and fails below.
"""

from math import sqrt
from typing import NamedTuple

from cardiac.kernels import Gate, exp, inline
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
    to_activation_gates,
    to_inactivation_gates,
    to_open,
    univalent,
)
from cardiac.units import A_per_F, C_per_F, L_per_F_s, mM, mM_per_ms, ms, mS_per_uF, one, uF, um3

DOI = "10.1371/journal.pcbi.1002061"
SPECIES = "human, ventricle"
V_INITIAL = -87.0
RT_F = 1.0 / F_RT  # mV

VARIANTS: dict[str, dict[str, float]] = {
    "endo": {},
    "epi": {
        "g_NaL": 0.0045,
        "g_to": 0.08,
        "delta_epi": 0.95,
        "P_Ca": 0.12,
        "g_Kr": 0.0598,
        "g_Ks": 0.00476,
        "g_K1": 0.22896,
        "g_NaCa": 0.00088,
        "P_NaK": 27.0,
        "g_Kb": 0.0018,
        "J_up": 0.0056875,
        "CMDN_max": 0.065,
    },
    "mid": {
        "g_to": 0.08,
        "P_Ca": 0.25,
        "g_Kr": 0.0368,
        "g_K1": 0.24804,
        "g_NaCa": 0.00112,
        "P_NaK": 21.0,
        "a_rel": 0.85,
    },
}


class State(NamedTuple):
    """Concentrations; gates of I_Na, I_NaL, I_to, I_CaL, I_Kr, I_Ks and I_K1 (p: phosphorylated); release; CaMK."""

    Na_i: mM = 7.0
    Na_ss: mM = 7.0
    K_i: mM = 145.0
    K_ss: mM = 145.0
    Ca_i: mM = 1e-4
    Ca_ss: mM = 1e-4
    Ca_nsr: mM = 1.2
    Ca_jsr: mM = 1.2
    m: one = 0.0
    h_f: one = 1.0
    h_s: one = 1.0
    j: one = 1.0
    h_sp: one = 1.0
    j_p: one = 1.0
    m_L: one = 0.0
    h_L: one = 1.0
    h_Lp: one = 1.0
    a: one = 0.0
    i_f: one = 1.0
    i_s: one = 1.0
    a_p: one = 0.0
    i_fp: one = 1.0
    i_sp: one = 1.0
    d: one = 0.2
    f_f: one = 1.0
    f_s: one = 1.0
    f_caf: one = 1.0
    f_cas: one = 1.0
    j_ca: one = 1.0
    f_fp: one = 1.0
    f_cafp: one = 1.0
    n_ca: one = 0.2
    x_rf: one = 0.0
    x_rs: one = 0.0
    x_s1: one = 0.0
    x_s2: one = 0.0
    x_K1: one = 1.0
    J_relnp: mM_per_ms = 0.0
    J_relp: mM_per_ms = 0.0
    CaMK_t: one = 0.0


class Parameters(NamedTuple):
    """Conductances, permeabilities, pumps, concentrations, calcium handling and geometry; defaults: endocardial.

    P_Ca 0.1 L/(F s) is 1e-4 cm/s at 1 uF/cm^2. delta_epi shortens the inactivation of I_to; a_rel is the release
    evoked per I_CaL and time constant (mid: 1.7 times), J_rel scales what is released.
    """

    g_Na: mS_per_uF = 75.0
    g_NaL: mS_per_uF = 0.0075
    g_to: mS_per_uF = 0.02
    delta_epi: one = 0.0
    P_Ca: L_per_F_s = 0.1
    g_Kr: mS_per_uF = 0.046
    g_Ks: mS_per_uF = 0.0034
    g_K1: mS_per_uF = 0.1908
    g_NaCa: C_per_F = 0.0008
    P_NaK: C_per_F = 30.0
    g_Kb: mS_per_uF = 0.003
    P_Nab: L_per_F_s = 3.75e-7
    P_Cab: L_per_F_s = 2.5e-5
    g_pCa: A_per_F = 0.0005
    K_o: mM = 5.4
    Na_o: mM = 140.0
    Ca_o: mM = 1.8
    PR_NaK: one = 0.01833
    a_rel: one = 0.5
    J_rel: one = 1.0
    K_rel: mM = 1.5
    J_up: mM_per_ms = 0.004375
    J_leak: mM_per_ms = 0.0039375
    tau_tr: ms = 100.0
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
    """Every current through the sarcolemma; exchange with cytosol (i) and subspace (ss)."""

    I_Na: A_per_F
    I_NaL: A_per_F
    I_to: A_per_F
    I_CaL: A_per_F
    I_CaNa: A_per_F
    I_CaK: A_per_F
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


@inline
def currents(V, s, p):
    """Pages 6 to 15 of the appendix."""
    E_Na, E_K, E_Ks = reversal_potentials(s, p)
    phi = camk(s)[2]
    e, of_Na, of_Ca = constant_field(V)  # Ca_i has the activity coefficient 1, Ca_o 0.341
    CaL = p.P_Ca * FARADAY * CaL_open(V, s, s.n_ca, phi)
    NaCa_i, NaCa_ss = exchanges(V, s, p)
    return Currents(
        I_Na=p.g_Na * Na_open(s, phi) * (V - E_Na),
        I_NaL=p.g_NaL * s.m_L * (s.h_L + phi * (s.h_Lp - s.h_L)) * (V - E_Na),
        I_to=p.g_to * to_open(V, s, phi) * (V - E_K),
        I_CaL=2.0 * CaL * of_Ca * (s.Ca_ss * e * e - 0.341 * p.Ca_o),
        I_CaNa=0.00125 * CaL * of_Na * 0.75 * (s.Na_ss * e - p.Na_o),
        I_CaK=0.0003574 * CaL * of_Na * 0.75 * (s.K_ss * e - p.K_o),
        I_Kr=p.g_Kr * sqrt(p.K_o / 5.4) * Kr_open(V, s) * (V - E_K),
        I_Ks=p.g_Ks * Ks_calcium(s.Ca_i) * s.x_s1 * s.x_s2 * (V - E_Ks),
        I_K1=p.g_K1 * sqrt(p.K_o) * s.x_K1 / (1.0 + exp((V + 105.8 - 2.6 * p.K_o) / 9.493)) * (V - E_K),
        I_NaCa_i=0.8 * p.g_NaCa * NaCa_i,
        I_NaCa_ss=0.2 * p.g_NaCa * NaCa_ss,
        I_NaK=p.P_NaK * pump(V, s, p),
        I_Nab=p.P_Nab * FARADAY * of_Na * (s.Na_i * e - p.Na_o),
        I_Cab=2.0 * p.P_Cab * FARADAY * of_Ca * (s.Ca_i * e * e - 0.341 * p.Ca_o),
        I_Kb=p.g_Kb / (1.0 + exp((V - 14.48) / -18.34)) * (V - E_K),
        I_pCa=p.g_pCa * s.Ca_i / (s.Ca_i + 0.0005),
    )


@inline
def Na_open(s, phi):
    """Open fraction of the Na+ channels (p. 6); the slow part of h is phosphorylated, the fast one is not."""
    h, h_p = 0.99 * s.h_f + 0.01 * s.h_s, 0.99 * s.h_f + 0.01 * s.h_sp
    return s.m * s.m * s.m * ((1.0 - phi) * h * s.j + phi * h_p * s.j_p)


@inline
def Kr_open(V, s):
    """Open fraction of I_Kr (p. 11): x = A x_rf + (1 - A) x_rs, A = 1 / (1 + w), and its rectification."""
    w = exp((V + 54.81) / 38.21)
    rectified = (1.0 + exp((V + 55.0) / 75.0)) * (1.0 + exp((V - 10.0) / 30.0))
    return (s.x_rf + w * s.x_rs) / ((1.0 + w) * rectified)


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates (pages 6 to 12), of release (17), and the balances of the ions (18)."""
    phi = camk(s)[2]
    Na = I.I_Na + I.I_NaL + I.I_Nab + 3.0 * (I.I_NaCa_i + I.I_NaK)
    Na_i, Na_ss = univalent(s.Na_i, s.Na_ss, Na, I.I_CaNa + 3.0 * I.I_NaCa_ss, p)
    K = I.I_to + I.I_Kr + I.I_Ks + I.I_K1 + I.I_Kb - 2.0 * I.I_NaK
    K_i, K_ss = univalent(s.K_i, s.K_ss, K, I.I_CaK, p)
    Ca = I.I_pCa + I.I_Cab - 2.0 * I.I_NaCa_i
    Ca_i, Ca_ss, Ca_nsr, Ca_jsr = calcium(s, p, Ca, I.I_CaL - 2.0 * I.I_NaCa_ss, phi)
    m, m_L = m_gates(V)
    h_f, h_s, j, h_sp, j_p = h_and_j_gates(V)
    h_L, h_Lp = NaL_gates(V)
    a, a_p = to_activation_gates(V)
    i_f, i_s, i_fp, i_sp = to_inactivation_gates(V, p.delta_epi)
    f_f, f_s, f_caf, f_cas, f_fp, f_cafp = CaL_inactivation_gates(V)
    x_rf, x_rs = Kr_gates(V)
    x_s1, x_s2 = Ks_activation_gates(V)
    return State(
        Na_i=Na_i,
        Na_ss=Na_ss,
        K_i=K_i,
        K_ss=K_ss,
        Ca_i=Ca_i,
        Ca_ss=Ca_ss,
        Ca_nsr=Ca_nsr,
        Ca_jsr=Ca_jsr,
        m=m,
        h_f=h_f,
        h_s=h_s,
        j=j,
        h_sp=h_sp,
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
        j_ca=j_ca_gate(f_f.inf),
        f_fp=f_fp,
        f_cafp=f_cafp,
        n_ca=n_ca_gate(s.Ca_ss, s.j_ca, 1000.0),
        x_rf=x_rf,
        x_rs=x_rs,
        x_s1=x_s1,
        x_s2=x_s2,
        x_K1=x_K1_gate(V, p.K_o),
        J_relnp=release_rate(s.J_relnp, 4.75, I.I_CaL, s, p),
        J_relp=release_rate(s.J_relp, 1.25 * 4.75, I.I_CaL, s, p),
        CaMK_t=camk_trapping(s),
    )


@inline
def m_gates(V):
    """Activation m of I_Na and m_L of I_NaL (pp. 6 and 7)."""
    rate = 6.765 * exp((V + 11.64) / 34.77) + 8.552 * exp((V + 77.42) / -5.955)
    m_inf = 1.0 / (1.0 + exp((V + 39.57) / -9.871))
    return Gate(m_inf, rate), Gate(1.0 / (1.0 + exp((V + 42.85) / -5.264)), rate)


@inline
def h_and_j_gates(V):
    """Inactivation h (fast, slow) and j of I_Na, then the phosphorylated slow h and j (p. 6)."""
    e = exp(V / 6.086)
    inf = 1.0 / (1.0 + exp(82.9 / 6.086) * e)
    inf_p = 1.0 / (1.0 + exp(89.1 / 6.086) * e)
    fast = 1.432e-5 * exp((V + 1.196) / -6.285) + 6.149 * exp((V + 0.5096) / 20.27)
    slow = 0.009794 * exp((V + 17.95) / -28.05) + 0.3343 * exp((V + 5.73) / 56.66)
    recovery = 0.02136 * exp((V + 100.6) / -8.281) + 0.3052 * exp((V + 0.9941) / 38.45)
    j = recovery / (1.0 + 2.038 * recovery)
    return Gate(inf, fast), Gate(inf, slow), Gate(inf, j), Gate(inf_p, slow / 3.0), Gate(inf, j / 1.46)


@inline
def d_gate(V):
    """Activation of I_CaL (p. 9)."""
    return Gate(1.0 / (1.0 + exp((V + 3.94) / -4.23)), d_rate(V))


@inline
def Kr_gates(V):
    """Activation of I_Kr, fast and slow (p. 11): tau = 12.98 + 1 / fast, 1.865 + 1 / slow."""
    inf = 1.0 / (1.0 + exp((V + 8.337) / -6.789))
    fast = 0.3652 * exp((V - 31.66) / 3.869) + 4.123e-5 * exp((V - 47.78) / -20.38)
    slow = 0.06629 * exp((V - 34.7) / 7.355) + 1.128e-5 * exp((V - 29.74) / -25.94)
    return Gate(inf, fast / (1.0 + 12.98 * fast)), Gate(inf, slow / (1.0 + 1.865 * slow))


@inline
def x_K1_gate(V, K_o):
    """Slow gate of I_K1 (p. 12)."""
    closed = exp(-(V + 2.5538 * K_o + 144.59) / (1.5692 * K_o + 3.8115))
    rate = (exp((V + 127.2) / -20.36) + exp((V + 236.8) / 69.33)) / 122.2
    return Gate(1.0 / (1.0 + closed), rate)
