"""Verbs about sweeps: sweep, status."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardiac.cli.compilation import compilation
from cardiac.cli.failures import RUN_FAILED
from cardiac.cli.output import check_writable, draw_figures, figure_folder
from cardiac.cli.simulate import Force, NoFigures
from cardiac.cli.terminal import console, note, say, span, table, warn
from cardiac.cli.watching import COMPILING, LINE_INTERVAL

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cardiac.sweeps.coordinator import Tally

SweepFile = Annotated[Path, typer.Argument(metavar="FILE", help="A sweep (YAML).")]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Cases at a time (default: as many as there are processors).")
]
Dask = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Of the scheduler of a Dask cluster.")]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Run cases again that have failed.")]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="End with the first case that fails.")]
Rebuild = Annotated[
    bool, typer.Option("--rebuild", help="Make the ledger anew from the records of the cases.")
]


def sweep(
    file: SweepFile,
    jobs: Jobs = None,
    dask: Dask = None,
    retry_failed: Retry = False,
    fail_fast: FailFast = False,
    rebuild: Rebuild = False,
    force: Force = False,
    no_figures: NoFigures = False,
) -> None:
    """Run a config with many values, or look for a boundary; goes on where it was stopped."""
    from cardiac.sweeps import plan, sweep

    figures = plan.figures(file)
    check_writable(Path())
    with _watching() as watch:
        found = sweep(
            file,
            jobs,
            dask=dask,
            retry_failed=retry_failed,
            fail_fast=fail_fast,
            rebuild=rebuild,
            force=force,
            progress=watch,
        )
    say(found.summary())
    say(f"table   {found.path}")
    say(f"        {found.path.with_name(f'{file.stem}.summary.csv')}")
    if not no_figures and figures:
        for drawing in draw_figures(figures, found, figure_folder(found.path)):
            if isinstance(drawing, Path):
                say(f"figure  {drawing}")
            else:
                warn(f"warning: {drawing}")
    if found.fruitless:
        warn(f"no boundary was found along {found.along}")
    if count := len(found.failures):
        hint = f'"cardiac status {file}" tells which, "cardiac sweep {file} --retry-failed" runs them again'
        warn(f"{count} failed: {hint}")
    if found.fruitless or found.failures:
        raise typer.Exit(RUN_FAILED)


def status(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A sweep: its file, or its folder NAME.sweep.")
    ],
) -> None:
    """Tell how far a sweep is, and which of its cases have failed."""
    from cardiac.sweeps import ledger, ledger_folder

    folder = path if path.is_dir() else ledger_folder(path)
    found = ledger.status(folder)
    say(found.title, "bold")
    rows = [(state, str(found.counts.get(state, 0))) for state in ("done", "running", "failed")]
    say(table([*rows, ("time", f"{span(found.seconds)} of computing")]))
    for case, message in found.failures:
        say(f"\n{case}", "bold")
        say(message)


class Watch:
    """Follows a sweep: a line to a log every 10 s."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, tally: Tally) -> None:
        if time.monotonic() - self._told >= LINE_INTERVAL:
            self._told = time.monotonic()
            note(", ".join(f"{count} {what}" for what, count in _rows(tally)))


@contextmanager
def _watching() -> Iterator[Callable[[Tally], None]]:
    """What follows a sweep, as suits where stderr goes: a table that is kept up to date, or lines."""
    screen = console(stderr=True)
    with compilation(lambda: note(COMPILING), lambda: None):
        if not screen.is_terminal:
            yield Watch()
            return
        from rich.live import Live

        with Live(console=screen, transient=True, auto_refresh=False) as live:
            yield lambda tally: live.update(_table(tally), refresh=True)


def _table(tally: Tally) -> RenderableType:
    from rich.table import Table

    rows = _rows(tally)
    drawn = Table(show_edge=False, pad_edge=False, header_style="")
    for what, _ in rows:
        drawn.add_column(what, justify="right")
    drawn.add_row(*(count for _, count in rows))
    return drawn


def _rows(tally: Tally) -> list[tuple[str, str]]:
    """What there is to tell, with its heading."""
    rows = [
        ("done", f"{tally.done} of {tally.total}"),
        ("running", str(tally.running)),
        ("failed", str(tally.failed)),
    ]
    if not tally.workers:
        rows.append(("workers", "none yet: waiting" if not tally.ran else "none left: waiting"))
    if tally.ran:
        rate = tally.ran / tally.elapsed
        left = max(0, tally.total - tally.done - tally.failed)
        rows += [("cases a minute", f"{60 * rate:.3g}"), ("left", span(left / rate))]
    return rows
