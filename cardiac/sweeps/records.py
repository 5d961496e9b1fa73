"""What is kept of a case: a small file of its own, from which the ledger can be rebuilt."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from cardiac.sweeps.collect import Collected

DONE, FAILED = "done", "failed"


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
    aside = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    aside.write_text(record.text(), encoding="utf-8")
    aside.replace(path)


def read(path: Path) -> Record | None:
    """The record in a file; None where there is none that can be read."""
    try:
        return Record.parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
