"""Recorders: what is kept of a run, and when. A file here is a recorder.

Each defines `make(assembly, simulation, writer) -> Recorder | None`, None if the config does not ask for it. The
run stops at the steps that recorders name, lets each look, and lets each finish at the end. Optional are

    Options                  record of its keys under `record:`, see `cardiac.units`, `cardiac.references`
    problems(options, end)   what makes no sense in them in a run up to `end` [ms], as (key path, text)
    interval(options)        its interval [ms], which the time step divides if it can; None if it has none
    size(options, assembly)  bytes that it writes, at most, before they are compressed
    OF_A_CELL                keys that are taken for granted in a single cell, and their values
    NOT_OF_A_CELL            why its keys have no meaning in a single cell
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # a config needs no more than the options
    from cardiac.assembly import Assembly
    from cardiac.simulation import Array, Simulation
    from cardiac.storage import Writer

KeyPath = tuple[str, ...]


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
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def make_all(assembly: Assembly, simulation: Simulation, writer: Writer) -> list[Recorder]:
    """The recorders that the config asks for."""
    made = (module.make(assembly, simulation, writer) for module in _modules())
    return [recorder for recorder in made if recorder is not None]


def records() -> list[Any]:
    """The record Options of every recorder that has one: together, the keys under `record:`."""
    return [module.Options for module in _modules() if hasattr(module, "Options")]


def problems(record: Any, end: float) -> Iterator[tuple[KeyPath, str]]:
    """What makes no sense in a section `record:`, as (key path, text)."""
    for module in _modules():
        if hasattr(module, "problems"):
            yield from module.problems(_own(module, record), end)


def intervals(record: Any) -> list[float]:
    """The intervals [ms] of the recorders that a section `record:` asks for."""
    modules = (module for module in _modules() if hasattr(module, "interval"))
    found = (module.interval(_own(module, record)) for module in modules)
    return [interval for interval in found if interval is not None]


def size(assembly: Assembly) -> float:
    """Bytes that the recorders of a run write, at most, before they are compressed."""
    modules = (module for module in _modules() if hasattr(module, "size"))
    return float(sum(module.size(_own(module, assembly.config.record), assembly) for module in modules))


def of_a_cell() -> dict[str, Any]:
    """The keys that are taken for granted in a single cell, and their values."""
    return {key: value for module in _modules() for key, value in getattr(module, "OF_A_CELL", {}).items()}


def not_of_a_cell() -> dict[str, str]:
    """The keys that have no meaning in a single cell, and why."""
    modules = (module for module in _modules() if hasattr(module, "NOT_OF_A_CELL"))
    return {key: module.NOT_OF_A_CELL for module in modules for key in module.Options._fields}


def _modules() -> list[Any]:
    return [import_module(f"{__name__}.{name}") for name in names()]


def _own(module: Any, record: Any) -> Any:
    """The options of a recorder in a section `record:`."""
    return module.Options(*(getattr(record, key) for key in module.Options._fields))
