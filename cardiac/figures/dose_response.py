"""What an experiment finds against the dose of a mechanism: every number of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures._families import answer, panels
from cardiac.figures._shows import Shows
from cardiac.figures._style import canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("dose_response")


def draw(result: Result) -> Figure:
    """A panel for each number of which there is one for each dose."""
    table = next(
        table
        for table in result.tables.values()
        if len(np.unique(table.columns["dose"])) == len(table.columns["dose"])
    )
    names = [
        name
        for name, values in table.columns.items()
        if name not in ("cell", "dose") and values.dtype.kind == "f" and np.isfinite(values).any()
    ]
    figure = canvas(0.6 + 2.0 * -(-len(names) // 3), result.title, answer(result))
    panels(figure, table, names)
    return figure
