"""A run: from a Config to a result file."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np

from cardiac import experiments, mechanisms
from cardiac.assembly import Assembly, assemble, cells
from cardiac.cell import Cell
from cardiac.config import Config, Problem
from cardiac.experiments.dose_response import added_at_each
from cardiac.recorders import Recorder, make_all
from cardiac.references import Doses
from cardiac.result import Result
from cardiac.simulation import Array, NotFinite, Simulation
from cardiac.storage import Writer
from cardiac.units import units_of

SETTLING_CHUNK = 200  # steps, between looks for Ctrl-C
SAFE = 5.0  # s between copies of the state, to which a run that fails goes back
LOOK_INTERVAL = 0.2  # s between looks at the clock, for progress and Ctrl-C


class Progress(NamedTuple):
    """How far a run is."""

    step: int
    steps: int
    cells: int
    elapsed: float  # s


class RunError(RuntimeError):
    """A run that failed; the message says when, where and what to do."""


def run(
    config: Config | Assembly,
    out: str | os.PathLike[str] | None = None,
    *,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Run a config, or perform its experiment; return its result, kept in the file `out` (or a temporary one).

    Raises ConfigError for a config that cannot be simulated, FileExistsError if `out` exists, and RunError
    when the potential stops being finite; then the last good state is in a file beside `out`.
    """
    if isinstance(config, Config) and config.experiment is not None:
        return perform(config, out, overwrite=overwrite)
    begun = time.perf_counter()
    assembly = config if isinstance(config, Assembly) else assemble(config)
    path = _path(out)
    with Writer(path, title=assembly.config.title, overwrite=overwrite) as writer:
        simulation = assembly.simulation(threads)
        _describe(assembly, writer)
        try:
            _march(assembly, simulation, writer, progress or (lambda _: None))
        except NotFinite as failure:
            raise RunError(_diagnosis(assembly, failure, path)) from failure
        _conclude(assembly, simulation, writer, time.perf_counter() - begun)
        writer.complete()
    return Result.open(path)


def perform(config: Config, out: str | os.PathLike[str] | None = None, *, overwrite: bool = False) -> Result:
    """Perform the experiment of a config on a single cell; otherwise as `run`."""
    begun = time.perf_counter()
    use, path = config.experiment, _path(out)
    assert use is not None
    with Writer(path, title=config.title, overwrite=overwrite) as writer:
        try:
            cell = cells(config)
            found = experiments.load(use.name).perform(cell, use.options)
        except experiments.ExperimentError as error:
            raise config.error([(("experiment",), str(error))]) from None
        except NotFinite as failure:
            text = (
                f"V becomes NaN within {failure.t:g} ms - a parameter, dose or strength is far outside the "
            )
            raise config.error([(("experiment",), text + "range of the model")]) from None
        writer.coordinates(y=[0.5], x=[0.5])
        for name, table in found.tables.items():
            writer.rows(name, table)
        writer.outcome(use.name, found.sentences)
        _warn(writer, [*config.warnings, *pitfalls(config, cell)])
        writer.provenance(config, {"wall_time": (time.perf_counter() - begun, "s")})
        writer.complete()
    return Result.open(path)


def pitfalls(config: Config, cell: Cell) -> Iterator[Problem]:
    """What goes wrong below rest in the cell of the experiment of a config, at any of its doses."""
    assert config.experiment is not None
    options = config.experiment.options
    doses = [option for option in options if isinstance(option, Doses)]
    added = [*cell.mechanisms, *(added_at_each(cell, use) for use in doses)]
    if text := mechanisms.pitfall(cell.model, cell.parameters, added):
        own = ("mechanisms", 0) if config.mechanisms else ("hyperpolarize",)
        yield config.warning(own if cell.mechanisms else ("experiment",), text)


def _warn(writer: Writer, warnings: list[Problem]) -> None:
    """Keep warnings as events; one about an overridden value has no place in the file."""
    for warning in warnings:
        writer.event(0.0, ": ".join(part for part in (warning.path, warning.text) if part), "warning")


def _path(out: str | os.PathLike[str] | None) -> Path:
    return Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="cardiac-")) / "result.h5"


def _march(
    assembly: Assembly, simulation: Simulation, writer: Writer, progress: Callable[[Progress], None]
) -> None:
    """Run from event to event; raises NotFinite at the very step, with the state before it."""
    simulation.step = -round(assembly.config.start.settle / assembly.dt)
    safely = _Safely(simulation)
    while simulation.step < 0:
        safely.advance(min(-simulation.step, SETTLING_CHUNK))
    recorders = make_all(assembly, simulation, writer)
    steps = round(assembly.config.run.duration / assembly.dt)
    cells = int(assembly.conducting.sum())
    for recorder in recorders:
        recorder.look(simulation, np.empty((0, 0, 0)))
    begun, chunk = time.perf_counter(), 1
    while simulation.step < steps:
        stop = min([steps, simulation.step + chunk, *_due(recorders, simulation.step)])
        before, started = simulation.step, time.perf_counter()
        samples = safely.advance(stop - before)
        spent = time.perf_counter() - started
        chunk = max(1, min(2 * chunk, int((stop - before) * LOOK_INTERVAL / max(spent, 1e-6))))
        for recorder in recorders:
            recorder.look(simulation, samples)
        progress(Progress(simulation.step, steps, cells, time.perf_counter() - begun))
    for recorder in recorders:
        recorder.finish(simulation)


def _due(recorders: list[Recorder], step: int) -> list[int]:
    due = (recorder.next(step) for recorder in recorders)
    return [d for d in due if d is not None]


class _Safely:
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


def _describe(assembly: Assembly, writer: Writer) -> None:
    """What is simulated: the grid, regions, fields, stimuli."""
    grid = assembly.grid
    writer.coordinates(y=grid.y, x=grid.x)
    all_conduct = bool(assembly.conducting.all())
    writer.regions(assembly.regions, None if all_conduct else assembly.conducting)
    units = units_of(assembly.model.Parameters)
    for name, values in assembly.parameters.items():
        if np.ndim(values):
            writer.field(f"parameter_{name}", values, units[name].symbol, f"parameter {name}")
    for part, values in (assembly.tensor._asdict() if assembly.tensor else {}).items():
        if np.ndim(values):
            writer.field(
                f"diffusivity_{part}", values, "mm^2/ms", f"component {part} of the diffusion tensor"
            )
    for region, dose in assembly.doses.items():
        writer.event(0.0, f"{region or 'all cells'}: hyperpolarized by {dose}", "dose")
    for stimulus in assembly.stimuli:
        for onset in stimulus.course.onsets:  # type: ignore[attr-defined]
            duration = stimulus.course.duration  # type: ignore[attr-defined]
            writer.event(float(onset), f"{stimulus.current:.4g} A/F for {duration:g} ms", "stimulus")
    _warn(writer, assembly.warnings)


def _conclude(assembly: Assembly, simulation: Simulation, writer: Writer, wall: float) -> None:
    """The last state and how the file came about."""
    units = units_of(assembly.model.State)
    state: dict[str, Any] = {"V": (simulation.V, "mV")}
    state |= {name: (values, units[name].symbol) for name, values in simulation.state.items()}
    writer.state(state, {"time": (simulation.t, "ms"), "step": simulation.step})
    r = assembly.responses[None]
    steps = simulation.step + round(assembly.config.start.settle / assembly.dt)
    reaction = simulation.reaction_steps[assembly.conducting] / steps  # of the reaction, a step
    numbers: dict[str, Any] = {
        "dt": (assembly.dt, "ms"),
        "scheme": assembly.scheme,
        "space_order": assembly.config.run.space_order,
        "precision": assembly.config.run.precision,
        "reaction_steps_mean": float(reaction.mean()),
        "reaction_steps_most": float(reaction.max()),
        "threads": simulation.threads,
        "wall_time": (wall, "s"),
        "cell_V_rest": (r.V_rest, "mV"),
        "cell_threshold_2ms": (r.threshold, "A/F"),
        "cell_rise_time": (r.rise_time, "ms"),
    }
    numbers |= {f"threshold of {name}": (value, "A/F") for name, value in assembly.thresholds.items()}
    numbers |= {
        f"dose in {region or 'all cells'}": (dose.value, dose.unit) for region, dose in assembly.doses.items()
    }
    writer.provenance(assembly.config, numbers)


def _diagnosis(assembly: Assembly, failure: NotFinite, path: Path) -> str:
    """Where and when it happened, in words; the last good state goes into a file of its own."""
    i, j = failure.cell
    inside = [name for name, weight in assembly.regions.items() if weight[i, j] >= 0.5]
    place = f'in region "{inside[-1]}"' if inside else "outside all regions"
    own = assembly.config.run.dt != "auto"
    too_long = f"dt = {assembly.dt:g} ms too long for the model (write dt: auto), " if own else ""
    kept = path.with_suffix(".failed.npz")
    x, y = assembly.grid.x, assembly.grid.y
    np.savez(kept, x=x, y=y, **failure.last_good)  # type: ignore[arg-type]
    return (
        f"V became NaN at t = {failure.t:g} ms, cell ({j}, {i}) at x = {x[j]:g} mm, y = {y[i]:g} mm, {place} - the "
        f"state before it is in {kept}; usual causes: {too_long}an extreme stimulus or conductance, "
        "parameters outside their range"
    )
