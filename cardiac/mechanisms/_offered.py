"""What a cell model offers to the mechanisms that meet it, by the names of the field.

Its currents (`I_K1`), variables (`K_i`) and parameters (`K_o`), and the Nernst potentials of the ions whose
concentrations are among them (`E_K`, at the temperature of the model). Each is a function of V, s and p that a
mechanism uses as if it were its own.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from cardiac.kernels import BOUND, inline, log
from cardiac.kernels.compose import bind
from cardiac.models import RT_F, Model

__all__ = ["RT_F", "function", "given", "names"]

IONS = {"E_K": ("K", 1.0), "E_Na": ("Na", 1.0), "E_Cl": ("Cl", -1.0)}  # and the sign of their charge

currents = outside = inside = INDEX = SCALE = BOUND


def of_currents(V, s, p):
    """A current of the model [A/F]."""
    return currents(V, s, p)[INDEX]


def of_state(V, s, p):
    """A variable of the model."""
    return s[INDEX]


def of_parameters(V, s, p):
    """A parameter of the model."""
    return p[INDEX]


def nernst_potential(V, s, p):
    """The reversal potential of an ion [mV]."""
    return SCALE * log(outside(V, s, p) / inside(V, s, p))


def nowhere(V, s, p):
    """Stands for what a model does not have."""
    return math.nan


@inline
def given(value, otherwise):
    """An input, or something else where it is not a number: where nothing was written."""
    return value if value == value else otherwise


def names(model: Model) -> frozenset[str]:
    """Everything that a model offers."""
    own = {*model.Currents._fields, *model.State._fields, *model.Parameters._fields}
    return frozenset(own | {E for E, (ion, _) in IONS.items() if {f"{ion}_o", f"{ion}_i"} <= own})


@cache
def function(model: Model, name: str) -> Any:
    """(V, s, p) -> what the model offers under a name; not a number if nothing."""
    if name not in names(model):
        return bind(nowhere)
    if name in model.Currents._fields:
        return bind(of_currents, currents=model.currents, INDEX=model.Currents._fields.index(name))
    if name in model.State._fields:
        return bind(of_state, INDEX=model.State._fields.index(name))
    if name in model.Parameters._fields:
        return bind(of_parameters, INDEX=model.Parameters._fields.index(name))
    ion, sign = IONS[name]
    sides = {"outside": function(model, f"{ion}_o"), "inside": function(model, f"{ion}_i")}
    return bind(nernst_potential, SCALE=sign * model.RT_F, **sides)
