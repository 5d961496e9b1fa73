"""What was found is not found again: arrays kept in files, in `CARDIAC_CACHE` or else the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def remembered(key: tuple[Any, ...], find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `find` returned when last called for this key, by any process; a cache that fails is no cache."""
    file = cache_folder() / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.npz"
    try:
        with file.open("rb") as opened, np.load(opened) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        found = find()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as aside:
            np.savez(aside, **found)
        os.replace(aside.name, file)
    except OSError:
        pass
    return found


def cache_folder() -> Path:
    """Where searches are remembered."""
    chosen = os.environ.get("CARDIAC_CACHE")
    user = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(chosen) if chosen else Path(user) / "cardiac"
