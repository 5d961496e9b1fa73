"""Where in its cycle each cell is: the phase of the potential, as complex numbers whose angle it is.

`embedded` sets V against V a short while ago (Gray, Pertsov & Jalife 1998, doi:10.1038/32164). It looks no farther
than that, so that phase is right from the second frame of a record on, and for a single wave: it is what a `Result`
uses. `analytic` takes the Hilbert transform (Bray & Wikswo 2002, Phys Rev E 65:051902), which needs several cycles,
and is wrong near both ends of the record; it needs no delay, and no potential to turn about.

Either way phase grows in time. With `embedded` it is about -135 deg at rest, -45 deg in the upstroke, 45 deg in the
plateau, 135 deg in repolarization.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Complex: TypeAlias = NDArray[np.complex128]

_BINS = 512  # between the extremes of a record
_EVEN = 1e-3  # of the interval: by how much intervals between frames may differ


def embedded(time: Array, V: Array, delay: float = 5.0, about: float | None = None) -> tuple[Array, Complex]:
    """Times (n,) [ms] and V + i V(earlier) (n, ...) [mV], both relative to `about`; its angle is the phase.

    It vanishes where V is `about` now and was so before: with a short delay, where V stands still on that contour,
    which is the tip of Fenton & Karma (1998, doi:10.1063/1.166311). A tip that moves is not quite where it turns.

    Parameters
    ----------
    time : (times,) evenly spaced [ms]
    V : (times, ...) potential [mV], NaN in scars
    delay : how much earlier [ms], to the nearest frame; shorter than action potentials and the pauses between them
    about : potential that V passes on its way up and down [mV]; by default `midpotential`

    Raises ValueError where times are uneven, or too few for the delay.
    """
    lag = frames_of_delay(time, delay)
    if about is None:
        about = midpotential(lambda: [V])
    z = np.empty((len(time) - lag, *V.shape[1:]), dtype=np.complex128)
    z.real, z.imag = V[lag:], V[:-lag]
    return time[lag:], z - about * (1 + 1j)


def midpotential(parts: Callable[[], Iterable[Array]]) -> float:
    """The potential half-way between the mean of the excited and the mean of the resting [mV].

    They are told apart as black is from white (Otsu 1979, IEEE Trans Syst Man Cybern 9:62). Unlike the middle of the
    extremes it heeds neither the peak under an electrode nor the first action potential from rest, which later ones
    may not come near.

    Parameters
    ----------
    parts : gives the parts of a record of V, (times, ...) each [mV], NaN in scars; called twice

    Raises ValueError where V is known nowhere.
    """
    known = (part[np.isfinite(part)] for part in parts())
    extremes = [(part.min(), part.max()) for part in known if part.size]
    if not extremes:
        raise ValueError("V is known nowhere")
    edges = np.linspace(min(low for low, _ in extremes), max(high for _, high in extremes), _BINS + 1)
    if edges[0] == edges[-1]:
        return float(edges[0])
    counts = np.sum([np.histogram(part[np.isfinite(part)], edges)[0] for part in parts()], axis=0)
    many, sums = np.cumsum([counts, counts * 0.5 * (edges[1:] + edges[:-1])], axis=1, dtype=np.float64)
    # Between any two bins: neither side is empty, as the extremes are in the first and the last.
    below, above = many[:-1], many[-1] - many[:-1]
    low, high = sums[:-1] / below, (sums[-1] - sums[:-1]) / above
    best = np.argmax(below * above * (high - low) ** 2)
    return float(0.5 * (low[best] + high[best]))


def frames_of_delay(time: Array, delay: float) -> int:
    """The delay [ms] in frames, one at least; raises ValueError where the record is not longer than that."""
    lag = max(1, round(delay / interval(time)))
    if lag >= len(time):
        raise ValueError(f"a delay of {delay:g} ms is longer than the record of {time[-1] - time[0]:g} ms")
    return lag


def analytic(time: Array, V: Array) -> Complex:
    """The analytic signal (times, ...) [mV] of V about its mean in time; its angle is the phase.

    Parameters
    ----------
    time : (times,) evenly spaced [ms]
    V : (times, ...) potential [mV], NaN in scars

    Raises ValueError where times are uneven.
    """
    from scipy.signal import hilbert

    interval(time)
    found: Complex = hilbert(V - V.mean(axis=0), axis=0)
    return found


def interval(time: Array) -> float:
    """The interval between evenly spaced times [ms]; raises ValueError where they are not, or fewer than two."""
    steps = np.diff(time)
    if not len(steps):
        raise ValueError("at least two frames are needed")
    if np.ptp(steps) > _EVEN * steps.mean():
        raise ValueError(f"frames are {steps.min():g} to {steps.max():g} ms apart, not evenly spaced")
    return float(steps.mean())
