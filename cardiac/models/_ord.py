"""What ToR-ORd (2019) kept of O'Hara-Rudy (2011): constant field, CaMK, the gates of I_to, I_CaL and I_Ks, Na+/Ca2+
exchange, the Na+/K+ pump and the balances of the ions.

Pages are those of the appendix of O'Hara et al. 2011 (Text S1). Sums of fractions are brought to one denominator, and
exponents that are multiples of each other are powers of one exponential.
"""

from cardiac.kernels import Gate, exp, expm1, inline, log, power
from cardiac.models._gates import gate_from_fractions

FARADAY = 96.485  # C/mmol
F_RT = FARADAY / (8.314 * 310.0)  # 1/mV


@inline
def squared(x):
    """x^2."""
    return x * x


@inline
def cubed(x):
    """x^3."""
    return x * x * x


@inline
def reversal_potentials(s, p):
    """E_Na, E_K and E_Ks (p. 6)."""
    E_Na = (log(p.Na_o) - log(s.Na_i)) / F_RT
    E_K = (log(p.K_o) - log(s.K_i)) / F_RT
    E_Ks = (log(p.K_o + p.PR_NaK * p.Na_o) - log(s.K_i + p.PR_NaK * s.Na_i)) / F_RT
    return E_Na, E_K, E_Ks


@inline
def constant_field(V):
    """exp(u), u / (exp(u) - 1) and 2 u / (exp(2 u) - 1), u = V F / RT: of these are fluxes in a constant field."""
    u = F_RT * V
    e = expm1(u)
    ratio = u / e if e != 0.0 else 1.0
    return 1.0 + e, ratio, 2.0 * ratio / (2.0 + e)


@inline
def camk(s):
    """Fractions of CaMK that are bound and active, and phi, the phosphorylated fraction of its targets (p. 16)."""
    bound = 0.05 * (1.0 - s.CaMK_t) * s.Ca_ss / (s.Ca_ss + 0.0015)
    active = bound + s.CaMK_t
    return bound, active, active / (active + 0.15)


@inline
def camk_trapping(s):
    """d(CaMK_t)/dt: trapping of bound CaMK by active CaMK, and release (p. 16)."""
    bound, active, _ = camk(s)
    return 0.05 * bound * active - 0.00068 * s.CaMK_t


@inline
def NaL_gates(V):
    """Inactivation h_L of I_NaL, plain and phosphorylated (p. 7)."""
    e = exp(V / 7.488)
    h_L = Gate(1.0 / (1.0 + exp(87.61 / 7.488) * e), 1.0 / 200.0)
    h_Lp = Gate(1.0 / (1.0 + exp(93.81 / 7.488) * e), 1.0 / 600.0)
    return h_L, h_Lp


@inline
def to_open(V, s, phi):
    """Open fraction of I_to: (1 - phi) a i + phi a_p i_p, where i = A i_f + (1 - A) i_s (p. 8)."""
    A = 1.0 / (1.0 + exp((V - 213.6) / 151.2))
    i = s.i_s + A * (s.i_f - s.i_s)
    i_p = s.i_sp + A * (s.i_fp - s.i_sp)
    return (1.0 - phi) * s.a * i + phi * s.a_p * i_p


@inline
def to_activation_gates(V):
    """a and a_p of I_to (p. 8): tau = 1.0515 / (1 / (1.2089 A / x) + 3.5 / B)."""
    x, y = exp(V / 29.3814), exp(V / -14.82)
    A, B = x + exp(18.4099 / 29.3814), 1.0 + exp(100.0 / 29.3814) * x
    opening, AB = x * B + 3.5 * 1.2089 * A, 1.0515 * 1.2089 * A * B
    a = gate_from_fractions(1.0, 1.0 + exp(14.34 / 14.82) * y, opening, AB)
    return a, Gate(1.0 / (1.0 + exp(24.34 / 14.82) * y), a.rate)


@inline
def to_inactivation_gates(V, delta_epi):
    """i_f, i_s, i_fp and i_sp of I_to (p. 8); tau is shorter in the epicardium, longer if phosphorylated."""
    inf = 1.0 / (1.0 + exp((V + 43.94) / 5.711))
    e = exp((V + 70.0) / 20.0)
    e4 = squared(squared(e))
    fast = 0.3933 * exp((V + 100.0) / -100.0) + 0.08004 * exp((V + 50.0) / 16.59)
    slow = 0.001416 * exp((V + 96.52) / -59.05) + 1.78e-8 * exp((V + 114.1) / 8.079)
    # tau = (4.562 + 1 / fast) (1 - delta_epi / (1 + e4)), slow: 23.62 instead of 4.562
    epi = (1.0 + e4) / (1.0 + e4 - delta_epi)
    i_f, i_s = epi * fast / (1.0 + 4.562 * fast), epi * slow / (1.0 + 23.62 * slow)
    # A fraction of its own: the second exponential saturates far below rest.
    develop = 1.354 + 1e-4 / (exp((V - 167.4) / 15.89) + exp((12.23 - V) / 0.2154))
    sooner = (1.0 + e) / ((0.5 + e) * develop)  # 1 / (develop recover), recover = 1 - 0.5 / (1 + e)
    return Gate(inf, i_f), Gate(inf, i_s), Gate(inf, sooner * i_f), Gate(inf, sooner * i_s)


@inline
def CaL_open(V, s, n_ca, phi):
    """Open fraction of the L-type channel (p. 9); phosphorylated, its permeability is 1.1 P_Ca."""
    A = 0.3 + 0.6 / (1.0 + exp(-1.0) * squared(exp(V / 20.0)))
    f, f_p = 0.6 * s.f_f + 0.4 * s.f_s, 0.6 * s.f_fp + 0.4 * s.f_s
    f_ca, f_cap = s.f_cas + A * (s.f_caf - s.f_cas), s.f_cas + A * (s.f_cafp - s.f_cas)
    plain = f * (1.0 - n_ca) + s.j_ca * f_ca * n_ca
    phosphorylated = f_p * (1.0 - n_ca) + s.j_ca * f_cap * n_ca
    return s.d * ((1.0 - phi) * plain + 1.1 * phi * phosphorylated)


@inline
def d_rate(V):
    """1 / tau_d of I_CaL (p. 9): tau = 0.6 + 1 / B."""
    B = exp(-0.05 * (V + 6.0)) + exp(0.09 * (V + 14.0))
    return B / (1.0 + 0.6 * B)


@inline
def CaL_inactivation_gates(V):
    """f_f, f_s, f_caf, f_cas, f_fp and f_cafp of I_CaL (p. 9), all with the same steady state."""
    inf = 1.0 / (1.0 + exp((V + 19.58) / 3.696))
    x = exp(2.0) * squared(exp(V / 20.0))  # exp((V + 20) / 10)
    y = exp((V + 5.0) / 12.0)
    z = exp(V / 21.0)
    y3, z3 = y * y * y, z * z * z
    w = exp(-4.0 / 7.0) * z3  # exp((V - 4) / 7)
    fast = 0.0045 * (1.0 + x * x)  # tau = 7 + x / fast
    slow = 3.5e-5 * (1.0 + y3 * y * y)  # tau = 1000 + y^3 / slow
    ca_fast = 0.04 * (1.0 + w * w)  # tau = 7 + w / ca_fast
    ca_slow = 0.00012 * (1.0 + z3 * z3 * z3 * z)  # tau = 100 + z^7 / ca_slow
    f_f, f_caf = fast / (7.0 * fast + x), ca_fast / (7.0 * ca_fast + w)
    f_s, f_cas = slow / (1000.0 * slow + y3), ca_slow / (100.0 * ca_slow + z3 * z3 * z)
    f_fp, f_cafp = 0.4 * f_f, 0.4 * f_caf
    return (
        Gate(inf, f_f),
        Gate(inf, f_s),
        Gate(inf, f_caf),
        Gate(inf, f_cas),
        Gate(inf, f_fp),
        Gate(inf, f_cafp),
    )


@inline
def j_ca_gate(inf):
    """Recovery from Ca-dependent inactivation (p. 9)."""
    return Gate(inf, 1.0 / 75.0)


@inline
def n_ca_gate(Ca, j_ca, k2):
    """Fraction of L-type channels in the Ca-dependent mode (p. 9): d(n)/dt = alpha k2 - j_ca n.

    alpha = 1 / (k2 / j_ca + (1 + 0.002 / Ca)^4)
    """
    bound = k2 * squared(squared(Ca))
    return Gate(bound / (bound + j_ca * squared(squared(Ca + 0.002))), j_ca)


@inline
def Ks_activation_gates(V):
    """x_s1 and x_s2 of I_Ks (p. 11)."""
    inf = 1.0 / (1.0 + exp((V + 11.6) / -8.932))
    slow = 2.326e-4 * exp((V + 48.28) / 17.8) + 0.001292 * exp((V + 210.0) / -230.0)
    fast = 0.01 * exp(-2.5) * exp(V / 20.0) + 0.0193 * exp((V + 66.54) / -31.0)
    return Gate(inf, slow / (1.0 + 817.3 * slow)), Gate(inf, fast)


@inline
def Ks_calcium(Ca_i):
    """By what calcium raises the conductance of I_Ks (p. 11)."""
    return 1.0 + 0.6 / (1.0 + power(3.8e-5 / Ca_i, 1.4))


@inline
def exchanges(V, s, p):
    """Na+/Ca2+ exchange with cytosol and subspace, times 1 / g_NaCa (p. 12; all rates in 1/s)."""
    e_Na, e_Ca = exp(0.5224 * F_RT * V), exp(-0.167 * F_RT * V)
    Na_3 = p.Na_o / 88.12
    h = 1.0 / (e_Na + Na_3 * (1.0 + e_Na))
    h8, h9 = Na_3 * h, e_Na * h
    h12 = 1.0 / (13.5 + p.Na_o / 15.0 * (1.0 + p.Na_o / 5.0))
    h11 = p.Na_o * p.Na_o / 75.0 * h12
    outside = (1.5e6 * h12 * p.Ca_o, 6e4 * h9, 5e3 * h8, 6e4 * h8 * h11)
    return exchange(s.Na_i, s.Ca_i, e_Na, e_Ca, outside), exchange(s.Na_ss, s.Ca_ss, e_Na, e_Ca, outside)


@inline
def exchange(Na, Ca, e_Na, e_Ca, outside):
    """Exchange with one compartment: charge per time carried by a cycle of four states, x1 to x4 their weights."""
    k1, k3p, k3pp, k8 = outside
    k2 = k5 = 5e3
    h1, h4 = 1.0 + Na / 88.12 * (1.0 + e_Na), 1.0 + Na / 15.0 * (1.0 + Na / 5.0)
    h = 1.0 / (h1 * h4)
    h2, h3, h5, h6 = Na / 88.12 * e_Na * h4 * h, h4 * h, Na * Na / 75.0 * h1 * h, h1 * h
    k4p, k4pp, k6, k7 = 6e4 * h3 * e_Ca, 5e3 * h2, 1.5e6 * h6 * Ca, 6e4 * h5 * h2
    k3, k4 = k3p + k3pp, k4p + k4pp
    x1 = k2 * k4 * (k7 + k6) + k5 * k7 * (k2 + k3)
    x2 = k1 * k7 * (k4 + k5) + k4 * k6 * (k1 + k8)
    x3 = k1 * k3 * (k7 + k6) + k8 * k6 * (k2 + k3)
    x4 = k2 * k8 * (k4 + k5) + k3 * k5 * (k1 + k8)
    J_Na = 3.0 * (x4 * k7 - x1 * k8) + x3 * k4pp - x2 * k3pp
    J_Ca = x2 * k2 - x1 * k1
    allosteric, both = Ca * Ca, Ca * Ca + squared(150e-6)
    return (J_Na + 2.0 * J_Ca) * allosteric / ((x1 + x2 + x3 + x4) * both)


@inline
def pump(V, s, p):
    """Na+/K+ pump, times 1 / P_NaK (p. 14; all rates in 1/s): a cycle of four states, x1 to x4 their weights."""
    u = F_RT * V
    Na_i, Na_o = s.Na_i / 9.073 * exp(0.155 / 3.0 * u), p.Na_o / 27.78 * exp(-1.155 / 3.0 * u)
    K_i2, K_o2 = squared(s.K_i / 0.5), squared(p.K_o / 0.3582)
    inside = cubed(1.0 + Na_i) + squared(1.0 + s.K_i / 0.5) - 1.0
    outside = cubed(1.0 + Na_o) + squared(1.0 + p.K_o / 0.3582) - 1.0
    r = 1.0 / (inside * outside)
    a1, b4 = 949.5 * cubed(Na_i) * outside * r, 40.0 * K_i2 * outside * r
    a3, b2 = 1899.0 * K_o2 * inside * r, 39.4 * cubed(Na_o) * inside * r
    ATP = 9.8 / 1.698e-7  # MgATP over its dissociation constant
    free_phosphate = 4.2 / (1.0 + 1e-7 / 1.698e-7 + s.Na_i / 224.0 + s.K_i / 292.0)
    b1, a2 = 182.4 * 0.05, 687.2
    b3, a4 = 79300.0 * 1e-7 / (1.0 + ATP) * free_phosphate, 639.0 * ATP / (1.0 + ATP)
    x1 = a4 * a1 * a2 + b2 * b4 * b3 + a2 * b4 * b3 + b3 * a1 * a2
    x2 = b2 * b1 * b4 + a1 * a2 * a3 + a3 * b1 * b4 + a2 * a3 * b4
    x3 = a2 * a3 * a4 + b3 * b2 * b1 + b2 * b1 * a4 + a3 * a4 * b1
    x4 = b4 * b3 * b2 + a3 * a4 * a1 + b2 * a4 * a1 + b3 * b2 * a1
    J_Na = 3.0 * (x1 * a3 - x2 * b3)
    J_K = 2.0 * (x4 * b1 - x3 * a1)
    return (J_Na + J_K) / (x1 + x2 + x3 + x4)


@inline
def release_rate(J, beta, I_CaL, s, p):
    """d(J)/dt of the release, beta = beta_tau [ms] (p. 17): tau = beta / (1 + 0.0123 / Ca_jsr).

    Release is not limited by what is left: I_CaL of a cell pulled far below rest while d is open empties the store.
    The paper ends it there with tau = 0.001 ms. Here Ca_jsr counts as 1.3e-4 mM at least: tau stays above 0.05 ms,
    and an explicit step follows without draining the store to below zero.
    """
    Ca_jsr = s.Ca_jsr if s.Ca_jsr > 1.3e-4 else 1.3e-4
    Ca8, K8 = squared(squared(squared(Ca_jsr))), squared(squared(squared(p.K_rel)))
    inf = -p.a_rel * beta * I_CaL * Ca8 / (Ca8 + K8)
    return (1.0 + 0.0123 / Ca_jsr) / beta * (inf - J)


@inline
def univalent(c_i, c_ss, I_i, I_ss, p):
    """Rates of an ion in cytosol and subspace from the currents that carry it (pp. 16 and 18)."""
    mM_per_charge = 1e6 * p.C_m / FARADAY  # times um^3
    diffusion = 0.5 * (c_ss - c_i)
    into_i = diffusion * (p.V_ss / p.V_myo) - I_i * (mM_per_charge / p.V_myo)
    return into_i, -I_ss * (mM_per_charge / p.V_ss) - diffusion


@inline
def calcium(s, p, I_i, I_ss, phi):
    """Rates of Ca_i, Ca_ss, Ca_nsr and Ca_jsr from the calcium currents of cytosol and subspace (pp. 16 to 18)."""
    mM_per_charge = 0.5e6 * p.C_m / FARADAY  # times um^3
    diffusion = 5.0 * (s.Ca_ss - s.Ca_i)
    release = p.J_rel * (s.J_relnp + phi * (s.J_relp - s.J_relnp))
    pumped = (1.0 - phi) / (s.Ca_i + 0.00092) + 2.75 * phi / (s.Ca_i + 0.00075)
    up = p.J_up * s.Ca_i * pumped - p.J_leak / 15.0 * s.Ca_nsr
    transfer = (s.Ca_nsr - s.Ca_jsr) * (1.0 / p.tau_tr)
    into_i = diffusion * (p.V_ss / p.V_myo) - I_i * (mM_per_charge / p.V_myo) - up * (p.V_nsr / p.V_myo)
    into_ss = release * (p.V_jsr / p.V_ss) - I_ss * (mM_per_charge / p.V_ss) - diffusion
    jsr = squared(s.Ca_jsr + 0.8)
    return (
        into_i * free_fraction(s.Ca_i, p.CMDN_max, 0.00238, p.TRPN_max, 0.0005),
        into_ss * free_fraction(s.Ca_ss, p.BSR_max, 0.00087, p.BSL_max, 0.0087),
        up - transfer * (p.V_jsr / p.V_nsr),
        (transfer - release) * jsr / (jsr + 0.8 * p.CSQN_max),
    )


@inline
def free_fraction(Ca, B1, K1, B2, K2):
    """1 / (1 + B1 K1 / (K1 + Ca)^2 + B2 K2 / (K2 + Ca)^2): what stays free of a change in total calcium."""
    x, y = squared(K1 + Ca), squared(K2 + Ca)
    return x * y / (x * y + B1 * K1 * y + B2 * K2 * x)
