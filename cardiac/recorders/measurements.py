"""Measurements: maps and numbers of what was watched in every step (activation, repolarization, extremes)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from cardiac import analysis
from cardiac.assembly import Assembly
from cardiac.simulation import Activity, Array, Simulation
from cardiac.storage import Writer

ACTIVATION_LEVEL = -40.0  # mV
UNITS = {"x": "mm", "y": "mm", "position": "mm", "path_length": "mm", "velocity": "mm/ms"}
NUMBERS = {"arrival", "baseline", "transit", "delay", "horizon", "end"}  # of a verdict, in ms


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What a measurement is made from."""

    assembly: Assembly
    activity: Activity
    V_start: Array  # (ny, nx) [mV]
    writer: Writer

    def map(self, name: str, values: Array, unit: str, long_name: str) -> None:
        """Write a map, undefined in scars."""
        self.writer.field(name, np.where(self.assembly.conducting, values, np.nan), unit, long_name)


def activation(seen: Seen, options: Any) -> None:
    """Activation time of every beat."""
    seen.map("activation_time", seen.activity.activation, "ms", "activation time")


def apd50(seen: Seen, options: Any) -> None:
    """Time from activation to 50 % repolarization of every beat."""
    seen.map("apd50", seen.activity.apd50, "ms", "action potential duration at 50 % repolarization")


def apd90(seen: Seen, options: Any) -> None:
    """Time from activation to 90 % repolarization of every beat."""
    seen.map("apd90", seen.activity.apd90, "ms", "action potential duration at 90 % repolarization")


def upstroke(seen: Seen, options: Any) -> None:
    """Largest dV/dt, stimuli included."""
    seen.map("upstroke_max", seen.activity.upstroke, "mV/ms", "largest rate of rise")


def potentials(seen: Seen, options: Any) -> None:
    """Resting potential at the start, lowest and highest potential of the run."""
    seen.map("V_rest", seen.V_start, "mV", "potential at the start")
    seen.map("V_min", seen.activity.V_min, "mV", "lowest potential")
    seen.map("V_max", seen.activity.V_max, "mV", "highest potential")


def conduction_velocity(seen: Seen, options: Any) -> None:
    """The velocity map of the first beat and its median, or the velocity between two probes of every beat."""
    grid, times = seen.assembly.grid, seen.activity.activation
    if options.between is None:
        found = analysis.velocity_map(times[0], grid.spacing)
        seen.map("conduction_velocity", found.speed, "mm/ms", "conduction velocity")
        seen.map("conduction_velocity_x", found.vx, "mm/ms", "conduction velocity along x")
        seen.map("conduction_velocity_y", found.vy, "mm/ms", "conduction velocity along y")
        speeds = found.speed[np.isfinite(found.speed) & seen.assembly.conducting]
        median = float(np.median(speeds)) if speeds.size else np.nan
        seen.writer.field("conduction_velocity_median", median, "mm/ms", "median conduction velocity")
    else:
        a, b = (grid.cell_at(seen.assembly.config.record.probes[name]) for name in options.between)
        speeds = np.array([analysis.velocity_between(beat, grid.x, grid.y, a, b) for beat in times])
        name = "conduction_velocity_{}_{}".format(*options.between)
        seen.writer.field(name, speeds, "mm/ms", "conduction velocity from {} to {}".format(*options.between))


def block(seen: Seen, options: Any) -> None:
    """The verdict on a region: does it conduct, delay or block the first beat?"""
    grid = seen.assembly.grid
    found = analysis.verdict(
        seen.activity.activation[0],
        grid.x,
        grid.y,
        seen.assembly.regions[options.region] >= 0.5,
        spacing=grid.spacing,
        end=seen.assembly.config.run.duration,
        conducting=seen.assembly.conducting,
    )
    values = dataclasses.asdict(found) | {"sentence": found.sentence}
    units = UNITS | dict.fromkeys(NUMBERS, "ms")
    seen.writer.verdict(
        options.region, {k: (v, units[k]) if k in units else v for k, v in values.items() if v is not None}
    )


MEASURES: dict[str, Callable[[Seen, Any], None]] = {
    f.__name__: f for f in (activation, apd50, apd90, upstroke, potentials, conduction_velocity, block)
}


class Measurements:
    """Watches the whole run and writes what was asked for at its end."""

    def __init__(self, assembly: Assembly, writer: Writer) -> None:
        self.assembly, self.writer = assembly, writer

    def next(self, step: int) -> int | None:
        return None

    def look(self, simulation: Simulation, samples: Array) -> None:
        if simulation.step == 0:
            self.V_start = simulation.V

    def finish(self, simulation: Simulation) -> None:
        seen = Seen(self.assembly, simulation.activity, self.V_start, self.writer)
        for measure in self.assembly.config.measure:
            MEASURES[measure.name](seen, measure.options)


def make(assembly: Assembly, simulation: Simulation, writer: Writer) -> Measurements | None:
    """The recorder of `measure: [...]`."""
    asked = {measure.name: measure.options for measure in assembly.config.measure}
    if not asked:
        return None
    level = getattr(asked.get("activation"), "threshold", None)
    simulation.measure(ACTIVATION_LEVEL if level is None else level)
    return Measurements(assembly, writer)
