"""Verbs that simulate: check, run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardiac.cli.failures import BadInput
from cardiac.cli.output import check_free, check_writable, draw_figures, figure_folder, result_path
from cardiac.cli.terminal import note, pace, say, size, span, table, warn
from cardiac.cli.watching import Watch, watching

if TYPE_CHECKING:
    from cardiac.assembly import Assembly
    from cardiac.config import Config
    from cardiac.result import Result

File = Annotated[Path, typer.Argument(metavar="FILE", help="A config (YAML).")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a value: --set tissue.spacing='0.05 mm'."),
]
Threads = Annotated[int | None, typer.Option(min=1, help="Number of threads (default: as many as help).")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Draw no figures.")]


def check(file: File, set: Set = None, threads: Threads = None) -> None:
    """Validate a config; tell what it amounts to and takes. Writes nothing."""
    config = loaded(file, set)
    with watching(config.run.duration) as watch:
        assembly, threads = assembled(config, threads, watch)
        rows = [*_meaning(assembly), *_cost(assembly, threads)]
    say(f"{file} is valid", "bold green")
    say(table(rows))


def run(
    file: File,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The result (default: the config's name, .h5).")
    ] = None,
    set: Set = None,
    threads: Threads = None,
    force: Force = False,
    no_figures: NoFigures = False,
) -> None:
    """Run a config: an HDF5 file, its figures, the verdict in words."""
    config = loaded(file, set)
    path = result_path(file, out)
    check_writable(path.parent)
    if not force:
        check_free(path, config)
    simulated(config, path, threads, figures=not no_figures)


def loaded(file: Path, overrides: list[str] | None) -> Config:
    """The config in a file with overrides KEY=VALUE."""
    from cardiac.config import load

    values = {}
    for override in overrides or []:
        key, equals, value = override.partition("=")
        if not equals or not key.strip():
            raise BadInput(f"--set {override}: write KEY=VALUE, for example --set tissue.spacing='0.05 mm'")
        values[key.strip()] = value.strip()
    return load(file, values)


def assembled(config: Config, threads: int | None, watch: Watch) -> tuple[Assembly, int | None]:
    """What the config amounts to, its warnings told; the threads that there are of those asked for."""
    import numba

    from cardiac.assembly import assemble

    assembly = assemble(config)
    for warning in assembly.warnings:
        warn(warning)
    available: int = numba.config.NUMBA_NUM_THREADS
    if threads and threads > available:
        warn(f"--threads {threads}: warning: this machine has {available}, which are used")
        threads = available
    return assembly, threads


def simulated(config: Config, path: Path, threads: int | None, *, figures: bool = True) -> Result:
    """Runs a config into the file `path`, replacing what is there, and tells what came out."""
    from cardiac import runner

    with watching(config.run.duration) as watch:
        assembly, threads = assembled(config, threads, watch)
        try:
            result = runner.run(assembly, path, overwrite=True, threads=threads, progress=watch)
        except (runner.RunError, OSError) as error:
            raise runner.RunError(f"run {path.stem}: {error}") from error
    told(result, watch.rate)
    drawn(config, result, figures)
    return result


def told(result: Result, rate: float | None = None) -> None:
    """The verdict, the numbers, and where everything is."""
    for verdict in result.block.values():
        say(f"{verdict.name}: {verdict.sentence}", "bold")
    for line in _numbers(result):
        say(line)
    made = result.provenance
    how = f"steps of {made['dt']:.4g} ms ({made['scheme']}), {made['threads']} threads"
    note(f"{span(made['wall_time'])}: {how}{f', {pace(rate)}' if rate else ''}", "dim")
    say(f"result  {result.path} ({size(result.path.stat().st_size)})")


def drawn(config: Config, result: Result, wanted: bool = True) -> None:
    """The figures of the config, and where they are."""
    if not wanted or not config.figures:
        return
    for drawing in draw_figures(config.figures, result, figure_folder(result.path)):
        if isinstance(drawing, Path):
            say(f"figure  {drawing}")
        else:
            warn(f"warning: {drawing}")


def _numbers(result: Result) -> list[str]:
    """What was measured as a number, or one a beat: everything of a single cell, velocities of a tissue."""
    lines = []
    for name in result.names():
        values = result[name]
        if values.size <= max(1, len(result["beat"]) if "beat" in result.contents.variables else 1):
            beats = ", ".join(f"{value:.4g}" for value in values.ravel())
            lines.append(f"{result.long_name(name)}: {beats} {result.units(name)}".removesuffix(" 1"))
    return lines


def _meaning(assembly: Assembly) -> list[tuple[str, str]]:
    """What the config amounts to."""
    config, grid, found = assembly.config, assembly.grid, assembly.response
    cells = int(assembly.conducting.sum())
    rows = [("title", config.title), ("model", config.model.name)]
    if config.tissue:
        extent = " x ".join(f"{length:g}" for length in config.tissue.size)
        rows.append(
            ("tissue", f"{extent} mm, {grid.nx} x {grid.ny} cells of {grid.spacing:g} mm, {cells} conduct")
        )
    else:
        rows.append(("tissue", "a single cell"))
    rows.append(("rest", _rests(assembly)))
    rows.append(("threshold", f"{found.threshold:.4g} A/F for 2 ms; APD90 {found.apd90:.1f} ms"))
    rows += [(name, f"threshold {value:.4g} A/F") for name, value in assembly.thresholds.items()]
    for name, (mechanism, dose) in assembly.doses.items():
        rows.append((name, f"{mechanism} of {dose:.4g} {_dose_unit(mechanism)}"))
    steps = round(config.run.duration / assembly.dt)
    rows.append(
        ("run", f"{config.run.duration:g} ms in {steps} steps of {assembly.dt:.4g} ms, {assembly.scheme}")
    )
    return rows


def _rests(assembly: Assembly) -> str:
    """The resting potential of most cells, and of regions where it differs."""
    import numpy as np

    rows = [f"{assembly.response.V_rest:.2f} mV"]
    V = np.broadcast_to(assembly.V, assembly.grid.shape)
    for name, weight in assembly.regions.items():
        inside = V[(weight >= 0.5) & assembly.conducting]
        if inside.size and abs(np.median(inside) - assembly.response.V_rest) >= 0.005:
            rows.append(f"{np.median(inside):.2f} mV in {name}")
    return ", ".join(rows)


def _dose_unit(mechanism: str) -> str:
    from cardiac import mechanisms
    from cardiac.units import units_of

    found = mechanisms.load(mechanism)
    return units_of(found.Parameters)[found.dose].symbol


def _cost(assembly: Assembly, threads: int | None) -> list[tuple[str, str]]:
    """Memory, disk and time."""
    from cardiac.cli import forecast

    needed, there = forecast.memory(assembly), forecast.machine_memory()
    rows = [("memory", f"about {size(needed)}"), ("disk", f"at most {size(forecast.disk(assembly))}")]
    if there is not None and needed > there:
        warn(f"warning: the run needs {size(needed)} of memory, this machine has {size(there)}")
        return [*rows, ("time", "not measured")]
    found = forecast.speed(assembly, threads)
    seconds = int(assembly.conducting.sum()) * forecast.steps(assembly) / found.rate
    how = f"measured over {found.steps} steps: {pace(found.rate)}, {found.threads} threads"
    return [*rows, ("time", f"about {span(seconds)} ({how})")]
