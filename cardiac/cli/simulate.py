"""Verbs that simulate: check, run, resume."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardiac.cli.failures import BadInput
from cardiac.cli.output import check_free, check_writable, draw_figures, figure_folder, result_path
from cardiac.cli.terminal import counted, note, pace, say, size, span, table, warn
from cardiac.cli.watching import watching

if TYPE_CHECKING:
    from cardiac.assembly import Assembly
    from cardiac.config import Config
    from cardiac.result import Result
    from cardiac.storage import Unfinished

File = Annotated[Path, typer.Argument(metavar="FILE", help="A config (YAML).")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a value: --set 'tissue.spacing=0.05 mm'."),
]
Threads = Annotated[int | None, typer.Option(min=1, help="Number of threads (default: as many as help).")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Checkpoint = Annotated[
    float | None,
    typer.Option("--checkpoint", metavar="SECONDS", min=0.1, help="Time between checkpoints (default: 60)."),
]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Draw no figures.")]


def check(file: File, set: Set = None, threads: Threads = None) -> None:
    """Validate a config; tell what it amounts to and takes. Writes nothing."""
    from cardiac import runner
    from cardiac.cli import plan

    config = loaded(file, set)
    if config.experiment is not None:
        _alone(config, threads)
        rows = plan.of_experiment(config)
        say(f"{file} is valid", "bold green")
        say(table(rows))
        return
    with watching(config.run.duration):
        assembly, threads = assembled(config, threads)
        runner.check_room(assembly, result_path(file, None))
        rows = [*plan.meaning(assembly), *plan.cost(assembly, threads)]
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
    checkpoint: Checkpoint = None,
) -> None:
    """Run a config: an HDF5 file, its figures, the verdict in words. Goes on where such a run was cut short."""
    config = loaded(file, set)
    path = result_path(file, out)
    check_writable(path.parent)
    if not force:
        check_free(path, config)
    simulated(config, path, threads, force, figures=not no_figures, checkpoint=checkpoint)


def resume(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The result that a run was to make (.h5).")],
    threads: Threads = None,
    no_figures: NoFigures = False,
    checkpoint: Checkpoint = None,
) -> None:
    """Go on with a run that was cut short, from its last checkpoint to the very same result."""
    from cardiac.config import loads
    from cardiac.result import Result
    from cardiac.storage import Unfinished

    path = path.with_suffix("") if path.suffix == ".part" else path
    kept = Unfinished(path)
    if path.exists():
        Result.open(path)  # or it tells what this is
        raise BadInput(
            f"{path}: no unfinished run - it is complete{f', {kept.folder} can go' if kept else ''}"
        )
    if not kept:
        raise BadInput(f"{path}: no unfinished run - there is no {kept.folder}")
    run = kept.run()
    config = loads(**run["config"])
    if config.digest != run["digest"]:
        raise BadInput(
            f"{kept.folder}: a file that its config refers to has changed - begin anew with cardiac run --force"
        )
    check_writable(path.parent)
    simulated(config, path, threads, force=False, figures=not no_figures, checkpoint=checkpoint)


def loaded(file: Path, overrides: list[str] | None) -> Config:
    """The config in a file with overrides KEY=VALUE."""
    from cardiac.config import load

    values = {}
    for override in overrides or []:
        key, equals, value = override.partition("=")
        if not equals or not key.strip():
            raise BadInput(f"--set {override}: write KEY=VALUE, for example --set 'tissue.spacing=0.05 mm'")
        values[key.strip()] = value.strip()
    return load(file, values)


def assembled(config: Config, threads: int | None) -> tuple[Assembly, int | None]:
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


def _alone(config: Config, threads: int | None) -> None:
    """Tell that what was asked for cannot help."""
    if threads and config.tissue is None:
        note(f"--threads {threads}: without effect, an experiment on single cells takes one thread")


def simulated(
    config: Config,
    path: Path,
    threads: int | None,
    force: bool,
    *,
    figures: bool = True,
    checkpoint: float | None = None,
) -> Result:
    """Runs a config into the file `path`, by `force` replacing what is there, and tells what came out."""
    from cardiac import runner
    from cardiac.figures import prepare
    from cardiac.storage import Locked, Unfinished

    if config.experiment is not None:
        _alone(config, threads)
        if (kept := Unfinished(path)) and not force:
            _going_on(kept)
        with watching(0.0) as watch:
            result = runner.perform(config, path, overwrite=force, threads=threads, progress=watch.trying)
        for event in result.events:
            if event.kind == "warning":
                warn(f"warning: {event.text}")
        told(result)
        drawn(config, result, figures)
        return result
    kept = Unfinished(path)
    if kept and not force:
        _going_on(kept)
    if figures and config.figures:
        prepare()
    interval = runner.INTERVAL if checkpoint is None else checkpoint
    with watching(config.run.duration) as watch:
        try:
            assembly, threads = assembled(config, threads)
            result = runner.run(
                assembly, path, overwrite=force, threads=threads, progress=watch, checkpoint=interval
            )
        except (Locked, FileExistsError):
            raise
        except (runner.RunError, OSError) as error:
            raise runner.RunError(f"run {path.stem}: {error}") from error
        except KeyboardInterrupt as ending:
            if isinstance(ending, runner.Interrupted) or not kept:
                raise
            raise runner.Interrupted(f"interrupted: {runner.how_to_go_on(path)}") from None
    told(result, watch.rate)
    drawn(config, result, figures)
    return result


def _going_on(kept: Unfinished) -> None:
    """Tell that a run goes on, and that with other versions its bits may be others."""
    from cardiac.storage import environment

    note(f"going on with the run in {kept.folder}, from what is kept there")
    now, begun = environment(), kept.run()["versions"]
    for name in [name for name, version in begun.items() if now[name] != version]:
        warn(f"warning: it began with {name} {begun[name]}, this is {now[name]}: the last bits may differ")


def told(result: Result, rate: float | None = None) -> None:
    """The verdict, the numbers, and where everything is."""
    for verdict in result.block.values():
        say(f"{verdict.name}: {verdict.sentence}", "bold")
    for sentence in result.answers:
        say(sentence, "bold")
    for line in _numbers(result):
        say(line)
    made = result.provenance
    how = ""
    if "threads" in made:
        reaction = (
            f"{made['reaction_steps_mean']:.2f} of the reaction, at most {made['reaction_steps_most']:.2f}"
        )
        how = f": steps of {made['dt']:.4g} ms ({made['scheme']}; {reaction}), {counted(made['threads'], 'thread')}"
    note(f"{span(made['wall_time'])}{how}{f', {pace(rate)}' if rate else ''}", "dim")
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
    lines, ignored = [], {"y", "x"} if result.shape == (1, 1) else set()
    for name, variable in result.contents.variables.items():
        if set(variable.dimensions) - ignored <= {"beat"} and variable.dimensions != (name,):
            beats = ", ".join(f"{value:.4g}" for value in result[name].ravel())
            lines.append(f"{variable.long_name}: {beats} {variable.unit}".removesuffix(" 1"))
    return lines
