"""Bueno-Orovio, Cherry & Fenton 2008: the human ventricular action potential from three currents, three gates.

A. Bueno-Orovio, E. M. Cherry & F. H. Fenton, J. Theor. Biol. 253:544 (2008), table 1. Human, ventricle:
epicardium, endocardium, mid-myocardium. The paper's dimensionless potential u is (V - V_rest) / span. V_rest is
-83 mV, as in the published CellML file; the paper plots 85.7 u - 84, the same model 1 mV lower.

That file holds an earlier version (A. Bueno-Orovio, thesis, Universidad de Castilla-La Mancha, 2007), which is
here as `thesis_epi`, `thesis_endo` and `thesis_mid`: some constants differ, and the w gate closes above theta_o,
where in the paper it closes above theta_w. The mid-myocardial action potential is 6 to 8 ms longer with it.

The right-hand sides jump at the thresholds; during a long weak pulse V can stick to one. Near and below rest:

- Only 1 / tau_o1 = 0.0025 mS/uF holds V: -0.5 A/F would lead below -280 mV. With `g_rect` a rectifier conducts
  below V_rest; 0.167 mS/uF is 1 / (6 ms), what tau_o2 gives just above rest. It is not in the paper, and off.
- The paper's w_inf = 1 - u / tau_w_inf exceeds 1 below rest, so that an action potential that starts from there
  overshoots, to +180 mV and more. Here w_inf is at most `w_max` = 1; w_max: 1000 is the published equation.
- The v gate closes from theta_v_minus on, for epicardium 0.5 mV above rest: with a depolarized rest the cell is
  inexcitable.
"""

from typing import NamedTuple

from cardiac.kernels import Gate, exp, inline
from cardiac.units import A_per_F, ms, mS_per_uF, mV, one

DOI = "10.1016/j.jtbi.2008.03.029"
SPECIES = "human, ventricle"
V_INITIAL = -83.0
ENDO = {
    "u_u": 1.56,
    "theta_v_minus": 0.2,
    "tau_v1_minus": 75.0,
    "tau_v2_minus": 10.0,
    "tau_w1_minus": 6.0,
    "tau_w2_minus": 140.0,
    "k_w_minus": 200.0,
    "u_w_minus": 0.016,
    "tau_w_plus": 280.0,
    "tau_fi": 0.1,
    "tau_o1": 470.0,
    "tau_so1": 40.0,
    "tau_so2": 1.2,
    "k_so": 2.0,
    "tau_s2": 2.0,
    "tau_si": 2.9013,
    "tau_w_inf": 0.0273,
    "w_inf_star": 0.78,
}
MID = {
    "u_u": 1.61,
    "theta_v_minus": 0.1,
    "theta_o": 0.005,
    "tau_v1_minus": 80.0,
    "tau_v2_minus": 1.4506,
    "tau_w1_minus": 70.0,
    "tau_w2_minus": 8.0,
    "k_w_minus": 200.0,
    "u_w_minus": 0.016,
    "tau_w_plus": 280.0,
    "tau_fi": 0.078,
    "tau_o1": 410.0,
    "tau_o2": 7.0,
    "tau_so1": 91.0,
    "tau_so2": 0.8,
    "k_so": 2.1,
    "u_so": 0.6,
    "tau_s2": 4.0,
    "tau_si": 3.3849,
    "tau_w_inf": 0.01,
    "w_inf_star": 0.5,
}
VARIANTS = {
    "epi": {},
    "endo": ENDO,
    "mid": MID,
    "thesis_epi": {
        "theta_w_gate": 0.006,
        "tau_v_plus": 1.45,
        "tau_so1": 30.02,
        "tau_so2": 0.996,
        "k_so": 2.046,
    },
    "thesis_endo": ENDO
    | {"theta_w_gate": 0.006, "theta_v_minus": 0.024, "tau_v_plus": 1.45, "tau_fi": 0.104},
    "thesis_mid": MID | {"theta_w_gate": 0.005, "tau_v2_minus": 1.45, "tau_v_plus": 1.45},
}
PITFALL = (
    "below rest nothing but 0.0025 mS/uF holds the potential, and -0.1 A/F pulls it down by 40 mV - "
    "write parameters: {g_rect: 0.167 mS/uF}"
)


def pitfall_met(p, mechanisms):
    """Unless the rectifier holds the potential."""
    return p.g_rect <= 0.0


class State(NamedTuple):
    """Gates of the fast inward current, and two of the slow inward current."""

    v: one = 1.0
    w: one = 1.0
    s: one = 0.0


class Parameters(NamedTuple):
    """Table 1 of the paper; bound of w and rectifier below rest; the scale of V."""

    u_u: one = 1.55
    theta_v: one = 0.3
    theta_w: one = 0.13
    theta_w_gate: one = 0.13  # of the w gate; theta_w in the paper, theta_o in the thesis
    theta_v_minus: one = 0.006
    theta_o: one = 0.006
    tau_v1_minus: ms = 60.0
    tau_v2_minus: ms = 1150.0
    tau_v_plus: ms = 1.4506
    tau_w1_minus: ms = 60.0
    tau_w2_minus: ms = 15.0
    k_w_minus: one = 65.0
    u_w_minus: one = 0.03
    tau_w_plus: ms = 200.0
    tau_fi: ms = 0.11
    tau_o1: ms = 400.0
    tau_o2: ms = 6.0
    tau_so1: ms = 30.0181
    tau_so2: ms = 0.9957
    k_so: one = 2.0458
    u_so: one = 0.65
    tau_s1: ms = 2.7342
    tau_s2: ms = 16.0
    k_s: one = 2.0994
    u_s: one = 0.9087
    tau_si: ms = 1.8875
    tau_w_inf: one = 0.07
    w_inf_star: one = 0.94
    w_max: one = 1.0
    g_rect: mS_per_uF = 0.0
    V_rest: mV = -83.0
    span: mV = 85.7


class Currents(NamedTuple):
    """Fast inward, slow outward and slow inward current, and the added rectifier."""

    I_fi: A_per_F
    I_so: A_per_F
    I_si: A_per_F
    I_rect: A_per_F


@inline
def currents(V, s, p):
    """J_fi, J_so and J_si of the paper, times span; the rectifier conducts below rest only."""
    u = (V - p.V_rest) * (1.0 / p.span)
    excited = u >= p.theta_w
    tau_so = p.tau_so1 + (p.tau_so2 - p.tau_so1) * step(p.k_so, u - p.u_so)
    leak = 1.0 / p.tau_o1 if u < p.theta_o else 1.0 / p.tau_o2
    return Currents(
        I_fi=-(p.span / p.tau_fi) * s.v * (u - p.theta_v) * (p.u_u - u) if u >= p.theta_v else 0.0,
        I_so=p.span * (1.0 / tau_so if excited else leak * u),
        I_si=-(p.span / p.tau_si) * s.w * s.s if excited else 0.0,
        I_rect=p.g_rect * (V - p.V_rest) if u < 0.0 else 0.0,
    )


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates."""
    u = (V - p.V_rest) * (1.0 / p.span)
    return State(v=v_gate(u, p), w=w_gate(u, p), s=s_gate(u, p))


@inline
def step(k, x):
    """(1 + tanh(k x)) / 2: from 0 to 1 around x = 0."""
    return 1.0 / (1.0 + exp(-2.0 * k * x))


@inline
def v_gate(u, p):
    """Closes above theta_v; below it opens, but only under theta_v_minus."""
    excited = u >= p.theta_v
    low = u < p.theta_v_minus
    recovery = 1.0 / p.tau_v1_minus if low else 1.0 / p.tau_v2_minus
    return Gate(1.0 if low else 0.0, 1.0 / p.tau_v_plus if excited else recovery)


@inline
def w_gate(u, p):
    """Closes above theta_w_gate; below it relaxes to w_inf, which near and below rest falls with u."""
    excited = u >= p.theta_w_gate
    tau_minus = p.tau_w1_minus + (p.tau_w2_minus - p.tau_w1_minus) * step(p.k_w_minus, u - p.u_w_minus)
    near_rest = 1.0 - u * (1.0 / p.tau_w_inf)
    near_rest = near_rest if near_rest < p.w_max else p.w_max
    inf = near_rest if u < p.theta_o else p.w_inf_star
    return Gate(0.0 if excited else inf, 1.0 / (p.tau_w_plus if excited else tau_minus))


@inline
def s_gate(u, p):
    """Opens around u_s, slowly above theta_w."""
    return Gate(step(p.k_s, u - p.u_s), 1.0 / p.tau_s1 if u < p.theta_w else 1.0 / p.tau_s2)
