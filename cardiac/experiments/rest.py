"""Rest: where the cell rests, its input resistance, membrane time constant, and space constant in tissue.

Rest is the potential after 10 s without stimulus, and the root of the quasi-steady current nearest to it; they differ
where the cell does not rest. The input resistance is that to a current of -0.1 A/F after 300 ms; the time constant
is its product with the capacitance, the space constant sqrt(diffusivity x time constant). A cell that does not rest
has none of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardiac.cell import Cell, rest, stimulated
from cardiac.cell.cells import QUIESCENT
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._steady import Steady
from cardiac.units import A_per_F, duration, mm2_per_ms

REACH = 15.0  # mV on either side of rest in which a root of the quasi-steady current is looked for


class Options(NamedTuple):
    """The current that measures the resistance, for how long, and the diffusivity for the space constant."""

    current: A_per_F = -0.1
    duration: duration = 300.0
    diffusivity: mm2_per_ms = 0.1


def perform(cell: Cell, options: Options) -> Outcome:
    """The rest of each cell."""
    found = rest(cell)
    resistance = np.where(found.drift < QUIESCENT, input_resistance(cell, options), np.nan)
    roots = np.array([root_near(Steady(cell, k, found), V) for k, V in enumerate(found.V.tolist())])
    tau = resistance  # mV per A/F = ms, since the current is per capacitance
    table = {
        "cell": cells_column(cell.n),
        "V_rest": Column(found.V, "mV", "after 10 s without stimulus"),
        "R_in": Column(resistance, "kOhm uF", "input resistance"),
        "tau_m": Column(tau, "ms", "membrane time constant"),
        "lambda": Column(np.sqrt(options.diffusivity * tau), "mm", "space constant"),
        "V_root": Column(roots, "mV", "root of the quasi-steady current"),
        "drift": Column(found.drift, "mV/ms", "what remains of dV/dt"),
    }
    sentences = tuple(
        f"The cell rests at {V:.2f} mV with {R:.3g} kOhm uF."
        if drift < QUIESCENT
        else f"The cell does not rest: after 10 s V = {V:.1f} mV still moves at {drift:.2g} mV/ms."
        for V, R, drift in zip(found.V.tolist(), resistance.tolist(), found.drift.tolist(), strict=True)
    )
    return Outcome({"rest": table}, sentences)


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
