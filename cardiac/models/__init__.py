"""Cell models: a file here is a model.

A model file defines DOI, SPECIES, V_INITIAL [mV], the records State, Parameters and Currents, and the
functions `currents(V, s, p)` and `rates(V, s, p, I)`. The framework forms dV/dt = -(sum of the currents) + what
is injected. Optional are

* VARIANTS: named sets of parameters;
* the record Behaviour with `parameters_from(behaviour, p)` and `behaviour_of(p)`;
* `potassium_rate(I, s, p)`, where K_i is a variable: its rate [mM/ms] due to a K+ current I;
* PITFALL: for those who hyperpolarize it, what goes wrong - what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from cardiac import registry
from cardiac.spelling import nearest


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
        **_optional(contract),
    )
    _check_variants(contract, model)
    contract.check(ModelError)
    return model


def _optional(contract: registry.Contract) -> dict[str, Any]:
    """The optional parts of the contract: a potassium balance; a model that can be asked for by what it does."""
    found: dict[str, Any] = {}
    if hasattr(contract.module, "potassium_rate"):
        found["potassium_rate"] = contract.function("potassium_rate", "I, s, p")
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
