"""A small file NAME.vtkhdf beside the result that ParaView opens: the tissue as an image that changes in time.

It holds no frames: they are links into the result, whose bytes ParaView reads. Keep the two together. Values are
those of cells, at their places in mm; times are in ms. Maps, regions and varying parameters are there at every time.
Scars are hidden, and anisotropic tissue has the direction of its fibres as the vector `fibre`.

The format is VTKHDF 2.0, for ParaView 5.12 or later.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac import storage
from cardiac.exports import ExportError
from cardiac.result import Result
from cardiac.storage import Array, Variable, aside
from cardiac.table import SweepTable

if TYPE_CHECKING:
    import h5py

SUFFIX = ".vtkhdf"
_HIDDEN = 32  # vtkDataSetAttributes::HIDDENCELL
_ISOTROPIC = 1e-9  # share of the larger diffusivity that the difference of two that are equal may have


def target(path: Path) -> Path:
    """A file beside the result: it refers to it."""
    return path.with_suffix(SUFFIX)


def export(subject: Result | SweepTable, target: Path) -> list[Path]:
    """Write the file `target`."""
    import h5py

    if isinstance(subject, SweepTable):
        raise ExportError(
            f"{subject.path} is the table of a sweep: it has no tissue - export its cases, or --to csv"
        )
    if subject.kind == "cell":
        raise ExportError(
            f"{subject.path} is of a single cell: there is nothing to see in space - use --to csv"
        )
    with aside(target) as temporary, h5py.File(temporary, "w") as file:
        _Image(subject, file, os.path.relpath(subject.path, target.parent)).write()
    return [target]


class _Image:
    """The image in a file that links into a result, named as seen from the folder of that file."""

    def __init__(self, result: Result, file: h5py.File, source: str) -> None:
        self.result, self.source = result, source
        self.times = result.time
        self.changes = len(self.times) > 1  # else it is no series: each array is a map, not one for each time
        self.root = file.create_group("VTKHDF", track_order=True)
        self.cells = self.root.create_group("CellData", track_order=True)

    def write(self) -> None:
        """Write everything."""
        import h5py

        (ny, nx), (width, height) = self.result.shape, self.result.size
        attributes = self.root.attrs
        attributes["Version"] = np.array([2, 0])
        attributes.create("Type", b"ImageData", dtype=h5py.string_dtype("ascii", len(b"ImageData")))
        attributes["WholeExtent"] = np.array([0, nx, 0, ny, 0, 0])  # points: one more than cells
        attributes["Origin"] = np.zeros(3)
        attributes["Spacing"] = np.array([width / nx, height / ny, width / nx])
        attributes["Direction"] = np.eye(3).ravel()
        if self.changes:
            steps = self.root.create_group("Steps")
            steps.attrs["NSteps"] = len(self.times)
            steps["Values"] = self.times
            steps.create_group("CellDataOffsets")
        for name, variable in self.result.contents.variables.items():
            self.variable(name, variable)
        if not self.result.conducting.all():
            hidden = np.where(self.result.conducting, 0, _HIDDEN).astype(np.uint8)
            self.own("vtkGhostType", hidden)  # the name by which VTK knows them
        for name, values in _fibres(self.result):
            self.own(name, values)

    def variable(self, name: str, variable: Variable) -> None:
        """What is on the grid: frames step by step, everything else at every step the same."""
        match variable.dimensions:
            case ("time", "y", "x") if self.changes:
                self.series(name, name, np.arange(len(self.times)))
            case ("time", "y", "x") if variable.shape[0]:
                self.map(name, name, variable, 0)
            case ("beat", "y", "x"):
                for beat in range(variable.shape[0]):
                    self.map(f"{name}_beat_{beat + 1}" if beat else name, name, variable, beat)
            case ("region", "y", "x"):
                for k, region in enumerate(self.result["region"].tolist()):
                    self.map(f"region_{region}", name, variable, k)
            case ("y", "x"):
                self.map(name, name, variable)

    def series(self, name: str, source: str, which: Array) -> None:
        """Maps of the result (time, ny, nx): `which` of them is there at each time."""
        import h5py

        self.cells[name] = h5py.ExternalLink(self.source, f"/{source}")
        self.root["Steps/CellDataOffsets"][name] = which

    def map(self, name: str, source: str, variable: Variable, which: int | None = None) -> None:
        """One map of the result, if there are several that one; at every time."""
        if self.changes and which is not None:
            self.series(name, source, self.always(which))
            return
        import h5py

        # Another view of the same bytes: a series has a dimension more than a map, and what is no series has none.
        shape = (1, *variable.shape) if self.changes else variable.shape[-2:]
        with h5py.File(self.result.path) as file:
            kind = file[source].dtype
        layout = h5py.VirtualLayout(shape, kind)
        view = h5py.VirtualSource(self.source, source, variable.shape, kind)
        layout[...] = view[which] if which is not None else view
        self.cells.create_virtual_dataset(name, layout)
        if self.changes:
            self.root["Steps/CellDataOffsets"][name] = self.always(0)

    def own(self, name: str, values: Array) -> None:
        """What the result does not hold in this form, at every time."""
        data = values[None] if self.changes else values
        self.cells.create_dataset(name, data=data, compression="gzip", shuffle=True)
        if self.changes:
            self.root["Steps/CellDataOffsets"][name] = self.always(0)

    def always(self, which: int) -> Array:
        """The same map at every time."""
        return np.full(len(self.times), which)


def _fibres(result: Result) -> Iterator[tuple[str, Array]]:
    """The direction in which the tissue conducts best, (ny, nx, 3) of length 1, where that is one direction."""
    made: dict[str, Any] = storage.table(result.path, "provenance").attributes
    parts = []
    for part in ("xx", "xy", "yy"):
        name = f"diffusivity_{part}"
        if name not in result.contents.variables and name not in made:
            return
        parts.append(result[name] if name in result.contents.variables else made[name])
    xx, xy, yy = (np.broadcast_to(np.asarray(part, float), result.shape) for part in parts)
    apart = np.hypot(xx - yy, 2.0 * xy)
    if (apart <= _ISOTROPIC * (xx + yy)).all():
        return
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    along = np.stack([np.cos(angle), np.sin(angle), np.zeros(result.shape)], axis=-1)
    yield "fibre", np.where((apart > _ISOTROPIC * (xx + yy))[..., None], along, 0.0)
