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

ResultFile = Annotated[Path, typer.Argument(metavar="FILE.h5", help="A result.")]


def info(file: ResultFile) -> None:
    """Tell what a result holds."""
    from cardiac.result import Result

    say(Result.open(file).summary())


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
    from cardiac.result import Result

    result = Result.open(file)
    if not kinds:
        say(table([(name, _summary(name, result)) for name in figures.names()]))
        return
    targets = _targets(figure_folder(file), kinds, out, format, list(figures.FORMATS))
    for kind, path in targets.items():
        figure = figures.draw(kind, result)
        path.parent.mkdir(exist_ok=True)
        figures.save(figure, path)
        say(str(path))


def _summary(name: str, result: Result) -> str:
    """What the figure shows, or why it cannot be drawn."""
    from cardiac import figures

    why = figures.obstacle(name, result).removeprefix(f"{name} ")
    return f"(not from this result: {why})" if why else figures.summary(name)


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
