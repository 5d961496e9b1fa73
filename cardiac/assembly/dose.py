"""The dose of a mechanism that brings a cell to a wanted resting potential."""

from __future__ import annotations

import numpy as np

from cardiac.cell import Cell, rest
from cardiac.protocol import Always
from cardiac.simulation import Added
from cardiac.units import units_of

WEAKEST, STRONGEST = 1e-3, 1e2  # A/F or mS/uF: the doses among which to look
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
    doses = np.concatenate([[0.0], np.geomspace(WEAKEST, STRONGEST, TRIED_AT_ONCE - 1)])
    for _ in range(ROUNDS):
        V = _rests(cell, added, sign * doses)
        if not min(V[0], V[-1]) - TOLERANCE <= V_rest <= max(V[0], V[-1]) + TOLERANCE:
            tried = (
                f"{added.mechanism.name} of {sign * doses[0]:.3g} ... {sign * doses[-1]:.3g} {unit.symbol}"
            )
            reached = f"{tried} takes the cell from "
            raise DoseError(f"{V_rest:g} mV cannot be reached: {reached}{V[0]:.2f} to {V[-1]:.2f} mV")
        passed = (V[1:] - V_rest) * (V[0] - V_rest) <= 0
        k = int(np.argmax(passed)) if passed.any() else len(doses) - 2
        if abs(V[k + 1] - V[k]) < TOLERANCE:
            break
        doses = np.linspace(doses[k], doses[k + 1], TRIED_AT_ONCE)
    return float(sign * np.interp(V_rest, *_ascending(V[k : k + 2], doses[k : k + 2])))


def _rests(cell: Cell, added: Added, doses: np.ndarray) -> np.ndarray:
    parameters = added.parameters._replace(**{added.mechanism.dose: doses})
    several = cell._replace(
        mechanisms=[*cell.mechanisms, added._replace(parameters=parameters)], n=len(doses)
    )
    return rest(several).V


def _ascending(V: np.ndarray, doses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(V)
    return V[order], doses[order]
