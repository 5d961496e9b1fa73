"""The modified Mitchell-Schaeffer cell measured, and its parameters solved for what is measured.

The definitions are those of `mitchell_schaeffer_modified.Behaviour`. The cell is integrated by the classical
Runge-Kutta method; a measurement takes a few milliseconds. One parameter governs each quantity: span the
peak, u_gate the threshold, tau_close the duration, tau_open the refractory period. They act on each other
weakly, so they are solved for in turn until nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
from numba.extending import register_jitable
from scipy.optimize import brentq

from cardiac.kernels.compose import FAST, fingerprint
from cardiac.models.mitchell_schaeffer_modified import Behaviour, Parameters, State, currents, rates

DT = 0.05  # ms; the switch of the gate, met to within a step, costs less than that in the durations
PULSE = 2.0  # ms
AFTER_S2 = 20.0  # ms after the end of S2, when an action potential must still last
LATER = 30.0  # ms, after which S2 must answer again: one that only lifts the end of the plateau does not
CAPTURE = 0.4  # of the span: V_E
LONGEST = 20_000.0  # ms, of an action potential or of recovery

# Where the parameters are sought, and the threshold as a part of the span.
LIMITS = {"tau_close": (10.0, 2000.0), "tau_open": (1.0, 3000.0)}  # ms
THRESHOLDS = (0.02, 0.35)
LOWEST = 1.0  # mV, of an action potential
TOLERANCE = 0.5  # ms; where the refractory period jumps, what was asked for may not exist


def compiled(function: Callable[..., Any]) -> Any:
    """`function` compiled, and kept on disk under a name that changes with the equations."""
    function.__qualname__ = f"{function.__name__}_{fingerprint(function)}"
    return numba.njit(function, cache=True, error_model="numpy", fastmath=FAST)


@register_jitable
def slope(V, h, p, I_stim):
    """dV/dt and dh/dt."""
    s = State(h)
    c = currents(V, s, p)
    gate = rates(V, s, p, c).h
    return I_stim - c.I_in - c.I_out, gate.rate * (gate.inf - h)


@register_jitable
def step(V, h, p, I_stim):
    """V and h one step later."""
    half = 0.5 * DT
    a, b = slope(V, h, p, I_stim)
    c, d = slope(V + half * a, h + half * b, p, I_stim)
    e, f = slope(V + half * c, h + half * d, p, I_stim)
    g, k = slope(V + DT * e, h + DT * f, p, I_stim)
    return V + DT / 6.0 * (a + 2.0 * (c + e) + g), h + DT / 6.0 * (b + 2.0 * (d + f) + k)


@register_jitable
def after(V, h, p, I_stim, duration):
    """V and h after a current of given duration."""
    for _ in range(round(duration / DT)):
        V, h = step(V, h, p, I_stim)
    return V, h


@register_jitable
def captures(p, I_stim):
    """Whether a pulse from rest evokes an action potential: V_E reached from 2 to 200 ms after its end."""
    V, h = after(p.V_rest, 1.0, p, I_stim, PULSE)
    V, h = after(V, h, p, 0.0, 2.0)
    lost, reached = p.V_rest + 0.5 * p.span * p.u_gate, p.V_rest + CAPTURE * p.span
    for _ in range(round(198.0 / DT)):
        if reached <= V or lost > V:
            break
        V, h = step(V, h, p, 0.0)
    return reached <= V


@register_jitable
def threshold(p):
    """The least current [A/F] that captures."""
    low, high = 0.0, 2.0 * p.span
    while high - low > 1e-5 * high:
        middle = 0.5 * (low + high)
        if captures(p, middle):
            high = middle
        else:
            low = middle
    return high


@register_jitable
def peak(p, I_stim):
    """The highest V of the response to a pulse from rest."""
    V, h = p.V_rest, 1.0
    highest = V
    for k in range(round(LONGEST / DT)):
        V, h = step(V, h, p, I_stim if k < round(PULSE / DT) else 0.0)
        if highest > V and k > round(PULSE / DT):
            break
        highest = max(highest, V)
    return highest


@compiled
def action_potential(p):
    """Twice the threshold [A/F], the peak [mV] and APD90 [ms] of the response to it."""
    I_stim = 2.0 * threshold(p)
    V_peak = peak(p, I_stim)
    level = V_peak - 0.9 * (V_peak - p.V_rest)
    V, h = p.V_rest, 1.0
    up = down = math.nan
    for k in range(round(LONGEST / DT)):
        V_before = V
        V, h = step(V, h, p, I_stim if k < round(PULSE / DT) else 0.0)
        crossing = (k + (level - V_before) / (V - V_before)) * DT
        if V_before < level <= V:
            up = crossing
        if V_before >= level > V:
            down = crossing
            break
    return I_stim, V_peak, down - up


@register_jitable
def answers(V, h, p, I_stim):
    """Whether a pulse that begins now evokes an action potential."""
    V, h = after(V, h, p, I_stim, PULSE)
    V, h = after(V, h, p, 0.0, AFTER_S2)
    return p.V_rest + CAPTURE * p.span <= V


@compiled
def recovery_time(p, I_stim):
    """The refractory period [ms]: S2 is tried every ms, then more finely after the last failure."""
    repolarized = p.V_rest + CAPTURE * p.span
    V, h = after(p.V_rest, 1.0, p, I_stim, PULSE)
    time, stride, excited = PULSE, 1.0, False
    before = V, h, time
    if not answers(p.V_rest, 1.0, p, I_stim):
        return math.inf
    while time < LONGEST:
        excited = excited or repolarized <= V
        if excited and repolarized > V and answers(V, h, p, I_stim):
            V_later, h_later = after(V, h, p, 0.0, LATER)
            if answers(V_later, h_later, p, I_stim):
                if stride == DT:
                    return time
                V, h, time = before
                stride = DT
        before = V, h, time
        V, h = after(V, h, p, 0.0, stride)
        time += stride
    return math.inf


def measured(p: Parameters) -> Behaviour:
    """The behaviour of a cell."""
    p = Parameters(*map(float, p))
    I_stim, V_peak, duration = action_potential(p)
    return Behaviour(p.V_rest, V_peak, p.V_rest + p.span * p.u_gate, duration, recovery_time(p, I_stim))


def duration_of(p: Parameters) -> float:
    """APD90 [ms]; 0 if there is no action potential."""
    duration = float(action_potential(p)[2])
    return 0.0 if math.isnan(duration) else duration


def refractory_period_of(p: Parameters) -> float:
    """Refractory period [ms]."""
    return float(recovery_time(p, action_potential(p)[0]))


def solved(behaviour: Behaviour, p: Parameters) -> Parameters:
    """The parameters `p` changed until the cell behaves as asked; raises ValueError("key: ...")."""
    p = Parameters(*map(float, p))  # of one type, so that one compilation serves all
    if behaviour.resting_potential is not None:
        p = p._replace(V_rest=float(behaviour.resting_potential))
    for _ in range(20):
        before = p
        p = scaled(behaviour, p)
        if behaviour.action_potential_duration is not None:
            p = fitted(
                "action_potential_duration", behaviour.action_potential_duration, duration_of, p, "tau_close"
            )
        if behaviour.refractory_period is not None:
            p = fitted("refractory_period", behaviour.refractory_period, refractory_period_of, p, "tau_open")
        if all(math.isclose(a, b, rel_tol=1e-4) for a, b in zip(before, p, strict=True)):
            break
    return p


def fitted(
    key: str, wanted: float, measure: Callable[[Parameters], float], p: Parameters, name: str
) -> Parameters:
    """`p` with the parameter `name` such that `measure`, which rises with it, gives what is wanted."""

    @cache
    def excess(log_value: float) -> float:
        return measure(p._replace(**{name: math.exp(log_value)})) - wanted

    lowest, highest = (math.log(limit) for limit in LIMITS[name])
    low = high = min(max(math.log(getattr(p, name)), lowest), highest)
    width = 0.05
    while excess(low) > 0.0 and low > lowest:
        low, width = max(low - width, lowest), 2.0 * width
    while excess(high) < 0.0 and high < highest:
        high, width = min(high + width, highest), 2.0 * width
    if excess(low) > 0.0 or excess(high) < 0.0:
        reach = f"{wanted + excess(lowest):.0f} to {wanted + excess(highest):.0f} ms"
        raise ValueError(
            f"{key}: {wanted:g} ms is out of reach: {reach}, the rest of the cell being as it is"
        )
    root = brentq(excess, low, high, xtol=1e-6)
    if abs(excess(root)) > TOLERANCE:
        below, above = (wanted + excess(x) for x in (root - 1e-5, root + 1e-5))
        raise ValueError(
            f"{key}: {wanted:g} ms is out of reach: up to {below:.0f} ms, or from {above:.0f} ms"
        )
    return p._replace(**{name: math.exp(root)})


def scaled(behaviour: Behaviour, p: Parameters) -> Parameters:
    """The span and the threshold from the potentials asked for; the peak is a little below V_rest + span."""
    if behaviour.peak_potential is not None:
        height = behaviour.peak_potential - p.V_rest
        if height < LOWEST:
            low = p.V_rest + LOWEST
            raise ValueError(
                f"peak_potential: {behaviour.peak_potential:g} mV is out of reach: above {low:g} mV"
            )
        p = p._replace(span=p.span * height / (action_potential(p)[1] - p.V_rest))
    if behaviour.threshold_potential is not None:
        u_gate = (behaviour.threshold_potential - p.V_rest) / p.span
        if not THRESHOLDS[0] <= u_gate <= THRESHOLDS[1]:
            low, high = (p.V_rest + u * p.span for u in THRESHOLDS)
            wanted = f"{behaviour.threshold_potential:g} mV"
            raise ValueError(f"threshold_potential: {wanted} is out of reach: {low:.1f} to {high:.1f} mV")
        p = p._replace(u_gate=u_gate)
    return p
