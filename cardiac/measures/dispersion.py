"""Dispersion of repolarization: spread of APD90 and of repolarization times, and their steepest gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardiac import analysis
from cardiac.measures import Seen
from cardiac.references import region_name

NOT_IN_A_CELL = "a single cell has nothing to differ from"
STEEP = 99.0  # %: the gradient is below this in so much of the tissue, which a cell at an electrode does not decide


class Options(NamedTuple):
    """Where, if not in the whole tissue."""

    region: region_name | None = None


def label(options: Options) -> str:
    """Of what it writes: of the whole tissue, or of a region."""
    return "dispersion" if options.region is None else f"dispersion_{options.region}"


def measure(seen: Seen, options: Options) -> None:
    """Writes of every beat (beats,), see `analysis.dispersion` and `analysis.gradient_map`:

    the standard deviation of APD90 [ms], the times between the 5th and the 95th percentile of APD90 and of the
    repolarization time [ms], and the gradient of the latter [ms/mm] that 99 % of the tissue stay below.
    """
    conducting = seen.assembly.conducting
    cells = conducting
    if options.region is not None:
        cells = cells & (seen.assembly.regions[options.region] >= 0.5)
    found = []
    for activation, duration in zip(seen.activity.activation, seen.activity.apd90, strict=True):
        ends = activation + duration
        gradient = analysis.gradient_map(ends, seen.assembly.grid.spacing, conducting=conducting)
        steep = gradient[cells & np.isfinite(gradient)]
        own = analysis.dispersion(duration, cells)
        found.append((
            own.deviation,
            own.inner,
            analysis.dispersion(ends, cells).inner,
            float(np.percentile(steep, STEEP)) if steep.size else np.nan,
        ))  # fmt: skip
    where = "" if options.region is None else f" in {options.region}"
    for (part, unit, meaning), values in zip(
        (
            ("apd90_deviation", "ms", "standard deviation of APD90"),
            ("apd90_inner", "ms", "5th to 95th percentile of APD90"),
            ("repolarization_inner", "ms", "5th to 95th percentile of the repolarization time"),
            ("repolarization_gradient", "ms/mm", f"gradient of repolarization, {STEEP:g}th percentile"),
        ),
        np.array(found).T,
        strict=True,
    ):
        seen.writer.field(f"{label(options)}_{part}", values, unit, meaning + where)
