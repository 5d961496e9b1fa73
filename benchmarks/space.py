"""What the operator costs a velocity: its error against the spacing, for plane waves along the grid and across it.

python benchmarks/space.py

Steps are so fine that the operator alone counts; exact is the velocity along the grid at the finest spacing, in
fourth order. Along the diagonal both coordinates of a front advance together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from section import Options, explained, main, table

SHEET = """
title: A plane wave
model: {model}
tissue: {{size: [{length} mm, {width} mm], spacing: {spacing} mm, diffusivity: 0.1 mm^2/ms}}
run: {{duration: 30 ms, space_order: {order}, accuracy: fine}}
"""
MODELS = "ten_tusscher_panfilov_2006", "luo_rudy_1991", "mitchell_schaeffer_2003"
SPACINGS = (0.4, 0.3, 0.25, 0.2, 0.15, 0.1)  # mm
FINEST = 0.05
LENGTH = 16.0  # mm, about: a whole number of cells
START, NEAR, FAR = 4.0, 7.0, 12.0  # mm, along the way of the wave
RAISED, LEVEL = 20.0, -30.0  # mV


def velocity(model: str, spacing: float, order: int, diagonal: bool) -> float:
    """The velocity of a plane wave [mm/ms]."""
    from cardiac.assembly import assemble
    from cardiac.config import loads

    cells = round(LENGTH / spacing)
    rows = cells if diagonal else 1
    size = {"length": cells * spacing, "width": rows * spacing}
    assembly = assemble(loads(SHEET.format(model=model, spacing=spacing, order=order, **size)))
    sheet = assembly.simulation()
    along = sheet.grid.x[None, :] * np.ones((rows, 1))
    if diagonal:
        along = (sheet.grid.x[None, :] + sheet.grid.y[:, None]) / math.sqrt(2.0)
    sheet.V = np.where(along < START, RAISED, sheet.V)
    sheet.measure(LEVEL)
    sheet.advance(round(assembly.config.run.duration / sheet.dt))
    way = np.diagonal(along) if diagonal else along[0]
    times = sheet.activity.activation[0]
    reached = np.diagonal(times) if diagonal else times[0]
    near, far = (int(np.argmin(np.abs(way - at))) for at in (NEAR, FAR))
    return float((way[far] - way[near]) / (reached[far] - reached[near]))


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield explained(__doc__) + " Error in per cent.\n"
    for model in MODELS:
        exact = velocity(model, FINEST, 4, diagonal=False)

        def rows(model: str = model, exact: float = exact) -> Iterator[list[object]]:
            for spacing in SPACINGS:
                found = (
                    velocity(model, spacing, order, diagonal)
                    for order in (2, 4)
                    for diagonal in (False, True)
                )
                yield [spacing, *(f"{100.0 * (v / exact - 1.0):+.1f}" for v in found)]

        yield f"{model}, {exact:.4f} mm/ms:\n"
        head = ["spacing (mm)", "order 2, along", "order 2, diagonal", "order 4, along", "order 4, diagonal"]
        yield from table(head, rows())


if __name__ == "__main__":
    main(section, __doc__)
