"""Threshold: the least current and charge of a pulse that excites the resting cell, and the potential it reaches.

A pulse excites if V is above `level` at some time from 2 to 200 ms after it. Pulses `up_to` that strength are tried
(by default 400 A/F, or 1500 mV over the duration). A cell that none excites may still fire briefly, during the pulse:
then its own current turns inward. Of one that is inexcitable it does not. The threshold potential is that at the
end of the just sufficient pulse; it depends on the duration. An answer that grows with the stimulus instead of being
all or none is reported as graded: then the threshold tells of `level` alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import CAPTURE_LEVEL, Cell, rest, stimulated, thresholds
from cardiac.cell.search import Numbers
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import Problems, of_amount, of_search, of_tolerance, refuse
from cardiac.experiments._searched import answers, jumps, tried
from cardiac.units import A_per_F, duration, mV, one


class Options(NamedTuple):
    """The pulse, how closely its threshold is bracketed, what counts as an action potential, where it is sought."""

    duration: duration = 2.0
    tolerance: one = 0.001
    level: mV = CAPTURE_LEVEL
    up_to: A_per_F | None = None


def problems(options: Options, model: Any) -> Problems:
    """A search that makes no sense."""
    yield from of_amount("duration", options.duration, "ms")
    yield from of_tolerance(options.tolerance)
    yield from of_search(options.up_to)


def perform(cell: Cell, options: Options) -> Outcome:
    """The threshold of each cell."""
    refuse(problems(options, cell.model))
    found = thresholds(cell, [options.duration], options.tolerance, options.level, options.up_to)
    start, current, jump = rest(cell), found.current[:, 0], jumps(cell, found)
    each = answers(cell, found, jump)[:, 0].tolist()
    excitable, reached = np.flatnonzero(found.kinds[:, 0] == "excitable"), np.full(cell.n, np.nan)
    if excitable.size:
        reached[excitable] = potential_after(cell, excitable, current[excitable], options.duration)
    table = {
        "cell": cells_column(cell.n),
        "V_rest": Column(start.V_rest, "mV", "resting potential"),
        "current": Column(current, "A/F", "threshold current"),
        "charge": Column(current * options.duration, "mV", "threshold charge per capacitance"),
        "V_threshold": Column(reached, "mV", "potential at the end of the threshold pulse"),
        "jump": Column(jump[:, 0], "mV", "difference of the peaks 1 % above and below threshold"),
        "all_or_none": Column(
            np.array([int(not answer) for answer in each]), about="whether the answer is all or none"
        ),
        "fires": Column(
            found.fires[:, 0], "A/F", "of a cell without threshold: from which on it fires briefly"
        ),
    }
    why = [reason or found.why(k) for k, reason in enumerate(start.reasons)]
    sentences = tuple(
        _sentence(options, *values)
        for values in zip(why, each, start.V.tolist(), current.tolist(), reached.tolist(), strict=True)
    )
    return Outcome({"threshold": table, "tried": tried(found)}, sentences, tuple(each))


def potential_after(cell: Cell, cells: Numbers, currents: Array, duration: float) -> Array:
    """V (m,) [mV] of the cells of these numbers at the end of pulses."""
    few = stimulated(cell.of(cells), rest(cell).of(cells), currents, duration)
    few.advance(round(duration / few.dt), finite=False)
    reached: Array = few.V[0]
    return reached


def _sentence(options: Options, why: str, answer: str, V_rest: float, current: float, reached: float) -> str:
    if why:
        return why if why.endswith(".") else f"From {V_rest:.1f} mV the cell {why}."
    text = f"From {V_rest:.1f} mV a pulse of {options.duration:g} ms needs {current:.4g} A/F"
    text += f" ({current * options.duration:.4g} mV) and lifts the cell to {reached:.1f} mV"
    return text + ("; the answer is graded, not all or none." if answer else ".")
