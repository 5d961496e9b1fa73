"""The dose of a mechanism that brings a cell to a wanted resting potential."""

from __future__ import annotations

import numpy as np

from cardiac.cell import Cell, rest
from cardiac.protocol import Always
from cardiac.simulation import Added, NotFinite
from cardiac.units import units_of

WEAKEST, STRONGEST = 1e-3, 1e2  # A/F or mS/uF: the doses among which to look, where nothing limits them
TRIED_AT_ONCE = 8
TOLERANCE = 0.01  # mV
ROUNDS = 8


class DoseError(ValueError):
    """No dose brings the cell there; the message says what can be reached."""


def dose_for(cell: Cell, added: Added, V_rest: float) -> float:
    """The dose of `added` at which `cell` rests at `V_rest` [mV], to 0.01 mV. Raises DoseError.

    The dose may be of either sign for an injected current, whose effect on V is its own, and positive for a
    conductance.
    """
    added = added._replace(course=Always())  # what it takes when it acts, whenever that is
    without = float(rest(cell).V[0])
    unit = units_of(added.mechanism.Parameters)[added.mechanism.dose]
    sign = np.sign(V_rest - without) if unit.quantity == "current" else 1.0
    least, most = added.mechanism.limits
    further = np.geomspace(max(WEAKEST, least), min(STRONGEST, most), TRIED_AT_ONCE - 1)
    doses = sign * np.concatenate([[max(0.0, least)], further])
    for _ in range(ROUNDS):
        V = _rests(cell, added, doses)
        aim = np.clip(V_rest, V.min(), V.max())
        if abs(aim - V_rest) > TOLERANCE:
            tried = f"{added.mechanism.name} of {doses[0]:.3g} ... {doses[-1]:.3g} {unit.symbol}"
            reached = f"{tried} takes the cell to {V.min():.2f} ... {V.max():.2f} mV"
            raise DoseError(f"{V_rest:g} mV cannot be reached: {reached}")
        # Very little K_o depolarizes: of two ways there the one closer to how the cell is.
        passed = np.flatnonzero((V[1:] - aim) * (V[:-1] - aim) <= 0.0)
        k = min(passed, key=lambda k: np.abs(V[k : k + 2] - without).sum())
        if abs(V[k + 1] - V[k]) < TOLERANCE:
            break
        doses = np.linspace(doses[k], doses[k + 1], TRIED_AT_ONCE)
    return float(np.interp(V_rest, *_ascending(V[k : k + 2], doses[k : k + 2])))


def _rests(cell: Cell, added: Added, doses: np.ndarray) -> np.ndarray:
    parameters = added.parameters._replace(**{added.mechanism.dose: doses})
    several = cell._replace(
        mechanisms=[*cell.mechanisms, added._replace(parameters=parameters)], n=len(doses)
    )
    try:
        return rest(several).V
    except NotFinite:
        text = (
            f"{added.mechanism.name} of up to {np.abs(doses).max():.3g} takes the cell to no finite potential"
        )
        raise DoseError(text) from None


def _ascending(V: np.ndarray, doses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(V)
    return V[order], doses[order]
