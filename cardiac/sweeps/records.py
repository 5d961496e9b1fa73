"""What is kept of a case: a small file of its own, from which the ledger can be rebuilt."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from cardiac.storage import aside
from cardiac.sweeps.collect import Collected

DONE, FAILED = "done", "failed"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # a disk that takes no more


class NoRoom(RuntimeError):
    """A disk on which nothing more can be kept, which is no fault of a case; the message says which."""


@contextmanager
def room(path: Path) -> Iterator[None]:
    """Within, a full disk where `path` is to be written raises NoRoom."""
    try:
        yield
    except Exception as error:
        if (found := _full(error)) is None:
            raise
        raise NoRoom(f"{path.parent} cannot be written ({found.strerror})") from error


def _full(error: BaseException | None) -> OSError | None:
    """The error of a full disk that lies behind an error, if one does."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return error
        error = error.__cause__
    return None


class Record(NamedTuple):
    """What came of a case."""

    case: str
    digest: str  # of its config
    state: str  # DONE or FAILED
    message: str = ""  # why it failed
    values: dict[str, Collected] = {}  # noqa: RUF012  # what was collected
    seconds: float = 0.0
    at: dict[str, float | str] = {}  # noqa: RUF012  # its coordinates, by axis

    @property
    def done(self) -> bool:
        """Whether there is a result."""
        return self.state == DONE

    def text(self) -> str:
        """As JSON; a number comes back to the last bit."""
        return json.dumps(self._asdict())

    @classmethod
    def parsed(cls, text: str) -> Record:
        """From JSON; raises ValueError where it is something else."""
        found: dict[str, Any] = json.loads(text)
        try:
            values = {path: Collected(*value) for path, value in found.pop("values").items()}
            return cls(**found, values=values)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"no record of a case: {error}") from None


def write(path: Path, record: Record) -> None:
    """Write a record, so that its file is whole or not there."""
    with room(path), aside(path) as temporary:
        temporary.write_text(record.text(), encoding="utf-8")


def read(path: Path) -> Record | None:
    """The record in a file; None where there is none that can be read."""
    try:
        return Record.parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
