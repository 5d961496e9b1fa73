"""Frames: V or state variables of the whole tissue at fixed intervals."""

from __future__ import annotations

import numpy as np

from cardiac.assembly import Assembly
from cardiac.config.schema import Frames as FramesConfig
from cardiac.simulation import Array, Simulation
from cardiac.storage import Writer
from cardiac.units import units_of


class Frames:
    """Writes a frame in every `every`-th step from `first` to `last`, undefined in scars."""

    def __init__(self, config: FramesConfig, assembly: Assembly, writer: Writer) -> None:
        self.variables, self.writer, self.conducting = config.of, writer, assembly.conducting
        dt, end = assembly.dt, round(assembly.config.run.duration / assembly.dt)
        self.every, self.first = max(1, round(config.every / dt)), round(config.from_ / dt)
        self.last = end if config.to is None else round(config.to / dt)

    def next(self, step: int) -> int | None:
        due = self.first + self.every * max(0, (step - self.first) // self.every + 1)
        return due if due <= self.last else None

    def look(self, simulation: Simulation, samples: Array) -> None:
        since = simulation.step - self.first
        if since >= 0 and since % self.every == 0 and simulation.step <= self.last:
            values = {"V": simulation.V, **(simulation.state if self.variables != ("V",) else {})}
            masked = {name: np.where(self.conducting, values[name], np.nan) for name in self.variables}
            self.writer.append(simulation.t, masked)

    def finish(self, simulation: Simulation) -> None:
        pass


def make(assembly: Assembly, simulation: Simulation, writer: Writer) -> Frames | None:
    """The recorder of `record: {frames: ...}`."""
    config = assembly.config.record.frames
    if config is None:
        return None
    units = units_of(assembly.model.State)
    for name in config.of:
        unit, long_name = ("mV", "membrane potential") if name == "V" else (units[name].symbol, name)
        writer.series(name, unit, long_name=long_name, precision=config.precision if name == "V" else "full")
    return Frames(config, assembly, writer)
