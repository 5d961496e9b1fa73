"""What was found is not found again: arrays kept in files, in `CARDIAC_CACHE` or else the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.intp]


def remembered(key: tuple[Any, ...], find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `find` returned when last called for this key, by any process; a cache that fails is no cache."""
    file = _file(key, ".npz")
    try:
        with file.open("rb") as opened, np.load(opened) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        found = find()
    _keep(file, lambda aside: np.savez(aside, **found))
    return found


def each_remembered(
    keys: Sequence[tuple[Any, ...]], find: Callable[[Numbers], dict[str, Any]]
) -> dict[str, npt.NDArray[np.float64]]:
    """What is known for each of several keys, (n,) by name; what is not, `find` finds at once, by their numbers (m,).

    So it must not matter for one of them which others are found beside it.
    """
    files = [_file(key, ".npy") for key in keys]
    known = [_record(file) for file in files]
    missing = np.array([k for k, one in enumerate(known) if one is None], dtype=np.intp)
    if missing.size:
        found = find(missing)
        records = np.zeros(missing.size, dtype=[(name, float) for name in found])
        for name, values in found.items():
            records[name] = values
        for k, record in zip(missing.tolist(), np.split(records, missing.size), strict=True):
            known[k] = record
            _keep(files[k], partial(np.save, arr=record))
    together = np.concatenate([one for one in known if one is not None])
    return {name: together[name].copy() for name in together.dtype.names or ()}


def _file(key: tuple[Any, ...], kind: str) -> Path:
    return cache_folder() / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}{kind}"


def _record(file: Path) -> npt.NDArray[Any] | None:
    """The numbers in a file, by name."""
    try:
        found: npt.NDArray[Any] = np.load(file)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.dtype.names and found.shape == (1,) else None


def _keep(file: Path, write: Callable[[Any], None]) -> None:
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=file.suffix, delete=False) as aside:
            write(aside)
        os.replace(aside.name, file)


def cache_folder() -> Path:
    """Where searches are remembered."""
    chosen = os.environ.get("CARDIAC_CACHE")
    user = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(chosen) if chosen else Path(user) / "cardiac"
