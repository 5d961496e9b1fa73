"""A tiny excited sheet of any model; run as a program, it saves what becomes of the one it is given in a file."""

import sys

import numpy as np

from cardiac import mechanisms, models
from cardiac.protocol import Pulses
from cardiac.simulation import Added, Simulation, Stimulus
from cardiac.tissue import Grid, Tensor, faces, tensor

STEPS = 5
MIXED = "mixed"  # instead of the name of a model


def sheet(name: str) -> Simulation:
    """Two tiles a row, the second one padded; excited on the left."""
    model, grid = models.load(name), Grid(nx=20, ny=3, spacing=0.2)
    left = np.broadcast_to(1.0 * (grid.x < 0.5), grid.shape)
    stimuli = [Stimulus(left, 50.0, Pulses(0.01, 1.0))]
    return Simulation(
        model,
        grid,
        0.02,
        V=model.V_initial + 40.0 * left,
        faces=faces(grid, Tensor(0.1, 0.0, 0.1)),
        stimuli=stimuli,
    )


def mixed_sheet() -> Simulation:
    """The cubic medium with oblique fibres and two mechanisms of varying strength."""
    model, grid = models.load("nagumo"), Grid(nx=20, ny=3, spacing=0.2)
    left = np.broadcast_to(1.0 * (grid.x < 0.5), grid.shape)
    added = []
    for name, values in {"potassium_conductance": (0.5 * left, -90.0), "bias_current": (2.0,)}.items():
        mechanism = mechanisms.load(name)
        fields = (np.broadcast_to(value, grid.shape).astype(float) for value in values)
        added.append(Added(mechanism, mechanism.Parameters(*fields)))
    D = tensor(0.1, 0.02, 30.0)
    return Simulation(
        model, grid, 0.02, V=model.V_initial + 40.0 * left, faces=faces(grid, D), mechanisms=added
    )


def results(name: str) -> dict[str, np.ndarray]:
    """V, the states and the steepest upstroke of a sheet after some steps."""
    simulation = mixed_sheet() if name == MIXED else sheet(name)
    simulation.measure(0.0)
    simulation.advance(STEPS)
    return {"V": simulation.V, "upstroke": simulation.activity.upstroke, **simulation.state}


if __name__ == "__main__":
    np.savez(sys.argv[2], **results(sys.argv[1]))
