"""Threshold: the least current and charge of a pulse that excites the resting cell, and the potential it reaches.

A pulse excites if V is above `level` at some time from 2 to 200 ms after it. The threshold potential is that at the
end of the just sufficient pulse; it depends on the duration. An answer that grows with the stimulus instead of being
all or none is reported as graded: then the threshold tells of `level` alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardiac.cell import CAPTURE_LEVEL, Cell, peaks, rest, stimulated, thresholds
from cardiac.cell.search import Numbers
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._searched import kind, tried
from cardiac.units import duration, mV, one

ALL_OR_NONE = 30.0  # mV: least difference of the peaks after pulses 1 % above and below threshold


class Options(NamedTuple):
    """The pulse, how closely its threshold is bracketed, and the potential that counts as an action potential."""

    duration: duration = 2.0
    tolerance: one = 0.001
    level: mV = CAPTURE_LEVEL


def perform(cell: Cell, options: Options) -> Outcome:
    """The threshold of each cell."""
    found = thresholds(cell, [options.duration], options.tolerance, options.level)
    current = found.current[:, 0]
    excitable = np.flatnonzero(np.isfinite(current) & (current > 0.0))
    jump, reached = np.full(cell.n, np.nan), np.full(cell.n, np.nan)
    if excitable.size:
        start = rest(cell)
        around = [
            peaks(cell, start, excitable, share * current[excitable], options.duration)
            for share in (0.99, 1.01)
        ]
        jump[excitable] = around[1] - around[0]
        reached[excitable] = potential_after(cell, excitable, current[excitable], options.duration)
    all_or_none = jump >= ALL_OR_NONE
    table = {
        "cell": cells_column(cell.n),
        "V_rest": Column(rest(cell).V, "mV", "resting potential"),
        "current": Column(current, "A/F", "threshold current"),
        "charge": Column(current * options.duration, "mV", "threshold charge per capacitance"),
        "V_threshold": Column(reached, "mV", "potential at the end of the threshold pulse"),
        "jump": Column(jump, "mV", "difference of the peaks 1 % above and below threshold"),
        "all_or_none": Column(all_or_none.astype(int), about="whether the answer is all or none"),
    }
    sentences = tuple(
        _sentence(options, *values)
        for values in zip(rest(cell).V.tolist(), current.tolist(), reached.tolist(), all_or_none, strict=True)
    )
    return Outcome({"threshold": table, "tried": tried(found)}, sentences)


def potential_after(cell: Cell, cells: Numbers, currents: Array, duration: float) -> Array:
    """V (m,) [mV] of the cells of these numbers at the end of pulses."""
    few = stimulated(cell.of(cells), rest(cell).of(cells), currents, duration)
    few.advance(round(duration / few.dt), finite=False)
    reached: Array = few.V[0]
    return reached


def _sentence(options: Options, V_rest: float, current: float, reached: float, all_or_none: bool) -> str:
    what = kind(current)
    if what != "excitable":
        return f"The cell is {what} (V = {V_rest:.1f} mV)."
    text = f"From {V_rest:.1f} mV a pulse of {options.duration:g} ms needs {current:.4g} A/F"
    text += f" ({current * options.duration:.4g} mV) and lifts the cell to {reached:.1f} mV"
    return text + ("." if all_or_none else "; the answer is graded, not all or none.")
