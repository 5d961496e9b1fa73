"""How a result came about: program versions, machine and command."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from cardiac.storage.format import Scalar


def environment() -> dict[str, Scalar]:
    """Program versions, machine and command: what a result depends on beside its config."""
    import h5py

    from cardiac import __version__

    found: dict[str, Scalar] = {
        "cardiac": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": _version("numba"),
        "h5py": h5py.__version__,
        "hdf5": h5py.version.hdf5_version,
        "command": " ".join(sys.argv),
        "host": platform.node(),
        "system": platform.platform(),
        "cpu": _cpu(),
    }
    commit = _commit(Path(__file__).parents[2])
    return found | ({"git_commit": commit} if commit else {})


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit(folder: Path) -> str:
    """The commit checked out in `folder`, with "-dirty" if changed; "" outside a repository."""
    if not (folder / ".git").exists():
        return ""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
