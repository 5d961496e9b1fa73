"""Verbs that make something of a result for others: report, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardiac.cli.failures import BadInput
from cardiac.cli.output import check_targets
from cardiac.cli.results import ResultFile, opened
from cardiac.cli.simulate import Force
from cardiac.cli.terminal import say, table

if TYPE_CHECKING:
    from cardiac.result import Result
    from cardiac.table import SweepTable

PAGES = (".html", ".htm")


def report(
    file: ResultFile,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A file or a folder (default: beside the result).")
    ] = None,
    force: Force = False,
) -> None:
    """Write one HTML page with everything about a result: findings, figures, the wave, methods."""
    subject = _subject(file)
    path = file.with_suffix(PAGES[0])
    if out is not None:
        path = out / path.name if out.is_dir() else out
    if path.suffix.lower() not in PAGES:
        raise BadInput(f"-o {out}: a report is an HTML page - write -o {path.with_suffix(PAGES[0])}")
    check_targets([path], force)
    say(str(subject.report(path)))


def export(
    file: ResultFile,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FORMAT", help="What it becomes (without: which there are).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where it goes (default: beside the result).")
    ] = None,
    force: Force = False,
) -> None:
    """Write a result for other programs: ParaView, spreadsheets."""
    from cardiac import exports

    subject = _subject(file)
    if to is None:
        say(table([(name, exports.load(name).summary) for name in exports.names()]))
        say(f"\nxarray and other readers of netCDF-4 open {file} as it is")
        return
    format = exports.load(to)
    usual = format.target(file)
    target = usual
    if out is not None:
        # Where a folder is made, it is the one that was named.
        target = out / usual.name if usual.suffix and out.is_dir() else out
    if usual.suffix and target.suffix != usual.suffix:
        raise BadInput(
            f"-o {out}: {to} is written to a file *{usual.suffix} - write -o {target.with_suffix(usual.suffix)}"
        )
    if not usual.suffix and (target.is_file() or target.suffix):
        raise BadInput(f"-o {out}: {to} is written to a folder of files - write -o {target.with_suffix('')}")
    check_targets([target], force)
    for path in format.export(subject, target):
        say(str(path))


def _subject(file: Path) -> Result | SweepTable:
    """The result, or the table of a sweep, that a file holds; raises BadInput where it holds none."""
    from cardiac.table import SweepTable

    subject = opened(file)
    if isinstance(subject, SweepTable) and not subject.attributes["runs"]:
        raise BadInput(f"{file} holds no results: no case of the sweep was run")
    return subject
