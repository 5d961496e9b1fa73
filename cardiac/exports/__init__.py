"""What a result becomes for other programs: a file here is a format.

A format is a module whose documentation begins with a line that says what it makes, with `target(path)`, where
that goes by default for the file at `path`, and `export(subject, target)`, which writes it and returns the files. It
raises ExportError where a result or the table of a sweep has nothing to export.

A result needs none of them for xarray or anything else that reads netCDF-4: it is such a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cardiac import registry
from cardiac.spelling import choices

NETCDF = ("netcdf", "nc", "xarray", "hdf5", "h5")


class ExportError(registry.EntryError):
    """What cannot be exported, or a file that is no format; the message says why."""


@dataclass(frozen=True, slots=True)
class Format(registry.Documented):
    """A way to write a result for another program."""

    name: str
    doc: str
    target: Callable[[Path], Path]  # the file at path -> where what is made of it goes
    export: Callable[[Any, Path], list[Path]]


def names() -> list[str]:
    """The formats there are."""
    return registry.names(__name__)


@cache
def load(name: str) -> Format:
    """The format with this name; raises ExportError."""
    if name in NETCDF:
        text = (
            "a result is a netCDF-4 file already: xarray.open_dataset(FILE), or Result.to_xarray() in Python"
        )
        raise ExportError(f"{name}: {text}")
    if name not in names():
        raise ExportError(f'unknown format "{name}"{choices(name, names())}')
    contract = registry.Contract(import_module(f"{__name__}.{name}"))
    found = Format(
        name=name,
        doc=contract.doc,
        target=contract.function("target", "path"),
        export=contract.function("export", "subject, target"),
    )
    contract.check(ExportError)
    return found
