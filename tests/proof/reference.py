"""The tables of `tests/data/reference` and the cells they are about.

Published model files, integrated by somebody else's program at tight tolerance; see the README there.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cardiac import mechanisms, models
from cardiac.cell import Cell, Rest, rest
from cardiac.protocol import Window
from cardiac.simulation import Added, Field, Simulation, Stimulus
from cardiac.tissue import Grid, Tensor, faces

DATA = Path(__file__).parents[1] / "data" / "reference"
CONDUCTANCE, BIAS = mechanisms.load("potassium_conductance"), mechanisms.load("bias_current")
MODELS = {  # name there -> model and variant here
    "ms2003": ("mitchell_schaeffer_2003", None),
    "lr1991": ("luo_rudy_1991", None),
    "ttp2006_epi": ("ten_tusscher_panfilov_2006", "epi"),
    "ttp2006_mid": ("ten_tusscher_panfilov_2006", "mid"),
    "ttp2006_endo": ("ten_tusscher_panfilov_2006", "endo"),
}
ACTIVE = {"ms2003": -30.0, "lr1991": -40.0, "ttp2006_epi": -40.0}  # mV, level of activation in cables
D = 0.1  # mm^2/ms
STRENGTH, PULSE, ELECTRODE = (
    100.0,
    1.0,
    1.0,
)  # A/F, ms, mm: the stimulus of cables (1 / ms x 100 mV in the scaled ones)


def table(file: str) -> list[dict[str, Any]]:
    """The rows of a table, numbers as numbers."""
    lines = (line for line in (DATA / file).read_text().splitlines() if not line.startswith("#"))
    return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(lines)]


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def trace(name: str) -> np.ndarray:
    """Columns t, V of beat 1, V of beat 100 of a paced cell: (n, 3) [ms, mV]."""
    return np.loadtxt(DATA / f"trace_{name}.csv", delimiter=",", comments=("#", "t"))


def model(name: str) -> models.Model:
    """The model behind a name of the tables."""
    return models.load(MODELS[name][0])


def parameters(name: str) -> dict[str, float]:
    """Its parameters."""
    return dict(model(name).parameters(MODELS[name][1])._asdict())


def cell(name: str, bias: float = 0.0, gk: float = 0.0, ek: float = -90.0, sk1: float = 1.0) -> Cell:
    """A cell with a bias current [A/F], an added K+ conductance [mS/uF] and a scaled I_K1."""
    p = parameters(name)
    if sk1 != 1.0:
        p["g_K1"] *= sk1
    added = [Added(CONDUCTANCE, CONDUCTANCE.Parameters(gk, ek)), Added(BIAS, BIAS.Parameters(bias))]
    return Cell(model(name), p, added)


@cache
def settled(name: str) -> Rest:
    """The cell after 10 s without stimulus or additions."""
    return rest(cell(name))


def cable(
    name: str,
    grid: Grid,
    dt: float,
    g: Field = 0.0,
    reversal: float = -90.0,
    after: Simulation | None = None,
    stimulated: bool = True,
) -> Simulation:
    """Cables, the rows of `grid`, with an added K+ conductance g; stimulated at their left end at t = 0.

    They start as settled cells without the addition, or as another simulation has left them.
    """
    V: Field = after.V if after else float(settled(name).V[0])
    state = after.state if after else {key: float(value[0]) for key, value in settled(name).state.items()}
    conductance = CONDUCTANCE.Parameters(np.broadcast_to(g, grid.shape), reversal)
    end = np.broadcast_to(1.0 * (grid.x < ELECTRODE), grid.shape)
    simulation = Simulation(
        model(name),
        grid,
        dt,
        parameters=parameters(name),
        faces=faces(grid, Tensor(D, 0.0, 0.0)),
        mechanisms=[Added(CONDUCTANCE, conductance)],
        stimuli=[Stimulus(end, STRENGTH, Window(0.0, PULSE))] if stimulated else [],
        V=V,
        state=state,
    )
    simulation.measure(ACTIVE[name])
    return simulation
