"""Where a result goes: whether it may, and whether there is room."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from cardiac import recorders
from cardiac.assembly import Assembly
from cardiac.config import Config
from cardiac.storage import Unfinished, environment, leftovers

PACKED_TO = 2.0  # frames and probes are packed to half of their size or less
# What the bits of a result may depend on beside the config.
VERSIONS = "cardiac", "numba", "numpy", "cpu"


def check_room(assembly: Assembly, path: Path) -> None:
    """Raises ConfigError where what a run records has no room on the disk of the result `path`."""
    most = recorders.size(assembly)
    try:
        free = shutil.disk_usage(path.parent).free + Unfinished(path).size
    except OSError:  # what is wrong with it is told when something is written there
        return
    if most / PACKED_TO > free:
        text = f"frames and probes take up to {most / 1e9:.3g} GB before they are packed, the disk of the result has "
        text += f"{free / 1e9:.3g} GB left - use a longer interval, or another disk"
        raise assembly.config.error([(("record",), text)])


def make_way(path: Path, config: Config, overwrite: bool) -> None:
    """Remove what killed runs have left, and an unfinished run if it is to be replaced; for who has locked the place.

    Raises FileExistsError if there is one of another config.
    """
    for left in leftovers(path.parent, path.name):  # nobody else writes
        left.unlink()
    kept = Unfinished(path)
    if overwrite or not kept:
        kept.remove()
    elif kept.run()["digest"] != config.digest:
        raise FileExistsError(f"{kept.folder} holds an unfinished run of another config")


def what_is_run(config: Config) -> dict[str, Any]:
    """What is run, and with what, as JSON: what the folder of an unfinished run tells of it."""
    found = environment()
    return {
        "digest": config.digest,
        "config": config.source,
        "resolved": config.resolved(),
        "versions": {name: found[name] for name in VERSIONS},
    }
