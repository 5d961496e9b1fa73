"""Trains of pulses from rest: cells as they are when the next pulse is due."""

from __future__ import annotations

import numpy as np

from cardiac.cell.cells import STEP, Array, Cell, rest, row
from cardiac.cell.excitation import thresholds
from cardiac.cell.memory import remembered
from cardiac.protocol import Pulses
from cardiac.simulation import Simulation, Stimulus

PULSE, STRENGTH = 2.0, 2.0  # ms, times the threshold


def train(cell: Cell, currents: Array, pulse: float, cycle_length: float, beats: int) -> Simulation:
    """The cells at rest, about to get pulses [ms] of currents (n,) [A/F], the first of them now."""
    start = rest(cell)
    stimulus = Stimulus(row(currents), 1.0, Pulses(0.0, pulse, cycle_length, beats))
    return cell.simulation(STEP, V=row(start.V), state=start.row(), stimuli=[stimulus])


def paced(cell: Cell, cycle_length: float, beats: int) -> dict[str, Array]:
    """V [mV] and the state of the cells (n,) when a pulse has come every `cycle_length` [ms], `beats` times.

    Pulses last 2 ms and are twice the threshold at rest; cells that have none get none. Raises NotFinite.
    """

    def find() -> dict[str, Array]:
        needed = thresholds(cell, [PULSE]).current[:, 0]
        cells = train(cell, np.where(np.isfinite(needed), STRENGTH * needed, 0.0), PULSE, cycle_length, beats)
        cells.advance(round(beats * cycle_length / STEP))
        return {"V": cells.V[0], **{name: values[0] for name, values in cells.state.items()}}

    return remembered(("paced", cell.digest, cycle_length, beats), find)
