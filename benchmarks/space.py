"""What the operator costs a velocity and a block threshold: its error against the spacing.

python benchmarks/space.py

Steps are so fine that the operator alone counts; exact is the velocity along the grid at the finest spacing, in
fourth order. Along the diagonal both coordinates of a front advance together. "Plain" fourth order lacks the part for
fronts (see `cardiac/tissue/bends.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

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
OPERATORS = "order 2", "order 4, plain", "order 4"

# The strip of `tests/data/reference/strip_block.csv`.
STRIP = """
title: A strip of added conductance
model: luo_rudy_1991
tissue: {{size: 14 mm, spacing: {spacing} mm, diffusivity: 0.1 mm^2/ms}}
regions:
  strip:
    shape: {{strip: {{center: 7 mm, width: 2 mm}}}}
    mechanisms: [potassium_conductance: {{g: {g} mS/uF, reversal: -87.89 mV}}]
stimuli: [{{at: {{left: 1 mm}}, duration: 1 ms, strength: 100 A/F}}]
start: {{settle: 100 ms}}
run: {{duration: 100 ms, space_order: {order}, accuracy: fine}}
"""
STRIP_SPACINGS = (0.1, 0.05, 0.025)  # mm
BETWEEN, CLOSELY = (1.0, 4.0), 0.002  # mS/uF, and how closely it is found
BEYOND = 12.0  # mm


def velocity(model: str, spacing: float, operator: str, diagonal: bool) -> float:
    """The velocity of a plane wave [mm/ms]."""
    from cardiac.assembly import assemble
    from cardiac.config import loads
    from cardiac.tissue import bends

    cells = round(LENGTH / spacing)
    rows = cells if diagonal else 1
    size = {"length": cells * spacing, "width": rows * spacing, "order": 2 if operator == "order 2" else 4}
    assembly = assemble(loads(SHEET.format(model=model, spacing=spacing, **size)))
    if operator == "order 4, plain":
        assert assembly.tensor is not None
        assembly = replace(assembly, bends=bends(assembly.grid, assembly.tensor))
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


def critical_conductance(spacing: float, order: int) -> float:
    """From which conductance on [mS/uF] the strip blocks."""
    from cardiac.assembly import assemble
    from cardiac.config import loads

    def passes(g: float) -> bool:
        assembly = assemble(loads(STRIP.format(spacing=spacing, order=order, g=g)))
        cable = assembly.simulation()
        cable.step = -round(assembly.config.start.settle / cable.dt)
        cable.measure(LEVEL)
        cable.advance(-cable.step + round(assembly.config.run.duration / cable.dt))
        return bool(np.isfinite(cable.activity.activation[0][cable.grid.cell_at((BEYOND,))]))

    low, high = BETWEEN
    while high - low > CLOSELY * low:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if passes(middle) else (low, middle)
    return 0.5 * (low + high)


def velocities(model: str, exact: float) -> Iterator[list[object]]:
    """Errors of the velocity, a row for each spacing."""
    for spacing in SPACINGS:
        found = (
            velocity(model, spacing, operator, diagonal)
            for operator in OPERATORS
            for diagonal in (False, True)
        )
        yield [spacing, *(f"{100.0 * (v / exact - 1.0):+.1f}" for v in found)]


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield explained(__doc__) + " Errors in per cent.\n"
    ways = [f"{operator}, {way}" for operator in OPERATORS for way in ("along", "diagonal")]
    for model in MODELS:
        exact = velocity(model, FINEST, "order 4", diagonal=False)
        yield f"{model}, {exact:.4f} mm/ms:\n"
        yield from table(["spacing (mm)", *ways], velocities(model, exact))
    yield "The conductance (mS/uF) from which on a strip of 2 mm blocks, Luo-Rudy 1991:\n"
    rows = ([h, *(f"{critical_conductance(h, order):.3f}" for order in (2, 4))] for h in STRIP_SPACINGS)
    yield from table(["spacing (mm)", "order 2", "order 4"], rows)


if __name__ == "__main__":
    main(section, __doc__)
