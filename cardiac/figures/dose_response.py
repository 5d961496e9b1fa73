"""What an experiment finds against the dose of a mechanism: every number of its result."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cardiac.figures._families import Family, panels
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.result import Result

SHOWS = Shows.experiment("dose_response")


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """Axes for each number of which there is one for each dose; other results may be drawn `beside` this one."""
    name, table = next(
        (name, table)
        for name, table in result.tables.items()
        if len(np.unique(table.columns["dose"])) == len(table.columns["dose"])
    )
    names = [
        column
        for column, values in table.columns.items()
        if column not in ("cell", "dose") and values.dtype.kind == "f" and np.isfinite(values).any()
    ]
    panels(page, Family(result, name, beside), names)
