"""Space constant: how far a steady disturbance of the resting potential spreads along the tissue.

In tissue of diffusivity D whose membrane returns to rest with the time constant tau_m = R_m C_m, a potential
decays as exp(-x / lambda), lambda = sqrt(D tau_m) (Jack, Noble & Tsien, Electric Current Flow in Excitable Cells,
1975).
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.units import mm, mm2_per_ms, mS_per_uF, mV

Array: TypeAlias = NDArray[np.float64]

_LONGEST = 100.0  # times the stretch: of a longer space constant a fit cannot tell


class Decay(NamedTuple):
    """A steady decay along a line."""

    length: mm  # the space constant; NaN where nothing decays
    amplitude: mV  # deviation from rest where the line begins
    misfit: float  # root mean square, of the amplitude


def space_constant(diffusivity: mm2_per_ms, conductance: mS_per_uF) -> mm:
    """Space constant sqrt(D / g) [mm] in theory; that in the directions of the fibres has D along or across.

    Parameters
    ----------
    diffusivity : along the direction in question [mm^2/ms]
    conductance : of the membrane at rest, dI/dV [mS/uF] = 1 / tau_m

    Raises ValueError where one of them is not positive: such a membrane does not hold its potential.
    """
    if not (diffusivity > 0.0 and conductance > 0.0):
        raise ValueError(
            f"{diffusivity:g} mm^2/ms and {conductance:g} mS/uF must be positive for a space constant"
        )
    return math.sqrt(diffusivity / conductance)


def fitted_space_constant(distance: Array, V: Array, rest: Array | float, end: float | None = None) -> Decay:
    """Space constant of a steady potential along a line, by least squares.

    Without an `end` the line goes on for ever, and the deviation from rest is amplitude exp(-x / lambda). With a
    sealed end at a distance L it is amplitude cosh((L - x) / lambda) / cosh(L / lambda). Of a membrane that is not
    linear only small deviations decay like this.

    Parameters
    ----------
    distance : (n,) from where the line begins [mm], such as the border of a hyperpolarized region
    V : (n,) [mV]
    rest : undisturbed potential [mV], one number or (n,)
    end : distance of the sealed end [mm]

    Raises ValueError for fewer than three points or an end before the last of them.
    """
    from scipy.optimize import minimize_scalar

    known = np.isfinite(V)
    x, deviation = np.asarray(distance)[known], np.asarray(V - rest, dtype=np.float64)[known]
    if x.size < 3:
        raise ValueError(f"{x.size} points are too few for a space constant - use 3 or more")
    if end is not None and end < x.max():
        raise ValueError(f"the end at {end:g} mm lies before the last point at {x.max():g} mm")
    if np.ptp(deviation) == 0.0:
        return Decay(math.nan, float(deviation[0]), math.nan)
    span = float(np.ptp(x))

    def fit(log_length: float) -> tuple[float, float]:
        """The amplitude that fits best, and the sum of squares that is left."""
        shape = _shape(x / math.exp(log_length), None if end is None else end / math.exp(log_length))
        amplitude = float(shape @ deviation) / max(
            float(shape @ shape), 1e-300
        )  # decayed before the first point
        return amplitude, float(np.sum((deviation - amplitude * shape) ** 2))

    # The sum of squares has several minima where the line is long: the best of a coarse search is refined.
    shortest = math.log(0.1 * float(np.diff(np.sort(x)).max()))
    coarse = np.linspace(shortest, math.log(_LONGEST * span), 60)
    best = int(np.argmin([fit(value)[1] for value in coarse]))
    around = coarse[max(best - 1, 0)], coarse[min(best + 1, len(coarse) - 1)]
    found = minimize_scalar(
        lambda value: fit(value)[1], bounds=around, method="bounded", options={"xatol": 1e-10}
    )
    amplitude, left = fit(found.x)
    if best == len(coarse) - 1:
        return Decay(math.nan, amplitude, math.nan)
    return Decay(math.exp(found.x), amplitude, math.sqrt(left / x.size) / abs(amplitude))


def _shape(x: Array, end: float | None) -> Array:
    """A decay from 1 at x = 0, towards a sealed end; written so that no exponential overflows."""
    if end is None:
        return np.exp(-x)
    return np.exp(-x) * (1.0 + np.exp(-2.0 * (end - x))) / (1.0 + math.exp(-2.0 * end))
