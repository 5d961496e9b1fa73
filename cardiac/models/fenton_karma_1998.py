"""Fenton-Karma 1998: three currents and two gates that mimic restitution and spirals of larger models.

F. Fenton & A. Karma, Chaos 8:20 (1998), with the table of its erratum, Chaos 8:879. Generic ventricle. The
paper's dimensionless potential u is (V - V_rest) / span. The sets imitate the Beeler-Reuter model (`BR`), a
modified one (`MBR`), a modified Luo-Rudy model (`MLR_I`) and guinea-pig experiments (`GP`). The two recovery
times of the v gate are named by the side of u_v on which they hold, since this paper and that of 2002 (Fenton
et al., Chaos 12:852) number them oppositely. Rounded tables have tau_si 30, 45 and 22 ms for BR, MBR and GP; the
last matters: with 22 instead of 22.22 ms the action potential of GP lasts 209 ms instead of 171.

The right-hand sides jump at u_c and u_v; during a long weak pulse V can stick to u_c.

Below rest the outward current stays ohmic with the conductance 1 / tau_0 (0.08 or 0.12 mS/uF). No inward
rectification opposes a hyperpolarizing current: 1 A/F shifts rest by 8 to 12.5 mV, and so does every further
one. An added conductance is bounded by its reversal potential.
"""

from typing import NamedTuple

from cardiac.kernels import Gate, exp, inline
from cardiac.units import A_per_F, ms, mV, one

DOI = "10.1063/1.166311"
SPECIES = "generic, ventricle"
V_INITIAL = -85.0
VARIANTS = {
    "BR": {},
    "MBR": {
        "tau_r": 50.0,
        "tau_si": 44.84,
        "tau_0": 8.3,
        "tau_v_minus_below": 19.2,
        "tau_v_minus_above": 1000.0,
        "tau_w_plus": 667.0,
        "tau_w_minus": 11.0,
        "u_v": 0.055,
    },
    "MLR_I": {
        "tau_d": 1.0 / 5.8,
        "tau_r": 130.0,
        "tau_si": 127.0,
        "tau_v_plus": 10.0,
        "tau_v_minus_below": 18.2,
        "tau_v_minus_above": 18.2,
        "tau_w_plus": 1020.0,
        "tau_w_minus": 80.0,
        "u_v": 0.0,
    },
    "GP": {
        "tau_d": 1.0 / 8.7,
        "tau_r": 25.0,
        "tau_si": 22.22,
        "tau_v_plus": 10.0,
        "tau_v_minus_below": 40.0,
        "tau_v_minus_above": 333.0,
        "tau_w_plus": 1000.0,
        "tau_w_minus": 65.0,
        "u_v": 0.025,
    },
}
PITFALL = (
    "below rest its outward current is ohmic, without inward rectification: each -1 A/F shifts rest by about -10 mV, "
    "to any potential - write potassium_conductance, which its reversal potential bounds, rather than bias_current"
)


def pitfall_met(p, mechanisms):
    """Only by injected currents: a conductance is bounded by its reversal potential."""
    return not mechanisms.isdisjoint({"bias_current", "virtual_anode"})


class State(NamedTuple):
    """Gates of the fast and of the slow inward current."""

    v: one = 1.0
    w: one = 1.0


class Parameters(NamedTuple):
    """Time constants of the currents and of the gates, thresholds, and the scale of V."""

    tau_d: ms = 0.25  # table I has 1 / tau_d
    tau_r: ms = 33.33
    tau_si: ms = 29.0
    tau_0: ms = 12.5
    tau_v_plus: ms = 3.33
    tau_v_minus_below: ms = 19.6
    tau_v_minus_above: ms = 1250.0
    tau_w_plus: ms = 870.0
    tau_w_minus: ms = 41.0
    u_c: one = 0.13
    u_v: one = 0.04
    u_csi: one = 0.85
    k: one = 10.0
    V_rest: mV = -85.0
    span: mV = 100.0


class Currents(NamedTuple):
    """Fast inward, slow outward and slow inward current."""

    I_fi: A_per_F
    I_so: A_per_F
    I_si: A_per_F


@inline
def currents(V, s, p):
    """J_fi, J_so and J_si of the paper, times span."""
    u = (V - p.V_rest) * (1.0 / p.span)
    excited = u >= p.u_c
    # (1 + tanh(x)) / 2 = 1 / (1 + exp(-2 x))
    slow = s.w / (1.0 + exp(-2.0 * p.k * (u - p.u_csi)))
    return Currents(
        I_fi=-(p.span / p.tau_d) * s.v * (1.0 - u) * (u - p.u_c) if excited else 0.0,
        I_so=p.span / p.tau_r if excited else (p.span / p.tau_0) * u,
        I_si=-(p.span / p.tau_si) * slow,
    )


@inline
def rates(V, s, p, I):  # noqa: E741
    """Rates of the gates."""
    u = (V - p.V_rest) * (1.0 / p.span)
    return State(v=v_gate(u, p), w=w_gate(u, p))


@inline
def v_gate(u, p):
    """Closes above u_c and opens below it, at a rate that changes at u_v."""
    excited = u >= p.u_c
    recovery = 1.0 / p.tau_v_minus_below if u < p.u_v else 1.0 / p.tau_v_minus_above
    return Gate(0.0 if excited else 1.0, 1.0 / p.tau_v_plus if excited else recovery)


@inline
def w_gate(u, p):
    """Closes above u_c and opens below it."""
    excited = u >= p.u_c
    return Gate(0.0 if excited else 1.0, 1.0 / p.tau_w_plus if excited else 1.0 / p.tau_w_minus)
