"""A run of a tissue: from a Config to a result file."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cardiac.assembly import Assembly, assemble
from cardiac.config import Config
from cardiac.result import Result
from cardiac.runner.account import conclude, describe
from cardiac.runner.loop import Progress, State, march
from cardiac.runner.performing import perform
from cardiac.runner.place import check_room, make_way, what_is_run
from cardiac.runner.stopping import Interrupted, how_to_go_on
from cardiac.simulation import NotFinite
from cardiac.storage import Unfinished, Writer, locked

INTERVAL = 60.0  # s, between checkpoints
SHARE = 0.01  # of the time that may go into checkpoints
SPENT = "spent"  # s: in a checkpoint, what the run has taken so far


class RunError(RuntimeError):
    """A run that failed; the message says when, where and what to do."""


def run(
    config: Config | Assembly,
    out: str | os.PathLike[str] | None = None,
    *,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: float = INTERVAL,
) -> Result:
    """Run a config, or perform its experiment; return its result, kept in the file `out` (or a temporary one).

    A run that takes longer makes a checkpoint every `checkpoint` seconds, in a folder beside `out`; from the last one
    a run of the same config that was cut short goes on, to the same bits, unless it is to `overwrite` what is there.
    Of an experiment on tissue trials that take longer than a second are kept there, see `trials`.

    Raises ConfigError for a config that cannot be simulated; FileExistsError if `out` exists, or an unfinished run of
    another config, and `overwrite` is not set; OSError if a program writes `out` already; RunError when the potential
    stops being finite (then the last good state is in a file beside `out`) or the disk fails; and Interrupted where
    SIGINT, SIGTERM or SIGHUP ended the run with a last checkpoint.
    """
    path = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="cardiac-")) / "result.h5"
    if isinstance(config, Config) and config.experiment is not None:
        return perform(config, path, overwrite=overwrite, threads=threads)
    begun = time.perf_counter()
    assembly = config if isinstance(config, Assembly) else assemble(config)
    check_room(assembly, path)
    with locked(path):
        make_way(path, assembly.config, overwrite)
        with Writer(path, title=assembly.config.title, overwrite=overwrite) as writer:
            kept = writer.fall_back()
            keep = _Checkpoints(
                assembly.config, writer, checkpoint, begun - float((kept or {}).get(SPENT, 0.0))
            )
            simulation = assembly.simulation(threads)
            writer.coordinates(y=assembly.grid.y, x=assembly.grid.x)
            try:
                march(assembly, simulation, writer, kept, progress or (lambda _: None), keep)
                describe(assembly, writer)
                conclude(assembly, simulation, writer, time.perf_counter() - keep.begun)
                writer.complete()
            except NotFinite as failure:
                raise RunError(_diagnosis(assembly, failure, path)) from failure
            except FileExistsError:
                raise
            except OSError as error:
                raise RunError(keep.failed(error)) from error
            except KeyboardInterrupt as ending:
                if isinstance(ending, Interrupted) or not Unfinished(path):
                    raise
                raise Interrupted(f"interrupted: {how_to_go_on(path)}") from None
    return Result.open(path)


class _Checkpoints:
    """Makes a checkpoint now and then, and a last one where the run was told to stop.

    The run has `begun` at this time, of the clock of this process, if what it took before is counted.
    """

    def __init__(self, config: Config, writer: Writer, interval: float, begun: float) -> None:
        self.config, self.writer, self.interval, self.begun = config, writer, interval, begun
        self._next = time.perf_counter() + interval

    def __call__(self, signalled: int, t: float, state: Callable[[], State]) -> None:
        """Raises Interrupted after a signal."""
        now = time.perf_counter()
        if not signalled and now < self._next:
            return
        self.writer.checkpoint({**state(), SPENT: np.array(now - self.begun)}, self._run)
        done = time.perf_counter()
        self._next = done + max(self.interval, (done - now) / SHARE)
        if signalled:
            ended = "interrupted" if signalled == signal.SIGINT else "terminated"
            raise Interrupted(f"{ended} at t = {t:g} ms, which is kept: {how_to_go_on(self.writer.path)}")

    @cached_property
    def _run(self) -> dict[str, Any]:
        """Short runs do not need it."""
        return what_is_run(self.config)

    def failed(self, error: OSError) -> str:
        """What to say of a disk that fails."""
        text = f"cannot be written ({error.strerror or error})"
        if Unfinished(self.writer.path):
            text += f"; its last checkpoint stays - make room, and {how_to_go_on(self.writer.path)}"
        return text


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
