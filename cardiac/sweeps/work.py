"""What a worker does: run a case, keep of it what is asked for, report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cardiac.config import Config, ConfigError
from cardiac.config.document import Document, key_path
from cardiac.sweeps import records
from cardiac.sweeps.cases import varied
from cardiac.sweeps.collect import collected
from cardiac.sweeps.records import DONE, FAILED, NoRoom, Record

if TYPE_CHECKING:
    from cardiac.result import Result

PATIENCE = 5.0  # s, with another program that writes the result of a case


class InUse(RuntimeError):
    """Another program writes the result of a case."""


class Task(NamedTuple):
    """A case as it is sent to a worker, which may be on another machine that sees the same folders."""

    case: str
    digest: str  # of its config
    text: str  # of the base
    base: str  # its name
    folder: str  # what its file names are relative to
    settings: dict[str, Any]
    collect: tuple[str, ...]
    keep: str
    target: str  # its files, without a suffix
    at: dict[str, float | str] = {}  # noqa: RUF012  # its coordinates, by axis

    def config(self) -> Config:
        """The config of the case."""
        return varied(_parsed(self.text, self.base), self.settings, Path(self.folder))


@lru_cache(maxsize=4)
def _parsed(text: str, name: str) -> Document:
    return Document(text, name)


def prepare(tasks: list[Task]) -> None:
    """Find side by side, and remember, what the cases will ask about their cells."""
    from cardiac import assembly

    with suppress(ConfigError):  # will be told of the case itself
        assembly.prepare([task.config() for task in tasks])


def perform(task: Task) -> Record:
    """Run a case; whatever goes wrong with it becomes part of its record.

    Raises InUse and NoRoom, which say nothing about the case: it is to be run again.
    """
    begun = time.perf_counter()
    path = Path(f"{task.target}.h5")
    try:
        with records.room(path):
            found = result(task)
        values = {key: collected(found, key) for key in task.collect}
        record = Record(task.case, task.digest, DONE, "", values, time.perf_counter() - begun, task.at)
        if task.keep == "summary":
            path.unlink(missing_ok=True)  # another worker, whose coordinator has ended, may have done so
    except (InUse, NoRoom):
        raise
    except Exception as error:
        record = failed(task, _told(error), time.perf_counter() - begun)
    records.write(Path(f"{task.target}.json"), record)
    return record


def failed(task: Task, message: str, seconds: float = 0.0) -> Record:
    """The record of a case that failed."""
    return Record(task.case, task.digest, FAILED, message, {}, seconds, task.at)


def _told(error: Exception) -> str:
    """What to say of an error, and of what kind it is, where its message alone may not."""
    if isinstance(error, ConfigError):  # in a sweep nobody has written --set
        return str(
            ConfigError(
                replace(problem, file=problem.file.removeprefix("--set ")) for problem in error.problems
            )
        )
    plain = type(error).__name__ in ("RunError", "ResultError")
    return str(error) if plain else f"{type(error).__name__}: {error}"


def result(task: Task) -> Result:
    """The result of a case: run unless it is there, from its last checkpoint if it was cut short."""
    from cardiac import runner
    from cardiac.assembly import assemble

    config, path = task.config(), Path(f"{task.target}.h5")
    whole = task.keep == "everything" or config.experiment is not None
    kept = config if whole else lean(config, task.collect)
    _free(path)
    if (there := _there(path)) is not None and there.provenance.get("digest") == kept.digest:
        return there
    _make_way(path, kept.digest)
    # The intervals of all that is recorded have a say in the time step, so what is not kept is left out afterwards.
    run = config if config.experiment is not None else replace(assemble(config), config=kept)
    return runner.run(run, path, threads=1)


def _there(path: Path) -> Result | None:
    """The result in a file, if there is one."""
    from cardiac.result import Result, ResultError

    try:
        return Result.open(path)
    except ResultError:
        return None


def _make_way(path: Path, digest: str) -> None:
    """Remove what another sweep has left; not an unfinished run of the config with this digest, which goes on."""
    from cardiac.storage import ResultError, Unfinished

    path.unlink(missing_ok=True)
    unfinished = Unfinished(path)
    with suppress(ResultError):  # of what does not tell what it is of
        if not unfinished or unfinished.run()["digest"] == digest:
            return
    unfinished.remove()


def _free(path: Path) -> None:
    """Wait for a worker that is about to end, as its coordinator has; raises InUse if another program goes on."""
    from cardiac.storage import Locked, locked

    try:
        with locked(path, PATIENCE):
            pass
    except Locked as error:
        raise InUse(f"{path} is being written by {error.owner}") from None


def lean(config: Config, paths: tuple[str, ...]) -> Config:
    """A config without frames, and without probes unless something of them is collected or measured between them."""
    used = {str(key_path(path)[1]) for path in paths if key_path(path)[0] == "probes"}
    for use in config.measure:
        used |= set(_texts(use.options))
    probes = {name: place for name, place in config.record.probes.items() if name in used}
    record = config.record.model_copy(update={"frames": None, "probes": probes})
    return config.model_copy(update={"record": record})


def _texts(value: object) -> Iterator[str]:
    """All texts in nested tuples."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
