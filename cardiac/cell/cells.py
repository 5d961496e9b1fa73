"""Kinds of cells, side by side, and the state in which they rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac.cell.memory import each_remembered
from cardiac.kernels.compose import fingerprint
from cardiac.kernels.equations import Part, make_derivative
from cardiac.models import Model
from cardiac.simulation import Added, NotFinite, Simulation
from cardiac.tissue import Grid

Array: TypeAlias = npt.NDArray[np.float64]
Answers: TypeAlias = npt.NDArray[np.bool_]

SETTLING_TIME = 10_000.0  # ms without stimulus, as in the published tables of rest that we compare with
# A fixed point does not depend on the step, only on its stability; it is halved where V overflows.
SETTLING_STEP = 0.05  # ms
STEP = 0.01  # ms
QUIESCENT = 1e-3  # mV/ms: largest dV/dt of a cell that counts as resting
WATCHED, EVERY = 5_000.0, 1.0  # ms: the end of the settling in which V is watched, and how often
LOOK = 100.0  # ms that are watched at once
SWING = 1.0  # mV: least amplitude of a cell that counts as active
LASTING = 0.5  # of that, what the last cycle has at least: a fading oscillation is none


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
        """A row of these cells, uncoupled; by a kernel that does not depend on how many they are."""
        everything = self.model.Parameters()._asdict() | dict(self.parameters)
        return Simulation(
            self.model,
            Grid(nx=self.n),
            dt,
            parameters={k: self._row(v) for k, v in everything.items()},
            mechanisms=[self._added_row(a) for a in self.mechanisms],
            threads=1,
            **options,
        )

    def _row(self, value: Any) -> Array:
        """A value of each cell, or of all, as a field (1, n)."""
        return np.broadcast_to(np.asarray(value, dtype=float), (1, self.n))

    def _added_row(self, added: Added) -> Added:
        parameters = type(added.parameters)(*map(self._row, added.parameters))
        return added._replace(parameters=parameters, weight=self._row(added.weight))

    @property
    def equations(self) -> str:
        """The same for cells that differ in numbers only, whatever the process."""
        added = tuple(a.part(self.model) for a in self.mechanisms)
        parts: list[Any] = [_equations(self.model, added), sorted(self.parameters)]
        parts += [self.model.V_initial, self.model.State(), self.model.Parameters()]
        parts += [(type(a.course).__name__, tuple(a.course)) for a in self.mechanisms]  # type: ignore[arg-type]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def digests(self) -> list[str]:
        """Of each cell: the same for the same cell, whatever the process and the cells beside it."""
        columns = [value for _, value in sorted(self.parameters.items())]
        for a in self.mechanisms:  # where one does not act, its parameters do not count
            acts = np.asarray(a.weight) != 0.0
            columns += [a.weight, *(np.where(acts, value, 0.0) for value in a.parameters)]
        rows = np.array([np.broadcast_to(np.ravel(v), self.n) for v in columns], dtype=float)
        alike = self.equations.encode()
        return [hashlib.sha256(alike + row.tobytes()).hexdigest() for row in rows.reshape(-1, self.n).T]

    @property
    def digest(self) -> str:
        """Of all cells together."""
        return hashlib.sha256(repr(self.digests).encode()).hexdigest()


@cache
def _equations(model: Model, parts: tuple[Part, ...]) -> str:
    """A fingerprint of those of a model with these mechanisms."""
    return fingerprint(make_derivative(model, parts))


def side_by_side(cells: Sequence[Cell]) -> Cell:
    """Cells whose `equations` are the same, in one row."""
    first = cells[0]

    def joined(values: Iterable[Any]) -> Any:
        pairs = zip(values, cells, strict=True)
        return np.concatenate([np.broadcast_to(np.ravel(value), cell.n) for value, cell in pairs])

    added = []
    for k, one in enumerate(first.mechanisms):
        alike = [cell.mechanisms[k] for cell in cells]
        columns = zip(*(a.parameters for a in alike), strict=True)
        parameters = type(one.parameters)(*map(joined, columns))
        added.append(one._replace(parameters=parameters, weight=joined(a.weight for a in alike)))
    own = {name: joined(cell.parameters[name] for cell in cells) for name in first.parameters}
    return Cell(first.model, own, added, sum(cell.n for cell in cells))


class Rest(NamedTuple):
    """The state of cells left alone for 10 s, each (n,), and whether it is one of rest."""

    V: Array  # in the end [mV]
    drift: Array  # the last |dV/dt| [mV/ms]
    state: dict[str, Array]
    V_min: Array  # while it was watched, the last 5 s [mV]
    V_max: Array
    cycle_length: Array  # of a spontaneously active cell [ms]; NaN of any other

    @property
    def active(self) -> Answers:
        """Which cells (n,) are spontaneously active."""
        return np.isfinite(self.cycle_length)

    @property
    def rests(self) -> Answers:
        """Which cells (n,) really rest; the others are active, or drift."""
        yes: Answers = ~self.active & (self.drift < QUIESCENT)
        return yes

    @property
    def quiescent(self) -> bool:
        """Whether all cells really rest (a pacemaker does not)."""
        return bool(self.rests.all())

    @property
    def V_rest(self) -> Array:
        """The resting potentials (n,) [mV]; NaN of cells that do not rest."""
        return np.where(self.rests, self.V, np.nan)

    @property
    def kinds(self) -> list[str]:
        """Of each cell what it is instead of resting; empty if it rests."""
        return [
            "spontaneously active" if active else "" if rests else "drifting"
            for active, rests in zip(self.active, self.rests, strict=True)
        ]

    @property
    def reasons(self) -> list[str]:
        """Of each cell the sentence why it has no resting potential; empty if it has one."""
        each = zip(self.kinds, self.V, self.drift, self.V_min, self.V_max, self.cycle_length, strict=True)
        return [_reason(*values) for values in each]

    def of(self, cells: npt.NDArray[np.intp]) -> Rest:
        """The state of the cells of these numbers (m,)."""
        state = {name: v[cells] for name, v in self.state.items()}
        alike = {name: getattr(self, name)[cells] for name in self._fields if name != "state"}
        return Rest(state=state, **alike)

    def row(self) -> dict[str, Array]:
        """The state as the fields of a row of cells, (1, n) each."""
        return {name: row(values) for name, values in self.state.items()}


def rest(cell: Cell, duration: float = SETTLING_TIME) -> Rest:
    """The state of the cells after `duration` [ms] without stimulus, from the model's published state.

    Raises NotFinite where V overflows, however small the step.
    """
    keys = [("rest", digest, duration) for digest in cell.digests]
    found = each_remembered(keys, lambda own: _settled(cell.of(own), duration, SETTLING_STEP))
    lost = found.pop("lost")
    for k in np.flatnonzero(np.isfinite(lost)).tolist():
        raise NotFinite(float(lost[k]), (0, k))
    state = {name: found.pop(f"state.{name}") for name in cell.model.State._fields}
    return Rest(state=state, **found)


def cycle_length(V: Array, every: float) -> float:
    """The cycle length [ms] of a potential (samples,) [mV] that goes up and down for good; NaN of any other."""
    swing = np.ptp(V)
    above = V - V.min() > 0.5 * swing
    upwards = np.flatnonzero(above[1:] & ~above[:-1])
    if swing < SWING or len(upwards) < 2:
        return np.nan
    last = int(upwards[-1] - upwards[-2])
    lasting = np.ptp(V[-last:]) >= LASTING * swing
    return every * float(np.diff(upwards).mean()) if lasting else np.nan


def _settled(cell: Cell, duration: float, step: float) -> dict[str, Array]:
    """The fields of `Rest`, found with a step [ms], or a finer one where V overflows; and when it was `lost` [ms]."""
    cells, watched, lost = cell.simulation(step), min(WATCHED, 0.5 * duration), np.full(cell.n, np.nan)

    def advance(n: int) -> Array:
        samples = cells.advance(n, finite=False)[:, :, 0].copy()  # V alone: the state takes a lot of room
        lost[np.isnan(lost) & ~np.isfinite(cells.V[0])] = cells.t
        return samples

    def pieces(n: int) -> list[Array]:
        piece = round(LOOK / step)
        return [advance(min(piece, n - done)) for done in range(0, n, piece)]

    pieces(round((duration - watched) / step))
    cells.probe([(0, k) for k in range(cell.n)], round(EVERY / step))
    V = [cells.V, *pieces(round(duration / step) - cells.step - 1)]
    before = cells.V
    advance(1)
    found = _described(cells, before, np.concatenate(V), step) | {"lost": lost}
    again = np.flatnonzero(np.isfinite(lost))
    if again.size and 0.5 * step >= STEP:
        finer = _settled(cell.of(again), duration, 0.5 * step)
        for name, values in finer.items():
            found[name][again] = values
    return found


def _described(cells: Simulation, before: Array, seen: Array, step: float) -> dict[str, Array]:
    """The fields of `Rest`, from V [mV] a step [ms] ago and while it was watched (samples, n)."""
    return {
        "V": cells.V[0],
        "drift": np.abs(cells.V - before)[0] / step,
        "V_min": seen.min(axis=0),
        "V_max": seen.max(axis=0),
        "cycle_length": np.array([cycle_length(trace, EVERY) for trace in seen.T]),
        **{f"state.{name}": values[0] for name, values in cells.state.items()},
    }


def _reason(kind: str, V: float, drift: float, V_min: float, V_max: float, cycle_length: float) -> str:
    if kind == "spontaneously active":
        swing = f"V goes from {V_min:.1f} to {V_max:.1f} mV and back every {cycle_length:.0f} ms"
        return f"The cell does not rest but is spontaneously active: {swing}, without stimulus."
    return (
        f"The cell does not rest: after 10 s V = {V:.1f} mV still moves at {drift:.2g} mV/ms." if kind else ""
    )


def row(value: Any) -> Any:
    """A value of each cell (n,) as a field (1, n); a number stays one."""
    return np.asarray(value)[np.newaxis, :] if np.ndim(value) else value


def _of(value: Any, cells: npt.NDArray[np.intp]) -> Any:
    return np.asarray(value)[cells] if np.ndim(value) else value
