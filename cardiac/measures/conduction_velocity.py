"""Velocity of the wave: a map of one beat and its median, or from one probe to another in every beat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cardiac import analysis
from cardiac.measures import Seen, of_beat
from cardiac.references import probe_name
from cardiac.units import ordinal

DOI = "10.1109/10.668746"
NOT_IN_A_CELL = "nothing is conducted in a single cell"


class Options(NamedTuple):
    """Two probes, or the beat of which a map is made."""

    between: tuple[probe_name, probe_name] | None = None
    beat: ordinal = 1


def problems(options: Options) -> Iterator[tuple[str, str]]:
    """A beat beside two probes, as (key, text)."""
    if options.between is not None and options.beat != 1:
        yield "beat", "between two probes every beat is measured - remove it"


def label(options: Options) -> str:
    """The name of the map, or of the velocities between the probes."""
    if options.between is None:
        return of_beat("conduction_velocity", options.beat)
    return "conduction_velocity_{}_{}".format(*options.between)


def measure(seen: Seen, options: Options) -> None:
    """Writes maps (ny, nx) and their median, or a velocity of every beat (beats,) [mm/ms]."""
    (_between_probes if options.between else _everywhere)(seen, options)


def _everywhere(seen: Seen, options: Options) -> None:
    found = analysis.velocity_map(
        seen.activation(options.beat), seen.assembly.grid.spacing, conducting=seen.assembly.conducting
    )
    speeds = found.speed[np.isfinite(found.speed) & seen.assembly.conducting]
    median = float(np.median(speeds)) if speeds.size else np.nan
    of = f" of beat {options.beat}" if options.beat > 1 else ""

    def name(part: str) -> str:
        return of_beat(f"conduction_velocity{part}", options.beat)

    seen.map(name(""), found.speed, "mm/ms", f"conduction velocity{of}")
    seen.map(name("_x"), found.vx, "mm/ms", f"conduction velocity along x{of}")
    seen.map(name("_y"), found.vy, "mm/ms", f"conduction velocity along y{of}")
    seen.writer.field(name("_median"), median, "mm/ms", f"median conduction velocity{of}")


def _between_probes(seen: Seen, options: Options) -> None:
    assert options.between is not None
    grid, places = seen.assembly.grid, seen.assembly.config.record.probes
    a, b = (grid.cell_at(places[name]) for name in options.between)
    speeds = [analysis.velocity_between(beat, grid.x, grid.y, a, b) for beat in seen.activity.activation]
    meaning = "conduction velocity from {} to {}".format(*options.between)
    seen.writer.field(label(options), np.array(speeds), "mm/ms", meaning)
