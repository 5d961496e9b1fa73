"""Verdict on a region: does it conduct, delay or block the wave of a beat?"""

from __future__ import annotations

from typing import NamedTuple

from cardiac import analysis
from cardiac.measures import Seen, of_beat
from cardiac.references import region_name
from cardiac.units import ordinal, ratio

NOT_IN_A_CELL = "nothing is conducted in a single cell"


class Options(NamedTuple):
    """Which region is judged, in which beat; how many of its usual transits a wave is waited for."""

    region: region_name
    beat: ordinal = 1
    patience: ratio = analysis.Criteria().patience


def label(options: Options) -> str:
    """The name of the verdict: that of the region, and the beat if it is not the first."""
    return of_beat(options.region, options.beat)


def measure(seen: Seen, options: Options) -> None:
    """Writes the verdict: its outcome, its numbers with their units (see `analysis.Verdict`), its sentence."""
    grid = seen.assembly.grid
    found = analysis.verdict(
        seen.activity.activation,
        grid.x,
        grid.y,
        seen.assembly.regions[options.region] >= 0.5,
        beat=options.beat,
        spacing=grid.spacing,
        end=seen.assembly.config.run.duration,
        conducting=seen.assembly.conducting,
        criteria=analysis.Criteria(patience=options.patience),
    )
    seen.writer.verdict(label(options), found.written)
