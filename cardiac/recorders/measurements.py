"""Measurements: watches the run, for the measures of the config to look at what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac import measures
from cardiac.measures import LEVEL, Seen
from cardiac.recorders import Recorder

if TYPE_CHECKING:
    from cardiac.assembly import Assembly
    from cardiac.simulation import Array, Simulation
    from cardiac.storage import Writer


class Measurements(Recorder):
    """Watches the whole run and writes what was asked for at its end."""

    def __init__(self, assembly: Assembly, writer: Writer) -> None:
        self.assembly, self.writer = assembly, writer

    def look(self, simulation: Simulation, samples: Array) -> None:
        if simulation.step == 0:
            self.V_start = simulation.V

    def state(self) -> dict[str, Array]:
        return {"V_start": self.V_start}

    def restore(self, state: dict[str, Array]) -> None:
        self.V_start = state["V_start"]

    def finish(self, simulation: Simulation) -> None:
        seen = Seen(self.assembly, simulation.activity, self.V_start, self.writer)
        for asked in self.assembly.config.measure:
            measures.load(asked.name).measure(seen, asked.options)


def make(assembly: Assembly, simulation: Simulation, writer: Writer) -> Measurements | None:
    """The recorder of `measure: [...]`."""
    asked = assembly.config.measure
    if not asked:
        return None
    levels = (measures.load(use.name).level(use.options) for use in asked)
    simulation.measure(next((level for level in levels if level is not None), LEVEL))
    return Measurements(assembly, writer)
