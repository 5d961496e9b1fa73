"""From a Config to a Simulation: every name looked up, every field laid out, everything unsaid found.

Found here are the resting state of each kind of cell in the tissue, the threshold that a stimulus strength may
refer to, the dose that a wanted hyperpolarization takes, and the time step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac import mechanisms, models, tissue
from cardiac.assembly import numerics
from cardiac.assembly.dose import DoseError, dose_for
from cardiac.assembly.kinds import Kinds
from cardiac.assembly.parameters import parameters
from cardiac.cell import Cell, Response, response, rest, threshold
from cardiac.config import Config, Hyperpolarize, MechanismUse, Problem
from cardiac.models import Model
from cardiac.protocol import Always, Course, Pulses
from cardiac.simulation import Added, Array, Field, Simulation, Stimulus
from cardiac.tissue import Grid, RegionError

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a config amounts to."""

    config: Config
    model: Model
    grid: Grid
    conducting: npt.NDArray[np.bool_]  # (ny, nx)
    regions: dict[str, Array]  # weight 0 ... 1 (ny, nx) by name
    parameters: dict[str, Field]  # of the model, all of them
    mechanisms: list[Added]
    stimuli: list[Stimulus]
    response: Response  # of the most common kind of cell
    dt: float  # ms
    scheme: str
    tensor: tissue.Tensor | None  # of diffusion; None for a single cell
    faces: tissue.Faces | None
    V: Field  # at the start [mV]
    state: dict[str, Field]
    doses: dict[str | None, tuple[str, float]]  # region, None for all cells -> mechanism, solved dose
    thresholds: dict[str, float]  # stimulus -> threshold [A/F]
    warnings: list[Problem]

    def simulation(self, threads: int | None = None) -> Simulation:
        """The tissue at its start."""
        return Simulation(
            self.model,
            self.grid,
            self.dt,
            parameters=self.parameters,
            faces=self.faces,
            mechanisms=self.mechanisms,
            stimuli=self.stimuli,
            V=self.V,
            state=self.state,
            scheme=self.scheme,
            conducting=self.conducting,
            threads=threads,
        )


def assemble(config: Config) -> Assembly:
    """What `config` amounts to; raises ConfigError with everything that cannot be."""
    model = models.load(config.model_source)
    grid = Grid.from_size(config.tissue.size, config.tissue.spacing) if config.tissue else Grid()
    regions, electrodes = _places(config, grid)
    conducting = np.ones(grid.shape, dtype=bool)
    for name, region in config.regions.items():
        if not region.conducts:
            conducting &= regions[name] < 0.5
    fields = parameters(config, model, regions)
    added = list(_mechanisms(config, model, grid, regions))
    doses = _doses(config, grid, Kinds(model, fields, added, conducting), regions)
    added += doses.values()
    kinds = Kinds(model, fields, added, conducting)

    warnings = [*config.warnings, *_pitfalls(config, model)]
    base = response(kinds.cell(kinds.commonest(conducting)))
    V, state = _start(config, kinds, warnings)
    stimuli, thresholds = _stimuli(config, kinds, electrodes, conducting)
    scheme = "rush_larsen_2" if config.run.scheme == "auto" else config.run.scheme
    tensor = numerics.diffusion_tensor(config, grid, regions)
    return Assembly(
        config=config,
        model=model,
        grid=grid,
        conducting=conducting,
        regions=regions,
        parameters=fields,
        mechanisms=added,
        stimuli=stimuli,
        response=base,
        dt=numerics.time_step(config, scheme, model, fields, base),
        scheme=scheme,
        tensor=tensor,
        faces=None if tensor is None else tissue.faces(grid, tensor, conducting),
        V=V,
        state=state,
        doses={
            name: (a.mechanism.name, getattr(a.parameters, a.mechanism.dose)) for name, a in doses.items()
        },
        thresholds=thresholds,
        warnings=[*warnings, *numerics.warnings(config, grid, tensor, conducting, base)],
    )


def cells(config: Config) -> Cell:
    """The single cell of an experiment; raises ConfigError."""
    model = models.load(config.model_source)
    grid = Grid()
    fields = parameters(config, model, {})
    added = list(_mechanisms(config, model, grid, {}))
    for i, one in enumerate(added):
        if not isinstance(one.course, Always):
            text = "acts for a time; in an experiment mechanisms act always - remove when"
            raise config.error([(("mechanisms", i, one.mechanism.name, "when"), text)])
    doses = _doses(config, grid, Kinds(model, fields, added, np.ones(grid.shape, dtype=bool)), {})
    return Kinds(model, fields, [*added, *doses.values()], np.ones(grid.shape, dtype=bool)).cell()


def _places(config: Config, grid: Grid) -> tuple[dict[str, Array], dict[Path, Array]]:
    """The weights (ny, nx) of regions by name and of electrodes by key path."""
    named = {name: region.shape for name, region in config.regions.items()}
    shapes: dict[Path, tuple[Any, float]] = {
        ("regions", name, "shape"): (region.shape, region.edge) for name, region in config.regions.items()
    }
    for i, stimulus in enumerate(config.stimuli):
        shapes["stimuli", i, "at"] = stimulus.at, 0.0
        if stimulus.s2:
            shapes["stimuli", i, "s2", "at"] = stimulus.s2.at, 0.0
    weights, problems = {}, []
    for path, (shape, edge) in shapes.items():
        try:
            weights[path] = np.ones(grid.shape) if shape is None else tissue.weight(shape, grid, edge, named)
        except (RegionError, ValueError) as error:
            problems.append((path, str(error)))
    if problems:
        raise config.error(problems)
    regions = {str(path[1]): weight for path, weight in weights.items() if path[0] == "regions"}
    return regions, {path: weight for path, weight in weights.items() if path[0] == "stimuli"}


def _uses(config: Config) -> Iterator[tuple[Path, MechanismUse]]:
    """Every mechanism of known dose, and where it is written."""
    for i, use in enumerate(config.mechanisms):
        yield ("mechanisms", i, use.name), use
    for name, region in config.regions.items():
        for i, use in enumerate(region.mechanisms):
            yield ("regions", name, "mechanisms", i, use.name), use


def _mechanisms(config: Config, model: Model, grid: Grid, regions: dict[str, Array]) -> Iterator[Added]:
    for path, use in _uses(config):
        where = tissue.fields.uniform(regions[str(path[1])]) if path[0] == "regions" else 1.0
        yield _added(config, path, use, model, grid, where)


def _added(config: Config, path: Path, use: MechanismUse, model: Model, grid: Grid, weight: Field) -> Added:
    mechanism = mechanisms.load(use.name)
    if mechanism.pattern is not None:
        weight = weight * mechanism.pattern(use.inputs, *np.meshgrid(grid.x, grid.y))
        if not np.any(weight):
            raise config.error([(path, "lies outside the tissue, or its region - move its center")])
    course = mechanism.course(use.inputs, use.when)
    return Added(mechanism, mechanism.met(model, use.inputs), weight, course, use.counted)


def _pitfalls(config: Config, model: Model) -> Iterator[Problem]:
    """What goes wrong in the model below rest, where the first mechanism is."""
    paths = [path for path, _ in _uses(config)] + [path for path, _ in _wishes(config)]
    if model.pitfall and paths:
        yield config.warning(paths[0], model.pitfall)


def _wishes(config: Config) -> Iterator[tuple[Path, Hyperpolarize]]:
    """Every wanted hyperpolarization, and where it is written."""
    if config.hyperpolarize is not None:
        yield ("hyperpolarize",), config.hyperpolarize
    for name, region in config.regions.items():
        if region.hyperpolarize is not None:
            yield ("regions", name, "hyperpolarize"), region.hyperpolarize


def _doses(config: Config, grid: Grid, kinds: Kinds, regions: dict[str, Array]) -> dict[str | None, Added]:
    """The mechanisms of all `hyperpolarize`, their doses solved for, by region (None: all cells)."""
    solved: dict[str | None, Added] = {}
    for path, wish in _wishes(config):
        name = str(path[1]) if path[0] == "regions" else None
        weight = np.ones(kinds.shape) if name is None else regions[name]
        one = _added(config, path, wish.by, kinds.model, grid, 1.0)
        cell = kinds.cell(kinds.commonest(weight >= 0.5))
        try:
            dose = dose_for(cell, one, wish.to)
        except DoseError as error:
            raise config.error([((*path, "to"), str(error))]) from None
        parameters = one.parameters._replace(**{one.mechanism.dose: dose})
        where = one.weight * tissue.fields.uniform(weight)
        solved[name] = one._replace(parameters=parameters, weight=where)
    return solved


def _start(config: Config, kinds: Kinds, warnings: list[Problem]) -> tuple[Field, dict[str, Field]]:
    if config.start.state == "published":
        return kinds.model.V_initial, {}
    found = rest(kinds.cell())
    if not found.quiescent:
        worst = int(found.drift.argmax())
        text = f"some cells do not rest: V = {found.V[worst]:.1f} mV still moves at {found.drift[worst]:.2g} mV/ms"
        warnings.append(config.warning("start", text + " after 10 s without stimulus"))
    return kinds.spread(found.V), {name: kinds.spread(values) for name, values in found.state.items()}


def _stimuli(
    config: Config, kinds: Kinds, electrodes: dict[Path, Array], conducting: npt.NDArray[np.bool_]
) -> tuple[list[Stimulus], dict[str, float]]:
    stimuli, thresholds = [], {}
    for i, s in enumerate(config.stimuli):
        pulses: list[tuple[Path, Any, Course]] = [
            (("stimuli", i), s, Pulses(s.start, s.duration, s.interval or s.duration, float(s.count)))
        ]
        if s.s2:
            assert s.s2.duration is not None  # completed from S1
            pulses.append((("stimuli", i, "s2"), s.s2, Pulses(s.last + s.s2.after, s.s2.duration)))
        for path, pulse, course in pulses:
            weight = electrodes.get((*path, "at"), np.ones(kinds.shape)) * conducting
            if not weight.any():
                raise config.error([((*path, "at"), "lies in tissue that does not conduct")])
            strength = pulse.strength.value
            if pulse.strength.of_threshold:
                needed = threshold(kinds.cell(kinds.commonest(weight >= 0.5)), pulse.duration)
                if not math.isfinite(needed):
                    text = (
                        "the cells here cannot be excited, so they have no threshold - give a strength in A/F"
                    )
                    raise config.error([((*path, "strength"), text)])
                name = (s.name or f"stimulus {i + 1}") + (" S2" if len(path) == 3 else "")
                thresholds[name], strength = needed, strength * needed
            stimuli.append(Stimulus(weight, strength, course))
    return stimuli, thresholds
