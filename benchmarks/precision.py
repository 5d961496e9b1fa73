"""What single precision costs in accuracy: against the same steps in double precision, for every model.

python benchmarks/precision.py

The action potential is that of the first beat of a single cell; the velocity that of a cable of 20 mm; drift is how
far concentrations and APD90 are from those in double precision after 60 s of pacing at 1 Hz.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from section import Options, main, table

SECONDS, PERIOD = 60, 1000.0  # beats of 1 s, ms
DT = 0.02  # ms


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    from cardiac import models

    def rows() -> Iterator[list[object]]:
        for name in models.names():
            yield [name, *compared(name)]

    head = [
        "model",
        "APD90 (ms)",
        "off by (ms)",
        "velocity off by",
        "APD90 after 60 s off by (ms)",
        "state after 60 s off by",
    ]
    yield from table(head, rows())


def compared(name: str) -> list[str]:
    """A row of the table."""
    (apd, v, last, state), (apd_1, v_1, last_1, state_1) = (measured(name, p) for p in ("double", "single"))
    worst = max(
        state, key=lambda key: abs(state_1[key] - state[key]) / max(abs(state[key]), 1e-3), default=""
    )
    drift = f"{worst}: {state[worst]:.5g} -> {state_1[worst]:.5g}" if worst else "-"
    return [
        f"{apd:.2f}",
        f"{apd_1 - apd:+.3f}",
        f"{100 * (v_1 / v - 1):+.3f} %",
        f"{last_1 - last:+.3f}",
        drift,
    ]


def measured(name: str, precision: str):
    """APD90 of the first beat, velocity, APD90 of the last beat, and the concentrations at the end."""
    from cardiac import models
    from cardiac.cell import Cell, response
    from cardiac.protocol import Pulses
    from cardiac.simulation import Simulation, Stimulus
    from cardiac.tissue import Grid, Tensor, faces
    from cardiac.units import units_of

    model = models.load(name)
    answer = response(Cell(model, {}, ()))
    strong = 2.0 * answer.threshold
    level = 0.5 * (answer.V_rest + answer.V_peak)
    paced = Stimulus(1.0, strong, Pulses(0.0, 2.0, PERIOD, SECONDS))
    cell = Simulation(model, Grid(), DT, stimuli=[paced], precision=precision, V=answer.V_rest)
    cell.measure(level)
    cell.advance(round(SECONDS * PERIOD / DT))
    beats = cell.activity.apd90[:, 0, 0]
    grid = Grid(100, 1, 0.2)
    start = np.full(grid.shape, answer.V_rest)
    start[:, :10] = answer.V_peak
    cable = Simulation(
        model, grid, DT, V=start, precision=precision, faces=faces(grid, Tensor(0.1, 0.0, 0.1))
    )
    cable.measure(level)
    cable.advance(round(200.0 / DT))
    times = cable.activity.activation[0, 0]
    units = units_of(model.State)
    ends = {key: float(value[0, 0]) for key, value in cell.state.items() if units[key].symbol == "mM"}
    return float(beats[0]), 6.0 / float(times[50] - times[20]), float(beats[-1]), ends


if __name__ == "__main__":
    main(section, __doc__)
