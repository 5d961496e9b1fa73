"""The result file: its layout in HDF5, described here and nowhere else.

    /                              format, status, title, Conventions (attributes)
      time  y  x  beat  region     coordinates: dimension scales with units; `beat` counts from 1
      V(time, y, x)                frames: float32, gzip 1 + shuffle, rounded to the asked precision
      activation_time(beat, y, x)  maps; others are (y, x), one number a beat, or one number
      region_weight(region, y, x)  how much of each cell belongs to each region, 0..1
      conducting(y, x)             1 tissue, 0 scar
      probes/NAME                  time, V, states, currents: columns, float64
      verdicts/NAME                attributes
      events                       time, kind, text: columns
      state_final                  every variable (y, x), float64: enough to go on from
      provenance                   attributes; config_as_written and config_resolved (JSON)

It is netCDF-4 with CF attributes: `xarray.open_dataset(path)` shows what is gridded, with
`group="probes/before"` a probe. Undefined values are NaN. An attribute `delay` that has a unit is
accompanied by `delay_units`.

A file of the final name is a complete file: `Writer` works beside it and renames at the end.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:  # h5py takes a moment to import: only when a file is opened
    import h5py

FORMAT = "cardiac/1"
CONVENTIONS = "CF-1.11"
DISTRIBUTION = "cardiac-tissue"

GEOMETRY = ("region_weight", "conducting")  # variables that say where things are, not what came out

Array = NDArray[Any]
Scalar = str | int | float | bool
Attributes = Mapping[str, Scalar | tuple[float, str]]  # a plain value, or a number and its unit
Columns = Mapping[str, tuple[ArrayLike, str]]  # name -> values, unit
Precision = float | Literal["full"]

_COMPRESSED: dict[str, Any] = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
_TILE = 64  # cells along the edge of a chunk of frames
_CHUNK_BYTES = 256 * 1024  # of a chunk of frames, before compression
_MAX_DEPTH = 1024  # frames in a chunk of the smallest grids
_DIMENSIONS: dict[int, tuple[str, ...]] = {0: (), 1: ("beat",), 2: ("y", "x"), 3: ("beat", "y", "x")}


class ResultError(Exception):
    """A file that is not a complete result, or does not hold what was asked for; the message says why."""


class Description(Protocol):
    """What the file keeps of a config."""

    @property
    def text(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def resolved(self) -> Mapping[str, Any]: ...


# Writing ---------------------------------------------------------------------------------------------------


class Writer:
    """Writes one result file; nothing exists at `path` before `complete()`.

        with Writer("strip.h5", title="Planar wave") as out:
            out.coordinates(y=grid.y, x=grid.x)
            ...
            out.complete()

    Leaving the block in any other way removes what was written.
    """

    def __init__(self, path: str | os.PathLike[str], *, title: str, overwrite: bool = False) -> None:
        import h5py

        self.path = Path(path)
        self._overwrite = overwrite
        self._refuse_existing()
        self._temporary = self.path.with_name(f"{self.path.name}.tmp-{os.getpid()}")
        self._series: dict[str, _Series] = {}
        self._times: list[float] = []  # of the frames that wait for their chunk to fill
        self._last = -math.inf
        self._events: list[tuple[float, str, str]] = []
        # A signal may come before there is a block to leave, or between any two lines of it.
        self._discard = weakref.finalize(self, self._temporary.unlink, missing_ok=True)
        self._file = h5py.File(self._temporary, "w", track_order=True)
        self._file.attrs["format"] = FORMAT
        self._file.attrs["status"] = "unfinished"
        self._file.attrs["title"] = title
        self._file.attrs["Conventions"] = CONVENTIONS

    def coordinates(self, *, y: ArrayLike, x: ArrayLike) -> None:
        """Cell centres [mm]; one of each for a single cell. Comes first."""
        for name, values in {"y": y, "x": x}.items():
            scale = _scale(self._file, name, np.asarray(values, float), "mm", f"{name} of the cell centres")
            scale.attrs["axis"] = name.upper()

    def series(self, name: str, unit: str, *, long_name: str, precision: Precision = "full") -> None:
        """Declares frames of a variable, to be filled by `append`.

        Values are kept as float32, rounded so that the error is at most half of `precision` [unit]; "full"
        leaves them unrounded.
        """
        ny, nx = self._file["y"].size, self._file["x"].size
        tile = (min(ny, _TILE), min(nx, _TILE))
        depth = min(max(_CHUNK_BYTES // (4 * math.prod(tile)), 1), _MAX_DEPTH)
        if "time" not in self._file:
            time = _scale(self._file, "time", np.empty(0), "ms", "time", maxshape=(None,), chunks=(depth,))
            time.attrs["axis"] = "T"
        dataset = _variable(
            self._file,
            name,
            np.empty((0, ny, nx), np.float32),
            ("time", "y", "x"),
            unit,
            long_name,
            maxshape=(None, ny, nx),
            chunks=(depth, *tile),
            **_COMPRESSED,
        )
        dataset.attrs["precision"] = precision
        if precision != "full":
            dataset.attrs["rounded_to_multiples_of"] = quantum(precision)
        self._series[name] = _Series(dataset, precision, np.empty((depth, ny, nx), np.float32))

    def append(self, time: float, values: Mapping[str, Array]) -> None:
        """One frame (ny, nx) of every declared series, at a `time` [ms] after the one before."""
        if values.keys() != self._series.keys():
            raise ValueError(f"frames of {sorted(values)} given, of {sorted(self._series)} declared")
        if time <= self._last:
            raise ValueError(f"frame at {time:g} ms after the one at {self._last:g} ms")
        for name, (_, precision, pending) in self._series.items():
            pending[len(self._times)] = rounded(values[name], precision)
        self._last = time
        self._times.append(time)
        if any(len(self._times) == len(series.pending) for series in self._series.values()):
            self._flush()

    def field(
        self, name: str, values: ArrayLike, unit: str, long_name: str, attributes: Attributes | None = None
    ) -> None:
        """A map (beat, y, x) or (y, x), a number of each beat (beat,), or one number; NaN where undefined."""
        array = np.asarray(values)
        dimensions = _DIMENSIONS[array.ndim]
        if "beat" in dimensions and "beat" not in self._file:
            _scale(self._file, "beat", np.arange(1, len(array) + 1), "1", "beat")
        options = _COMPRESSED if array.ndim > 1 and array.size else {}
        dataset = _variable(self._file, name, array, dimensions, unit, long_name, **options)
        _set(dataset, attributes or {})

    def regions(self, weights: Mapping[str, Array], conducting: Array | None = None) -> None:
        """The weight 0..1 (ny, nx) of each region, and which cells conduct (ny, nx), False in a scar."""
        import h5py

        if weights:
            names = np.array(list(weights), dtype=h5py.string_dtype())
            _scale(self._file, "region", names, None, "region")
            stack = np.stack([np.asarray(weight, np.float32) for weight in weights.values()])
            dimensions = ("region", "y", "x")
            _variable(
                self._file, "region_weight", stack, dimensions, "1", "weight of the region", **_COMPRESSED
            )
        if conducting is not None:
            mask = np.asarray(conducting, np.uint8)
            dataset = _variable(self._file, "conducting", mask, ("y", "x"), None, "conducts", **_COMPRESSED)
            dataset.attrs["flag_values"] = np.array([0, 1], np.uint8)
            dataset.attrs["flag_meanings"] = "scar tissue"

    def table(self, path: str, columns: Columns, attributes: Attributes | None = None) -> None:
        """Columns of one length, "time" among them, as the group `path`: "probes/NAME"."""
        group = self._group(path)
        _set(group, attributes or {})
        times, unit = columns["time"]
        _scale(group, "time", np.asarray(times, float), unit, "time")
        for name, (values, unit) in columns.items():
            if name != "time":
                array = np.asarray(values, float)
                _variable(group, name, array, ("time",), unit, name, **(_COMPRESSED if array.size else {}))

    def verdict(self, name: str, values: Attributes) -> None:
        """What became of the wave at the region `name`: outcome, numbers, the sentence that tells them."""
        _set(self._group(f"verdicts/{name}"), values)

    def event(self, time: float, text: str, kind: str = "note") -> None:
        """Something that happened at `time` [ms]; the figures mark those of kind "stimulus"."""
        self._events.append((time, kind, text))

    def state(self, columns: Columns, attributes: Attributes | None = None) -> None:
        """The state at the end: every variable (ny, nx) with its unit."""
        group = self._group("state_final")
        _set(group, attributes or {})
        for name, (values, unit) in columns.items():
            _variable(group, name, np.asarray(values, float), ("y", "x"), unit, name, **_COMPRESSED)

    def provenance(self, config: Description, attributes: Attributes) -> None:
        """How the file came about: config, environment, what the caller knows (threads, wall time, ...)."""
        group = self._group("provenance")
        _set(group, {**environment(), "digest": config.digest, **attributes})
        group["config_as_written"] = config.text
        group["config_resolved"] = json.dumps(config.resolved(), indent=1, ensure_ascii=False)

    def complete(self) -> None:
        """Seals the file and gives it its name."""
        self._flush()
        self._write_events()
        self._file.attrs["status"] = "complete"
        self._file.close()
        _sync(self._temporary)
        self._refuse_existing()
        self._temporary.replace(self.path)
        _sync(self.path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        finally:
            self._discard()

    def _refuse_existing(self) -> None:
        if not self._overwrite and self.path.exists():
            raise FileExistsError(f"{self.path} exists")

    def _group(self, path: str) -> h5py.Group:
        parent, _, name = path.rpartition("/")
        # Groups remember the order of their members: probes and verdicts come back as they were written.
        above = self._group(parent) if parent else self._file
        return above[name] if name in above else above.create_group(name, track_order=True)

    def _flush(self) -> None:
        """Moves the waiting frames to the file: whole chunks, each compressed once."""
        n = len(self._times)
        if not n:
            return
        done = self._file["time"].size
        for dataset, values in [
            (self._file["time"], np.array(self._times)),
            *((series.dataset, series.pending[:n]) for series in self._series.values()),
        ]:
            dataset.resize(done + n, axis=0)
            dataset[done:] = values
        self._times.clear()

    def _write_events(self) -> None:
        import h5py

        group = self._group("events")
        text = h5py.string_dtype()
        _scale(group, "time", np.array([event[0] for event in self._events], float), "ms", "time")
        for i, name in enumerate(["kind", "text"], start=1):
            values = np.array([event[i] for event in self._events], dtype=text)
            _variable(group, name, values, ("time",), None, f"{name} of the event")


class _Series(NamedTuple):
    dataset: h5py.Dataset
    precision: Precision
    pending: NDArray[np.float32]  # (depth, ny, nx), the chunk being filled


def quantum(precision: float) -> float:
    """The largest power of two that is not above `precision`."""
    return math.ldexp(0.5, math.frexp(precision)[1])


def rounded(values: ArrayLike, precision: Precision) -> NDArray[np.float32]:
    """`values` as float32 with the fewest significant bits that keep the error within `precision` / 2.

    These are the multiples of a power of two, whose last bits are zeros and so compress well. A value so
    large that float32 itself is coarser keeps the error of float32.
    """
    array = np.asarray(values)
    if precision == "full":
        return array.astype(np.float32)
    step = quantum(precision)
    return (np.rint(array / step) * step + 0.0).astype(np.float32)  # + 0.0 turns -0 into 0


def environment() -> dict[str, Scalar]:
    """Program versions, machine and command: what a result depends on beside its config."""
    import h5py

    found: dict[str, Scalar] = {
        "cardiac": _version(DISTRIBUTION),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": _version("numba"),
        "h5py": h5py.__version__,
        "hdf5": h5py.version.hdf5_version,
        "command": " ".join(sys.argv),
        "host": platform.node(),
        "system": platform.platform(),
        "cpu": _cpu(),
    }
    commit = _commit(Path(__file__).parent.parent)
    return found | ({"git_commit": commit} if commit else {})


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit(folder: Path) -> str:
    """The commit checked out in `folder`, with "-dirty" if changed; "" outside a repository."""
    if not (folder / ".git").exists():
        return ""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _scale(
    group: h5py.Group, name: str, values: Array, unit: str | None, long_name: str, **options: Any
) -> h5py.Dataset:
    scale = group.create_dataset(name, data=values, **options)
    scale.make_scale(name)
    scale.attrs["long_name"] = long_name
    if unit is not None:
        scale.attrs["units"] = unit
    return scale


def _variable(
    group: h5py.Group,
    name: str,
    values: Array,
    dimensions: tuple[str, ...],
    unit: str | None,
    long_name: str,
    **options: Any,
) -> h5py.Dataset:
    """A dataset along `dimensions`, which are coordinates of the group itself or of the root."""
    if np.issubdtype(values.dtype, np.floating):
        options["fillvalue"] = np.nan
    dataset = group.create_dataset(name, data=values, **options)
    for axis, dimension in zip(dataset.dims, dimensions, strict=True):
        axis.attach_scale(group[dimension] if dimension in group else group.file[dimension])
    dataset.attrs["long_name"] = long_name
    if unit is not None:
        dataset.attrs["units"] = unit
    if np.issubdtype(values.dtype, np.floating):
        dataset.attrs["_FillValue"] = np.array([np.nan], values.dtype)
    return dataset


def _set(owner: h5py.HLObject, values: Attributes) -> None:
    for name, value in values.items():
        if isinstance(value, tuple):
            owner.attrs[name], owner.attrs[f"{name}_units"] = value
        else:
            owner.attrs[name] = value


def _sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no such call
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Reading ---------------------------------------------------------------------------------------------------


class Variable(NamedTuple):
    """What is known of a dataset before it is read."""

    dimensions: tuple[str, ...]
    shape: tuple[int, ...]
    unit: str
    long_name: str


class Catalogue(NamedTuple):
    """What a result file holds."""

    title: str
    variables: dict[str, Variable]  # everything at the root, coordinates too
    probes: tuple[str, ...]
    verdicts: tuple[str, ...]


class Table(NamedTuple):
    """A group: its arrays, their units, its attributes and theirs."""

    columns: dict[str, Array]
    units: dict[str, str]
    attributes: dict[str, Any]
    attribute_units: dict[str, str]


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """A result file open for reading; raises ResultError if it is none, or unfinished."""
    import h5py

    if not path.is_file():
        left = sorted(path.parent.glob(f"{path.name}.tmp-*"))
        hint = f" ({left[-1].name} is a run that has not ended)" if left else ""
        raise ResultError(f"{path}: no such file{hint}")
    try:
        file = h5py.File(path, "r")
        written, status = (str(file.attrs.get(name, "")) for name in ("format", "status"))
    except (OSError, KeyError, RuntimeError) as error:  # what h5py raises over a damaged file
        raise ResultError(f"{path} is not a cardiac result: not a readable HDF5 file ({error})") from None
    with file:
        if written.split("/")[0] != FORMAT.split("/")[0]:
            raise ResultError(f"{path} is not a cardiac result")
        if written != FORMAT:
            raise ResultError(f"{path} has the format {written}, this version reads {FORMAT}")
        if status != "complete":
            raise ResultError(f"{path} is unfinished: the run that wrote it was cut short")
        yield file


def catalogue(path: Path) -> Catalogue:
    """The contents of a result file."""
    import h5py

    with opened(path) as file:
        variables = {name: _described(item) for name, item in file.items() if isinstance(item, h5py.Dataset)}
        return Catalogue(
            title=str(file.attrs["title"]),
            variables=variables,
            probes=tuple(file.get("probes", ())),
            verdicts=tuple(file.get("verdicts", ())),
        )


def read(path: Path, name: str, index: Any = ()) -> Array:
    """The part `index` of the variable `name`."""
    with opened(path) as file:
        return _values(file[name], index)


def table(path: Path, group: str) -> Table:
    """All of a group; empty if the file has none of that name."""
    with opened(path) as file:
        if group not in file:
            return Table({}, {}, {}, {})
        found = file[group]
        attributes = {k: v.item() if isinstance(v, np.generic) else v for k, v in found.attrs.items()}
        units = {
            k.removesuffix("_units"): attributes.pop(k) for k in list(attributes) if k.endswith("_units")
        }
        return Table(
            columns={name: _values(dataset) for name, dataset in found.items()},
            units={name: str(dataset.attrs.get("units", "")) for name, dataset in found.items()},
            attributes=attributes,
            attribute_units=units,
        )


def configs(path: Path) -> tuple[str, dict[str, Any]]:
    """The config as it was written, and with every default filled in."""
    with opened(path) as file:
        if "provenance" not in file:
            return "", {}
        group = file["provenance"]
        return group["config_as_written"].asstr()[()], json.loads(group["config_resolved"].asstr()[()])


def _described(dataset: h5py.Dataset) -> Variable:
    own = dataset.name.removeprefix("/")
    dimensions = (
        (own,) if dataset.is_scale else tuple(axis[0].name.removeprefix("/") for axis in dataset.dims)
    )
    attributes = dataset.attrs
    return Variable(dimensions, dataset.shape, attributes.get("units", ""), attributes.get("long_name", own))


def _values(dataset: h5py.Dataset, index: Any = ()) -> Array:
    import h5py

    is_text = h5py.check_string_dtype(dataset.dtype) is not None
    return np.asarray((dataset.asstr() if is_text else dataset)[index])
