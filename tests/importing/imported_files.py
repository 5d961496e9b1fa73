"""The files of `tests/data/models`, each imported once, and their equations in plain Python."""

import atexit
import csv
import math
import shutil
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from cardiac import models
from cardiac.importing import membrane, reading, translation, writing
from cardiac.kernels import Gate

DATA = Path(__file__).parents[1] / "data"
FOLDER = tempfile.mkdtemp(prefix="cardiac-imported-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
FILES = sorted(path.stem for path in (DATA / "models").glob("*.cellml"))


class File(NamedTuple):
    """An imported file."""

    text: str
    model: models.Model
    potential: str  # key of the potential in the file
    scale: tuple[float, float]  # rest and span [mV]; 0 and 1 where the file has mV
    fields: dict[str, str]  # key of a state in the file -> its name in the model
    gates: list[str]  # names of the states that are gates
    stimulus: list[str]


def path(name: str) -> Path:
    """The file of this name."""
    return DATA / "models" / f"{name}.cellml"


@cache
def file(name: str) -> File:
    """The file of this name, imported."""
    source = reading.read(path(name))
    cell = membrane.cell(source, None, None, None)
    found = translation.translation(source, cell)
    text = writing.text(source, cell, found)
    return File(
        text=text,
        model=loaded(text, name),
        potential=cell.potential.key,
        scale=(0.0, 1.0) if cell.scale is None else (cell.scale.rest, cell.scale.span),
        fields={v.key: found.fields[v.key] for v in found.states},
        gates=[found.fields[key] for key in found.gates],
        stimulus=cell.stimulus,
    )


def loaded(text: str, name: str) -> models.Model:
    """The model in the text of a Python file."""
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return models.load(folder / f"{name}.py")


def derivative(x: float, rate: Any) -> float:
    """dx/dt from a Gate or a plain derivative."""
    return rate.rate * (rate.inf - x) if isinstance(rate, Gate) else rate


def evaluated(model: models.Model, V: float, s: Any, p: Any) -> tuple[float, dict[str, float]]:
    """dV/dt [mV/ms], and the derivative of each state."""
    I = model.currents(V, s, p)  # noqa: E741
    rates = model.rates(V, s, p, I)
    return -sum(I), {name: derivative(x, r) for name, x, r in zip(s._fields, s, rates, strict=True)}


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table about these files."""
    lines = (DATA / "models" / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def solution(
    name: str, y: Any, times: np.ndarray, injected: float = 0.0, p: Any = None, max_step: float = np.inf
) -> np.ndarray:
    """V at `times` and the states at the last of them: (1 + variables, times), by LSODA.

    The elementary functions are those of the C library here: ours are made for being compiled.
    """
    model = file(name).model
    module = sys.modules[model.currents.__module__]
    own = {key: vars(module)[key] for key in C_LIBRARY.keys() & vars(module).keys()}
    vars(module).update({key: C_LIBRARY[key] for key in own})
    p = p or model.Parameters()

    def slope(t: float, y: np.ndarray) -> list[float]:
        V, *state = y.tolist()
        dV, rates = evaluated(model, V, model.State(*state), p)
        return [dV + injected, *rates.values()]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # LSODA about repeated steps at a switch of the equations
            found = solve_ivp(
                slope, (times[0], times[-1]), y, "LSODA", times, rtol=1e-7, atol=1e-9, max_step=max_step
            )
    finally:
        vars(module).update(own)
    assert found.success
    values: np.ndarray = found.y
    return values


def saturating_exp(x: float) -> float:
    return math.exp(min(max(x, -708.0), 709.0))


C_LIBRARY = {
    "exp": saturating_exp,
    "exprel": lambda x: math.expm1(x) / x if x else 1.0,
    "log": math.log,
    "power": lambda x, y: x**y,
    "tanh": math.tanh,
}
