"""Files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def beside(path: Path) -> Path:
    """Where this process writes what will be at `path`."""
    return path.with_name(f"{path.name}.tmp-{os.getpid()}")


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A place to write a file to, which has the name `path` when all went well; else nothing is left of it."""
    temporary = beside(path)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
