"""Keys about the tissue: its size, its grid, and how it conducts."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from cardiac.config.context import Context
from cardiac.config.messages import Faults, fault
from cardiac.config.quantities import (
    Change,
    Changed,
    Length,
    Quantity,
    Reader,
    Size,
)
from cardiac.config.records import RecordReader
from cardiac.config.sections import Section, plain
from cardiac.units import Unit, shown

_MOST_CELLS = 1e8  # beyond, a slip of the pen is more likely than a simulation
DIFFUSIVITY = Unit("mm^2/ms", "diffusivity")


class FibreFile(NamedTuple):
    """An array of fibre angles (ny, nx) [deg] in a .npy, .npz or .h5 file."""

    file: Path
    dataset: str = ""


class Angle(Reader):
    """An angle, or a file of angles."""

    _constant = Quantity(Unit("deg", "angle"))
    _file = RecordReader(FibreFile)

    def read(self, value: Any, context: Context) -> float | FibreFile:
        if isinstance(value, dict):
            fibres: FibreFile = self._file.read(value, context)
            return fibres
        angle: float = self._constant.read(value, context)
        return angle

    def write(self, value: float | FibreFile) -> Any:
        return self._file.write(value) if isinstance(value, FibreFile) else self._constant.write(value)

    def described(self) -> dict[str, Any]:
        return {"anyOf": [self._constant.described(), self._file.section.model_json_schema()]}


class _AlongAndAcross(Section):
    """A bare value holds in both directions."""

    shorthand: ClassVar[str] = "along"

    @model_validator(mode="wrap")
    @classmethod
    def _isotropic(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        return handler(value if isinstance(value, dict) else {"along": value, "across": value})


class Diffusivity(_AlongAndAcross):
    """The diffusivity along and across the fibres; one value if the tissue is isotropic."""

    along: Annotated[float, Quantity(DIFFUSIVITY)] = Field(
        description="Along the fibres.", examples=["0.1 mm^2/ms"]
    )
    across: Annotated[float, Quantity(DIFFUSIVITY)] = Field(
        description="Across the fibres.", examples=["0.02 mm^2/ms"]
    )
    fibre_angle: Annotated[float | FibreFile, Angle()] = Field(
        0.0, description="Direction of the fibres, counter-clockwise from x; a file of angles [deg]."
    )


class DiffusivityChange(_AlongAndAcross):
    """What becomes of the diffusivity in a region."""

    along: Annotated[Change | None, Changed(DIFFUSIVITY)] = Field(None, description="Along the fibres.")
    across: Annotated[Change | None, Changed(DIFFUSIVITY)] = Field(None, description="Across the fibres.")
    fibre_angle: Annotated[float | FibreFile | None, Angle()] = Field(
        None, description="Direction of the fibres."
    )


class Tissue(Section):
    """A sheet or a cable of tissue."""

    size: Size = Field(description="Width and height; one length for a cable.", examples=["[40 mm, 10 mm]"])
    spacing: Length = Field(description="Side of a grid cell.", examples=["0.1 mm"])
    diffusivity: Diffusivity = Field(description="Diffusivity of the potential.", examples=["0.1 mm^2/ms"])

    @model_validator(mode="after")
    def _whole_cells(self) -> Self:
        with Faults() as faults:
            for i, length in enumerate(self.size):
                n = length / self.spacing
                if abs(n - round(n)) > 1e-6 * max(n, 1.0) or n < 0.5:
                    near = sorted({max(int(n), 1), int(n) + 1})
                    hint = " or ".join(f"{cells * self.spacing:.10g} mm" for cells in near)
                    what = f"{length:.10g} mm is not a whole number of cells of {self.spacing:.10g} mm"
                    faults.add(f"{what} - use {hint}", "size", i)
            cells = math.prod(length / self.spacing for length in self.size)
            if cells > _MOST_CELLS:
                faults.add(f"makes {cells:.2g} cells - use a larger one", "spacing")
        return self


class CellOrTissue(Reader):
    """ "cell", which is None in Python, or a tissue."""

    absent: ClassVar[Any] = "cell"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._read, handler(Tissue))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"const": "cell"}, handler(schema)]}

    def _read(self, value: Any, tissue: Callable[[Any], Tissue]) -> Tissue | None:
        if value == "cell":
            return None
        if not isinstance(value, dict):
            raise fault(f'{shown(value)} - write "cell", or the keys size, spacing and diffusivity')
        return tissue(value)

    def write(self, value: Tissue) -> Any:
        return plain(value)
