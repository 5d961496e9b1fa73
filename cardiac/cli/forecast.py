"""What a run will take: memory and disk by counting, time by measuring a few steps."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from cardiac import recorders
from cardiac.assembly import Assembly, memory
from cardiac.kernels import FIXED

MEASURED_FOR = 0.3  # s
MAPS = 3  # of a measure, about


class Speed(NamedTuple):
    """What a few steps took."""

    rate: float  # node-updates/s
    steps: int
    threads: int


def steps(assembly: Assembly) -> int:
    """Steps of the run, settling included."""
    config = assembly.config
    return round((config.run.duration + config.start.settle) / assembly.dt)


def needed(assembly: Assembly) -> float:
    """Bytes of memory."""
    laid_out = float(sum(field.nbytes for field in _fields(assembly)))
    return memory.needed(assembly.config, assembly.model, assembly.grid, laid_out)


def disk(assembly: Assembly) -> float:
    """Bytes of the result, at most: what compression saves is not known before."""
    config, cells = assembly.config, assembly.grid.nx * assembly.grid.ny
    maps = 1 + len(assembly.model.State._fields) + MAPS * len(config.measure)
    return 8.0 * cells * maps + 4.0 * cells * len(assembly.regions) + recorders.size(assembly) + 1e5


def speed(assembly: Assembly, threads: int | None = None) -> Speed:
    """The rate of steps with one reaction each, more than most take; measuring and probing included, writing not.

    Raises NotFinite.
    """
    simulation, record = replace(assembly, pace=FIXED).simulation(threads), assembly.config.record
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
        *(assembly.tensor or ()),
        *(assembly.faces or ()),
        *(assembly.bends or ()),
    )
    return (value for value in every if isinstance(value, np.ndarray))
