"""Recovery from inactivation: how much of the inward current is available, against voltage and time.

The availability is the fraction of the conductance that its inactivation gates leave: h j of a sodium current, h or v
of a model with one such gate, the mean weighted by channel populations where the model has several. The inactivation
gates are those gates of the current that close with depolarization (less open at 0 than at -120 mV). The current is
the greatest inward one with all of them open, or the one named by `current`.

Found by voltage clamp in closed form, everything but the gates as in the resting cell. In the two-pulse protocol the
cell is inactivated for a while (500 ms at 0 mV), held at another potential for an interval, then tested (Hodgkin &
Huxley 1952, J. Physiol. 116:497). The half time of recovery is the interval that brings half of what returns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import Cell, rest
from cardiac.experiments import Array, Column, ExperimentError, Outcome, cells_column
from cardiac.experiments._checks import Problems, of_amount, of_list, refuse
from cardiac.experiments._steady import Steady, published
from cardiac.kernels import Gate
from cardiac.models import Model
from cardiac.units import duration, mV

DOI = "10.1113/jphysiol.1952.sp004719"
OPEN, CLOSED = -120.0, 0.0  # mV: between these inactivation gates close
CURVE = np.arange(-140.0, 1.0, 2.0)  # mV, of the steady-state curve
RECOVERS = 1e-3  # least availability that must return to be called recovery
LONGEST = 1e6  # ms


class Options(NamedTuple):
    """Holding potentials and intervals of the two-pulse protocol, what precedes them, and whose availability."""

    potentials: tuple[mV, ...] = (-70.0, -80.0, -90.0, -100.0, -110.0, -120.0)
    intervals: tuple[duration, ...] = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
    inactivated_at: mV = 0.0
    inactivated_for: duration = 500.0
    current: str | None = None


def problems(options: Options, model: Any) -> Problems:
    """Nothing to hold the cell at, or a current that does not recover."""
    yield from of_list("potentials", options.potentials, unit="mV")
    yield from of_list("intervals", options.intervals, 0.0)
    yield from of_amount("inactivated_for", options.inactivated_for, "ms")
    if model is not None:
        try:
            _chosen(model, [published(Cell(model, {}, []))], options)
        except ExperimentError as error:
            yield "current", str(error)


class Inactivation:
    """The inactivation gates, of these names, of one current of one cell."""

    def __init__(self, steady: Steady, current: int, names: Sequence[str]) -> None:
        self.steady, self.current, self.names = steady, current, names
        self.opened = _opened(steady)
        self.closed = self._conducted(dict.fromkeys(names, 0.0))
        self.whole = self._conducted({}) - self.closed
        self.resting = {name: getattr(steady.state, name) for name in names}

    def available(self, opened: Mapping[str, float]) -> float:
        """The availability with the gates so far open; NaN where there is no such current."""
        if not self.whole:
            return np.nan
        return (self._conducted(opened) - self.closed) / self.whole + 0.0  # 0 rather than -0

    def gates(self, V: float) -> dict[str, Gate]:
        """The gates at a potential [mV]."""
        rates = self.steady.rates(V, self.steady.state)
        return {name: getattr(rates, name) for name in self.names}

    def half_time(self, gates: Mapping[str, Gate], opened: Mapping[str, float]) -> float:
        """When half of the availability has returned that returns [ms]; NaN if none does."""
        from scipy.optimize import brentq

        before, after = self.available(opened), self.available(long_after(gates))
        if not after - before > RECOVERS:
            return np.nan

        def lacking(time: float) -> float:
            return self.available(later(gates, time, opened)) - 0.5 * (before + after)

        return float(brentq(lacking, 0.0, LONGEST)) if lacking(LONGEST) > 0.0 else np.nan

    def half_potential(self, curve: Array) -> float:
        """Where half of the current is available after long, which is known at CURVE [mV]; NaN if nowhere."""
        from scipy.optimize import brentq

        passed = np.flatnonzero((curve[:-1] >= 0.5) & (curve[1:] < 0.5))
        if not passed.size:
            return np.nan
        low, high = CURVE[passed[0] : passed[0] + 2]
        return float(brentq(lambda V: self.available(long_after(self.gates(V))) - 0.5, low, high))

    def _conducted(self, opened: Mapping[str, float]) -> float:
        return _current_at(self.steady, self.opened._replace(**opened), self.current)


def long_after(gates: Mapping[str, Gate]) -> dict[str, float]:
    """How far gates are open after long."""
    return {name: gate.inf for name, gate in gates.items()}


def later(gates: Mapping[str, Gate], time: float, opened: Mapping[str, float]) -> dict[str, float]:
    """How far gates are open a time [ms] later."""
    return {
        name: gate.inf + (opened[name] - gate.inf) * math.exp(-gate.rate * time)
        for name, gate in gates.items()
    }


def perform(cell: Cell, options: Options) -> Outcome:
    """Availability and recovery of each cell."""
    refuse(problems(options, cell.model))
    start = rest(cell)
    cells = [Steady(cell, k, start) for k in range(cell.n)]
    current, gates = _chosen(cell.model, cells, options)
    name = cell.model.Currents._fields[current]
    found = [Inactivation(steady, current, gates) for steady in cells]
    closed = [later(one.gates(options.inactivated_at), options.inactivated_for, one.resting) for one in found]
    held = [[one.gates(V) for V in options.potentials] for one in found]
    times = np.array(
        [[one.half_time(g, x) for g in here] for one, x, here in zip(found, closed, held, strict=True)]
    )
    curve = _against_voltage(found, CURVE, [[one.gates(V) for V in CURVE.tolist()] for one in found])
    halves = [
        one.half_potential(values)
        for one, values in zip(found, curve["availability"].values.reshape(cell.n, -1), strict=True)
    ]
    available = np.where(start.rests, [one.available(one.resting) for one in found], np.nan)
    at_rest = {
        "cell": cells_column(cell.n),
        "V_rest": Column(start.V_rest, "mV", "resting potential"),
        "availability": Column(available, about=f"of {name} at rest"),
        "V_half": Column(np.array(halves), "mV", "where half is available"),
    }
    tables = {
        "recovery_from_inactivation": _against_voltage(found, np.asarray(options.potentials), held)
        | {"half_time": Column(times.ravel(), "ms", "of recovery in the two-pulse protocol")},
        "at_rest": at_rest,
        "steady": curve,
        "two_pulse": _two_pulse(found, closed, held, options),
    }
    whose, recoveries = f"{name} ({', '.join(gates)})", (_recovery(options, row) for row in times.tolist())
    each = zip(start.reasons, start.V.tolist(), available.tolist(), halves, recoveries, strict=True)
    return Outcome(tables, tuple(_sentence(whose, *values) for values in each), tuple(start.kinds))


def _chosen(model: Model, cells: Sequence[Steady], options: Options) -> tuple[int, list[str]]:
    """The number of the current, and its inactivation gates; ExperimentError if it has none."""
    current = _current(cells, options.current or "")
    name, gates = model.Currents._fields[current], _gates(cells, current)
    if not gates:
        what = name if options.current else f"its greatest inward current, {name},"
        raise ExperimentError(
            f"{model.name}: {what} has no gate that closes with depolarization, so nothing recovers - name "
            "another current, or use a model with inactivation, such as mitchell_schaeffer_2003 or luo_rudy_1991"
        )
    return current, gates


def _closing(steady: Steady) -> list[str]:
    """The gates that are less open at 0 than at -120 mV."""
    ends = zip(steady.rates(OPEN, steady.state), steady.rates(CLOSED, steady.state), strict=True)
    closes = [isinstance(low, Gate) and low.inf > high.inf for low, high in ends]
    return [name for name, yes in zip(steady.state._fields, closes, strict=True) if yes]


def _opened(steady: Steady) -> Any:
    """The state at 0 mV with all gates that close there kept open."""
    rates = steady.rates(CLOSED, steady.state)
    pairs = zip(rates, steady.state, strict=True)
    state = steady.model.State(*(rate.inf if isinstance(rate, Gate) else x for rate, x in pairs))
    return state._replace(**dict.fromkeys(_closing(steady), 1.0))


def _current(cells: Sequence[Steady], name: str) -> int:
    """The number of the current with this name, or of the greatest inward one."""
    model = cells[0].model
    if name:
        if name not in model.Currents._fields:
            known = ", ".join(model.Currents._fields)
            raise ExperimentError(f'{model.name} has no current "{name}" (currents: {known})')
        return int(model.Currents._fields.index(name))
    inward = [model.currents(CLOSED, _opened(steady), steady.p) for steady in cells]
    return int(np.argmin(np.min(inward, axis=0)))


def _gates(cells: Sequence[Steady], current: int) -> list[str]:
    """The inactivation gates of a current: without one of them it changes, in some cell."""
    found: dict[str, None] = {}
    for steady in cells:
        state = _opened(steady)
        whole = _current_at(steady, state, current)
        for name in _closing(steady):
            if _current_at(steady, state._replace(**{name: 0.0}), current) != whole:
                found[name] = None
    return list(found)


def _current_at(steady: Steady, state: Any, current: int) -> float:
    """A current at 0 mV [A/F]."""
    return float(steady.model.currents(CLOSED, state, steady.p)[current])


def _against_voltage(found: Sequence[Inactivation], V: Array, held: Sequence[Any]) -> dict[str, Column]:
    """The table of steady availability, and of steady state and time constant of each gate, at potentials (n,)."""
    available = [
        one.available(long_after(gates)) for one, here in zip(found, held, strict=True) for gates in here
    ]
    table = {
        "cell": cells_column(len(found), len(V)),
        "V": Column(np.tile(V, len(found)), "mV", "holding potential"),
        "availability": Column(np.array(available), about="after long"),
    }
    for name in found[0].names:
        here = [gates[name] for row in held for gates in row]
        table[f"{name}_inf"] = Column(np.array([gate.inf for gate in here]), about=f"steady state of {name}")
        tau = np.array([1.0 / gate.rate for gate in here])
        table[f"tau_{name}"] = Column(tau, "ms", f"time constant of {name}")
    return table


def _two_pulse(
    found: Sequence[Inactivation], closed: Sequence[Any], held: Sequence[Any], options: Options
) -> dict[str, Column]:
    """The table of the availability after each interval at each potential."""
    available = [
        one.available(later(gates, time, x))
        for one, x, here in zip(found, closed, held, strict=True)
        for gates in here
        for time in options.intervals
    ]
    V = np.repeat(options.potentials, len(options.intervals))
    times = np.tile(options.intervals, len(options.potentials))
    return {
        "cell": cells_column(len(found), len(V)),
        "V": Column(np.tile(V, len(found)), "mV", "holding potential"),
        "interval": Column(np.tile(times, len(found)), "ms", "at the holding potential"),
        "availability": Column(np.array(available), about="after it"),
    }


def _recovery(options: Options, times: Sequence[float]) -> str:
    """The half times of a cell at the first and the last holding potential in words."""
    ends = sorted({0, len(times) - 1})
    each = [(times[k], options.potentials[k]) for k in ends]
    return " and ".join(
        f"in {t:.3g} ms at {V:g} mV" if math.isfinite(t) else f"never at {V:g} mV" for t, V in each
    )


def _sentence(whose: str, why: str, V_rest: float, available: float, half: float, recovers: str) -> str:
    if why:
        text = (
            f"{why} {whose} is available to 50 % at {half:.2f} mV" if np.isfinite(half) else f"{why} {whose}"
        )
        return f"{text}; half of it recovers {recovers}."
    if np.isnan(available):
        return f"The cell has no {whose}."
    text = f"{whose} is available to {available:.1%} at rest, {V_rest:.2f} mV"
    text += f", and to 50 % at {half:.2f} mV" if np.isfinite(half) else ""
    return f"{text}; half of it recovers {recovers}."
