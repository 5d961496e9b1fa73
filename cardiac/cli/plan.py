"""What a config amounts to and what it takes, in rows of a table."""

from __future__ import annotations

import math
from collections.abc import Callable

from cardiac import experiments, runner
from cardiac.assembly import Assembly
from cardiac.cell import Response
from cardiac.cli import forecast
from cardiac.cli.terminal import counted, pace, size, span, warn
from cardiac.config import Config
from cardiac.simulation import NotFinite

Row = tuple[str, str]


def meaning(assembly: Assembly) -> list[Row]:
    """What was asked for, and what was found to do it."""
    config, steps = assembly.config, round(assembly.config.run.duration / assembly.dt)
    return [
        ("title", config.title),
        ("model", config.model.name),
        ("tissue", _tissue(assembly)),
        ("rest", _everywhere(assembly, _rest)),
        ("threshold", _everywhere(assembly, _threshold)),
        *((name, f"threshold {value:.4g} A/F") for name, value in assembly.thresholds.items()),
        *((name or "all cells", str(dose)) for name, dose in assembly.doses.items()),
        ("run", f"{config.run.duration:g} ms in {steps} steps of {assembly.dt:.4g} ms, {assembly.scheme}"),
    ]


def of_experiment(config: Config) -> list[Row]:
    """What an experiment asks."""
    assert config.experiment is not None
    on = runner.subject(config)  # refuses what cannot be
    for warning in on.warnings:
        warn(warning)
    asked = experiments.load(config.experiment.name)
    return [
        ("title", config.title),
        ("model", config.model.name),
        *([("tissue", _tissue(on.assembly))] if on.assembly else []),
        ("experiment", f"{asked.name}: {asked.summary}"),
    ]


def cost(assembly: Assembly, threads: int | None) -> list[Row]:
    """Memory, disk and time."""
    rows = [
        ("memory", f"about {size(forecast.needed(assembly))}"),
        ("disk", f"at most {size(forecast.disk(assembly))}"),
    ]
    try:
        found = forecast.speed(assembly, threads)
    except NotFinite as failure:
        warn(f"warning: V becomes NaN after {failure.t:g} ms; run tells where")
        return [*rows, ("time", "not measured")]
    seconds = int(assembly.conducting.sum()) * forecast.steps(assembly) / found.rate
    how = f"{pace(found.rate)} on {counted(found.threads, 'thread')}, measured over {found.steps} steps"
    return [*rows, ("time", f"at most about {span(seconds)} ({how})")]


def _tissue(assembly: Assembly) -> str:
    tissue, grid = assembly.config.tissue, assembly.grid
    if tissue is None:
        return "a single cell"
    extent = " x ".join(f"{length:g}" for length in tissue.size)
    conducting, cells = int(assembly.conducting.sum()), grid.nx * grid.ny
    scars = f", {conducting} conduct" if conducting < cells else ""
    return f"{extent} mm, {grid.nx} x {grid.ny} cells of {grid.spacing:g} mm{scars}"


def _everywhere(assembly: Assembly, told: Callable[[Response], str]) -> str:
    """What is told of most cells, and of regions where it differs."""
    texts = {name: told(found) for name, found in assembly.responses.items()}
    others = [f"in {name} {text}" for name, text in texts.items() if text != texts[None]]
    return "; ".join([texts[None], *others])


def _rest(found: Response) -> str:
    return f"{found.V_rest:.2f} mV"


def _threshold(found: Response) -> str:
    if not math.isfinite(found.threshold):
        return "none: no pulse of 2 ms leaves an action potential"
    if found.threshold == 0.0:
        return "none: spontaneously active"
    return f"{found.threshold:.4g} A/F for 2 ms; twice that: APD90 {found.apd90:.1f} ms"
