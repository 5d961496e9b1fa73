"""Mechanisms of hyperpolarization: a file here is a mechanism, something added to any cell model.

A mechanism file defines the record Parameters and DOSE, the one of them that is solved for when a resting
potential is asked for, and either

* `current(V, s, p, q)`: a current, outward positive [A/F] (s and p are the state and the parameters of the cell
  model it meets, q its own parameters; one that is None is not a number there); or
* PARAMETER, the name of a parameter of the cell model, and `value(own, q)`, what becomes of it.

What a mechanism uses of the cell model it says by a global name: after `E_K = I_K1 = BOUND` it calls `E_K(V, s, p)`
(see `_offered`). Optional are

* DOI: the paper it rests on, an entry of `cardiac/citations.bib`;
* NEEDS: the names without which it makes no sense, each with the input that may stand for it, if any:
  {"E_K": "reversal", "K_o": ""}; models that do not have them are refused;
* LIMITS: the least and the greatest dose that makes sense, where it is less than what does for its quantity (RANGES);
* ION = "K": its current is potassium, and may be counted in the K+ balance of a model that has one. By default no
  added current changes a concentration: published tables of hyperpolarized cells are computed so;
* Inputs and `resolve(inputs, offered) -> Parameters`, where what a user writes differs from what the kernel needs
  (`offered`: the names that the cell model has; ValueError "key: ..." on what makes no sense);
* `course(inputs, when)`: its time course, where it follows what was asked for with a delay of its own;
* `pattern(inputs, x, y)`: its weight -1 ... 1 at places [mm], where it has a shape of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cardiac import models, registry
from cardiac.kernels import BOUND
from cardiac.kernels.compose import bind
from cardiac.kernels.equations import Part
from cardiac.mechanisms import _offered
from cardiac.models import Model
from cardiac.spelling import nearest
from cardiac.units import units_of, written

ANYWHERE = "potassium_conductance"  # needs nothing of a cell model
# What of a quantity is physical, why no more is, and what to do.
RANGES = {
    "conductance": (0.0, 100.0, "no membrane conducts more - 0.01 ... 10 mS/uF are usual"),
    "current": (-200.0, 200.0, "more of it no membrane bears - 0.1 ... 20 A/F are usual"),
    "voltage": (
        -150.0,
        100.0,
        "no ion of a living cell reverses there - K+ does near -90 mV, Na+ near 60 mV",
    ),
    "concentration": (0.0, 1000.0, "no living cell holds or bears more - write it in mM or uM"),
}
SMALL = {"mM": ("uM", 1e3)}  # of a unit the smaller one, in which small limits are told


class MechanismError(registry.EntryError):
    """No such mechanism, or a file that is not one; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Mechanism(registry.Documented):
    """Something added to a cell model. Loaded once, compared by identity."""

    name: str
    file: Path
    doc: str
    doi: str  # of the paper it rests on; empty if it names none
    dose: str  # the parameter that sets its strength
    Parameters: Any  # class: what the kernel needs
    Inputs: Any  # class: what a user writes
    current: Callable[..., Any] | None  # (V, s, p, q) -> A/F, outward positive
    parameter: str  # of the cell model, that it changes; empty if it adds a current
    value: Callable[..., Any] | None  # (own, q) -> what the parameter becomes
    needs: Mapping[str, str]  # what a cell model must have -> the input that may stand for it, or ""
    limits: tuple[float, float]  # of the dose, in its internal unit
    ion: str
    resolve: Callable[..., Any]  # (inputs, offered) -> Parameters; ValueError on what makes no sense
    course: Callable[..., Any]  # (inputs, when) -> time course
    pattern: Callable[..., Any] | None  # (inputs, x, y) -> weight -1 ... 1

    def met(self, model: Model, inputs: Any) -> Any:
        """The Parameters of what is written, meeting a cell model; ValueError says why it cannot."""
        self._in_range(inputs)
        offered = _offered.names(model)
        missing = self._missing(offered, inputs)
        if missing:
            needed = f"needs {', '.join(missing)}, which {model.name} does not have"
            raise ValueError(f"{needed} - {self._instead(missing)}")
        found = self.resolve(inputs, offered)
        values = (getattr(found, name) for name in self.Parameters._fields)
        return self.Parameters(*(math.nan if value is None else value for value in values))

    def meets(self) -> list[str]:
        """The names of the models that have everything it needs."""
        return [name for name in models.names() if self.needs.keys() <= _offered.names(models.load(name))]

    def _in_range(self, inputs: Any) -> None:
        """Refuse a dose, or another input, that no cell has."""
        for name, (symbol, quantity) in units_of(self.Inputs).items():
            value = getattr(inputs, name)
            least, most, why = RANGES.get(quantity, (-math.inf, math.inf, ""))
            if name == self.dose and self.limits != (least, most):
                (least, most), why = self.limits, "beyond that it makes no sense - give one within"
            if isinstance(value, int | float) and not least <= value <= most:
                unit, scale = SMALL[symbol] if symbol in SMALL and most < 0.1 else (symbol, 1.0)
                limits = f"{scale * least:g} ... {written(_rounded(scale * most), unit)}"
                raise ValueError(
                    f"{name}: {written(_rounded(scale * value), unit)} is outside {limits}: {why}"
                )

    def _missing(self, offered: frozenset[str], inputs: Any) -> list[str]:
        """What a model does not have and no input stands for."""
        return sorted(
            name
            for name, instead in self.needs.items()
            if name not in offered and (not instead or getattr(inputs, instead) is None)
        )

    def _instead(self, missing: Iterable[str]) -> str:
        """What to do about it."""
        inputs = dict.fromkeys(self.needs[name] for name in missing)
        advice = f"give {', '.join(inputs)}" if all(inputs) else f"use {ANYWHERE}"
        return f"{advice}, or another model ({', '.join(self.meets())})"

    def meeting(self, model: Model, counted: bool = False) -> Part:
        """The mechanism as a part of the equations of a model."""
        return _part(self, model, counted)


def pitfall(model: Model, parameters: Mapping[str, Any], added: Iterable[Any]) -> str:
    """What goes wrong below rest where mechanisms meet a model, and what to write; empty if nothing does.

    parameters : of the model by name, numbers or one per cell
    added : each with its `mechanism` and `parameters`, as `cardiac.simulation.Added`
    """
    names = frozenset(one.mechanism.name for one in added if _may_hyperpolarize(one))
    p = model.Parameters(**(model.Parameters()._asdict() | dict(parameters)))
    return model.pitfall if names and np.any(model.pitfall_met(p, names)) else ""


def _may_hyperpolarize(added: Any) -> bool:
    """Whether a mechanism may take a cell below rest: all may but an injected current that depolarizes."""
    mechanism, dose = added.mechanism, getattr(added.parameters, added.mechanism.dose)
    injected = units_of(mechanism.Parameters)[mechanism.dose].quantity == "current"
    return bool(mechanism.pattern is not None or not injected or np.any(np.asarray(dose) < 0.0))


@cache
def _part(mechanism: Mechanism, model: Model, counted: bool) -> Part:
    if mechanism.current is None:
        field = model.Parameters._fields.index(mechanism.parameter)
        return Part(mechanism.Parameters, None, mechanism.value, field)
    used = {name: _offered.function(model, name) for name in _bound(mechanism.current)}
    return Part(mechanism.Parameters, bind(mechanism.current, **used), counted=counted)


def _bound(function: Callable[..., Any]) -> Iterable[str]:
    """The global names that a function leaves to be bound."""
    code, scope = function.__code__, function.__globals__
    return [name for name in code.co_names if name in scope and scope[name] is BOUND]


def names() -> list[str]:
    """The names of all mechanisms."""
    return registry.names(__name__)


def load(name: str | Path) -> Mechanism:
    """The mechanism with this name, or in this file; raises MechanismError."""
    return _mechanism(registry.module_of(name, __name__, "mechanism", MechanismError))


@cache
def _mechanism(module: ModuleType) -> Mechanism:
    contract = registry.Contract(module)
    Parameters = contract.record("Parameters", "its strength and other constants")
    separate, changes = hasattr(module, "Inputs"), hasattr(module, "PARAMETER")
    parameter = contract.get("PARAMETER", str, "the name of a model parameter") if changes else ""
    needs = getattr(module, "NEEDS", [parameter] if changes else [])
    mechanism = Mechanism(
        name=registry.name_of(module),
        file=Path(str(module.__file__)),
        doc=contract.doc,
        doi=getattr(module, "DOI", ""),
        dose=contract.get("DOSE", str, "DOSE = the name of the parameter that sets its strength"),
        Parameters=Parameters,
        Inputs=contract.record("Inputs", "what a user writes", words=True) if separate else Parameters,
        current=None if changes else contract.function("current", "V, s, p, q"),
        parameter=parameter,
        value=contract.function("value", "own, q") if changes else None,
        needs=needs if isinstance(needs, dict) else dict.fromkeys(needs, ""),
        limits=getattr(module, "LIMITS", _of_quantity(Parameters, getattr(module, "DOSE", ""))),
        ion=getattr(module, "ION", ""),
        resolve=contract.optional("resolve", "inputs, offered", _as_written),
        course=contract.optional("course", "inputs, when", _as_asked),
        pattern=contract.optional("pattern", "inputs, x, y"),
    )
    for record in (mechanism.Parameters, mechanism.Inputs):
        fields = getattr(record, "_fields", ())
        if record is not None and mechanism.dose is not None and mechanism.dose not in fields:
            hint = nearest(mechanism.dose, fields)
            contract.problem("DOSE", f'is "{mechanism.dose}", which is not in {record.__name__}{hint}')
    contract.check(MechanismError)
    return mechanism


def _of_quantity(record: Any, dose: str) -> tuple[float, float]:
    """The limits of a dose that follow from what quantity it is."""
    unit = units_of(record).get(dose) if record is not None else None
    least, most, *_ = RANGES.get(unit.quantity if unit else "", (-math.inf, math.inf))
    return least, most


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")


def _as_written(inputs: Any, offered: frozenset[str]) -> Any:
    return inputs


def _as_asked(inputs: Any, when: Any) -> Any:
    return when
