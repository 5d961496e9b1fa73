"""Rest: where the cell rests, its input resistance, membrane time constant, and space constant in tissue.

Rest is the potential after 10 s without stimulus, and the root of the quasi-steady current nearest to it. A cell may
do something else, left alone: be spontaneously active, with a cycle length, or drift. Then it has no such potential.

The input resistance is that to a current of -0.1 A/F after 300 ms; the time constant is its product with the
capacitance, the space constant sqrt(diffusivity x time constant). A cell that does not rest has none of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import Cell, rest, stimulated
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import Problems, of_amount, refuse
from cardiac.experiments._steady import Steady
from cardiac.units import A_per_F, duration, mm2_per_ms

MOST_CURRENT = 200.0  # A/F
REACH = 15.0  # mV on either side of rest in which a root of the quasi-steady current is looked for


class Options(NamedTuple):
    """The current that measures the resistance, for how long, and the diffusivity for the space constant."""

    current: A_per_F = -0.1
    duration: duration = 300.0
    diffusivity: mm2_per_ms = 0.1


def problems(options: Options, model: Any) -> Problems:
    """A current or a tissue that there is not."""
    yield from of_amount("duration", options.duration, "ms")
    yield from of_amount("diffusivity", options.diffusivity, "mm^2/ms")
    if not 0.0 < abs(options.current) <= MOST_CURRENT:
        what = f"{options.current:g} A/F measures no resistance"
        yield "current", f"{what} - give one that moves V by a few mV, such as -0.1 A/F"


def perform(cell: Cell, options: Options) -> Outcome:
    """The rest of each cell."""
    refuse(problems(options, cell.model))
    found = rest(cell)
    resistance = np.where(found.rests, input_resistance(cell, options), np.nan)
    roots = np.array([root_near(Steady(cell, k, found), V) for k, V in enumerate(found.V.tolist())])
    tau = resistance  # mV per A/F = ms, since the current is per capacitance
    table = {
        "cell": cells_column(cell.n),
        "V_rest": Column(found.V_rest, "mV", "resting potential, after 10 s without stimulus"),
        "R_in": Column(resistance, "kOhm uF", "input resistance"),
        "tau_m": Column(tau, "ms", "membrane time constant"),
        "lambda": Column(np.sqrt(options.diffusivity * tau), "mm", "space constant"),
        "V_root": Column(roots, "mV", "root of the quasi-steady current"),
        "drift": Column(found.drift, "mV/ms", "what remains of dV/dt"),
        "V_min": Column(found.V_min, "mV", "lowest potential of the last 5 s"),
        "V_max": Column(found.V_max, "mV", "highest potential of the last 5 s"),
        "cycle_length": Column(found.cycle_length, "ms", "of a spontaneously active cell"),
    }
    sentences = tuple(
        why or f"The cell rests at {V:.2f} mV with {R:.3g} kOhm uF."
        for why, V, R in zip(found.reasons, found.V.tolist(), resistance.tolist(), strict=True)
    )
    return Outcome({"rest": table}, sentences, tuple(found.kinds))


def input_resistance(cell: Cell, options: Options) -> Array:
    """Displacement of V by a small current, per current (n,) [mV per A/F]."""
    both = np.tile(np.arange(cell.n), 2)
    currents = np.repeat([0.0, options.current], cell.n)
    cells = stimulated(cell.of(both), rest(cell).of(both), currents, 2.0 * options.duration)
    cells.advance(round(options.duration / cells.dt))
    without, displaced = cells.V[0].reshape(2, cell.n)
    found: Array = (displaced - without) / options.current
    return found


def root_near(steady: Steady, V: float) -> float:
    """The potential [mV] nearest to V at which no quasi-steady current flows; NaN if there is none."""
    grid = V + np.linspace(-REACH, REACH, 121)
    roots = steady.roots(grid, steady.curve(grid))
    return min(roots, key=lambda root: abs(root - V), default=np.nan)
