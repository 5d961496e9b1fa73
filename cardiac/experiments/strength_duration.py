"""Strength-duration curve: threshold current against pulse duration, with rheobase, chronaxie and classical fits.

Lapicque-Blair: I = I_rh / (1 - exp(-d / tau)), chronaxie tau ln 2 (Lapicque 1907; Blair 1932). Weiss:
I = I_rh (1 + c / d), chronaxie c (Weiss 1901). Both are fitted to the logarithm of the current; the misfit is the
root mean square of what remains. Where accommodation raises the threshold of long pulses again, no such curve fits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cardiac.cell import CAPTURE_LEVEL, Cell, rest, thresholds
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._searched import kind, tried
from cardiac.units import duration, mV, one


class Options(NamedTuple):
    """The pulses, how closely their thresholds are bracketed, and what counts as an action potential."""

    durations: tuple[duration, ...] = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
    tolerance: one = 0.005
    level: mV = CAPTURE_LEVEL


class Fit(NamedTuple):
    """A curve through the thresholds of one cell."""

    rheobase: float  # A/F
    chronaxie: float  # ms
    misfit: float  # root mean square of the relative deviations


def lapicque_blair(duration: Array, rheobase: float, tau: float) -> Array:
    """Threshold currents [A/F] of a leaky capacitor."""
    return np.asarray(rheobase / -np.expm1(-duration / tau), dtype=np.float64)


def weiss(duration: Array, rheobase: float, chronaxie: float) -> Array:
    """Threshold currents [A/F] by a charge that grows linearly with the duration."""
    return rheobase * (1.0 + chronaxie / duration)


def fitted(
    curve: Callable[[Array, float, float], Array], durations: Array, currents: Array
) -> tuple[float, float, float]:
    """The two constants of a curve and its misfit; NaN where there are too few thresholds."""
    from scipy.optimize import least_squares

    known = np.isfinite(currents) & (currents > 0.0)
    if known.sum() < 3:
        return np.nan, np.nan, np.nan
    d, log_current = durations[known], np.log(currents[known])

    def deviation(logs: Array) -> Array:
        return np.asarray(np.log(curve(d, *np.exp(logs))) - log_current, dtype=np.float64)

    start = np.log([currents[known].min(), 0.5 * (d.min() * d.max()) ** 0.5])
    found = least_squares(deviation, start)
    a, b = np.exp(found.x).tolist()
    return a, b, float(np.sqrt(np.mean(found.fun**2)))


def perform(cell: Cell, options: Options) -> Outcome:
    """The strength-duration curve of each cell."""
    durations = np.asarray(options.durations, dtype=float)
    found = thresholds(cell, list(options.durations), options.tolerance, options.level)
    each = len(durations)
    curve = {
        "cell": cells_column(cell.n, each),
        "duration": Column(np.tile(durations, cell.n), "ms", "of the pulse"),
        "current": Column(found.current.ravel(), "A/F", "threshold current"),
        "charge": Column((found.current * durations).ravel(), "mV", "threshold charge per capacitance"),
    }
    blair = [
        Fit(a, b * np.log(2.0), m)
        for a, b, m in (fitted(lapicque_blair, durations, c) for c in found.current)
    ]
    linear = [Fit(*fitted(weiss, durations, c)) for c in found.current]
    fits = {"cell": cells_column(cell.n), "V_rest": Column(rest(cell).V, "mV", "resting potential")}
    for name, of in (("Lapicque-Blair", blair), ("Weiss", linear)):
        key = name.lower().replace("-", "_")
        fits[f"rheobase_{key}"] = Column(np.array([f.rheobase for f in of]), "A/F", f"rheobase by {name}")
        fits[f"chronaxie_{key}"] = Column(np.array([f.chronaxie for f in of]), "ms", f"chronaxie by {name}")
        fits[f"misfit_{key}"] = Column(np.array([f.misfit for f in of]), "1", f"misfit of {name}")
    sentences = tuple(_sentence(c, b, w) for c, b, w in zip(found.current, blair, linear, strict=True))
    return Outcome({"strength_duration": curve, "fits": fits, "tried": tried(found)}, sentences)


def _sentence(currents: Array, blair: Fit, linear: Fit) -> str:
    what = {kind(current) for current in currents.tolist()}
    if "excitable" not in what:
        return f"The cell is {' or '.join(sorted(what))} with every pulse."
    best = min(("Lapicque-Blair", blair), ("Weiss", linear), key=lambda named: named[1].misfit)
    name, fit = best
    if not np.isfinite(fit.misfit):
        return "Too few pulses excite the cell for a curve."
    return (
        f"Rheobase {fit.rheobase:.3g} A/F and chronaxie {fit.chronaxie:.3g} ms by {name}, the better fit"
        f" ({fit.misfit:.1%} rms)."
    )
