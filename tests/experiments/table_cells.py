"""The cells of the published tables in `tests/data/reference`, side by side, and cells with additions."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from cardiac import mechanisms, models
from cardiac.cell import Cell, Rest
from cardiac.experiments import Outcome
from cardiac.simulation import Added

DATA = Path(__file__).parents[1] / "data" / "reference"
MODELS = {"ms2003": "mitchell_schaeffer_2003", "lr1991": "luo_rudy_1991"}  # name there -> here
CONDUCTANCE, BIAS = mechanisms.load("potassium_conductance"), mechanisms.load("bias_current")


def rows(file: str, model: str, **where: float) -> list[dict[str, Any]]:
    """The rows of a table about a model, numbers as numbers."""
    lines = (line for line in (DATA / file).read_text().splitlines() if not line.startswith("#"))
    found = [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(lines)]
    return [
        row
        for row in found
        if row["model"] == model and all(row[key] == value for key, value in where.items())
    ]


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def column(table: list[dict[str, Any]], name: str) -> np.ndarray:
    """A column of several rows."""
    return np.array([row[name] for row in table])


def cells_of(table: list[dict[str, Any]], reversal: float = -95.0) -> Cell:
    """The cells that rows are about: bias current, added K+ conductance, scaled I_K1."""
    name = MODELS[table[0]["model"]]
    filled = [{"ek": reversal, "sk1": 1.0} | row for row in table]
    bias, gk, ek, sk1 = (column(filled, key) for key in ("bias", "gk", "ek", "sk1"))
    own = models.load(name).Parameters()
    parameters = {"g_K1": own.g_K1 * sk1} if hasattr(own, "g_K1") else {}
    added = [Added(CONDUCTANCE, CONDUCTANCE.Parameters(gk, ek)), Added(BIAS, BIAS.Parameters(bias))]
    return Cell(models.load(name), parameters, added, len(table))


def cells(model: str, g: Any = 0.0, bias: Any = 0.0, reversal: Any = -95.0) -> Cell:
    """Cells with an added K+ conductance [mS/uF] and a bias current [A/F], each a number or several.

    All parameters are arrays, as in `cells_of`, so that one compilation serves both.
    """
    g, bias, reversal = np.broadcast_arrays(*(np.atleast_1d(x).astype(float) for x in (g, bias, reversal)))
    added = [Added(CONDUCTANCE, CONDUCTANCE.Parameters(g, reversal)), Added(BIAS, BIAS.Parameters(bias))]
    return Cell(models.load(model), {}, added, len(g))


def values(outcome: Outcome, table: str, name: str) -> np.ndarray:
    """A column of a table of an outcome."""
    return outcome.tables[table][name].values


def published_rest(cell: Cell) -> Rest:
    """The state that the paper of the model gives, in place of a simulation, where its equations alone matter."""
    state = cell.model.State()._asdict()
    each = {name: np.full(cell.n, value) for name, value in state.items()}
    V = np.full(cell.n, cell.model.V_initial)
    return Rest(V, np.zeros(cell.n), each, V, V, np.full(cell.n, np.nan))
