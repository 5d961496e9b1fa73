"""A strip of added K+ conductance blocks where somebody else's integrator says that it does.

Cables of 6 mm | strip | 6 mm, 500 ms at rest with the strip on, then a wave from the left. The tables bracket the
critical conductance to 0.05 %; here 1 % less must conduct and 1 % more must block. For the cell model with a real
sodium current it changes by 15 % between spacings of 0.1 and 0.05 mm, so the spacing must be the same.
"""

from typing import Any

import numpy as np
import pytest
from reference import cable, table

from cardiac.tissue import Grid

FLANK, BEYOND = 6.0, 4.0  # mm
WAIT, PASSAGE, HORIZON = 500.0, 80.0, 400.0  # ms
SLOW = 0.05  # ms, step of the wait at rest
# Steps [ms] while fronts pass, and afterwards when what is left is slow. The critical conductance of lr1991 comes out
# low by 0.9 % (dx 0.1) to 1.5 % (0.05) with steps of 0.01 ms, by a quarter of that with 0.005.
STEPS = {"ms2003": (0.05, 0.05), "br1977": (0.01, 0.05), "lr1991": (0.005, 0.05)}


def conducts(row: dict[str, Any], factors: tuple[float, ...]) -> list[bool]:
    """Whether waves pass strips of so many times the critical conductance."""
    width, spacing, name = row["w"], row["dx"], row["model"]
    grid = Grid(round((2 * FLANK + width) / spacing), len(factors), spacing)
    strip = (grid.x > FLANK) & (grid.x < FLANK + width)
    g = row["crit"] * np.array(factors)[:, np.newaxis] * strip
    target = grid.cell_at((FLANK + width + BEYOND,))[1]
    fronts, later = STEPS[name]
    arrived = np.zeros(len(factors), dtype=bool)
    tissue = cable(name, grid, SLOW, g, row["ek"], stimulated=False)
    tissue.advance(round(WAIT / SLOW))
    for dt, duration, stimulated in ((fronts, PASSAGE, True), (later, HORIZON - PASSAGE, False)):
        tissue = cable(name, grid, dt, g, row["ek"], tissue, stimulated)
        tissue.advance(round(duration / dt))
        arrived |= np.isfinite(tissue.activity.activation[0][:, target])
    return [bool(a) for a in arrived]


@pytest.mark.parametrize(
    "row", table("strip_block.csv"), ids=lambda row: f"{row['model']}-{row['w']:g}mm-dx{row['dx']:g}"
)
def test_a_strip_blocks_from_the_critical_conductance_on(row: dict[str, Any]) -> None:
    assert conducts(row, (0.99, 1.01)) == [True, False]
