"""What was found is not found again: arrays kept in files, in `CARDIAC_CACHE` or else the user's cache folder.

A file is a checksum and what numpy has saved. Its name is a digest of its key, which says what was asked for, and of
what else the answer may depend on: code, libraries, processor.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import binding

from cardiac.cell.search import Array, Numbers

PACKAGE = Path(__file__).parents[1]
CODE = "cell/*.py", "kernels/*.py", "protocol/*.py", "simulation.py"  # by which things are found
AT_ONCE = 512  # things that are found side by side, which bounds the memory that they take


def remembered(key: tuple[Any, ...], find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `find` returned when last called for this key, by any process; a cache that fails is no cache."""
    file = _file(key)
    if (known := _read(file)) is not None:
        return dict(known)
    found = find()
    _keep(file, partial(np.savez, **found))
    return found


def each_remembered(
    keys: Sequence[tuple[Any, ...]], find: Callable[[Numbers], dict[str, Any]]
) -> dict[str, Array]:
    """What is known for each of several keys, (n,) by name; `find` finds what is not, for many numbers at once.

    So it must not matter for one of them which others are found beside it.
    """
    known: dict[tuple[Any, ...], npt.NDArray[Any]] = {}
    missing: dict[tuple[Any, ...], int] = {}
    for k, key in enumerate(keys):
        if key in known or key in missing:
            continue
        if (record := _read(_file(key))) is None:
            missing[key] = k
        else:
            known[key] = record
    wanted = list(missing.items())
    for k in range(0, len(wanted), AT_ONCE):
        some = wanted[k : k + AT_ONCE]
        found = find(np.array([number for _, number in some], dtype=np.intp))
        records = np.zeros(len(some), dtype=[(name, float) for name in found])
        for name, values in found.items():
            records[name] = values
        for (key, _), record in zip(some, np.split(records, len(some)), strict=True):
            known[key] = record
            _keep(_file(key), partial(np.save, arr=record))
    together = np.concatenate([known[key] for key in keys])
    return {name: together[name].copy() for name in together.dtype.names or ()}


def cache_folder() -> Path:
    """Where searches are remembered."""
    chosen = os.environ.get("CARDIAC_CACHE")
    user = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(chosen) if chosen else Path(user) / "cardiac"


def _file(key: tuple[Any, ...]) -> Path:
    return cache_folder() / hashlib.sha256(repr((_found_by(), key)).encode()).hexdigest()[:32]


@cache
def _found_by() -> str:
    """The same as long as the same is found to the last bit."""
    made = hashlib.sha256()
    for file in sorted(file for pattern in CODE for file in PACKAGE.glob(pattern)):
        made.update(file.read_bytes())
    features = binding.get_host_cpu_features().flatten()
    processor = binding.get_host_cpu_name(), numba.config.CPU_FEATURES, features
    made.update(repr((numba.__version__, np.__version__, numba.config.DISABLE_JIT, processor)).encode())
    return made.hexdigest()


def _read(file: Path) -> Any:
    """What is in a file, if it is whole."""
    try:
        whole = file.read_bytes()
    except OSError:
        return None
    told, saved = whole[:32], whole[32:]
    return np.load(BytesIO(saved)) if hashlib.sha256(saved).digest() == told else None


def _keep(file: Path, save: Callable[[Any], None]) -> None:
    save(saved := BytesIO())
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
            aside.write(hashlib.sha256(saved.getvalue()).digest() + saved.getvalue())
        os.replace(aside.name, file)
