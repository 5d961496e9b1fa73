"""Recorders: what is kept of a run, and when. A file here is a recorder.

Each begins with a sentence that says what it keeps, and defines `make(assembly, simulation, writer) -> Recorder`, or
None if the config does not ask for it. The run stops at the steps that recorders name, lets each look, and lets each
finish at the end; `Result.table` reads what `writer.table` has written. What a recorder collects until then it gives
to `writer.gather`, or has in its `state`: so a run that is cut short can go on. Optional are

    Options                  record of its keys under `record:`, see `cardiac.units`, `cardiac.references`
    problems(options, end)   what makes no sense in them in a run up to `end` [ms], as (key path, text)
    interval(options)        its interval [ms], which the time step divides if it can; None if it has none
    size(options, assembly)  bytes that it writes, at most, before they are compressed
    OF_A_CELL                keys that are taken for granted in a single cell, and their values
    NOT_OF_A_CELL            why its keys have no meaning in a single cell
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from cardiac import registry

if TYPE_CHECKING:  # a config needs no more than the options
    from cardiac.assembly import Assembly
    from cardiac.simulation import Array, Simulation
    from cardiac.storage import Writer

KeyPath = tuple[str, ...]


class Recorder:
    """Something that looks at a run; this one never does."""

    def next(self, step: int) -> int | None:
        """The first step after `step` at which it wants to look; None if never again."""
        return None

    def look(self, simulation: Simulation, samples: Array) -> None:
        """Look at the simulation, and at the probe samples (samples, probes, 1 + variables) since last time."""

    def finish(self, simulation: Simulation) -> None:
        """Write what is left when the run is over."""

    def state(self) -> dict[str, Array]:
        """What it remembers and has not given to the writer, for a checkpoint."""
        return {}

    def restore(self, state: dict[str, Array]) -> None:
        """Go on from its `state`, without a first look."""


class RecorderError(registry.EntryError):
    """A file that is not a recorder; the message names the file and what is wrong."""


class NoOptions(NamedTuple):
    """Of a recorder that has no keys under `record:`."""


@dataclass(frozen=True, slots=True)
class Kind(registry.Documented):
    """A file of this folder: what may be written for a recorder, and how it is made."""

    name: str
    doc: str
    make: Callable[[Assembly, Simulation, Writer], Recorder | None]
    Options: Any  # class: its keys under `record:`
    problems: Callable[[Any, float], Iterable[tuple[KeyPath, str]]]  # (options, end [ms])
    interval: Callable[[Any], float | None]  # options -> ms
    size: Callable[[Any, Assembly], float]  # bytes
    of_a_cell: Mapping[str, Any]
    not_of_a_cell: str

    def own(self, record: Any) -> Any:
        """Its options in a section `record:`."""
        return self.Options(*(getattr(record, key) for key in self.Options._fields))


def names() -> list[str]:
    """The names of all recorders."""
    return registry.names(__name__)


@cache
def load(name: str) -> Kind:
    """The recorder with this name, which is one of `names()`; raises RecorderError."""
    module = import_module(f"{__name__}.{name}")
    contract = registry.Contract(module)
    kind = Kind(
        name=name,
        doc=contract.doc,
        make=contract.function("make", "assembly, simulation, writer"),
        Options=getattr(module, "Options", NoOptions),
        problems=contract.optional("problems", "options, end", lambda options, end: ()),
        interval=contract.optional("interval", "options", lambda options: None),
        size=contract.optional("size", "options, assembly", lambda options, assembly: 0.0),
        of_a_cell=getattr(module, "OF_A_CELL", {}),
        not_of_a_cell=getattr(module, "NOT_OF_A_CELL", ""),
    )
    contract.check(RecorderError)
    return kind


def make_all(assembly: Assembly, simulation: Simulation, writer: Writer) -> list[Recorder]:
    """The recorders that the config asks for."""
    made = (kind.make(assembly, simulation, writer) for kind in _all())
    return [recorder for recorder in made if recorder is not None]


def records() -> list[Any]:
    """The record Options of every recorder: together, the keys under `record:`."""
    return [kind.Options for kind in _all()]


def problems(record: Any, end: float) -> Iterator[tuple[KeyPath, str]]:
    """What makes no sense in a section `record:` in a run up to `end` [ms], as (key path, text)."""
    for kind in _all():
        yield from kind.problems(kind.own(record), end)


def intervals(record: Any) -> list[float]:
    """The intervals [ms] of the recorders that a section `record:` asks for."""
    found = (kind.interval(kind.own(record)) for kind in _all())
    return [interval for interval in found if interval is not None]


def size(assembly: Assembly) -> float:
    """Bytes that the recorders of a run write, at most, before they are compressed."""
    return float(sum(kind.size(kind.own(assembly.config.record), assembly) for kind in _all()))


def of_a_cell() -> dict[str, Any]:
    """The keys that are taken for granted in a single cell, and their values."""
    return {key: value for kind in _all() for key, value in kind.of_a_cell.items()}


def not_of_a_cell() -> dict[str, str]:
    """The keys that have no meaning in a single cell, and why."""
    return {key: kind.not_of_a_cell for kind in _all() if kind.not_of_a_cell for key in kind.Options._fields}


def _all() -> list[Kind]:
    return [load(name) for name in names()]
