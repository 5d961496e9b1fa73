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
from cardiac.units import mm, unit_of

LUO_RUDY = models.load("luo_rudy_1991")  # every mechanism meets it
TEN_TUSSCHER = models.load("ten_tusscher_panfilov_2006")
V_ALL = (-200.0, -120.0, -87.3, -84.0, -40.0, 0.0, 100.0)  # mV


def example(mechanism: Mechanism, **known: Any) -> Any:
    """Inputs with a dose of 0.3, or the nearest that makes sense, at x = 1 mm."""
    hints = typing.get_type_hints(mechanism.Inputs, include_extras=True)
    required = [name for name in hints if name not in mechanism.Inputs._field_defaults]
    places = {name: (1.0,) for name in required if unit_of(hints[name]) == unit_of(mm)}
    return mechanism.Inputs(**places | {mechanism.dose: float(np.clip(0.3, *mechanism.limits))} | known)


def met(mechanism: Mechanism, model: Model, **known: Any) -> Any:
    """The Parameters of an example; it reverses at -90 mV where the model does not say where."""
    inputs = example(mechanism, **known)
    try:
        return mechanism.met(model, inputs)
    except ValueError:
        return mechanism.met(model, inputs._replace(reversal=-90.0))


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
