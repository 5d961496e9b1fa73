"""The file of a sweep: its layout in HDF5, described here and nowhere else.

    /                        format, title, about, reference, Conventions, made by (attributes); the sweep as it was
                             written; its definition (JSON)
      AXIS                   coordinates: dimension scales with units, texts for names
      PARTNER(AXIS)          of axes that go together, and of samples along `case`
      block.strip.outcome(AXIS, ...)   what was collected, texts and numbers; NaN and "" where there is nothing
      state, message, seconds(AXIS, ...)   done, failed or not run; why it failed; how long it took
      boundary(AXIS, ...)    of a search: along the other axes, with low, high, below, above, runs, remark
      exact(AXIS, ...)       of a search whose boundary is known in theory: that, NaN where it is not
      case.AXIS(case)        of a search: the points that were run, with case.block.strip.outcome(case) ...

It is netCDF-4 with CF attributes: `xarray.open_dataset(path)` has the axes as dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiac.storage.aside import aside
from cardiac.storage.format import CONVENTIONS, Array, ResultError
from cardiac.storage.reading import check_file

if TYPE_CHECKING:
    import h5py

FORMAT = "cardiac-sweep/1"


class Gridded(NamedTuple):
    """An array along dimensions."""

    dimensions: tuple[str, ...]
    values: NDArray[Any]  # numbers, or texts as objects
    unit: str = ""
    long_name: str = ""


def write_sweep(path: Path, contents: Mapping[str, Gridded], attributes: Mapping[str, Any]) -> None:
    """Write the file of a sweep; what lies along a dimension of its own name is the coordinate."""
    import h5py

    with aside(path) as temporary, h5py.File(temporary, "w", track_order=True) as file:
        file.attrs.update({"format": FORMAT, "Conventions": CONVENTIONS, **attributes})
        scales = {name: one for name, one in contents.items() if one.dimensions == (name,)}
        beside = " ".join(name for name, one in contents.items() if one.long_name == BESIDE)
        for name, one in {**scales, **contents}.items():
            dataset = file.create_dataset(name, data=_stored(one.values))
            if name in scales:
                dataset.make_scale(name)
            else:
                for axis, dimension in zip(dataset.dims, one.dimensions, strict=True):
                    axis.attach_scale(file[dimension])
            dataset.attrs["long_name"] = one.long_name or name
            if one.unit:
                dataset.attrs["units"] = one.unit
            if beside and one.dimensions and name not in scales and one.long_name != BESIDE:
                dataset.attrs["coordinates"] = beside


BESIDE = "coordinate beside that of its dimension"


def _stored(values: ArrayLike) -> Array:
    import h5py

    array = np.asarray(values)
    return array.astype(h5py.string_dtype()) if array.dtype.kind in "OU" else array


def is_sweep(path: Path) -> bool:
    """Whether a file is that of a sweep."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return bool(file.attrs.get("format") == FORMAT)
    except OSError:
        return False


def read_sweep(path: Path) -> tuple[dict[str, Gridded], dict[str, Any]]:
    """The contents of the file of a sweep and its attributes; raises ResultError where it is none."""
    import h5py

    check_file(path)
    try:
        with h5py.File(path, "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise ResultError(f"{path} is not the file of a sweep")
            contents = {name: _read(dataset) for name, dataset in file.items()}
            return contents, dict(file.attrs)
    except OSError as error:
        raise ResultError(f"{path} is not the file of a sweep: not a readable HDF5 file ({error})") from None


def _read(dataset: h5py.Dataset) -> Gridded:
    dimensions = (
        (dataset.name.removeprefix("/"),)
        if dataset.is_scale
        else tuple(next(iter(axis.values())).name.removeprefix("/") for axis in dataset.dims)
    )
    text = dataset.dtype.kind == "O"
    values = np.asarray(dataset.asstr()[()] if text else dataset[()], object if text else None)
    return Gridded(dimensions, values, str(dataset.attrs.get("units", "")), str(dataset.attrs["long_name"]))
