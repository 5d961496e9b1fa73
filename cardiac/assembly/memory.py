"""How much memory a run takes, and how much there is."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from cardiac.config import Config
from cardiac.models import Model
from cardiac.simulation import REAL
from cardiac.storage.frames import chunks
from cardiac.tissue import Grid

PROGRAM = 200e6  # bytes of Python and its libraries
WORK = 3  # arrays: V before the diffusion, its copy, a current that is injected everywhere
FACES = 2  # arrays of its operator, at least
TRACKS = 8  # arrays of measurements
BEATS = 4  # activations of each cell for which there is room at first
WAITING = 2 * 4.0  # bytes of a cell in a frame that waits: as many are being collected as are being written
LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container


def needed(config: Config, model: Model, grid: Grid, laid_out: float = 0.0) -> float:
    """Bytes of the program and of its arrays, about.

    `laid_out` are the bytes of what differs from cell to cell, in double precision, where they are known.
    """
    width = float(np.dtype(REAL[config.run.precision]).itemsize)
    state = 2 * (1 + len(model.State._fields))  # and the copy that a failed run goes back to
    kernel = width * (WORK + state)
    measured = width * TRACKS + 8.0 * 3 * BEATS if config.measure else 0.0
    least = 8.0 * (FACES + len(config.regions) + len(config.stimuli)) * grid.nx * grid.ny
    own = max(laid_out, least) * (1.0 + width / 8.0)  # as they are, and laid out for the kernel
    kept = config.record.frames.of if config.record.frames else ()
    waiting = WAITING * len(kept) * chunks(grid.ny, grid.nx)[0]
    return PROGRAM + (kernel + measured + waiting) * grid.nx * grid.ny + own


def available() -> float | None:
    """Bytes of this machine, or those allowed to the container; None where the system does not tell."""
    try:
        there = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return None
    try:
        return min(there, float(LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit
        return there
