"""Writing a result file."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiac.storage.aside import beside
from cardiac.storage.checkpoint import sync
from cardiac.storage.format import CONVENTIONS, FORMAT, PACKED, Array, Attributes, Columns, Precision
from cardiac.storage.frames import Frames, chunks
from cardiac.storage.precision import quantum
from cardiac.storage.provenance import environment
from cardiac.storage.unfinished import Unfinished

if TYPE_CHECKING:  # h5py takes a moment to import: only when a file is opened
    import h5py

GATHERED = "gathered"  # the group of a segment with what is written only at the end
OWN = "frames: "  # what the writer adds to a state
_DIMENSIONS: dict[int, tuple[str, ...]] = {0: (), 1: ("beat",), 2: ("y", "x"), 3: ("beat", "y", "x")}


class Description(Protocol):
    """What the file keeps of a config."""

    @property
    def text(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def resolved(self) -> Mapping[str, Any]: ...


class Column(Protocol):
    """A column of a table of an experiment."""

    @property
    def values(self) -> NDArray[Any]: ...
    @property
    def unit(self) -> str: ...
    @property
    def about(self) -> str: ...


class Writer:
    """Writes one result file; nothing exists at `path` before `complete()`.

        with Writer("strip.h5", title="Planar wave") as out:
            out.coordinates(y=grid.y, x=grid.x)
            ...
            out.complete()

    Leaving the block in any other way removes what was written since the last `checkpoint`.
    """

    def __init__(self, path: str | os.PathLike[str], *, title: str, overwrite: bool = False) -> None:
        self.path, self.title = Path(path), title
        self._overwrite = overwrite
        self._refuse_existing()
        if not self.path.parent.is_dir():
            raise FileNotFoundError(f"{self.path}: there is no folder {self.path.parent}")
        self._unfinished = Unfinished(self.path)
        self._temporary = beside(self.path)
        self._frames = Frames()
        self._events: list[tuple[float, str, str]] = []
        self._laid_out: list[Callable[[], None]] = []  # what each file begins with
        self._gathered: dict[str, list[Array]] = {}
        # A signal may come before there is a block to leave, or between any two lines of it.
        self._discard = weakref.finalize(self, self._temporary.unlink, missing_ok=True)
        self._begin()

    def _begin(self) -> None:
        import h5py

        self._file = h5py.File(self._temporary, "w", track_order=True)
        self._file.attrs["format"] = FORMAT
        self._file.attrs["status"] = "unfinished"
        self._file.attrs["title"] = self.title
        self._file.attrs["Conventions"] = CONVENTIONS
        for lay_out in self._laid_out:
            lay_out()

    def _lay_out(self, part: Callable[[], None]) -> None:
        """Lay out a part of the file now, and of those that follow it."""
        part()
        self._laid_out.append(part)

    def coordinates(self, *, y: ArrayLike, x: ArrayLike) -> None:
        """Cell centres [mm]; one of each for a single cell. Comes first."""
        self._lay_out(partial(self._coordinates, y, x))

    def _coordinates(self, y: ArrayLike, x: ArrayLike) -> None:
        for name, values in {"y": y, "x": x}.items():
            scale = _scale(self._file, name, np.asarray(values, float), "mm", f"{name} of the cell centres")
            scale.attrs["axis"] = name.upper()

    def series(self, name: str, unit: str, *, long_name: str, precision: Precision = "full") -> None:
        """Declares frames of a variable, to be filled by `append`.

        Values are kept as float32, rounded so that the error is at most half of `precision` [unit]; "full"
        leaves them unrounded.
        """
        self._lay_out(partial(self._series, name, unit, long_name, precision))

    def _series(self, name: str, unit: str, long_name: str, precision: Precision) -> None:
        ny, nx = self._file["y"].size, self._file["x"].size
        chunk = chunks(ny, nx)
        if "time" not in self._file:
            time = _scale(self._file, "time", np.empty(0), "ms", "time", maxshape=(None,), chunks=chunk[:1])
            time.attrs["axis"] = "T"
        dataset = _variable(
            self._file,
            name,
            np.empty((0, ny, nx), np.float32),
            ("time", "y", "x"),
            unit,
            long_name,
            maxshape=(None, ny, nx),
            chunks=chunk,
            **PACKED,
        )
        dataset.attrs["precision"] = precision
        if precision != "full":
            dataset.attrs["rounded_to_multiples_of"] = quantum(precision)
        self._frames.add(name, dataset, precision)

    def append(self, time: float, values: Mapping[str, Array]) -> None:
        """One frame (ny, nx) of every declared series, at a `time` [ms] after the one before."""
        self._frames.append(time, values)

    def field(
        self, name: str, values: ArrayLike, unit: str, long_name: str, attributes: Attributes | None = None
    ) -> None:
        """A map (beat, y, x) or (y, x), a number of each beat (beat,), or one number; NaN where undefined."""
        array = np.asarray(values)
        dimensions = _DIMENSIONS[array.ndim]
        if "beat" in dimensions and "beat" not in self._file:
            _scale(self._file, "beat", np.arange(1, len(array) + 1), "1", "beat")
        options = PACKED if array.ndim > 1 and array.size else {}
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
            _variable(self._file, "region_weight", stack, dimensions, "1", "weight of the region", **PACKED)
        if conducting is not None:
            mask = np.asarray(conducting, np.uint8)
            dataset = _variable(self._file, "conducting", mask, ("y", "x"), None, "conducts", **PACKED)
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
                _variable(group, name, array, ("time",), unit, name, **(PACKED if array.size else {}))

    def rows(self, name: str, columns: Mapping[str, Column]) -> None:
        """A table of an experiment: columns of one length, with units and what they are."""
        group = self._group(f"tables/{name}")
        length = len(next(iter(columns.values())).values)
        _scale(group, "row", np.arange(length), None, "row")
        for key, column in columns.items():
            _variable(group, key, np.asarray(column.values), ("row",), column.unit, column.about or key)

    def outcome(self, experiment: str, sentences: Sequence[str]) -> None:
        """What an experiment has found, in words: a sentence for each cell."""
        _set(self._group("outcome"), {"experiment": experiment, "sentences": "\n".join(sentences)})

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
            _variable(group, name, np.asarray(values, float), ("y", "x"), unit, name, **PACKED)

    def provenance(self, config: Description, attributes: Attributes) -> None:
        """How the file came about: config, environment, what the caller knows (threads, wall time, ...)."""
        group = self._group("provenance")
        _set(group, {**environment(), "digest": config.digest, **attributes})
        group["config_as_written"] = config.text
        group["config_resolved"] = json.dumps(config.resolved(), indent=1, ensure_ascii=False)

    def gather(self, name: str, rows: Array) -> None:
        """Keep more `rows` of what is written only when all of it is there; see `gathered`."""
        self._gathered.setdefault(name, []).append(rows)

    def gathered(self, name: str) -> Array:
        """All rows that were gathered under a name."""
        import h5py

        parts = []
        for segment in self._unfinished.segments():
            with h5py.File(segment) as file:
                if f"{GATHERED}/{name}" in file:
                    parts.append(file[f"{GATHERED}/{name}"][()])
        return np.concatenate([*parts, *self._gathered.get(name, [])])

    def checkpoint(self, state: Mapping[str, Array], run: Mapping[str, Any]) -> None:
        """Put what there is on the disk, with the `state` to go on from and, as JSON, what is run.

        Raises OSError if that cannot be done; then the last checkpoint stands.
        """
        if not self._unfinished.segments():
            self._unfinished.begin(run)
        self._frames.wait()
        for name, parts in self._gathered.items():
            self._file[f"{GATHERED}/{name}"] = np.concatenate(parts)
        self._close()
        own = {f"{OWN}{name}": values for name, values in self._frames.state.items()}
        self._unfinished.seal(self._temporary, {**state, **own})
        self._gathered.clear()
        self._begin()

    def fall_back(self) -> dict[str, Array] | None:
        """The state at the last whole checkpoint of the unfinished run whose result this will be, if there is one."""
        return self._unfinished.fall_back()

    def resume(self, state: Mapping[str, Array]) -> None:
        """Go on from the state of `fall_back`, when all series are declared."""
        own = {name.removeprefix(OWN): values for name, values in state.items() if name.startswith(OWN)}
        self._frames.restore(own)

    def complete(self) -> None:
        """Seals the file and gives it its name; what was kept of the unfinished run goes."""
        import h5py

        self._frames.finish()
        for segment in self._unfinished.segments():
            with h5py.File(segment) as file:
                self._frames.take_over(file)
        self._write_events()
        self._file.attrs["status"] = "complete"
        self._close()
        sync(self._temporary)
        self._refuse_existing()
        self._temporary.replace(self.path)
        sync(self.path.parent)
        self._unfinished.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._frames.stop()
        finally:
            # What cannot be written cannot be closed either: the first error tells more.
            with suppress(Exception) if error else nullcontext():
                self._file.close()
            self._discard()

    def _close(self) -> None:
        """Close the file; raises OSError where not all of it could be written."""
        try:
            self._file.close()
        except RuntimeError as error:  # what h5py makes of it
            raise OSError(str(error)) from error

    def _refuse_existing(self) -> None:
        if not self._overwrite and self.path.exists():
            raise FileExistsError(f"{self.path} exists")

    def _group(self, path: str) -> h5py.Group:
        parent, _, name = path.rpartition("/")
        # Groups remember the order of their members: probes and verdicts come back as they were written.
        above = self._group(parent) if parent else self._file
        return above[name] if name in above else above.create_group(name, track_order=True)

    def _write_events(self) -> None:
        import h5py

        group = self._group("events")
        text = h5py.string_dtype()
        _scale(group, "time", np.array([event[0] for event in self._events], float), "ms", "time")
        for i, name in enumerate(["kind", "text"], start=1):
            values = np.array([event[i] for event in self._events], dtype=text)
            _variable(group, name, values, ("time",), None, f"{name} of the event")


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
