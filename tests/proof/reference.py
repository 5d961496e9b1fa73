"""The tables of `tests/data/reference` and the cells they are about.

Published model files, integrated by somebody else's program at tight tolerance; see the README there.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cardiac import mechanisms, models
from cardiac.cell import Cell, Rest, rest
from cardiac.protocol import Window
from cardiac.simulation import Added, Field, Simulation, Stimulus
from cardiac.tissue import Grid, Tensor, faces

DATA = Path(__file__).parents[1] / "data" / "reference"
CONDUCTANCE, BIAS = mechanisms.load("potassium_conductance"), mechanisms.load("bias_current")


class Published(NamedTuple):
    """A name of the tables: the model and its variant here, the levels of its protocols [mV]."""

    model: str
    variant: str | None = None
    capture: float = -20.0  # above it after a pulse: an action potential
    activation: float = -40.0  # in cables
    repolarized: float = -40.0  # below it before S2, above it afterwards: captured
    span: float = 0.0  # of a scaled model, with the potential of u = 0
    offset: float = 0.0


MODELS = {
    "ms2003": Published("mitchell_schaeffer_2003", None, -30.0, -30.0, span=100.0, offset=-80.0),
    "ap1996": Published("aliev_panfilov_1996", None, -30.0, -30.0, span=100.0, offset=-80.0),
    "fk1998br": Published("fenton_karma_1998", "BR", span=100.0, offset=-85.0),
    "bo2008_epi": Published("bueno_orovio_2008", "thesis_epi", span=85.7, offset=-83.0),
    "bo2008_mcell": Published("bueno_orovio_2008", "thesis_mid", span=85.7, offset=-83.0),
    "br1977": Published("beeler_reuter_1977"),
    "lr1991": Published("luo_rudy_1991"),
    "ttp2006_epi": Published("ten_tusscher_panfilov_2006", "epi"),
    "ttp2006_mid": Published("ten_tusscher_panfilov_2006", "mid"),
    "ttp2006_endo": Published("ten_tusscher_panfilov_2006", "endo"),
    "crn1998": Published("courtemanche_1998"),
    "ord2011_endo": Published("ohara_rudy_2011", "endo"),
    "torord2019_endo": Published("tomek_2019", "endo"),
}
UNBOUNDED = 1e9
FACTORS = {("br1977", "calcium.Cai"): 1000.0}  # to mM
LEFT_OUT = {("torord2019_endo", "IKr.C3")}  # the rest of the channels of a Markov chain
D = 0.1  # mm^2/ms
STRENGTH, PULSE, ELECTRODE = 100.0, 1.0, 1.0  # A/F, ms, mm: the stimulus of cables


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
    return models.load(MODELS[name].model)


def parameters(name: str) -> dict[str, float]:
    """Its parameters."""
    return dict(model(name).parameters(MODELS[name].variant)._asdict())


def cells(name: str, rows: list[dict[str, Any]]) -> Cell:
    """Cells side by side, each with a bias current [A/F], an added K+ conductance [mS/uF] and a scaled I_K1."""
    p: dict[str, Any] = parameters(name)
    if "w_max" in p:
        p["w_max"] = UNBOUNDED  # as published; ours is bounded, see the model
    scale = np.array([row.get("sk1", 1.0) for row in rows])
    if (scale != 1.0).any():
        p["g_K1"] = p["g_K1"] * scale
    bias, gk, ek = (np.array([row.get(key, 0.0) for row in rows]) for key in ("bias", "gk", "ek"))
    added = [Added(CONDUCTANCE, CONDUCTANCE.Parameters(gk, ek)), Added(BIAS, BIAS.Parameters(bias))]
    return Cell(model(name), p, added, len(rows))


@cache
def settled(name: str) -> Rest:
    """The cell after 10 s without stimulus or additions."""
    return rest(cells(name, [{}]))


def published_state(name: str) -> tuple[float, list[float]]:
    """V [mV] and the state of the published file."""
    rows = [row for row in table("initial_states.csv") if row["model"] == name]
    known = MODELS[name]
    V = rows[0]["value"]
    state = [
        row["value"] * FACTORS.get((name, row["state"]), 1.0)
        for row in rows[1:]
        if (name, row["state"]) not in LEFT_OUT
    ]
    scaled = known.span and rows[0]["unit"] != "[mV]"
    return (known.offset + known.span * V if scaled else V), state


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
    strength = STRENGTH * (MODELS[name].span or 100.0) / 100.0  # 1 / ms in a scaled equation
    simulation = Simulation(
        model(name),
        grid,
        dt,
        parameters=parameters(name),
        faces=faces(grid, Tensor(D, 0.0, 0.0)),
        # Both, though one does nothing: then cables and cells share a kernel.
        mechanisms=[Added(CONDUCTANCE, conductance), Added(BIAS, BIAS.Parameters(0.0))],
        stimuli=[Stimulus(end, strength, Window(0.0, PULSE))] if stimulated else [],
        V=V,
        state=state,
    )
    simulation.measure(MODELS[name].activation)
    return simulation


STATES = {name: [row for row in table("hyperpol.csv") if row["model"] == name] for name in MODELS}
