"""What a run will take: memory and disk by counting, time by measuring a few steps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from cardiac import recorders
from cardiac.assembly import Assembly

MEASURED_FOR = 0.3  # s
PROGRAM = 200e6  # bytes of Python and its libraries
BEATS = 4  # for which there is room at first
MAPS = 3  # of a measure, about
PENDING = 4 * 1024 * 1024  # bytes of frames that wait for their chunk, at most a few of these


class Speed(NamedTuple):
    """What a few steps took."""

    rate: float  # node-updates/s
    steps: int
    threads: int


def steps(assembly: Assembly) -> int:
    """Steps of the run, settling included."""
    config = assembly.config
    return round((config.run.duration + config.start.settle) / assembly.dt)


def memory(assembly: Assembly) -> float:
    """Bytes of the program and of its arrays, about."""
    variables = len(assembly.model.State._fields)
    scalars = 6 + 2 * (1 + variables)  # work arrays; the state and the copy that a failed run goes back to
    scalars += 7 + 3 * BEATS if assembly.config.measure else 0
    laid_out = 2 * sum(field.nbytes for field in _fields(assembly))  # as they are, and in tiles
    return PROGRAM + 8.0 * scalars * assembly.grid.nx * assembly.grid.ny + laid_out + PENDING


def disk(assembly: Assembly) -> float:
    """Bytes of the result, at most: what compression saves is not known before."""
    config, cells = assembly.config, assembly.grid.nx * assembly.grid.ny
    maps = 1 + len(assembly.model.State._fields) + MAPS * len(config.measure)
    return 8.0 * cells * maps + 4.0 * cells * len(assembly.regions) + recorders.size(assembly) + 1e5


def machine_memory() -> float | None:
    """Bytes of this machine, where the system tells."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return None


def speed(assembly: Assembly, threads: int | None = None) -> Speed:
    """The rate of the first steps; measuring and probing included, writing not. Raises NotFinite."""
    simulation, record = assembly.simulation(threads), assembly.config.record
    if assembly.config.measure:
        simulation.measure(0.0)
    if record.probes:
        cells = [assembly.grid.cell_at(point) for point in record.probes.values()]
        simulation.probe(cells, max(1, round(record.probe_interval / assembly.dt)))
    simulation.advance(1)  # compiles the kernels, or finds them on the disk
    taken, spent, total = 1, 0.0, steps(assembly)
    while spent < MEASURED_FOR and simulation.step < total:
        taken = min(2 * taken, total - simulation.step)
        begun = time.perf_counter()
        simulation.advance(taken)
        spent = time.perf_counter() - begun
    rate = int(assembly.conducting.sum()) * taken / max(spent, 1e-6)
    return Speed(rate, simulation.step, simulation.threads)


def _fields(assembly: Assembly) -> Iterable[np.ndarray[Any, Any]]:
    added = (value for a in assembly.mechanisms for value in (*a.parameters, a.weight))
    weights = (stimulus.weight for stimulus in assembly.stimuli)
    every = (
        *assembly.parameters.values(),
        *assembly.regions.values(),
        *added,
        *weights,
        *(assembly.faces or ()),
    )
    return (value for value in every if isinstance(value, np.ndarray))
