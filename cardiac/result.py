"""A result file read back: arrays with units, the config, and how it came about.

    result = Result.open("strip.h5")
    result.activation_time             first beat, (ny, nx) [ms], NaN where the wave never came
    result["activation_time"]          every beat, (beats, ny, nx)
    result.frames("V")[-1]             the last frame, (ny, nx) [mV]
    result.probes["before"].V          a column of a probe
    result.block["strip"].outcome      a verdict
    result.table("mean").columns       what a recorder of one's own has written
    result.analysis.velocity_map()     what can be computed from it, see `findings`

Nothing is read before it is asked for, and no file is held open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from cardiac import storage
from cardiac.spelling import choices
from cardiac.storage import Array, Catalogue, ResultError, Table, Variable
from cardiac.storage.reading import opened

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

    from cardiac.figures import Rows
    from cardiac.findings import Findings

__all__ = ["Event", "Frames", "Named", "Probe", "Result", "ResultError", "Verdict"]

BLOCK = 4e6  # values of frames, read at a time

_Item = TypeVar("_Item")


class Named(dict[str, _Item]):
    """Things of one kind by name; a name that is not there is answered with the nearest one that is."""

    def __init__(self, what: str, items: Mapping[str, _Item]) -> None:
        super().__init__(items)
        self.what = what

    def __missing__(self, name: str) -> _Item:
        raise ResultError(f'no {self.what} "{name}"{choices(name, self)}')


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened during a run, such as a stimulus."""

    time: float  # ms
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a variable (time, ny, nx); only the part that is indexed is read."""

    path: Path
    name: str
    unit: str
    time: Array  # ms
    shape: tuple[int, ...]

    def __getitem__(self, index: Any) -> Array:
        return storage.read(self.path, self.name, index)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self[()], dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def blocks(self, start: int = 0) -> Iterator[tuple[int, int]]:
        """First and last frame of blocks from `start` on: all at once may be more than there is memory for."""
        count = max(1, int(BLOCK / np.prod(self.shape[1:])))
        for first in range(start, len(self), count):
            yield first, min(first + count, len(self))

    def each(self, chosen: Sequence[int] | NDArray[np.int_]) -> Iterator[Array]:
        """The chosen frames, whose numbers ascend, one by one: each reading unpacks whole chunks of many of them."""
        wanted = np.asarray(chosen)
        for first, last in self.blocks():
            if len(own := wanted[(wanted >= first) & (wanted < last)]):
                block = self[first:last]
                yield from (block[k - first] for k in own)

    def nearest(self, time: float) -> int:
        """The index of the frame nearest to `time` [ms]."""
        return int(np.argmin(np.abs(self.time - time)))


@dataclass(frozen=True, slots=True)
class Probe:
    """What a probe recorded: `probe.time`, `probe.V`, `probe["I_Na"]`."""

    name: str
    table: Table

    @property
    def position(self) -> tuple[float, float] | None:
        """x, y [mm], if the probe has a place."""
        found = self.table.attributes
        return (found["x"], found["y"]) if {"x", "y"} <= found.keys() else None

    def names(self) -> list[str]:
        """The columns, without the time."""
        return [name for name in self.table.columns if name != "time"]

    def units(self, name: str) -> str:
        """The unit of a column: "mV"."""
        self[name]
        return self.table.units[name]

    def __getitem__(self, name: str) -> Array:
        """A column (times,), in its unit."""
        if name not in self.table.columns:
            raise ResultError(f'probe {self.name}: no "{name}"{choices(name, self.table.columns)}')
        return self.table.columns[name]

    def __getattr__(self, name: str) -> Array:
        if name not in self.table.columns:
            raise AttributeError(f'probe {self.name}: no "{name}"{choices(name, self.table.columns)}')
        return self.table.columns[name]

    def __repr__(self) -> str:
        return f"Probe {self.name}: {len(self.time)} times of {', '.join(self.names())}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a wave: `verdict.outcome`, `verdict.sentence`, numbers such as `verdict.delay`."""

    name: str
    table: Table

    def names(self) -> list[str]:
        """What the verdict consists of."""
        return list(self.table.attributes)

    def units(self, name: str) -> str:
        """The unit of a number: "ms"; empty of what has none."""
        return self.table.attribute_units.get(name, "")

    def __getattr__(self, name: str) -> Any:
        if name not in self.table.attributes:
            raise AttributeError(f'verdict {self.name}: no "{name}"{choices(name, self.table.attributes)}')
        return self.table.attributes[name]

    def __repr__(self) -> str:
        return f"Verdict {self.name}: {self.table.attributes.get('sentence', self.table.attributes)}"


@dataclass(frozen=True, slots=True)
class Result:
    """A complete result file."""

    path: Path
    contents: Catalogue = field(repr=False)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Result:
        """The result in the file `path`; ResultError says why a file is none."""
        return cls(Path(path), storage.catalogue(Path(path)))

    # What was simulated

    @property
    def title(self) -> str:
        """The title of the config."""
        return self.contents.title

    @property
    def config(self) -> dict[str, Any]:
        """The config with every default filled in."""
        return storage.configs(self.path)[1]

    @property
    def config_text(self) -> str:
        """The config as it was written."""
        return storage.configs(self.path)[0]

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, machine, command, threads, wall time [s], digest of the config, ..."""
        return storage.table(self.path, "provenance").attributes

    @property
    def events(self) -> list[Event]:
        """What happened during the run and when [ms]: stimuli, notes."""
        columns = storage.table(self.path, "events").columns
        return [
            Event(*event)
            for event in zip(*(columns[c].tolist() for c in ("time", "kind", "text")), strict=True)
        ]

    # Where and when

    @property
    def x(self) -> Array:
        """Cell centres (nx,) [mm]."""
        return self["x"]

    @property
    def y(self) -> Array:
        """Cell centres (ny,) [mm]."""
        return self["y"]

    @property
    def time(self) -> Array:
        """Times of the frames [ms]; empty if none were recorded."""
        return self["time"] if "time" in self.contents.variables else np.empty(0)

    @property
    def shape(self) -> tuple[int, int]:
        """Cells (ny, nx)."""
        variables = self.contents.variables
        return variables["y"].shape[0], variables["x"].shape[0]

    @property
    def kind(self) -> Literal["cell", "cable", "sheet"]:
        """What was simulated."""
        sides = sum(cells > 1 for cells in self.shape)
        return "cell" if sides == 0 else "cable" if sides == 1 else "sheet"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the tissue [mm]: the first and last centre are half a cell from the border."""
        x, y = self.x, self.y
        return float(x[0] + x[-1]), float(y[0] + y[-1])

    @property
    def regions(self) -> Named[Array]:
        """Mask (ny, nx) of every region: the cells of which at least half belongs to it."""
        return Named("region", {name: weight >= 0.5 for name, weight in self.weights.items()})

    @property
    def weights(self) -> Named[Array]:
        """How much of every cell belongs to every region, 0..1, (ny, nx)."""
        if "region" not in self.contents.variables:
            return Named("region", {})
        return Named("region", dict(zip(self["region"].tolist(), self["region_weight"], strict=True)))

    @property
    def conducting(self) -> Array:
        """Mask (ny, nx), False in scars."""
        if "conducting" not in self.contents.variables:
            return np.ones(self.shape, bool)
        return self["conducting"] > 0

    # What came out

    def names(self) -> list[str]:
        """Everything on the grid, and numbers, by name; coordinates are left out."""
        return [name for name, variable in self.contents.variables.items() if variable.dimensions != (name,)]

    def maps(self) -> list[str]:
        """Numbers for each place of the tissue, by name: of beats (beat, y, x), or without (y, x)."""
        found = {name: self.contents.variables[name].dimensions for name in self.names()}
        shapes = (("y", "x"), ("beat", "y", "x"))
        return [
            name
            for name, dimensions in found.items()
            if dimensions in shapes and name not in storage.GEOMETRY
        ]

    def holds(self, name: str) -> bool:
        """Whether there is something under this name: a variable, a table, probes, verdicts ("block"), any "maps"."""
        if name in self.contents.variables:
            return 0 not in self.contents.variables[name].shape
        if name in self.contents.tables or name == self.contents.experiment != "":
            return True
        of_a_kind = {
            "probes": self.contents.probes,
            "block": self.contents.verdicts,
            "maps": tuple(self.maps()),
        }
        return bool(of_a_kind[name]) if name in of_a_kind else self._recorded(name)

    def units(self, name: str) -> str:
        """The unit of a variable: "mV"; "1" of a pure number."""
        return self._variable(name).unit

    def long_name(self, name: str) -> str:
        """What a variable is, in words: "activation time"."""
        return self._variable(name).long_name

    def __getitem__(self, name: str) -> Array:
        """All of a variable, every beat or frame of it."""
        self._variable(name)
        return storage.read(self.path, name)

    def __getattr__(self, name: str) -> Any:
        """A variable by name: frames of a series, the first beat of a map, a number."""
        variable = self.contents.variables.get(name)
        if variable is None:
            known = [*self.contents.variables, *(n for n in dir(type(self)) if not n.startswith("_"))]
            raise AttributeError(f'{self.path}: no "{name}"{choices(name, known)}')
        if variable.dimensions[:1] == ("time",):
            return self.frames(name)
        values = storage.read(self.path, name, 0 if variable.dimensions[:1] == ("beat",) else ())
        return values if values.ndim else values.item()

    def frames(self, name: str = "V") -> Frames:
        """The frames of a variable."""
        variable = self._variable(name)
        if variable.dimensions[:1] != ("time",):
            raise ResultError(f"{self.path}: {name} has no frames, it is one map")
        return Frames(self.path, name, variable.unit, self.time, variable.shape)

    @property
    def probes(self) -> Named[Probe]:
        """What every probe recorded: columns (times,) of V [mV], states and currents [A/F], and their times [ms]."""
        found = {name: storage.table(self.path, f"probes/{name}") for name in self.contents.probes}
        return Named("probe", {name: Probe(name, table) for name, table in found.items()})

    @property
    def block(self) -> Named[Verdict]:
        """The verdict on each region that was asked about: conducted, delayed or blocked."""
        found = {name: storage.table(self.path, f"verdicts/{name}") for name in self.contents.verdicts}
        return Named("verdict", {name: Verdict(name, table) for name, table in found.items()})

    @property
    def tables(self) -> Named[Table]:
        """What an experiment has found; the first table is its result."""
        found = {name: storage.rows(self.path, f"tables/{name}") for name in self.contents.tables}
        return Named("table", found)

    def table(self, name: str) -> Table:
        """A table by name: of an experiment, or columns over time that a recorder has written."""
        if name in self.contents.tables or not self._recorded(name):
            return self.tables[name]
        return storage.table(self.path, name)

    @property
    def recorded(self) -> list[str]:
        """The names of the tables over time that recorders have written, besides probes."""
        with opened(self.path) as file:
            return [name for name in file if f"{name}/time" in file and name != "events"]

    @property
    def answers(self) -> list[str]:
        """What an experiment has found, in words."""
        found: str = storage.table(self.path, "outcome").attributes.get("sentences", "")
        return found.splitlines()

    @property
    def sentences(self) -> list[str]:
        """What came out, in words: the answers of an experiment, which tell its verdicts, or verdicts on regions."""
        return self.answers or [verdict.sentence for verdict in self.block.values()]

    @property
    def state(self) -> Table:
        """Every variable at the end, (ny, nx) each."""
        return storage.table(self.path, "state_final")

    # What to do with it

    @property
    def analysis(self) -> Findings:
        """What can be computed from it: velocities, phase singularities, electrograms, ..."""
        from cardiac.findings import Findings

        return Findings(self)

    def plot(self, figure: str, **options: Any) -> Figure:
        """A figure by name, with its options: `result.plot("space_time", y=5.0)`."""
        from cardiac import figures

        return figures.draw(figure, self, **options)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """One HTML page with everything about it, written into the file `path`."""
        from cardiac import report

        return report.write(self, path)

    def panel(self, rows: Rows, **common: Any) -> Figure:
        """Figures in rows as one, with letters: `result.panel([["activation_map", "traces"], ["space_time"]])`.

        A figure with options is written {name: options}; `for_="print"` and `width=85` [mm] are those of the whole.
        """
        from cardiac import figures

        return figures.panel(self, rows, **common)

    def movie(self, path: str | os.PathLike[str], **options: Any) -> int:
        """A film of the frames as .gif, .mp4 or PNG files in a folder; see `cardiac.figures.film` for its options."""
        from cardiac import figures

        return figures.film(self, Path(path), **options)

    def to_xarray(self) -> xarray.Dataset:
        """Everything on the grid as a lazy `xarray.Dataset`."""
        return storage.to_xarray(self.path)

    def summary(self) -> str:
        """What the file holds, in a screenful of text."""
        ny, nx = self.shape
        width, height = self.size
        cells = "single cell" if nx * ny == 1 else f"{width:g} x {height:g} mm, {nx} x {ny} cells"
        made = self.provenance
        rows = {
            "verdict": [verdict.sentence for verdict in self.block.values()],
            "found": self.answers,
            "tissue": [cells],
            "regions": [", ".join(self.regions)],
            "stimuli": [
                f"{event.time:g} ms  {event.text}" for event in self.events if event.kind == "stimulus"
            ],
            "notes": [event.text for event in self.events if event.kind != "stimulus"],
            "tables": [f"{name}: {', '.join(table.columns)}" for name, table in self.tables.items()],
            "values": [self._line(name) for name in self.names() if name not in storage.GEOMETRY],
            "probes": [repr(probe).removeprefix("Probe ") for probe in self.probes.values()],
            "made by": [f"cardiac {made['cardiac']} on {made['host']}, {made['cpu']}"] if made else [],
            "command": [made["command"]] if made else [],
        }
        lines = [
            f"{heading if i == 0 else '':<9} {text}"
            for heading, texts in rows.items()
            for i, text in enumerate(texts)
            if text
        ]
        return "\n".join([self.title, f"{self.path}, {self.path.stat().st_size / 1e6:.1f} MB", "", *lines])

    def __repr__(self) -> str:
        contents = self.contents
        lines = [f"{name}{_shape(contents.variables[name])}" for name in self.names()]
        lines += [f"probes: {', '.join(contents.probes)}"] if contents.probes else []
        lines += [f"block: {', '.join(contents.verdicts)}"] if contents.verdicts else []
        lines += [f"tables: {', '.join(contents.tables)}"] if contents.tables else []
        branches = [f"{'└' if i == len(lines) else '├'} {line}" for i, line in enumerate(lines, start=1)]
        return "\n".join([f'Result {self.path.name} "{self.title}"', *branches])

    def _line(self, name: str) -> str:
        """One line of the summary: a variable and its range."""
        variable = self._variable(name)
        unit = "" if variable.unit == "1" else f" {variable.unit}"
        if variable.dimensions[:1] == ("time",):
            times = self.time
            span = f"{len(times)} frames, {times[0]:g} to {times[-1]:g} ms" if len(times) else "no frames"
            return f"{name}: {span}"
        values = self[name]
        defined = values[np.isfinite(values)]
        if not defined.size:
            return f"{name}: nowhere defined"
        low, high = defined.min(), defined.max()
        extent = f"{low:.5g}{unit}" if low == high else f"{low:.5g} to {high:.5g}{unit}"
        part = f", defined in {defined.size / values.size:.0%}" if defined.size < values.size else ""
        return f"{name}: {extent}{part}"

    def _recorded(self, name: str) -> bool:
        """Whether a recorder has written a table of this name: it has its times."""
        with opened(self.path) as file:
            return f"{name}/time" in file

    def _variable(self, name: str) -> Variable:
        if name not in self.contents.variables:
            raise ResultError(f'{self.path}: no "{name}"{choices(name, self.contents.variables)}')
        return self.contents.variables[name]


def _shape(variable: Variable) -> str:
    sizes = ", ".join(f"{d} {n}" for d, n in zip(variable.dimensions, variable.shape, strict=True))
    unit = f" [{variable.unit}]" if variable.unit not in ("", "1") else ""
    return (f"({sizes})" if sizes else "") + unit
