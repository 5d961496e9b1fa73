"""Boundaries that are known exactly: of a strip of added potassium conductance, in cells whose front is a cubic."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cardiac.analysis.cubic_strip import Cubic, critical_conductance
from cardiac.assembly import Assembly, assemble
from cardiac.config.document import key_path
from cardiac.config.messages import ConfigError
from cardiac.protocol import Always
from cardiac.sweeps.axes import Axis
from cardiac.sweeps.cases import Case
from cardiac.sweeps.plan import Plan

# With the gates as they are at rest. Those of the second one have moved a little when a slow front has passed.
MEDIA: Mapping[str, Callable[[Mapping[str, Any], float], Cubic]] = {
    "nagumo": lambda p, D: Cubic(p["k"], p["a"], D),
    "mitchell_schaeffer_modified": lambda p, D: Cubic(1.0 / p["tau_in"], p["u_gate"], D),
}
SEARCHED = "regions", "mechanisms", "potassium_conductance", "g"


def boundary(plan: Plan, axis: Axis, case: Case) -> float:
    """Where the answer changes along an axis for the other values of a case [unit of the axis]; NaN: not known."""
    named = [tuple(part for part in key_path(key) if isinstance(part, str)) for key in axis.keys]
    if len(named) != 1 or (named[0][0], *named[0][2:]) != SEARCHED:
        return math.nan
    try:
        config = plan.base.config_of(case)
        if config.model.name not in MEDIA:
            return math.nan
        return _of_a_strip(assemble(config))
    except ConfigError:
        return math.nan


def _of_a_strip(assembly: Assembly) -> float:
    """The critical conductance [mS/uF], if all that differs from a uniform cubic is one in a strip across it."""
    p, tensor = assembly.parameters, assembly.tensor
    uniform = all(np.ndim(value) == 0 for value in (*p.values(), *(tensor or ())))
    if not uniform or tensor is None or tensor.xy or tensor.xx != tensor.yy or len(assembly.mechanisms) != 1:
        return math.nan
    (added,) = assembly.mechanisms
    where = np.broadcast_to(added.weight, assembly.grid.shape)
    inside = np.flatnonzero(where[0])
    together = inside.size and inside[-1] - inside[0] + 1 == inside.size < where.shape[1]
    if not together or (where != where[0]).any() or (where[0, inside] != 1.0).any():
        return math.nan
    constant = isinstance(added.course, Always) and np.ndim(added.parameters.reversal) == 0
    if not constant or not assembly.conducting.all():
        return math.nan
    medium = MEDIA[assembly.model.name](p, float(tensor.xx))
    reversal = (float(added.parameters.reversal) - float(p["V_rest"])) / float(p["span"])
    return critical_conductance(medium, inside.size * assembly.grid.spacing, reversal)
