"""What a worker does: run a case, keep of it what is asked for, report."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cardiac.config import Config, validated
from cardiac.config.document import Document, key_path
from cardiac.sweeps import records
from cardiac.sweeps.collect import collected
from cardiac.sweeps.records import DONE, FAILED, Record

if TYPE_CHECKING:
    from cardiac.result import Result


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

    def config(self) -> Config:
        """The config of the case."""
        document = _parsed(self.text, self.base).copy()
        document.override(self.settings)
        return validated(document, Path(self.folder))


@lru_cache(maxsize=4)
def _parsed(text: str, name: str) -> Document:
    return Document(text, name)


def perform(task: Task) -> Record:
    """Run a case; whatever goes wrong with it becomes part of its record."""
    begun = time.perf_counter()
    path = Path(f"{task.target}.h5")
    try:
        result = _result(task, path)
        values = {key: collected(result, key) for key in task.collect}
        record = Record(task.case, task.digest, DONE, "", values, time.perf_counter() - begun)
        if task.keep == "summary":
            path.unlink()
    except Exception as error:
        record = failed(task, f"{_kind(error)}{error}", time.perf_counter() - begun)
    records.write(Path(f"{task.target}.json"), record)
    return record


def failed(task: Task, message: str, seconds: float = 0.0) -> Record:
    """The record of a case that failed."""
    return Record(task.case, task.digest, FAILED, message, {}, seconds)


def _kind(error: Exception) -> str:
    """What kind of error it is, where its message alone may not say."""
    told = type(error).__name__ in ("ConfigError", "RunError", "ResultError")
    return "" if told else f"{type(error).__name__}: "


def _result(task: Task, path: Path) -> Result:
    """The result of a case: run unless it is there, from its last checkpoint if it was cut short."""
    from cardiac import runner
    from cardiac.assembly import assemble
    from cardiac.result import Result, ResultError

    config = task.config()
    kept = config if task.keep == "everything" else lean(config, task.collect)
    try:
        there = Result.open(path)
        if there.provenance.get("digest") == kept.digest:
            return there
    except ResultError:
        pass
    # The intervals of all that is recorded have a say in the time step, so what is not kept is left out afterwards.
    run = config if config.experiment is not None else replace(assemble(config), config=kept)
    try:
        return runner.run(run, path, threads=1)
    except FileExistsError:  # left there by another sweep
        return runner.run(run, path, threads=1, overwrite=True)


def lean(config: Config, paths: tuple[str, ...]) -> Config:
    """A config without frames, and without probes unless something of them is collected."""
    probed = {str(key_path(path)[1]) for path in paths if key_path(path)[0] == "probes"}
    probes = {name: place for name, place in config.record.probes.items() if name in probed}
    record = config.record.model_copy(update={"frames": None, "probes": probes})
    return config.model_copy(update={"record": record})
