"""The result file: its layout in HDF5, described here and nowhere else.

    /                              format, status, title, Conventions (attributes)
      time  y  x  beat  region     coordinates: dimension scales with units; `beat` counts from 1
      V(time, y, x)                frames: float32, gzip 1 + shuffle, rounded to the asked precision
      activation_time(beat, y, x)  maps; others are (y, x), one number a beat, or one number
      region_weight(region, y, x)  how much of each cell belongs to each region, 0..1
      conducting(y, x)             1 tissue, 0 scar
      probes/NAME                  time, V, states, currents: columns, float64
      verdicts/NAME                attributes
      tables/NAME                  of an experiment: columns along `row`
      outcome                      of an experiment: its name and its sentences (attributes)
      events                       time, kind, text: columns
      state_final                  every variable (y, x), float64: enough to go on from
      provenance                   attributes; config_as_written and config_resolved (JSON)

It is netCDF-4 with CF attributes: `xarray.open_dataset(path)` shows what is gridded, with
`group="probes/before"` a probe. Undefined values are NaN. An attribute `delay` that has a unit is
accompanied by `delay_units`.

A file of the final name is a complete file: `Writer` works beside it and renames at the end. What is kept of a run
until then is described in `unfinished`.
"""

from __future__ import annotations

from cardiac.storage.aside import aside, beside, leftovers
from cardiac.storage.format import GEOMETRY, Array, ResultError
from cardiac.storage.lock import Locked, locked
from cardiac.storage.precision import quantum, rounded
from cardiac.storage.provenance import environment
from cardiac.storage.reading import (
    Catalogue,
    Table,
    Variable,
    catalogue,
    configs,
    meanings,
    read,
    rows,
    table,
    to_xarray,
)
from cardiac.storage.unfinished import Unfinished
from cardiac.storage.writing import Writer

__all__ = [
    "GEOMETRY",
    "Array",
    "Catalogue",
    "Locked",
    "ResultError",
    "Table",
    "Unfinished",
    "Variable",
    "Writer",
    "aside",
    "beside",
    "catalogue",
    "configs",
    "environment",
    "leftovers",
    "locked",
    "meanings",
    "quantum",
    "read",
    "rounded",
    "rows",
    "table",
    "to_xarray",
]
