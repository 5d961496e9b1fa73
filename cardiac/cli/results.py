"""Verbs that look at results: info, plot, movie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardiac.cli.failures import BadInput
from cardiac.cli.output import check_targets, figure_folder, figure_paths
from cardiac.cli.simulate import Force
from cardiac.cli.terminal import counted, say, table

if TYPE_CHECKING:
    from cardiac.config import FigureUse, PanelUse
    from cardiac.figures import Option
    from cardiac.result import Result
    from cardiac.table import SweepTable

ResultFile = Annotated[Path, typer.Argument(metavar="FILE.h5", help="A result, or the table of a sweep.")]
PANEL = '"panel: [[KIND, KIND], [KIND]]"'


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
        typer.Argument(
            metavar="KIND",
            help='What to draw, as under figures: in a config; with options, "space_time: {y: 5 mm}", or several '
            'as one, "panel: [KIND, KIND]" (without: what can be drawn).',
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="A file, or a folder (default: a folder beside the result)."),
    ] = None,
    format: Annotated[str | None, typer.Option(help="png, pdf or svg (default: png; pdf for print).")] = None,
    purpose: Annotated[str | None, typer.Option("--for", help="screen or print (default: screen).")] = None,
    width: Annotated[
        str | None, typer.Option(metavar="LENGTH", help='Of each figure: "85 mm" is a column of a journal.')
    ] = None,
    force: Force = False,
) -> None:
    """Draw figures of a result. Without -o they replace older ones, with it nothing unless --force."""
    from cardiac import figures

    result = opened(file)
    if not kinds:
        _tell_which(result)
        return
    uses = [_sized(use, purpose, width) for use in _asked(kinds, result)]
    targets = _targets(figure_folder(file), uses, out, format)
    check_targets(targets, force or out is None)
    for use, path in zip(uses, targets, strict=True):
        figures.save(use.drawn(result), path)
        say(str(path))


def movie(
    file: Annotated[Path, typer.Argument(metavar="FILE.h5", help="A result.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            help="NAME.gif, NAME.mp4, or a folder for PNG files (default: a GIF beside the result).",
        ),
    ] = None,
    of: Annotated[str, typer.Option(help="The variable whose frames are shown.")] = "V",
    fps: Annotated[float, typer.Option(help="Frames a second.")] = 25.0,
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help='Between frames: "5 ms" (default: all frames).')
    ] = None,
    to: Annotated[str | None, typer.Option(help="gif, mp4 or png (default: what OUT ends in).")] = None,
    force: Force = False,
) -> None:
    """Make a film of the frames of a result: GIF, MP4 (with the extra "movie") or PNG files."""
    from cardiac.table import SweepTable

    result = opened(file)
    if isinstance(result, SweepTable):
        raise BadInput(f"{file} is the table of a sweep, a film shows the frames of one result")
    if to not in (None, "gif", "mp4", "png"):
        raise BadInput(f"--to {to}: a film is saved as gif, mp4 or png")
    ending = "" if to == "png" else f".{to or 'gif'}"
    path = out or file.with_name(f"{file.stem}{ending or '_frames'}")
    if to in ("gif", "mp4") and path.suffix.lower() != ending:
        raise BadInput(f"-o {out}: a film --to {to} ends in {ending}")
    time = _quantity("--every", every, "time")
    check_targets([path], force)
    count = result.movie(path, of=of, fps=fps, every=time, png=to == "png")
    say(f"{path} ({counted(count, 'frame')}, {count / fps:.3g} s)")


def _quantity(option: str, text: str | None, quantity: str) -> float | None:
    """A number with its unit, in the internal unit."""
    from cardiac.units import UnitError, parse

    try:
        return None if text is None else parse(text, quantity)
    except UnitError as error:
        raise BadInput(f"{option}: {error}") from None


def _asked(kinds: list[str], result: Result | SweepTable) -> tuple[FigureUse | PanelUse, ...]:
    """The figures that are meant."""
    from cardiac.config.figures import FigureReader, asked
    from cardiac.sweeps.file import FigureOfSweep
    from cardiac.table import SweepTable

    reader = FigureOfSweep() if isinstance(result, SweepTable) else FigureReader(checked=False)
    return asked(kinds, reader)


def _sized(use: FigureUse | PanelUse, purpose: str | None, width: str | None) -> Any:
    """A figure in the size that is asked for, unless it has one of its own."""
    from cardiac.figures import MEDIA

    if purpose is not None and purpose not in MEDIA:
        raise BadInput(f"--for {purpose}: a figure is for {' or '.join(MEDIA)}")
    size = {"for_": purpose, "width": _quantity("--width", width, "length")}
    return use._replace(options={k: v for k, v in size.items() if v is not None} | dict(use.options))


def _tell_which(result: Result | SweepTable) -> None:
    """What can be drawn, and what could be if the file held more."""
    from cardiac import figures
    from cardiac.figures import sweeps
    from cardiac.table import SweepTable

    known: Any = sweeps if isinstance(result, SweepTable) else figures
    why = {name: known.obstacle(name, result) for name in known.names()}
    if all(why.values()):
        say(f"nothing can be drawn from {result.path}")
    for name in (name for name in why if not why[name]):
        say(f"{name}\n    {known.summary(name)}")
        if told := ", ".join(_told(key, option) for key, option in known.options(name).items()):
            say(f"    options: {told}")
    if not all(why.values()):
        say(f"panel\n    Several of these as one, with letters: {PANEL}")
        say("    options: rows, name")
        say("\nof all: for = screen, or print; width, such as 85 mm")
    if isinstance(result, SweepTable):
        more, lacking = "not from this table:", [(name, text) for name, text in why.items() if text]
    else:
        more = "with more in the file (add this to the config and run again):"
        lacking = [
            (name, figures.addition(name, result)) for name in why if why[name] and _could(name, result)
        ]
    if lacking:
        say(f"\n{more}")
        say(table(lacking, "    "))


def _could(name: str, result: Result) -> bool:
    """Whether a figure could be drawn if more of the same run had been kept."""
    from cardiac import figures

    of_run = not result.contents.experiment and not figures.shows(name).of_experiment
    return of_run and not figures.unfit(name, result.kind)


def _told(name: str, option: Option) -> str:
    """An option with its unit and what it is if not given: "y (mm)", "beat = 1"."""
    from cardiac.units import unit_of

    unit = unit_of(option.hint)
    default = f" = {option.default:g}" if isinstance(option.default, (int, float)) else ""
    default = default or (f" = {option.default}" if isinstance(option.default, str) else "")
    measured = f" {unit.symbol}" if unit and default else f" ({unit.symbol})" if unit else ""
    return f"{name.rstrip('_')}{default}{measured}"


def _targets(
    default: Path, uses: list[FigureUse | PanelUse], out: Path | None, suffix: str | None
) -> list[Path]:
    """The file of each figure."""
    from cardiac.figures import FORMATS

    if suffix is not None and suffix not in FORMATS:
        raise BadInput(f"--format {suffix}: a figure is saved as {', '.join(FORMATS)}")
    if out is None or out.is_dir() or not out.suffix:
        return figure_paths(uses, out or default, suffix)
    if len(uses) > 1:
        raise BadInput(f"-o {out}: several figures need a folder, this is a file name")
    found = out.suffix.removeprefix(".").lower()
    if found not in FORMATS or suffix not in (None, found):
        raise BadInput(f"-o {out}: a figure is saved as {suffix or ', '.join(FORMATS)}")
    return [out]
