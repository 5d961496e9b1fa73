"""What a result file tells of a run beside what was recorded: what was simulated, and how."""

from __future__ import annotations

from typing import Any

import numpy as np

from cardiac.assembly import Assembly
from cardiac.config import Problem
from cardiac.simulation import Simulation
from cardiac.storage import Writer
from cardiac.units import units_of


def describe(assembly: Assembly, writer: Writer) -> None:
    """What is simulated: regions, fields, stimuli."""
    all_conduct = bool(assembly.conducting.all())
    writer.regions(assembly.regions, None if all_conduct else assembly.conducting)
    units = units_of(assembly.model.Parameters)
    for name, values in assembly.parameters.items():
        if np.ndim(values):
            writer.field(f"parameter_{name}", values, units[name].symbol, f"parameter {name}")
    for part, values in (assembly.tensor._asdict() if assembly.tensor else {}).items():
        if np.ndim(values):
            writer.field(
                f"diffusivity_{part}", values, "mm^2/ms", f"component {part} of the diffusion tensor"
            )
    for region, dose in assembly.doses.items():
        writer.event(0.0, f"{region or 'all cells'}: hyperpolarized by {dose}", "dose")
    for stimulus in assembly.stimuli:
        for onset in stimulus.course.onsets:  # type: ignore[attr-defined]
            duration = stimulus.course.duration  # type: ignore[attr-defined]
            writer.event(float(onset), f"{stimulus.current:.4g} A/F for {duration:g} ms", "stimulus")
    warn(writer, assembly.warnings)


def conclude(assembly: Assembly, simulation: Simulation, writer: Writer, wall: float) -> None:
    """The last state and how the file came about."""
    units = units_of(assembly.model.State)
    state: dict[str, Any] = {"V": (simulation.V, "mV")}
    state |= {name: (values, units[name].symbol) for name, values in simulation.state.items()}
    writer.state(state, {"time": (simulation.t, "ms"), "step": simulation.step})
    steps = simulation.step + round(assembly.config.start.settle / assembly.dt)
    reaction = simulation.reaction_steps[assembly.conducting] / steps  # of the reaction, a step
    numbers = {
        "reaction_steps_mean": float(reaction.mean()),
        "reaction_steps_most": float(reaction.max()),
        "threads": simulation.threads,
        "wall_time": (wall, "s"),
    }
    writer.provenance(assembly.config, numerics(assembly) | numbers)


def numerics(assembly: Assembly) -> dict[str, Any]:
    """With what numbers a tissue is simulated."""
    r = assembly.responses[None]
    numbers: dict[str, Any] = {
        "dt": (assembly.dt, "ms"),
        "scheme": assembly.scheme,
        "space_order": assembly.config.run.space_order,
        "precision": assembly.config.run.precision,
        "cell_V_rest": (r.V_rest, "mV"),
        "cell_threshold_2ms": (r.threshold, "A/F"),
        "cell_rise_time": (r.rise_time, "ms"),
    }
    numbers |= {f"threshold of {name}": (value, "A/F") for name, value in assembly.thresholds.items()}
    numbers |= {
        f"dose in {region or 'all cells'}": (dose.value, dose.unit) for region, dose in assembly.doses.items()
    }
    diffusion = assembly.tensor._asdict() if assembly.tensor else {}
    return numbers | {
        f"diffusivity_{part}": (float(value), "mm^2/ms")
        for part, value in diffusion.items()
        if not np.ndim(value)
    }


def warn(writer: Writer, warnings: list[Problem]) -> None:
    """Keep warnings as events; one about an overridden value has no place in the file."""
    for warning in warnings:
        writer.event(0.0, ": ".join(part for part in (warning.path, warning.text) if part), "warning")
