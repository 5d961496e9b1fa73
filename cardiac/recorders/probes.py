"""Probes: V, all state variables and all currents of some cells, at a short interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from cardiac.recorders import KeyPath, Recorder
from cardiac.references import places
from cardiac.units import duration, units_of

if TYPE_CHECKING:
    from cardiac.assembly import Assembly
    from cardiac.simulation import Array, Simulation
    from cardiac.storage import Writer

OF_A_CELL: dict[str, Any] = {"probes": {"cell": []}}  # it is its own probe
MOST = 1e8  # samples; beyond, a slip of the pen is more likely


class Options(NamedTuple):
    """The keys under `record:`: places by name [mm], and the interval that they share [ms]."""

    probes: Annotated[places, "Points where everything is kept: V, states, currents."] = {}  # noqa: RUF012
    probe_interval: Annotated[duration, "Time between the samples of the probes."] = 0.1


def problems(options: Options, end: float) -> Iterator[tuple[KeyPath, str]]:
    """Too many samples up to `end` [ms], as (key path, text)."""
    if options.probes and end / options.probe_interval > MOST:
        yield ("probe_interval",), "makes more than 100 million samples - use a longer one"


def interval(options: Options) -> float | None:
    """The time between samples [ms]."""
    return options.probe_interval if options.probes else None


def size(options: Options, assembly: Assembly) -> float:
    """Bytes of all samples: the time, V, the state and every current."""
    samples = assembly.config.run.duration / options.probe_interval * len(options.probes)
    model, columns = assembly.model, 2 + len(assembly.mechanisms)
    return 8.0 * samples * (columns + len(model.State._fields) + len(model.Currents._fields))


class Probes(Recorder):
    """Collects the samples that the simulation takes of cells (i, j) in every `every`-th step."""

    def __init__(
        self, assembly: Assembly, cells: dict[str, tuple[int, int]], every: int, writer: Writer
    ) -> None:
        self.assembly, self.cells, self.every, self.writer = assembly, cells, every, writer

    def look(self, simulation: Simulation, samples: Array) -> None:
        if simulation.step == 0:
            values = (simulation.V, *simulation.state.values())
            samples = np.array([[[v[cell] for v in values] for cell in self.cells.values()]])
        self.writer.gather("probes", samples)

    def finish(self, simulation: Simulation) -> None:
        values = self.writer.gathered("probes")
        dt = self.every * simulation.dt
        times = np.arange(len(values), dtype=np.float64) * np.float64(dt)
        model, units = self.assembly.model, units_of(self.assembly.model.State)
        for k, (name, cell) in enumerate(self.cells.items()):
            V, variables = values[:, k, 0].copy(), values[:, k, 1:].copy()
            columns: dict[str, tuple[Any, str]] = {"time": (times, "ms"), "V": (V, "mV")}
            for n, variable in enumerate(model.State._fields):
                columns[variable] = (variables[:, n], units[variable].symbol)
            own, added = self._currents(cell, times, V, variables)
            for n, current in enumerate(model.Currents._fields):
                columns[current] = (own[:, n], "A/F")
            columns |= {title: (current, "A/F") for title, current in added.items()}
            grid = self.assembly.grid
            self.writer.table(
                f"probes/{name}", columns, {"x": (grid.x[cell[1]], "mm"), "y": (grid.y[cell[0]], "mm")}
            )

    def _currents(
        self, cell: tuple[int, int], times: Array, V: Array, variables: Array
    ) -> tuple[Array, dict[str, Array]]:
        """The currents of the model (n, currents), and of each mechanism that acts on the cell (n,) by title."""
        from cardiac.kernels.tabulation import make_tabulate  # numba

        model, mechanisms = self.assembly.model, self.assembly.mechanisms
        p = model.Parameters(**{key: _in(cell, v) for key, v in self.assembly.parameters.items()})
        q = tuple(_in(cell, v) for added in mechanisms for v in added.parameters) or (0.0,)
        half = 0.5 * self.assembly.dt
        weights = np.zeros((len(V), max(1, len(mechanisms))))
        for k, added in enumerate(mechanisms):
            mean = added.course.integral(times + half) - added.course.integral(times - half)
            weights[:, k] = _in(cell, added.weight) * mean / self.assembly.dt
        own = np.empty((len(V), len(model.Currents._fields)))
        currents = [added for added in mechanisms if added.mechanism.current is not None]
        columns = np.empty((len(V), len(currents)))
        tabulate = make_tabulate(model, [added.part(model) for added in mechanisms])
        tabulate(V, variables, p, q, weights, own, columns)
        titles = numbered(f"I_{added.mechanism.name}" for added in currents)
        acting = [_in(cell, added.weight) != 0.0 for added in currents]
        return own, {title: columns[:, k] for k, title in enumerate(titles) if acting[k]}


def numbered(titles: Iterable[str]) -> list[str]:
    """Titles, the second of a kind with `_2`, ..."""
    seen: Counter[str] = Counter()
    found = []
    for title in titles:
        seen[title] += 1
        found.append(title if seen[title] == 1 else f"{title}_{seen[title]}")
    return found


def _in(cell: tuple[int, int], field: Any) -> float:
    return float(field[cell]) if np.ndim(field) else float(field)


def make(assembly: Assembly, simulation: Simulation, writer: Writer) -> Probes | None:
    """The recorder of `record: {probes: ...}`."""
    record = assembly.config.record
    if not record.probes:
        return None
    cells = {name: assembly.grid.cell_at(point) for name, point in record.probes.items()}
    every = max(1, round(record.probe_interval / assembly.dt))
    simulation.probe(list(cells.values()), every)
    return Probes(assembly, cells, every, writer)
