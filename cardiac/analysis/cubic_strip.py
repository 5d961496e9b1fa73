"""Strips that stop a front in the cubic medium, exactly.

Outside the strip du/dt = D u_xx + k u (u - a) (1 - u); in it a leak g (u - e) + b is subtracted. A front that stands
still in the strip obeys D u_xx + f(u) = 0, so energy(u) + D u_x^2 / 2 is constant on each side of a border, and the
width of the strip follows by quadrature. No narrower strip stops a front (Lewis & Keener, SIAM J. Appl. Math. 61:293,
2000, on such strips). Potentials are fractions of the span: 0 at rest, 1 when excited.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from cardiac.units import mm, mm2_per_ms, one, per_ms

ENOUGH = 1e-6  # of the conductance: nearer to that which stops fronts in uniform tissue, width says nothing
TINY = 1e-10  # of k: what is left of the energy where a front comes to a stop and never leaves
TRIED = 20  # potentials at which the front may leave


class Cubic(NamedTuple):
    """The medium."""

    k: per_ms
    a: one
    D: mm2_per_ms = 1.0


class Leak(NamedTuple):
    """An outward current g (u - e) + b; numbers, or fields where tissue is simulated."""

    g: Any = 0.0
    e: Any = 0.0
    b: Any = 0.0


NONE = Leak()


def excitation(medium: Cubic, u: float) -> float:
    """du/dt without diffusion and leak [1/ms]."""
    return medium.k * u * (u - medium.a) * (1.0 - u)


def limit(medium: Cubic, per_unit: float) -> float:
    """The strength of a leak that stops fronts anywhere, which carries `per_unit` at a third of the sum of roots."""
    return excitation(medium, (1.0 + medium.a) / 3.0) / per_unit


def resting(medium: Cubic, leak: Leak) -> float:
    """The resting state with a leak, whether or not there is another."""
    return min(_balanced(medium, leak))


def energy(medium: Cubic, u: Any, leak: Leak) -> Any:
    """Integral of du/dt from 0 to u [1/ms]: where a front stands still, energy + D (du/dx)^2 / 2 is constant."""
    return np.polyval(_energy(medium, leak), u)


def _energy(medium: Cubic, leak: Leak) -> list[float]:
    """The energy as a polynomial."""
    (k, a, _), (g, e, b) = medium, leak
    return [-k / 4.0, k * (1.0 + a) / 3.0, -(k * a + g) / 2.0, g * e - b, 0.0]


def critical_width(medium: Cubic, leak: Leak) -> float:
    """Least width [mm] of a strip with a leak that stops a front; inf if none does."""
    # The front leaves at a potential from which the medium outside goes back to rest.
    sum_of_roots = 1.0 + medium.a
    highest = (2.0 * sum_of_roots - np.sqrt(4.0 * sum_of_roots**2 - 18.0 * medium.a)) / 3.0
    rest = resting(medium, leak)
    # Near the limit it has to leave just above where it would come to a stop at the excited state of the strip.
    crest = energy(medium, max(_balanced(medium, leak)), leak)
    stop = min(
        max(rest, _carrying(leak, crest)), highest
    )  # rest where there is none: nothing exceeds it then
    part = np.linspace(0.0, 1.0, TRIED)
    leaves = np.concatenate([rest + (stop - rest) * part[:-1], stop + (highest - stop) * part**2])
    widths = [_blocking_width(medium, u, leak) for u in leaves]
    k = int(np.argmin(widths))
    if not np.isfinite(widths[k]):
        return float("inf")
    bounds = leaves[max(k - 1, 0)], leaves[min(k + 1, len(leaves) - 1)]
    found = minimize_scalar(
        lambda u: min(_blocking_width(medium, u, leak), 1e300),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-6 * (bounds[1] - bounds[0])},
    )
    return float(min(found.fun, widths[k]))


def critical_conductance(medium: Cubic, width: mm, e: float) -> float:
    """Least conductance [1/ms] with its reversal at `e` that stops a front in a strip of this width [mm]."""
    least = limit(medium, (1.0 + medium.a) / 3.0 - e) * (1.0 + ENOUGH)

    def excess(log_g: float) -> float:
        wide = critical_width(medium, Leak(float(np.exp(log_g)), e))
        return float(np.log(min(wide, 1e300) / width))

    low = high = float(np.log(least))
    while excess(high) > 0.0:
        low, high = high, high + 1.0
    return float(np.exp(brentq(excess, low, high, xtol=1e-6))) if high > low else least


def _balanced(medium: Cubic, leak: Leak) -> list[float]:
    """Where du/dt is zero without diffusion."""
    k, a, _ = medium
    found = np.roots([-k, k * (1.0 + a), -k * a - leak.g, leak.g * leak.e - leak.b])
    return [float(root.real) for root in found if abs(root.imag) < 1e-9]


def _carrying(leak: Leak, value: float) -> float:
    """The potential up to which a leak, g u + b - g e, has the integral `value` [1/ms]; NaN if it has none."""
    linear = leak.b - leak.g * leak.e
    root = linear**2 + 2.0 * leak.g * value
    return 2.0 * value / (linear + math.sqrt(root)) if root >= 0.0 else math.nan


def _passage(medium: Cubic, low: float, high: float, excess: float, leak: Leak) -> float:
    """Length [mm] of a profile between two potentials; `excess` [1/ms] is D (du/dx)^2 / 2 at the lower one."""
    # Of the energy above, (u - low) is a factor: divided out, so that nothing is lost where the slope vanishes.
    a, b, c, d = map(float, np.polydiv(_energy(medium, leak), [1.0, -low])[0])

    def length(s: float) -> float:  # u = low + s^2 removes the singularity
        u = low + s * s
        slope_squared = 2.0 * (excess - s * s * (((a * u + b) * u + c) * u + d)) / medium.D
        return 2.0 * s / math.sqrt(slope_squared)

    # Without its warnings: it is inaccurate only where the front nearly stops, and that is no narrow strip.
    return float(quad(length, 0.0, math.sqrt(high - low), epsabs=1e-9, epsrel=1e-9, full_output=True)[0])


def _blocking_width(medium: Cubic, leaves: float, leak: Leak) -> float:
    """Width [mm] of a strip in which a front from u = 1 stands still and leaves at `leaves`; inf if none is."""
    top = energy(medium, leaves, leak) - energy(medium, leaves, NONE)
    # The slopes match where the front enters: g u^2 / 2 + (b - g e) u has grown there by the energy of the front.
    linear = leak.b - leak.g * leak.e
    enters = _carrying(leak, energy(medium, 1.0, NONE) + leak.g * leaves**2 / 2.0 + linear * leaves)
    if energy(medium, leaves, NONE) > 0.0 or enters >= 1.0:
        return float("inf")
    # Where it leaves below 0, the profile has fallen further and rises again.
    rest, lowest, excess = resting(medium, leak), leaves, -energy(medium, leaves, NONE)
    if leaves < 0.0:
        if leaves <= rest or top >= energy(medium, rest, leak) - TINY * medium.k:
            return float("inf")
        lowest = brentq(lambda u: energy(medium, u, leak) - top, rest, leaves, xtol=1e-14)
        excess = 0.0
    crests = (u for u in _balanced(medium, leak) if lowest < u < enters)
    if any(energy(medium, u, leak) >= top - TINY * medium.k for u in crests):
        return float("inf")
    there, back = (_passage(medium, lowest, end, excess, leak) for end in (enters, leaves))
    return there + back
