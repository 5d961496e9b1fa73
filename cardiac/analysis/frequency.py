"""Dominant frequency: how often each place is excited, from the spectrum of its potential."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.analysis.phase import interval

Array: TypeAlias = NDArray[np.float64]

PADDING = 8  # times the record: points of the spectrum lie so much closer than it resolves
HIGHEST = 30.0  # Hz, of an excitation, unless said otherwise
_LOBE = 2  # half the width of the peak that a Hann window makes of a pure tone, in units of the resolution
_CYCLES = 2  # in the record: of the lowest frequency that is looked for, and of what happens at a place


class Frequencies(NamedTuple):
    """Dominant frequency and how dominant it is, each (ny, nx); NaN in scars and where nothing comes twice."""

    dominant: Array  # [Hz]
    regularity: Array  # power of that peak over all power looked at, 0 ... 1
    resolution: float  # two tones closer than this are one [Hz]


def dominant_frequency(
    time: Array, V: Array, lowest: float | None = None, highest: float | None = None, least: float = 5.0
) -> Frequencies:
    """The frequency with the most power, and its regularity index (Sanders et al. 2005, Circulation 112:789).

    The mean is taken out and a Hann window applied; the peak is interpolated. Of action potentials the first
    harmonic has the most power however short or long they are, so that this is how often they come.

    Parameters
    ----------
    time : (times,) evenly spaced [ms]
    V : (times, ...) potential [mV], NaN in scars
    lowest, highest : of the frequencies looked at [Hz]; by default from 2 / record up to 30 Hz, or as far as frames
        tell if the record is too short for that
    least : a place where V moves by less than this is quiet [mV]; so is one where it rises only once

    Raises ValueError where times are uneven, or the record is too short or too coarse for these frequencies.
    """
    spacing = interval(time)
    record = len(time) * spacing
    resolution = 1000.0 / record
    lowest = _CYCLES * resolution if lowest is None else lowest
    if highest is None:
        highest = HIGHEST if lowest < HIGHEST else math.inf
    highest = min(highest, 500.0 / spacing)
    if not _CYCLES * resolution * (1 - 1e-9) <= lowest < highest:
        raise ValueError(
            f"a record of {record:g} ms with frames every {spacing:g} ms tells frequencies between "
            f"{_CYCLES * resolution:.3g} and {500.0 / spacing:.3g} Hz, not {lowest:.3g} to {highest:.3g} Hz"
        )
    frequencies: Array = np.fft.rfftfreq(PADDING * len(time), spacing).astype(np.float64) * 1000.0
    looked_at = (frequencies >= lowest) & (frequencies <= highest)
    window = np.hanning(len(time) + 1)[:-1]  # periodic
    found = np.full((2, *V.shape[1:]), np.nan)
    for row in np.ndindex(V.shape[1:-1]):  # one at a time: the padded spectra of a sheet take much memory
        own = np.asarray(V[(slice(None), *row)], dtype=np.float64)
        low, high = own.min(axis=0), own.max(axis=0)
        above = own > (low + high) / 2
        ups = np.count_nonzero(above[1:] & ~above[:-1], axis=0)
        (alive,) = np.nonzero(
            (high - low >= least) & (ups >= _CYCLES)
        )  # not a scar, of which the range is NaN
        signal = (own[:, alive] - own[:, alive].mean(axis=0)) * window[:, None]
        power: Array = np.abs(np.fft.rfft(signal, PADDING * len(time), axis=0)) ** 2
        found[(0, *row, alive)], found[(1, *row, alive)] = _peak(frequencies, power, looked_at, resolution)
    return Frequencies(found[0], found[1], resolution)


def _peak(
    frequencies: Array, power: Array, looked_at: NDArray[np.bool_], resolution: float
) -> tuple[Array, Array]:
    """Where the power (frequencies, n) is greatest [Hz], and the share of the power around that."""
    first = int(np.argmax(looked_at))
    among = power[looked_at]
    top = first + np.argmax(among, axis=0)
    n = np.arange(power.shape[1])
    # The logarithm of a peak is a parabola through the top and its neighbours.
    low, middle, high = (np.log(power[np.clip(top + k, 0, len(power) - 1), n] + 1e-300) for k in (-1, 0, 1))
    bend = low - 2 * middle + high
    offset = np.divide(0.5 * (low - high), bend, out=np.zeros_like(bend), where=bend < 0)
    found = frequencies[top] + np.clip(offset, -0.5, 0.5) * frequencies[1]
    near = np.abs(frequencies[looked_at][:, None] - found) <= _LOBE * resolution
    return found, np.sum(among * near, axis=0) / np.sum(among, axis=0)
