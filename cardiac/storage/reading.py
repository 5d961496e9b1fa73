"""Reading a result file: nothing is read before it is asked for, and no file is held open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cardiac.storage.aside import leftovers
from cardiac.storage.format import CONFIGS, FORMAT, Array, ResultError
from cardiac.storage.unfinished import Unfinished

if TYPE_CHECKING:  # h5py takes a moment to import: only when a file is opened
    import h5py
    import xarray

_MEANING = re.compile(r"(?<![\w.])(-?\d+):? ([A-Za-z][^,;:]*[^,;: ])(?=,|;|$)")


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
    experiment: str  # its name; empty of a run
    tables: tuple[str, ...]  # of an experiment


def meanings(about: str) -> dict[int, str]:
    """What numbers in a column mean, from what is told of it: "0 blocked, 1 delayed", "1: forward, -1: backward"."""
    return {int(number): words for number, words in _MEANING.findall(about)}


class Table(NamedTuple):
    """A group: its arrays, their units, its attributes and theirs."""

    columns: dict[str, Array]
    units: dict[str, str]
    attributes: dict[str, Any]
    attribute_units: dict[str, str]
    about: dict[str, str]  # what each array is


def check_file(path: Path) -> None:
    """Raises ResultError where there is no file, and says which is meant."""
    if path.is_dir():
        raise ResultError(f"{path} is a folder - give a result, or the table of a sweep (NAME.sweep.h5)")
    if not path.exists():
        left = leftovers(path.parent, path.name)
        hint = f" ({left[-1].name} is a run that has not ended)" if left else ""
        if Unfinished(path):
            hint = f' (its run is unfinished: go on with "cardiac resume {path}")'
        raise ResultError(f"{path}: no such file{hint}")


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """A result file open for reading; raises ResultError if it is none, or unfinished."""
    import h5py

    check_file(path)
    try:
        file = h5py.File(path, "r")
        written, status = (str(file.attrs.get(name, "")) for name in ("format", "status"))
    except (OSError, KeyError, RuntimeError) as error:  # what h5py raises over a damaged file
        why = f"not a readable HDF5 file ({error})"
        if path.suffix in CONFIGS:
            why = "it is a config - give the file that running it makes (NAME.h5)"
        raise ResultError(f"{path} is not a cardiac result: {why}") from None
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
            experiment=str(file["outcome"].attrs["experiment"]) if "outcome" in file else "",
            tables=tuple(file.get("tables", ())),
        )


def read(path: Path, name: str, index: Any = ()) -> Array:
    """The part `index` of the variable `name`."""
    with opened(path) as file:
        return _values(file[name], index)


def table(path: Path, group: str) -> Table:
    """All of a group; empty if the file has none of that name."""
    with opened(path) as file:
        if group not in file:
            return Table({}, {}, {}, {}, {})
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
            about={name: str(dataset.attrs.get("long_name", name)) for name, dataset in found.items()},
        )


def rows(path: Path, group: str) -> Table:
    """A table of an experiment, without the numbers of its rows."""
    found = table(path, group)
    return found._replace(columns={name: values for name, values in found.columns.items() if name != "row"})


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


def to_xarray(path: Path) -> xarray.Dataset:
    """What is gridded in a file, as a lazy `xarray.Dataset`; raises ResultError where xarray is not installed."""
    try:
        import xarray
    except ImportError as error:
        raise ResultError(f'{error.name} is not installed: pip install "cardiac-tissue[xarray]"') from error
    return xarray.open_dataset(path, engine="h5netcdf")
