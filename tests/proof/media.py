"""Media with exact solutions, in the program's own kernels: the cubic of `models.nagumo` and what is left of it.

The potential is u, with V_rest = 0 mV and a span of 1 mV; lengths are in mm and times in ms. Every medium has the
same two mechanisms with a value per cell, most of them zero, so that all of them run in one compiled kernel.
"""

from typing import Any

import numpy as np

from cardiac import mechanisms, models
from cardiac.analysis.cubic_strip import Leak
from cardiac.simulation import Added, Field, Simulation
from cardiac.tissue import Faces, Grid, Tensor, faces

CUBIC = models.load("nagumo")
CONDUCTANCE, BIAS = mechanisms.load("potassium_conductance"), mechanisms.load("bias_current")


def medium(
    grid: Grid,
    dt: float,
    u: Field,
    k: float = 0.0,
    a: float = 0.1,
    leak: Leak = Leak(),  # noqa: B008 - a record
    D: Tensor | Faces = Tensor(1.0, 0.0, 1.0),  # noqa: B008 - a record
    **options: Any,
) -> Simulation:
    """Tissue with du/dt = div(D grad u) + k u (u - a) (1 - u) - leak; inert without k."""
    g, e, b = (np.broadcast_to(value, grid.shape).astype(float) for value in leak)
    added = [
        Added(CONDUCTANCE, CONDUCTANCE.Parameters(g, e)),
        Added(BIAS, BIAS.Parameters(-b)),
    ]
    return Simulation(
        CUBIC,
        grid,
        dt,
        parameters={"k": k, "a": a, "V_rest": 0.0, "span": 1.0},
        faces=D if isinstance(D, Faces) else faces(grid, D),
        mechanisms=added,
        V=u,
        threads=options.pop("threads", 1),
        **options,
    )


def run(simulation: Simulation, duration: float) -> np.ndarray:
    """u after `duration`, which is a whole number of steps."""
    steps = round(duration / simulation.dt)
    assert abs(steps * simulation.dt - duration) < 1e-9 * duration
    simulation.advance(steps)
    return simulation.V


def orders(errors: list[float]) -> np.ndarray:
    """Observed orders of convergence from errors at successively halved steps."""
    return np.log2(np.divide(errors[:-1], errors[1:]))
