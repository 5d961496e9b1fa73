"""The time loop: from event to event, until the end or the first step that fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

import numpy as np

from cardiac.assembly import Assembly
from cardiac.recorders import Recorder, make_all
from cardiac.runner.stopping import noted
from cardiac.simulation import Array, NotFinite, Simulation
from cardiac.storage import Writer

SETTLING_CHUNK = 200  # steps, between looks for Ctrl-C
SAFE = 5.0  # s between copies of the state, to which a run that fails goes back
LOOK_INTERVAL = 0.2  # s between looks at the clock, for progress, checkpoints and Ctrl-C

State = Mapping[str, Array]


class Progress(NamedTuple):
    """How far a run is."""

    step: int
    steps: int
    cells: int
    elapsed: float  # s


def march(
    assembly: Assembly,
    simulation: Simulation,
    writer: Writer,
    kept: dict[str, Array] | None,
    progress: Callable[[Progress], None],
    keep: Callable[[int, float, Callable[[], State]], None],
) -> None:
    """Run from the start, or from what was `kept` at a checkpoint.

    After each event `keep(signal, t, state)` may make a checkpoint of the state at `t` [ms], and must end the run
    where it was told to stop by a signal. Raises NotFinite at the very step, with the state before it.
    """
    if kept is None:
        simulation.step = -round(assembly.config.start.settle / assembly.dt)
        settling = Safely(simulation)
        while simulation.step < 0:
            settling.advance(min(-simulation.step, SETTLING_CHUNK))
    recorders = make_all(assembly, simulation, writer)
    if kept is not None:
        _restore(kept, simulation, recorders, writer)
    else:
        for recorder in recorders:
            recorder.look(simulation, np.empty((0, 0, 0)))
    safely = Safely(simulation)
    steps = round(assembly.config.run.duration / assembly.dt)
    cells = int(assembly.conducting.sum())
    begun, chunk = time.perf_counter(), 1
    with noted() as signalled:
        while simulation.step < steps:
            stop = min([steps, simulation.step + chunk, *_due(recorders, simulation.step)])
            before, started = simulation.step, time.perf_counter()
            samples = safely.advance(stop - before)
            spent = time.perf_counter() - started
            chunk = max(1, min(2 * chunk, int((stop - before) * LOOK_INTERVAL / max(spent, 1e-6))))
            for recorder in recorders:
                recorder.look(simulation, samples)
            progress(Progress(simulation.step, steps, cells, time.perf_counter() - begun))
            keep(signalled(), simulation.t, lambda: _state(simulation, recorders))
    for recorder in recorders:
        recorder.finish(simulation)


def _due(recorders: list[Recorder], step: int) -> list[int]:
    due = (recorder.next(step) for recorder in recorders)
    return [d for d in due if d is not None]


def _state(simulation: Simulation, recorders: list[Recorder]) -> State:
    """Everything to go on from."""
    state = {f"simulation: {name}": values for name, values in simulation.changing().items()}
    for k, recorder in enumerate(recorders):
        state |= {f"recorder {k}: {name}": values for name, values in recorder.state().items()}
    return state


def _restore(
    state: dict[str, Array], simulation: Simulation, recorders: list[Recorder], writer: Writer
) -> None:
    """Go on from a `_state`, which is emptied: a large one should not be kept twice."""

    def part(of: str) -> dict[str, Array]:
        return {name.removeprefix(of): values for name, values in state.items() if name.startswith(of)}

    writer.resume(state)
    simulation.restore(part("simulation: "))
    for k, recorder in enumerate(recorders):
        recorder.restore(part(f"recorder {k}: "))
    state.clear()


class Safely:
    """Advances a simulation, and can go back to a state that is finite, `SAFE` seconds ago at most."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self._keep()

    def advance(self, n: int) -> Array:
        """Advance by `n` steps; raises NotFinite at the very step, with the state before it."""
        if time.perf_counter() - self._since > SAFE:
            self._keep()
        try:
            return self.simulation.advance(n)
        except NotFinite as failure:
            self._find(failure)

    def _keep(self) -> None:
        self._good: dict[str, Array] = {}  # there is room for one copy
        self._good, self._since = self.simulation.snapshot(), time.perf_counter()

    def _find(self, failure: NotFinite) -> NoReturn:
        """Raise NotFinite at the first step at which V is lost: now, or before."""
        simulation = self.simulation
        lost = simulation.step
        simulation.restore(self._good)
        while simulation.step < lost - 1:
            try:
                simulation.advance((lost - simulation.step) // 2)
                self._keep()
            except NotFinite as earlier:
                failure, lost = earlier, simulation.step
                simulation.restore(self._good)
        failure.last_good = {"time": np.array(simulation.t), "V": simulation.V, **simulation.state}
        raise failure
