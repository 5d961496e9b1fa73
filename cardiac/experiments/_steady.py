"""The quasi-steady membrane current: what flows at a potential when everything that relaxes has done so."""

from __future__ import annotations

from typing import Any

import numpy as np

from cardiac.cell import Cell, Rest, rest
from cardiac.experiments import Array
from cardiac.kernels import Gate
from cardiac.kernels.equations import make_added, make_changed, make_columns

PASSES = 2  # since some gates follow currents or other gates
FAST = 1.0  # ms: gates with a shorter time constant at rest follow the potential at once
TINY = 1e-5  # mV, for slopes


def published(cell: Cell) -> Steady:
    """Of a cell in the published state of its model, in place of a simulation, where its equations alone matter."""
    state = {name: np.array([value]) for name, value in cell.model.State()._asdict().items()}
    V, unknown = np.array([cell.model.V_initial]), np.array([np.nan])
    return Steady(cell, 0, Rest(V, unknown, state, V, V, unknown))


class Steady:
    """The quasi-steady I-V relation of one of several cells.

    Gates are at their steady state for each potential, or `only_fast` ones; concentrations and whatever else is not
    written as a gate (channels with many states) are those of the resting cell.
    """

    def __init__(self, cell: Cell, index: int, start: Rest | None = None, *, only_fast: bool = False) -> None:
        one = cell.of(np.array([index]))
        settled = (start or rest(cell)).of(np.array([index]))
        self.model = one.model
        self.parts = [added.part(one.model) for added in one.mechanisms]
        self.q = tuple(float(np.ravel(v)[0]) for added in one.mechanisms for v in added.parameters) or (0.0,)
        self.weights = tuple(float(np.ravel(added.weight)[0]) for added in one.mechanisms) or (0.0,)
        own = one.model.Parameters()._asdict() | {k: float(np.ravel(v)[0]) for k, v in one.parameters.items()}
        self.p = make_changed(self.parts)(one.model.Parameters(**own), self.q, self.weights)
        self.added = make_added(self.parts)
        self.V_rest = float(settled.V[0])
        self.state = one.model.State(**{name: float(v[0]) for name, v in settled.state.items()})
        self.moving = tuple(
            isinstance(rate, Gate) and (not only_fast or rate.rate * FAST > 1.0)
            for rate in self.rates(self.V_rest, self.state)
        )

    def rates(self, V: float, s: Any) -> Any:
        """The rates of all variables at a potential [mV]."""
        return self.model.rates(V, s, self.p, self.model.currents(V, s, self.p))

    def gates(self, V: float) -> Any:
        """The state at a potential [mV], gates at their steady state."""
        s = self.state
        for _ in range(PASSES):
            changes = zip(self.rates(V, s), s, self.moving, strict=True)
            s = self.model.State(*(rate.inf if moving else x for rate, x, moving in changes))
        return s

    def currents(self, V: float) -> list[float]:
        """The currents of the model, those that mechanisms add, and their sum, at a potential [A/F]."""
        s = self.gates(V)
        own = self.model.currents(V, s, self.p)
        row = [0.0 for part in self.parts if part.current]
        make_columns(self.parts)(row, V, s, self.p, self.q, self.weights)
        return [*own, *row, sum(own) + self.added(V, s, self.p, self.q, self.weights)]

    def total(self, V: float) -> float:
        """The whole current, that of the mechanisms included [A/F]."""
        s = self.gates(V)
        own = sum(self.model.currents(V, s, self.p))
        return float(own + self.added(V, s, self.p, self.q, self.weights))

    def slope(self, V: float) -> float:
        """The slope conductance at a potential [mS/uF]."""
        return (self.total(V + TINY) - self.total(V - TINY)) / (2.0 * TINY)

    def curve(self, V: Array) -> Array:
        """The whole current at several potentials (n,) [A/F]."""
        return np.array([self.total(v) for v in V.tolist()])

    def roots(self, V: Array, current: Array) -> list[float]:
        """Where the whole current, known at ascending potentials (n,), passes through zero [mV]."""
        from scipy.optimize import brentq

        turns = np.flatnonzero((current[:-1] < 0.0) != (current[1:] < 0.0))
        return [float(brentq(self.total, V[k], V[k + 1])) for k in turns]
