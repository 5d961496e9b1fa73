"""What writing and reading a result share: the version of its format, and the types of its contents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from numpy.typing import ArrayLike, NDArray

FORMAT = "cardiac/1"
CONFIGS = (".yaml", ".yml")  # how the names of configs end, which are no results
CONVENTIONS = "CF-1.11"

LEVEL = 1  # of compression
PACKED: dict[str, Any] = {"compression": "gzip", "compression_opts": LEVEL, "shuffle": True}
GEOMETRY = ("region_weight", "conducting")  # variables that say where things are, not what came out

Array = NDArray[Any]
Scalar = str | int | float | bool
Attributes = Mapping[str, Scalar | tuple[float, str]]  # a plain value, or a number and its unit
Columns = Mapping[str, tuple[ArrayLike, str]]  # name -> values, unit
Precision = float | Literal["full"]


class ResultError(Exception):
    """A file that is not a complete result, or does not hold what was asked for; the message says why."""
