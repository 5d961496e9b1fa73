"""The action potential of one beat, measured on a sampled trace."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiac.units import ms, mV, mV_per_ms

Array: TypeAlias = NDArray[np.float64]


class ActionPotential(NamedTuple):
    """What one beat looks like; NaN where the trace does not show it. Times count from the onset."""

    V_rest: mV  # at the onset of the stimulus
    V_peak: mV
    t_peak: ms
    dVdt_max: mV_per_ms  # steepest rise between two samples, stimulus included
    APD50: ms
    APD90: ms


def action_potential(t: Array, V: Array, onset: float) -> ActionPotential:
    """Measure the beat whose stimulus begins at `onset` [ms].

    The cell is x % repolarized at V_peak - x % (V_peak - V_rest); the duration is the time from the last
    upward crossing of that level before the peak to the first downward crossing after it.

    Parameters
    ----------
    t : (n,) increasing sample times [ms]; what precedes `onset` is ignored, a later beat must not be included
    V : (n,) potential [mV]
    """
    later = t > onset
    if t.size == 0 or t[0] > onset or not later.any() or not np.isfinite(V[later]).all():
        return ActionPotential(*[np.nan] * 6)
    rest = float(np.interp(onset, t, V))
    t, V = np.append(0.0, t[later] - onset), np.append(rest, V[later])
    top = int(np.argmax(V))
    steepest = float(np.max(np.diff(V) / np.diff(t)))
    return ActionPotential(
        rest, float(V[top]), float(t[top]), steepest, *(_apd(t, V, top, x) for x in (0.5, 0.9))
    )


def _apd(t: Array, V: Array, top: int, share: float) -> float:
    level = V[top] - share * (V[top] - V[0])
    below_before, below_after = np.flatnonzero(V[:top] < level), np.flatnonzero(V[top:] < level)
    if below_before.size == 0 or below_after.size == 0:
        return float("nan")
    up, down = int(below_before[-1]), top + int(below_after[0]) - 1
    return _crossing(t, V, down, level) - _crossing(t, V, up, level)


def _crossing(t: Array, V: Array, k: int, level: float) -> float:
    """Time at which V passes `level` between samples k and k + 1."""
    return float(t[k] + (t[k + 1] - t[k]) * (level - V[k]) / (V[k + 1] - V[k]))
