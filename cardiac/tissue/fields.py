"""Fields: a value, a value per region, or an array from a file.

What is the same everywhere stays a plain number, since a uniform parameter costs the kernels nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiac.tissue.grid import Array, Grid

Field: TypeAlias = float | Array  # the same everywhere, or (ny, nx)


class Change(Protocol):
    """What a region does to a value: set it to `value`, or multiply it by `value` if `factor`."""

    @property
    def value(self) -> float: ...
    @property
    def factor(self) -> bool: ...


def field(base: ArrayLike, changes: Iterable[tuple[ArrayLike, Change]] = ()) -> Field:
    """`base` changed region by region: (weight (ny, nx) in 0..1, change), later ones on top of earlier ones.

    Across a smooth border the value runs from the old to the new one with the weight.
    """
    result = np.asarray(base, dtype=float)
    for weights, change in changes:
        weight = np.asarray(weights, dtype=float)
        new = result * change.value if change.factor else change.value
        result = (1.0 - weight) * result + weight * new  # exact where the weight is 0 or 1
    return uniform(result)


def uniform(values: ArrayLike) -> Field:
    """`values` as a plain number if all are equal, else as the array it is."""
    array = np.asarray(values, dtype=float)
    first = float(array.flat[0])
    return first if bool(np.all(array == first)) else array


def read(file: Path, grid: Grid, dataset: str | None = None) -> Array:
    """The array in a .npy, .npz or .h5 file as a field (ny, nx), its first row at the bottom.

    An array of another shape is stretched over the tissue: each cell takes the value at its centre, so that a
    file serves every spacing. `dataset` names the array where a file holds several. Raises ValueError.
    """
    array = np.asarray(_contents(file, dataset))
    if array.ndim == 1:
        array = array[np.newaxis, :]
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "biuf":
        found = f"{array.dtype} {array.shape}"
        raise ValueError(f"{file.name}: an array of numbers (rows, columns) is expected, found {found}")
    return stretch(array, grid).astype(float)


def stretch(array: NDArray[Any], grid: Grid) -> NDArray[Any]:
    """`array` (rows, columns, ...) stretched over the tissue and taken at the cell centres: (ny, nx, ...)."""
    rows, columns = array.shape[:2]
    i = ((np.arange(grid.ny) + 0.5) * rows / grid.ny).astype(int)
    j = ((np.arange(grid.nx) + 0.5) * columns / grid.nx).astype(int)
    return array[np.ix_(i, j)]


def _contents(file: Path, dataset: str | None) -> NDArray[Any]:
    try:
        match file.suffix:
            case ".npy":
                return np.asarray(np.load(file))
            case ".npz":
                with np.load(file) as archive:
                    return np.asarray(archive[dataset or _only(archive)])
            case ".h5" | ".hdf5":
                import h5py

                with h5py.File(file) as h5:
                    return np.asarray(h5[dataset or _only(h5)])
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"cannot read {file}: {error}") from error
    raise ValueError(f"cannot read {file}: a .npy, .npz or .h5 file is expected")


def _only(arrays: Mapping[str, Any]) -> str:
    names = list(arrays)
    if len(names) != 1:
        raise ValueError(f"say which `dataset` of {', '.join(names)} is meant")
    return names[0]
