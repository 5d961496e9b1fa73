"""Electrograms: the potential at electrodes above or beside the tissue, also as a pseudo-ECG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np

from cardiac.recorders import KeyPath, Recorder
from cardiac.references import FARTHEST, electrodes
from cardiac.units import S_per_m, duration, extent

if TYPE_CHECKING:
    from cardiac.assembly import Assembly
    from cardiac.simulation import Array, Simulation
    from cardiac.storage import Writer

DOI = "10.1161/01.RES.0000016960.61087.86"
NOT_OF_A_CELL = "a single cell has no electrogram: no current flows around it"
MOST = 1e7  # samples; beyond, a slip of the pen is more likely


class Electrograms(NamedTuple):
    """Unipolar electrograms in a bath above the tissue, see `analysis.electrogram`."""

    at: Annotated[
        electrodes,
        "Electrodes by name: x, y, and z if not at the common height; also beside the tissue, up to 100 mm from it.",
    ]
    height: Annotated[extent, "Of the electrodes above the tissue."] = 1.0
    every: Annotated[duration, "Time between samples."] = 0.5
    thickness: Annotated[extent, "Of the tissue."] = 1.0
    conductivity: Annotated[S_per_m, "Of the bath."] = 1.0


class Options(NamedTuple):
    """The key under `record:`."""

    electrograms: Electrograms | None = None


def problems(options: Options, end: float) -> Iterator[tuple[KeyPath, str]]:
    """A name that is taken, electrodes too far away, too many samples up to `end` [ms], as (key path, text)."""
    asked = options.electrograms
    if asked is None:
        return
    if "time" in asked.at:
        yield ("electrograms", "at", "time"), "is the name of the times - use another"
    if asked.height > FARTHEST:
        yield ("electrograms", "height"), f"{asked.height:g} mm is too far - use {FARTHEST:g} mm or less"
    if end / asked.every > MOST:
        yield ("electrograms", "every"), "makes more than 10 million samples - use a longer one"


def interval(options: Options) -> float | None:
    """The time between samples [ms]."""
    return options.electrograms.every if options.electrograms else None


def size(options: Options, assembly: Assembly) -> float:
    """Bytes of all samples."""
    asked = options.electrograms
    return 8.0 * (1 + len(asked.at)) * assembly.config.run.duration / asked.every if asked else 0.0


class Potentials(Recorder):
    """Takes the potential at the electrodes in every `every`-th step."""

    def __init__(self, asked: Electrograms, assembly: Assembly, writer: Writer) -> None:
        from cardiac.analysis import lead_field

        assert assembly.faces is not None
        grid, self.asked, self.writer = assembly.grid, asked, writer
        self.places = [
            (*grid.position(place), place[2] if len(place) > 2 else asked.height)
            for place in asked.at.values()
        ]
        self.leads = lead_field(self.places, grid.x, grid.y, assembly.faces)
        self.every = max(1, round(asked.every / assembly.dt))

    def next(self, step: int) -> int:
        return (step // self.every + 1) * self.every

    def look(self, simulation: Simulation, samples: Array) -> None:
        from cardiac.analysis import electrogram

        if simulation.step % self.every == 0:
            potentials = electrogram(self.leads, simulation.V, self.asked.thickness, self.asked.conductivity)
            self.writer.gather("electrograms", potentials[None])

    def finish(self, simulation: Simulation) -> None:
        values = self.writer.gathered("electrograms")
        times = np.arange(len(values)) * (self.every * simulation.dt)
        columns = {name: (values[:, k].copy(), "mV") for k, name in enumerate(self.asked.at)}
        attributes = {
            f"{part} of {name}": (place[k], "mm")
            for name, place in zip(self.asked.at, self.places, strict=True)
            for k, part in enumerate("xyz")
        }
        more = {"thickness": (self.asked.thickness, "mm"), "conductivity": (self.asked.conductivity, "S/m")}
        self.writer.table("electrograms", {"time": (times, "ms"), **columns}, attributes | more)


def make(assembly: Assembly, simulation: Simulation, writer: Writer) -> Potentials | None:
    """The recorder of `record: {electrograms: ...}`."""
    asked: Electrograms | None = assembly.config.record.electrograms
    return None if asked is None else Potentials(asked, assembly, writer)
