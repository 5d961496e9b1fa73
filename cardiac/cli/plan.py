"""What a config amounts to and what it takes, in rows of a table."""

from __future__ import annotations

import math

import numpy as np

from cardiac import experiments, mechanisms
from cardiac.assembly import Assembly, cells
from cardiac.cli import forecast
from cardiac.cli.terminal import counted, pace, size, span, warn
from cardiac.config import Config
from cardiac.units import units_of

Row = tuple[str, str]


def meaning(assembly: Assembly) -> list[Row]:
    """What was asked for, and what was found to do it."""
    config, steps = assembly.config, round(assembly.config.run.duration / assembly.dt)
    return [
        ("title", config.title),
        ("model", config.model.name),
        ("tissue", _tissue(assembly)),
        ("rest", _rests(assembly)),
        ("threshold", _threshold(assembly)),
        *((name, f"threshold {value:.4g} A/F") for name, value in assembly.thresholds.items()),
        *((name or "all cells", _dose(*dose)) for name, dose in assembly.doses.items()),
        ("run", f"{config.run.duration:g} ms in {steps} steps of {assembly.dt:.4g} ms, {assembly.scheme}"),
    ]


def of_experiment(config: Config) -> list[Row]:
    """What an experiment asks."""
    assert config.experiment is not None
    cells(config)  # refuses what cannot be
    asked = experiments.load(config.experiment.name)
    return [
        ("title", config.title),
        ("model", config.model.name),
        ("experiment", f"{asked.name}: {asked.summary}"),
    ]


def cost(assembly: Assembly, threads: int | None) -> list[Row]:
    """Memory, disk and time."""
    needed, there = forecast.memory(assembly), forecast.machine_memory()
    rows = [("memory", f"about {size(needed)}"), ("disk", f"at most {size(forecast.disk(assembly))}")]
    if there is not None and needed > there:
        warn(f"warning: the run needs {size(needed)} of memory, this machine has {size(there)}")
        return [*rows, ("time", "not measured")]
    found = forecast.speed(assembly, threads)
    seconds = int(assembly.conducting.sum()) * forecast.steps(assembly) / found.rate
    how = f"{pace(found.rate)} on {counted(found.threads, 'thread')}, measured over {found.steps} steps"
    return [*rows, ("time", f"about {span(seconds)} ({how})")]


def _tissue(assembly: Assembly) -> str:
    tissue, grid = assembly.config.tissue, assembly.grid
    if tissue is None:
        return "a single cell"
    extent = " x ".join(f"{length:g}" for length in tissue.size)
    conducting, cells = int(assembly.conducting.sum()), grid.nx * grid.ny
    scars = f", {conducting} conduct" if conducting < cells else ""
    return f"{extent} mm, {grid.nx} x {grid.ny} cells of {grid.spacing:g} mm{scars}"


def _rests(assembly: Assembly) -> str:
    """The potential at the start: of most cells, and of regions where it differs."""
    rows = [f"{assembly.response.V_rest:.2f} mV"]
    V = np.broadcast_to(assembly.V, assembly.grid.shape)
    for name, weight in assembly.regions.items():
        inside = V[(weight >= 0.5) & assembly.conducting]
        if inside.size and abs(np.median(inside) - assembly.response.V_rest) >= 0.005:
            rows.append(f"{np.median(inside):.2f} mV in {name}")
    return ", ".join(rows)


def _threshold(assembly: Assembly) -> str:
    found = assembly.response
    if not math.isfinite(found.threshold):
        return "none: the cells cannot be excited"
    return f"{found.threshold:.4g} A/F for 2 ms; twice that: APD90 {found.apd90:.1f} ms"


def _dose(name: str, dose: float) -> str:
    mechanism = mechanisms.load(name)
    return f"{name} of {dose:.4g} {units_of(mechanism.Parameters)[mechanism.dose].symbol}"
