"""Any mechanism with some dose, and what becomes of a cell that it meets."""

import typing
from collections.abc import Sequence
from typing import Any

import numpy as np

from cardiac import models
from cardiac.kernels import Gate
from cardiac.kernels.compose import bind
from cardiac.kernels.equations import Part, make_derivative
from cardiac.kernels.schemes import rush_larsen_2
from cardiac.mechanisms import Mechanism
from cardiac.models import Model
from cardiac.units import units_of

LUO_RUDY = models.load("luo_rudy_1991")
TEN_TUSSCHER = models.load("ten_tusscher_panfilov_2006")
V_ALL = (-200.0, -120.0, -87.3, -84.0, -40.0, 0.0, 100.0)  # mV


def host(mechanism: Mechanism) -> Model:
    """A model that has everything a mechanism needs: Luo-Rudy, or the first."""
    found = mechanism.meets()
    return LUO_RUDY if LUO_RUDY.name in found else models.load(found[0])


def example(mechanism: Mechanism, **known: Any) -> Any:
    """Inputs with a dose of 0.3, or the nearest that makes sense, and 1 (x = 1 mm) for what must be given."""
    hints = typing.get_type_hints(mechanism.Inputs, include_extras=True)
    required = {n: _one(hint) for n, hint in hints.items() if n not in mechanism.Inputs._field_defaults}
    return mechanism.Inputs(**required | {mechanism.dose: float(np.clip(0.3, *mechanism.limits))} | known)


def _one(hint: Any) -> Any:
    """A value for an input: 1, a place, or the first of some words."""
    kind = typing.get_args(hint)[0]
    if typing.get_origin(hint) is typing.Literal:
        return kind
    return (1.0,) if typing.get_origin(kind) is tuple else 1.0


def meeting(mechanism: Mechanism, model: Model, **known: Any) -> Any:
    """Inputs of an example; potentials are -90 mV where neither it nor the model says what they are."""
    inputs = example(mechanism, **known)
    try:
        mechanism.met(model, inputs)
    except ValueError:
        units, given = units_of(mechanism.Inputs), inputs._asdict()
        unknown = [n for n, value in given.items() if value is None and units[n].symbol == "mV"]
        return inputs._replace(**dict.fromkeys(unknown, -90.0))
    return inputs


def met(mechanism: Mechanism, model: Model, **known: Any) -> Any:
    """The Parameters of an example."""
    return mechanism.met(model, meeting(mechanism, model, **known))


def current(mechanism: Mechanism, model: Model, V: float, **known: Any) -> float:
    """The current of a mechanism in the initial state of a model [A/F]."""
    part = mechanism.meeting(model)
    assert part.current is not None
    return float(part.current(V, model.State(), model.Parameters(), met(mechanism, model, **known)))


def derivative(model: Model, V: float, parts: Sequence[Part] = (), q: Any = (), **options: Any) -> np.ndarray:
    """dV/dt and the rates of all variables in the initial state; a gate counts with both its numbers."""
    p, weight = options.get("p", model.Parameters()), options.get("weight", 1.0)
    weights = (weight,) * len(parts)
    dV, _, rates = make_derivative(model, parts)(V, model.State(), p, q, weights, 0.0)
    numbers = [number for rate in rates for number in (rate if isinstance(rate, Gate) else (rate,))]
    return np.array([dV, *numbers])


def stepped(model: Model, part: Part, q: Any, dt: float, weights: Sequence[float], V: float) -> np.ndarray:
    """V after each step of the usual scheme, from V and the initial state; a weight for each step."""
    step = bind(rush_larsen_2, derivative=make_derivative(model, [part]))
    s, p, seen = model.State(), model.Parameters(), []
    for weight in weights:
        V, s = step(V, s, p, q, (weight,), 0.0, dt)
        seen.append(V)
    return np.array(seen)
