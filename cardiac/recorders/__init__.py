"""Recorders: what is kept of a run, and when. A file here is a recorder.

Each defines `make(assembly, simulation, writer) -> Recorder | None`, None if the config does not ask for it. The
run stops at the steps that recorders name, lets each look, and lets each finish at the end.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol

from cardiac.assembly import Assembly
from cardiac.simulation import Array, Simulation
from cardiac.storage import Writer


class Recorder(Protocol):
    """Something that looks at a run."""

    def next(self, step: int) -> int | None:
        """The first step after `step` at which it wants to look; None if never again."""

    def look(self, simulation: Simulation, samples: Array) -> None:
        """Look at the simulation, and at the probe samples (samples, probes, 1 + variables) since last time."""

    def finish(self, simulation: Simulation) -> None:
        """Write what is left when the run is over."""


def names() -> list[str]:
    """The names of all recorders."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def make_all(assembly: Assembly, simulation: Simulation, writer: Writer) -> list[Recorder]:
    """The recorders that the config asks for."""
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names())
    made = (module.make(assembly, simulation, writer) for module in modules)
    return [recorder for recorder in made if recorder is not None]
