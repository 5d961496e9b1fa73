"""The dose of a mechanism that brings a cell to a wanted resting potential."""

from __future__ import annotations

import numpy as np

from cardiac.cell import Cell, rest
from cardiac.protocol import Always
from cardiac.simulation import Added, NotFinite
from cardiac.units import Unit, units_of

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
    try:
        without = float(rest(cell).V[0])
    except NotFinite:
        text = f"without {added.mechanism.name} the potential of the cell becomes NaN - use other parameters"
        raise DoseError(text) from None
    unit = units_of(added.mechanism.Parameters)[added.mechanism.dose]
    sign = np.sign(V_rest - without) if unit.quantity == "current" else 1.0
    least, most = added.mechanism.limits
    further = np.geomspace(max(WEAKEST, least), min(STRONGEST, most), TRIED_AT_ONCE - 1)
    doses = sign * np.concatenate([[max(0.0, least)], further]) + 0.0  # 0 rather than -0
    for _ in range(ROUNDS):
        V = _rests(cell, added, doses)
        aim = np.clip(V_rest, np.nanmin(V), np.nanmax(V))
        # Very little K_o depolarizes: of two ways there the one closer to how the cell is.
        passed = np.flatnonzero((V[1:] - aim) * (V[:-1] - aim) <= 0.0)
        if abs(aim - V_rest) > TOLERANCE or not passed.size:
            tried = f"{added.mechanism.name} of {doses[0]:.3g} ... {_written(doses[-1], unit)}"
            reached = f"{tried} takes the cell to {np.nanmin(V):.2f} ... {np.nanmax(V):.2f} mV"
            advice = _advice(added, V_rest, float(aim))
            raise DoseError(f"{V_rest:g} mV cannot be reached: {reached} - {advice}")
        k = min(passed, key=lambda k: np.abs(V[k : k + 2] - without).sum())
        if abs(V[k + 1] - V[k]) < TOLERANCE:
            break
        doses = np.linspace(doses[k], doses[k + 1], TRIED_AT_ONCE)
    return float(np.interp(V_rest, *_ascending(V[k : k + 2], doses[k : k + 2])))


def _rests(cell: Cell, added: Added, doses: np.ndarray) -> np.ndarray:
    """Where the cell rests at each dose [mV]; NaN where it does not. Raises DoseError if it never does."""
    parameters = added.parameters._replace(**{added.mechanism.dose: doses})
    several = cell.of(np.zeros(len(doses), dtype=np.intp))
    several = several._replace(mechanisms=[*several.mechanisms, added._replace(parameters=parameters)])
    try:
        found = rest(several)
    except NotFinite:
        unit = units_of(added.mechanism.Parameters)[added.mechanism.dose]
        most = f"{added.mechanism.name} of up to {_written(np.abs(doses).max(), unit)}"
        raise DoseError(f"{most} takes the cell to no finite potential - use another mechanism") from None
    if not found.rests.any():
        reason = found.reasons[0].removesuffix(".").replace("The cell", "the cell", 1)
        raise DoseError(f"with {added.mechanism.name} {reason} - use another mechanism, or other parameters")
    return found.V_rest


def _written(dose: float, unit: Unit) -> str:
    return f"{dose:.3g} {unit.symbol}".removesuffix(" 1")


def _advice(added: Added, V_rest: float, nearest: float) -> str:
    """What to do where a potential cannot be reached."""
    reversal = getattr(added.parameters, "reversal", None)
    if reversal is not None and np.isfinite(reversal):
        side = "below" if V_rest < nearest else "above"
        return f"choose a reversal {side} {V_rest:g} mV, or a potential such as {nearest:.0f} mV"
    return f"choose a potential such as {nearest:.0f} mV, or another mechanism"


def _ascending(V: np.ndarray, doses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(V)
    return V[order], doses[order]
