"""Sweeps: one config with many values, as cases that survive whatever happens, to one table.

    table = sweep("width-conductance.yaml", jobs=2)
    table["block.strip.outcome"], table["width"]

What is done stays done: the same call, or `cardiac sweep` of the same file, goes on where it was stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardiac.config import Config
    from cardiac.result import Result
    from cardiac.sweeps.cases import Case
    from cardiac.sweeps.coordinator import Coordinator, Tally
    from cardiac.sweeps.executors import Crew
    from cardiac.sweeps.plan import Plan
    from cardiac.sweeps.work import Task
    from cardiac.table import SweepTable

__all__ = ["result_path", "sweep"]

GLANCE = 0.3  # s: `status` holds the lock of a sweep for a moment


def result_path(file: Path) -> Path:
    """The table of the sweep in a file, in the current folder; what belongs to it is beside it."""
    return Path(f"{file.stem}.sweep.h5")


def ledger_folder(file: Path) -> Path:
    """The folder of the ledger and the cases of the sweep in a file."""
    return Path(f"{file.stem}.sweep")


def sweep(
    path: str | os.PathLike[str],
    jobs: int | None = None,
    *,
    dask: str | None = None,
    retry_failed: bool = False,
    fail_fast: bool = False,
    rebuild: bool = False,
    force: bool = False,
    progress: Callable[[Tally], None] | None = None,
) -> SweepTable:
    """Carry out the sweep in a file, or what is left of it; return its table, kept in NAME.sweep.h5.

    The cases are run by `jobs` processes of this machine (by default one for each processor), or on the Dask cluster
    whose scheduler is at the address `dask`. In a script call it under `if __name__ == "__main__":`, as everything
    that starts processes. Cases that have failed are left alone unless `retry_failed`; `fail_fast` ends with the
    first that fails; `rebuild` makes the ledger anew from the records of the cases; `force` takes over a folder that
    another sweep has made, and keeps what is the same.

    Raises ConfigError for a file that is no sweep, or a case that is no config; SweepError where the folder holds
    another sweep, another program carries it out, or the cluster does not answer; and Interrupted where SIGINT or
    SIGTERM ended it, or the cluster went away.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(1)  # of a process started by this very call, in a script without that line: it tells
    from cardiac.sweeps import ledger as ledgers
    from cardiac.sweeps import plan as plans
    from cardiac.sweeps import results
    from cardiac.sweeps.coordinator import Coordinator
    from cardiac.sweeps.executors import Gone
    from cardiac.sweeps.records import NoRoom, room
    from cardiac.sweeps.strategies import strategy
    from cardiac.table import SweepTable

    _check(jobs, dask)
    plan = plans.load(path)
    folder, result = ledger_folder(plan.path), result_path(plan.path)
    with _signals_once() as deaf, _alone(folder), _crew(jobs, dask) as crew:
        if not force:
            with suppress(ledgers.Unreadable) if rebuild else nullcontext():
                ledgers.check_same(folder, plan.definition)
        if force or rebuild:
            ledgers.remove(folder)
        ledger = ledgers.Ledger(folder, plan)
        report = progress or (lambda tally: None)
        coordinator = Coordinator(plan, strategy(plan), ledger, report, fail_fast=fail_fast)
        try:
            if retry_failed:
                ledger.forget_failures()
            _prepare(coordinator)
            coordinator.carry_out(crew)
            with room(result.absolute()):
                results.write(result, plan, coordinator.strategy, coordinator.records)
        except (KeyboardInterrupt, Gone, NoRoom) as ending:
            deaf()
            raise _interrupted(coordinator.tally, path, ending) from None
        finally:
            ledger.close()
    return SweepTable.open(result)


def _check(jobs: int | None, dask: str | None) -> None:
    """Raise SweepError for workers that cannot be."""
    from cardiac.sweeps.ledger import SweepError

    if jobs is not None and jobs < 1:
        raise SweepError(f"jobs: {jobs} - a whole number from 1 on is expected")
    if jobs is not None and dask is not None:
        raise SweepError(f"jobs: {jobs} does not go with dask: the workers of a cluster decide - remove one")


@contextmanager
def _signals_once() -> Iterator[Callable[[], None]]:
    """A function after whose call SIGINT and SIGTERM are ignored within: it ends in good order already."""
    handlers: dict[int, Any] = {}

    def deaf() -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                handlers[number] = signal.signal(number, signal.SIG_IGN)

    try:
        yield deaf
    finally:
        for number, handler in handlers.items():
            if handler is not None:  # one that is not of Python
                signal.signal(number, handler)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Within, no other program carries out the sweep of a folder; raises SweepError if one does."""
    from cardiac.storage import Locked, locked
    from cardiac.sweeps.ledger import SweepError

    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder, GLANCE))
        except Locked as error:
            raise SweepError(f"{folder}: the sweep is being carried out by {error.owner}") from None
        except OSError as error:
            raise SweepError(f"{folder} cannot be written ({error.strerror})") from None
        yield


def _crew(jobs: int | None, dask: str | None) -> AbstractContextManager[Crew]:
    from cardiac.sweeps import executors

    return executors.local(jobs or processors()) if dask is None else executors.cluster(dask)


def processors() -> int:
    """Processors that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _interrupted(tally: Tally, path: str | os.PathLike[str], ending: BaseException) -> KeyboardInterrupt:
    from cardiac.runner import Interrupted

    named = {"Terminated": "terminated", "Gone": str(ending), "NoRoom": f"{ending} - make room"}
    how = named.get(type(ending).__name__, "interrupted")
    count = f"{tally.done + tally.failed} of {tally.total} cases are kept"
    return Interrupted(f'{how}: {count} - go on with "cardiac sweep {path}"')


def _prepare(coordinator: Coordinator) -> None:
    """Have the kernels on the disk before there are workers, each of which would compile them; try what is collected.

    Raises ConfigError where a result does not hold what is collected.
    """
    plan, ledger = coordinator.plan, coordinator.ledger
    first: dict[str, Case] = {}
    for case in plan.cases():
        if ledger.record(case, plan.base.digest_of(case)) is None:
            first.setdefault(case.kind, case)
    for case in first.values():
        with tempfile.TemporaryDirectory() as folder:
            _try(plan, coordinator.task(case), Path(folder) / "tried.h5")


def _try(plan: Plan, task: Task, aside: Path) -> None:
    """Run the first step of a case, aside; or all of an experiment, in its place, where its worker will find it."""
    from cardiac.config import ConfigError
    from cardiac.storage import ResultError
    from cardiac.sweeps import work
    from cardiac.sweeps.collect import collected
    from cardiac.sweeps.records import NoRoom

    try:
        config = task.config()
        experiment = config.experiment is not None
        result = work.result(task) if experiment else _first_step(config, aside)
        problems = []
        for i, key in enumerate(plan.keys.collect):
            try:
                collected(result, key)
            except ResultError as error:
                text = str(error).removeprefix(f"{result.path}: ")
                problems.append(plan.document.problem(("collect", i), text))
    except NoRoom:
        raise
    except Exception:
        return  # is told of the case itself, when its worker meets it
    if problems:
        result.path.unlink()
        raise ConfigError(problems)


def _first_step(config: Config, path: Path) -> Result:
    """The result of a run that ends with its first step."""
    from cardiac import runner
    from cardiac.assembly import assemble

    assembly = assemble(config)
    run = config.run.model_copy(update={"duration": assembly.dt})
    start = config.start.model_copy(update={"settle": 0.0})
    step = config.model_copy(update={"run": run, "start": start})
    return runner.run(replace(assembly, config=step), path, threads=1)
