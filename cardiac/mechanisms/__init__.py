"""Mechanisms of hyperpolarization: a file here is a mechanism, a current added to any cell model.

A mechanism file defines the record Parameters, `current(V, s, p, q)` (outward positive [A/F]; s and p are the
state and the parameters of the cell model it meets, q its own) and DOSE, the parameter that is solved for
when a resting potential is asked for. Where what a user writes differs from what the kernel needs, it also
defines the record Inputs and `resolve(inputs) -> Parameters`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardiac import registry


class MechanismError(ValueError):
    """No such mechanism, or a file that is not one; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A current added to a cell model."""

    name: str
    file: Path
    doc: str
    dose: str  # the parameter that sets its strength
    Parameters: Any  # class: what the kernel needs
    Inputs: Any  # class: what a user writes
    current: Callable[..., Any]  # (V, s, p, q) -> A/F, outward positive
    resolve: Callable[..., Any]  # Inputs -> Parameters; ValueError on combinations that make no sense

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.doc.splitlines()[0]


def names() -> list[str]:
    """The names of all mechanisms."""
    return registry.names(Path(__file__).parent)


def load(name: str | Path) -> Mechanism:
    """The mechanism with this name, or in this file; raises MechanismError."""
    module = registry.module_of(name, __name__, "mechanism", MechanismError)
    contract = registry.Contract(module)
    Parameters = contract.record("Parameters", "its strength and other constants")
    separate = hasattr(module, "Inputs")
    mechanism = Mechanism(
        name=Path(name).stem if registry.is_path(name) else str(name),
        file=Path(str(module.__file__)),
        doc=(module.__doc__ or "").strip(),
        dose=contract.get("DOSE", str, "DOSE = the name of the parameter that sets its strength"),
        Parameters=Parameters,
        Inputs=contract.record("Inputs", "what a user writes") if separate else Parameters,
        current=contract.function("current", "V, s, p, q"),
        resolve=contract.function("resolve", "inputs") if separate else _unchanged,
    )
    for record in (mechanism.Parameters, mechanism.Inputs):
        fields = getattr(record, "_fields", ())
        if record is not None and mechanism.dose is not None and mechanism.dose not in fields:
            hint = registry.nearest(mechanism.dose, fields)
            contract.problem("DOSE", f'is "{mechanism.dose}", which is not in {record.__name__}{hint}')
    contract.check(MechanismError)
    return mechanism


def _unchanged(inputs: Any) -> Any:
    return inputs
