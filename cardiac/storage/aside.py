"""Files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path


def beside(path: Path) -> Path:
    """Where this process writes what will be at `path`."""
    return path.with_name(f"{path.name}.tmp-{os.getpid()}")


def leftovers(folder: Path, name: str | None = None) -> list[Path]:
    """What processes that have not ended, or were killed, write in a folder, or only to its file `name`."""
    return sorted(folder.glob(f"{'*' if name is None else escape(name)}.tmp-*"))


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A place to write a file to, which has the name `path` when all went well; else nothing is left of it.

    Its folder is made where there is none.
    """
    temporary = beside(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        if error.filename == str(temporary):  # which nobody has asked for
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)
