"""Time-stepping schemes of one cell: each advances V and the state by one step, whatever the model.

`derivative` (see `equations`) is bound when a kernel is built. It returns dV/dt [mV/ms], the slope of the added
currents d(I_added)/dV [mS/uF] and the rates of the state. The added currents (large conductances of mechanisms) are
integrated exponentially, so that 10 mS/uF stays stable at the usual step; with none the slope is a literal zero
and the compiler removes the factor.
"""

from cardiac.kernels.compose import BOUND
from cardiac.kernels.elementary import exprel
from cardiac.kernels.records import euler_all, relax_all

derivative = BOUND


def forward_euler(V, s, p, q, weights, I_stim, dt):
    """First order in everything; the reference for comparisons with other codes."""
    dV, _, ds = derivative(V, s, p, q, weights, I_stim)
    return V + dt * dV, euler_all(s, ds, dt)


def rush_larsen(V, s, p, q, weights, I_stim, dt):
    """First order, gates exact at constant V (Rush & Larsen 1978, IEEE TBME 25:389)."""
    dV, slope, ds = derivative(V, s, p, q, weights, I_stim)
    return V + dt * exprel(-dt * slope) * dV, relax_all(s, ds, dt)


def rush_larsen_2(V, s, p, q, weights, I_stim, dt):
    """Second order: a Rush-Larsen half step, then a whole one with the rates found there.

    Perego & Veneziani 2009, ETNA 35:234; V by the exponential midpoint rule.
    """
    half = 0.5 * dt
    dV, slope, ds = derivative(V, s, p, q, weights, I_stim)
    V_half = V + half * exprel(-half * slope) * dV
    s_half = relax_all(s, ds, half)
    dV_half, _, ds_half = derivative(V_half, s_half, p, q, weights, I_stim)
    dV_half = dV_half + slope * (V_half - V)
    return V + dt * exprel(-dt * slope) * dV_half, relax_all(s, ds_half, dt)


ORDERS = {forward_euler: 1, rush_larsen: 1, rush_larsen_2: 2}  # in time
SCHEMES = {f.__name__: f for f in ORDERS}
