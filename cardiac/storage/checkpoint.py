"""A checkpoint: named arrays in a file that is whole, or refused.

The file holds a header (JSON: names, types, shapes), the bytes of all arrays, and the SHA-256 of everything before.
It appears under its name at once, when all of it is on the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cardiac.storage.format import Array, ResultError

MAGIC = b"cardiac checkpoint 1\n"
DIGEST = hashlib.sha256().digest_size
PIECE = 16 * 1024 * 1024  # bytes that are read at a time


class CorruptCheckpoint(Exception):
    """A file that is not what was written; the message says how it differs."""


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays to `path`, replacing what is there; raises OSError, and leaves that then."""
    temporary = path.with_name(f"{path.name}.tmp")
    digest = hashlib.sha256()
    try:
        with temporary.open("wb") as file:
            for piece in _pieces(arrays):
                digest.update(piece)
                file.write(piece)
            file.write(digest.digest())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # the disk may be full
        raise
    sync(path.parent)


def read(path: Path) -> dict[str, Array]:
    """The arrays of a checkpoint; raises CorruptCheckpoint, ResultError if another version wrote it, or OSError."""
    with path.open("rb") as file:
        size, digest = path.stat().st_size - DIGEST, hashlib.sha256()
        while size > 0 and (piece := file.read(min(PIECE, size))):
            digest.update(piece)
            size -= len(piece)
        if size != 0 or file.read() != digest.digest():
            raise CorruptCheckpoint(f"{path} is damaged: its checksum differs")
        file.seek(0)
        if file.read(len(MAGIC)) != MAGIC:
            raise ResultError(f"{path} is a checkpoint of another version of this program")
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        return {name: _array(file.read, dtype, shape) for name, dtype, shape in header}


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no such call
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces(arrays: Mapping[str, Array]) -> Iterator[Any]:
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = json.dumps([(name, a.dtype.str, np.shape(arrays[name])) for name, a in whole.items()]).encode()
    yield MAGIC
    yield len(header).to_bytes(8, "little")
    yield header
    for array in whole.values():
        yield array.reshape(-1).view(np.uint8)


def _array(read: Any, dtype: str, shape: list[int]) -> Array:
    kind = np.dtype(dtype)
    values = np.frombuffer(read(kind.itemsize * int(np.prod(shape, dtype=np.int64))), kind)
    return values.reshape(shape).copy()
