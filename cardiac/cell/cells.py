"""Kinds of cells, side by side, and the state in which they rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac.cell.memory import remembered
from cardiac.kernels.compose import fingerprint
from cardiac.kernels.equations import make_derivative
from cardiac.kernels.schemes import rush_larsen_2
from cardiac.models import Model
from cardiac.simulation import Added, Simulation
from cardiac.tissue import Grid

Array: TypeAlias = npt.NDArray[np.float64]

SETTLING_TIME = 10_000.0  # ms without stimulus, as in the published tables of rest that we compare with
SETTLING_STEP = 0.05  # ms: a fixed point does not depend on the step, only on its stability
STEP = 0.01  # ms
QUIESCENT = 1e-3  # mV/ms: largest dV/dt of a cell that counts as resting


class Cell(NamedTuple):
    """A kind of cell: parameters (of `model`, by name) and mechanisms, each a number or one per cell (n,)."""

    model: Model
    parameters: Mapping[str, Any]
    mechanisms: Sequence[Added]
    n: int = 1

    def of(self, cells: npt.NDArray[np.intp]) -> Cell:
        """The cells of these numbers (m,), in this order, as often as they are named."""
        alike = {k: _of(v, cells) for k, v in self.parameters.items()}
        added = [
            a._replace(
                parameters=type(a.parameters)(*(_of(v, cells) for v in a.parameters)),
                weight=_of(a.weight, cells),
            )
            for a in self.mechanisms
        ]
        return Cell(self.model, alike, added, len(cells))

    def simulation(self, dt: float, **options: Any) -> Simulation:
        """A row of these cells, uncoupled."""
        return Simulation(
            self.model,
            Grid(nx=self.n),
            dt,
            parameters={k: row(v) for k, v in self.parameters.items()},
            mechanisms=[_added_row(a) for a in self.mechanisms],
            threads=1,
            **options,
        )

    @property
    def digest(self) -> str:
        """The same for the same cells, whatever the process."""
        acting = [a for a in self.mechanisms if np.any(a.weight)]
        equations = make_derivative(self.model, [a.part(self.model) for a in acting])
        parts: list[Any] = [fingerprint(equations), fingerprint(rush_larsen_2), self.n]
        parts += [SETTLING_STEP, STEP]
        parts += [self.model.V_initial, self.model.State(), self.model.Parameters()]
        parts += [(k, np.ravel(v).tolist()) for k, v in sorted(self.parameters.items())]
        for a in acting:
            parts += [type(a.course).__name__, tuple(a.course)]  # type: ignore[arg-type]
            parts += [np.ravel(v).tolist() for v in (*a.parameters, a.weight)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


class Rest(NamedTuple):
    """The state of cells left alone for 10 s, each (n,); `drift` is the last |dV/dt| [mV/ms]."""

    V: Array
    drift: Array
    state: dict[str, Array]

    @property
    def quiescent(self) -> bool:
        """Whether all cells really rest (a pacemaker does not)."""
        return bool((self.drift < QUIESCENT).all())

    def of(self, cells: npt.NDArray[np.intp]) -> Rest:
        """The state of the cells of these numbers (m,)."""
        return Rest(self.V[cells], self.drift[cells], {name: v[cells] for name, v in self.state.items()})

    def row(self) -> dict[str, Array]:
        """The state as the fields of a row of cells, (1, n) each."""
        return {name: row(values) for name, values in self.state.items()}


def rest(cell: Cell, duration: float = SETTLING_TIME) -> Rest:
    """The state of the cells after `duration` [ms] without stimulus, from the model's published state."""

    def find() -> dict[str, Array]:
        cells = cell.simulation(SETTLING_STEP)
        cells.advance(round(duration / SETTLING_STEP) - 1)
        before = cells.V
        cells.advance(1)
        drift = np.abs(cells.V - before) / SETTLING_STEP
        return {"V": cells.V[0], "drift": drift[0], **{f"state.{k}": v[0] for k, v in cells.state.items()}}

    found = remembered(("rest", cell.digest, duration), find)
    state = {name: found[f"state.{name}"] for name in cell.model.State._fields}
    return Rest(found["V"], found["drift"], state)


def row(value: Any) -> Any:
    """A value of each cell (n,) as a field (1, n); a number stays one."""
    return np.asarray(value)[np.newaxis, :] if np.ndim(value) else value


def _of(value: Any, cells: npt.NDArray[np.intp]) -> Any:
    return np.asarray(value)[cells] if np.ndim(value) else value


def _added_row(added: Added) -> Added:
    parameters = type(added.parameters)(*(row(v) for v in added.parameters))
    return added._replace(parameters=parameters, weight=row(added.weight))
