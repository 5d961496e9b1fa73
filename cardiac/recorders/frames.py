"""Frames: V or state variables of the whole tissue at fixed intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import numpy as np

from cardiac.recorders import KeyPath, Recorder
from cardiac.references import variable_name
from cardiac.units import Positive, Unit, duration, ms, units_of

if TYPE_CHECKING:
    from cardiac.assembly import Assembly
    from cardiac.simulation import Array, Simulation
    from cardiac.storage import Writer

NOT_OF_A_CELL = "a single cell has no frames - its probe keeps everything"
MOST = 1e6  # frames; beyond, a slip of the pen is more likely

precision = Annotated[float | Literal["full"], Unit("mV", "voltage"), Positive()]


class Frames(NamedTuple):
    """Snapshots of the whole tissue."""

    of: Annotated[tuple[variable_name, ...], "V, or state variables of the model."] = ("V",)
    every: Annotated[duration, "Interval between frames."] = 1.0
    precision: Annotated[precision, "To which V is rounded; full: not at all."] = 0.01
    from_: Annotated[ms, "Time of the first frame."] = 0.0
    to: Annotated[duration | None, "Time of the last frame (default: the end)."] = None


class Options(NamedTuple):
    """The key under `record:`."""

    frames: Frames | None = None


def problems(options: Options, end: float) -> Iterator[tuple[KeyPath, str]]:
    """Times without a frame between them, and too many frames up to `end` [ms], as (key path, text)."""
    frames = options.frames
    if frames is None:
        return
    if frames.to is not None and frames.to <= frames.from_:
        yield ("frames", "to"), f"{frames.to:g} ms is not after from, {frames.from_:g} ms"
    if 0.0 < end <= frames.from_:  # 0: how long the run is, is not known
        yield ("frames", "from"), f"{frames.from_:g} ms is not before the end, {end:g} ms"
    if end / frames.every > MOST:
        yield ("frames", "every"), "makes more than a million frames - use a longer one"


def interval(options: Options) -> float | None:
    """The interval between frames [ms]."""
    return options.frames.every if options.frames else None


def size(options: Options, assembly: Assembly) -> float:
    """Bytes of all frames."""
    frames = options.frames
    if frames is None:
        return 0.0
    last = assembly.config.run.duration if frames.to is None else frames.to
    return 4.0 * assembly.conducting.size * len(frames.of) * (1 + (last - frames.from_) // frames.every)


class Snapshots(Recorder):
    """Writes a frame in every `every`-th step from `first` to `last`, undefined in scars."""

    def __init__(self, frames: Frames, assembly: Assembly, writer: Writer) -> None:
        self.variables, self.writer, self.scar = frames.of, writer, ~assembly.conducting
        self.scarred = bool(self.scar.any())
        dt, end = assembly.dt, round(assembly.config.run.duration / assembly.dt)
        self.every, self.first = max(1, round(frames.every / dt)), round(frames.from_ / dt)
        self.last = end if frames.to is None else round(frames.to / dt)

    def next(self, step: int) -> int | None:
        due = self.first + self.every * max(0, (step - self.first) // self.every + 1)
        return due if due <= self.last else None

    def look(self, simulation: Simulation, samples: Array) -> None:
        since = simulation.step - self.first
        if since >= 0 and since % self.every == 0 and simulation.step <= self.last:
            values = {"V": simulation.V, **(simulation.state if self.variables != ("V",) else {})}
            if self.scarred:
                for name in self.variables:  # copies
                    values[name][self.scar] = np.nan
            self.writer.append(simulation.t, {name: values[name] for name in self.variables})


def make(assembly: Assembly, simulation: Simulation, writer: Writer) -> Snapshots | None:
    """The recorder of `record: {frames: ...}`."""
    frames: Frames | None = assembly.config.record.frames
    if frames is None:
        return None
    units = units_of(assembly.model.State)
    for name in frames.of:
        unit, long_name = ("mV", "membrane potential") if name == "V" else (units[name].symbol, name)
        writer.series(name, unit, long_name=long_name, precision=frames.precision if name == "V" else "full")
    return Snapshots(frames, assembly, writer)
