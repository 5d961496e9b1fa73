"""Cell models: a file here is a model.

A model file defines DOI, SPECIES, V_INITIAL [mV], the records State, Parameters and Currents, and the
functions `currents(V, s, p)` and `rates(V, s, p, I)`. The framework forms dV/dt = -(sum of the currents) + what
is injected. Optional are

* VARIANTS: named sets of parameters;
* the record Behaviour with `parameters_from(behaviour, p)` and `behaviour_of(p)`;
* `potassium_rate(I, s, p)`, where K_i is a variable: its rate [mM/ms] due to a K+ current I;
* PITFALL: for those who hyperpolarize it, what goes wrong - what to write instead; `pitfall_met(p, mechanisms)`:
  whether it does, with these parameters and these (names of) mechanisms (by default always);
* RT_F [mV], or F_RT [1/mV]: of the temperature of its Nernst potentials (by default 37 C).
"""

from __future__ import annotations

import ast
import math
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from cardiac import registry
from cardiac.spelling import nearest

RT_F = 8.314462618 * 310.15 / 96.48533212  # mV, at 37 C


class ModelError(registry.EntryError):
    """No such model, or a file that is not a model; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Model(registry.Documented):
    """A cell model: its records, its equations, and where they come from. Loaded once, compared by identity."""

    name: str
    file: Path
    doc: str
    doi: str
    species: str
    V_initial: float  # mV, published; the resting potential is found, not given
    State: Any  # class; defaults: the published initial state
    Parameters: Any  # class; defaults: those of the first variant
    Currents: Any  # class
    currents: Callable[..., Any]  # (V, s, p) -> Currents [A/F], outward positive
    rates: Callable[..., Any]  # (V, s, p, currents) -> State of Gates and derivatives
    variants: Mapping[str, Mapping[str, float]]  # name -> parameters that differ; the first is the default
    Behaviour: Any = None  # class, of a model that can be asked for by what it does
    parameters_from: Callable[..., Any] | None = None  # (behaviour, p) -> Parameters; ValueError "key: ..."
    behaviour_of: Callable[..., Any] | None = None  # p -> behaviour, measured
    potassium_rate: Callable[..., Any] | None = None  # (I, s, p) -> d[K+]i/dt of a K+ current I [mM/ms]
    pitfall: str = ""  # what goes wrong below rest - what to do about it
    pitfall_met: Callable[..., Any] = lambda p, mechanisms: True  # whether it does; see `mechanisms.pitfall`
    RT_F: float = RT_F  # mV, of its Nernst potentials

    def parameters(self, variant: str | None = None) -> Any:
        """The parameters of a variant (default: the first)."""
        if variant is None:
            return self.Parameters(**next(iter(self.variants.values()), {}))
        if variant not in self.variants:
            known = ", ".join(self.variants) or "it has none"
            hint = nearest(variant, self.variants)
            raise ModelError(f'{self.name} has no variant "{variant}"{hint} (variants: {known})')
        return self.Parameters(**self.variants[variant])


def names() -> list[str]:
    """The names of all models."""
    return registry.names(__name__)


def load(name: str | Path) -> Model:
    """The model with this name, or in this file; raises ModelError."""
    return _model(registry.module_of(name, __name__, "model", ModelError))


@cache
def _model(module: ModuleType) -> Model:
    contract = registry.Contract(module)
    model = Model(
        name=registry.name_of(module),
        file=Path(str(module.__file__)),
        doc=contract.doc,
        doi=contract.get("DOI", str, 'DOI = "10...." of the paper'),
        species=contract.get("SPECIES", str, 'SPECIES = "species, tissue"'),
        V_initial=contract.get("V_INITIAL", float, "V_INITIAL = the published initial potential in mV"),
        State=contract.record("State", "the variables besides V and their initial values", defaults=float),
        Parameters=contract.record("Parameters", "the constants a user may change", defaults=float),
        Currents=contract.record("Currents", "every membrane current"),
        currents=contract.function("currents", "V, s, p"),
        rates=contract.function("rates", "V, s, p, I"),
        variants=getattr(module, "VARIANTS", {}),
        pitfall=getattr(module, "PITFALL", ""),
        RT_F=getattr(module, "RT_F", 1.0 / module.F_RT if hasattr(module, "F_RT") else RT_F),
        **_optional(contract),
    )
    _check_variants(contract, model)
    _refuse(model.file, ((_line(model.file, problem), problem) for problem in contract.problems))
    if model.file.parent != Path(__file__).parent:  # those of the package are tested
        _refuse(model.file, _trials(model))
    return model


def _refuse(file: Path, problems: Iterable[tuple[int, str]]) -> None:
    """Raise ModelError with all problems, if there are any, each with its line; 0 if it has none."""
    if found := [f"{file}{f':{line}' if line else ''}: {problem}" for line, problem in problems]:
        raise ModelError("\n".join(found))


def _line(file: Path, problem: str) -> int:
    """The line of what a problem begins with: "currents ...", "State.h ..."; 0 where it is not in the file."""
    name, _, field = problem.split()[0].rstrip(":").partition(".")
    for node in ast.parse(file.read_bytes()).body:
        if name in _named(node):
            fields = getattr(node, "body", []) if field else []
            return next((part.lineno for part in fields if field in _named(part)), node.lineno)
    return 0


def _named(node: ast.stmt) -> list[str]:
    """What a statement gives a name to."""
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    return [node.name] if isinstance(node, ast.ClassDef | ast.FunctionDef) else []


def _trials(model: Model) -> Iterator[tuple[int, str]]:
    """What goes wrong in the functions of a model in its initial state."""
    V, s, p = model.V_initial, model.State(), model.parameters()
    try:
        I = model.currents(V, s, p)  # noqa: E741
    except Exception as error:
        yield _failed(model, "currents", error)
        return
    yield from _unfit(model, "currents", model.Currents, I)
    if isinstance(I, model.Currents):
        try:
            rates = model.rates(V, s, p, I)
        except Exception as error:
            yield _failed(model, "rates", error)
            return
        yield from _unfit(model, "rates", model.State, rates)


def _failed(model: Model, function: str, error: Exception) -> tuple[int, str]:
    """Where a function fails, and why; what it asks of a record that does not have it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == model.file]
    why = f"{type(error).__name__}: {error}"
    if isinstance(error, AttributeError) and hasattr(error.obj, "_fields"):
        record = type(error.obj)
        why = f"{record.__name__} has no {error.name}{nearest(error.name, record._fields)}"
    elif isinstance(error, TypeError):
        for record in (model.Currents, model.State):
            why = why.replace(f"{record.__name__}.__new__()", record.__name__)
    line = frames[-1].lineno if frames else None
    return line or _line(model.file, function), f"{function} fails: {why}"


def _unfit(model: Model, function: str, record: Any, found: Any) -> Iterator[tuple[int, str]]:
    """What is wrong with what a function returned."""
    line = _line(model.file, function)
    if not isinstance(found, record):
        expected = f"expected {record.__name__}({', '.join(f'{name}=...' for name in record._fields[:2])})"
        yield line, f"{function} returns a {type(found).__name__}, {expected}"
        return
    for name, value in found._asdict().items():
        numbers = value if isinstance(value, tuple) else (value,)  # a Gate
        if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
            yield line, f"{function} returns {name} = {value!r} in the initial state, expected a number"


def _optional(contract: registry.Contract) -> dict[str, Any]:
    """The optional parts of the contract: K+ balance, when the pitfall is met, what the model can be asked to do."""
    functions = {"potassium_rate": "I, s, p", "pitfall_met": "p, mechanisms"}
    found: dict[str, Any] = {
        name: contract.function(name, arguments)
        for name, arguments in functions.items()
        if hasattr(contract.module, name)
    }
    if not hasattr(contract.module, "Behaviour"):
        return found
    return found | {
        "Behaviour": contract.record("Behaviour", "what can be asked for", defaults=type(None)),
        "parameters_from": contract.function("parameters_from", "behaviour, p"),
        "behaviour_of": contract.function("behaviour_of", "p"),
    }


def _check_variants(contract: registry.Contract, model: Model) -> None:
    known = getattr(model.Parameters, "_fields", ())
    for variant, changes in model.variants.items():
        for key in changes.keys() - known:
            hint = nearest(key, known)
            contract.problem(f"VARIANTS: {variant}: {key}", f"is not in Parameters{hint}")
