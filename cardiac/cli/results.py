"""Verbs that look at results: info, plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardiac.cli.failures import BadInput
from cardiac.cli.output import figure_folder
from cardiac.cli.terminal import say, table

if TYPE_CHECKING:
    from cardiac.result import Result
    from cardiac.table import SweepTable

ResultFile = Annotated[Path, typer.Argument(metavar="FILE.h5", help="A result, or the table of a sweep.")]


def opened(file: Path) -> Result | SweepTable:
    """The result, or the table of a sweep, in a file; raises ResultError."""
    from cardiac.result import Result
    from cardiac.storage.sweeps import is_sweep
    from cardiac.table import SweepTable

    return SweepTable.open(file) if is_sweep(file) else Result.open(file)


def info(file: ResultFile) -> None:
    """Tell what a result holds."""
    say(opened(file).summary())


def plot(
    file: ResultFile,
    kinds: Annotated[
        list[str] | None,
        typer.Argument(metavar="KIND", help="Figures to draw (without: which there are)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="A file, or a folder (default: a folder beside the result)."),
    ] = None,
    format: Annotated[str | None, typer.Option(help="png, pdf or svg (default: png).")] = None,
) -> None:
    """Draw figures of a result."""
    from cardiac import figures

    result = opened(file)
    if not kinds:
        _tell_which(result)
        return
    targets = _targets(figure_folder(file), kinds, out, format, list(figures.FORMATS))
    for kind, path in targets.items():
        figure = result.plot(kind)
        path.parent.mkdir(exist_ok=True)
        figures.save(figure, path)
        say(str(path))


def _tell_which(result: Result | SweepTable) -> None:
    """Which figures can be drawn."""
    from cardiac import figures
    from cardiac.figures import sweeps
    from cardiac.table import SweepTable

    if isinstance(result, SweepTable):
        say(table([(name, sweeps.summary(name)) for name in sweeps.names()]))
        return
    why = {name: figures.obstacle(name, result) for name in figures.names()}
    if can := [name for name in why if not why[name]]:
        say(table([(name, figures.summary(name)) for name in can]))
    cannot = ", ".join(name for name in why if why[name])
    say(f'\nnot from this result: {cannot} - "cardiac plot {result.path} KIND" tells what one of them takes')


def _targets(
    default: Path, kinds: list[str], out: Path | None, suffix: str | None, formats: list[str]
) -> dict[str, Path]:
    """The file of each kind of figure."""
    if suffix is not None and suffix not in formats:
        raise BadInput(f"--format {suffix}: a figure is saved as {', '.join(formats)}")
    if out is None or out.is_dir() or not out.suffix:
        folder = out or default
        return {kind: folder / f"{kind}.{suffix or 'png'}" for kind in kinds}
    if len(set(kinds)) > 1:
        raise BadInput(f"-o {out}: several figures need a folder, this is a file name")
    found = out.suffix.removeprefix(".").lower()
    if found not in formats or suffix not in (None, found):
        raise BadInput(f"-o {out}: a figure is saved as {suffix or ', '.join(formats)}")
    return {kinds[0]: out}
