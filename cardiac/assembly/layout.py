"""What there is where: regions, electrodes, parameters, mechanisms and the doses that they take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac import mechanisms, models, tissue
from cardiac.assembly import memory
from cardiac.assembly.dose import DoseError, dose_for
from cardiac.assembly.faults import Faults, Path
from cardiac.assembly.kinds import Kinds
from cardiac.assembly.parameters import parameters
from cardiac.cell import Cell
from cardiac.config import Config, Hyperpolarize, MechanismUse
from cardiac.models import Model
from cardiac.protocol import Always
from cardiac.simulation import Added, Array, Field
from cardiac.tissue import GradedError, Grid, RegionError


class Layout(NamedTuple):
    """A tissue, and the kinds of cells in it."""

    model: Model
    grid: Grid
    conducting: npt.NDArray[np.bool_]  # (ny, nx)
    regions: dict[str, Array]  # weight 0 ... 1 (ny, nx) by name
    electrodes: dict[Path, Array]  # the same by key path
    parameters: dict[str, Field]  # of the model, all of them
    mechanisms: list[Added]
    doses: dict[str | None, Added]  # those of them that were solved for, by region; None: all cells
    kinds: Kinds
    common: dict[
        str | None, int
    ]  # the kind of most cells of each region that conducts; None: of those in none

    @property
    def typical(self) -> dict[int, Cell]:
        """The cells of these kinds, each by itself: as such its threshold is remembered."""
        return {kind: self.kinds.cell([kind]) for kind in sorted(set(self.common.values()))}


def of(config: Config, faults: Faults) -> Layout:
    """The tissue of a config; raises ConfigError where it does not fit into this machine."""
    model = models.load(config.model_source)
    grid = Grid.from_size(config.tissue.size, config.tissue.spacing) if config.tissue else Grid()
    _fits(config, model, grid, faults)
    regions, electrodes = _places(config, grid, faults)
    conducting = np.ones(grid.shape, dtype=bool)
    for name, region in config.regions.items():
        if not region.conducts:
            conducting &= regions[name] < 0.5
    fields = parameters(config, model, regions, faults)
    added = list(_mechanisms(config, model, grid, regions, faults))
    doses = _doses(config, grid, Kinds(model, fields, added, conducting), regions, faults)
    added += doses.values()
    kinds = Kinds(model, fields, added, conducting)
    common = _commonest(kinds, regions, conducting)
    return Layout(model, grid, conducting, regions, electrodes, fields, added, doses, kinds, common)


def _commonest(
    kinds: Kinds, regions: dict[str, Array], conducting: npt.NDArray[np.bool_]
) -> dict[str | None, int]:
    places = {name: conducting & (weight >= 0.5) for name, weight in regions.items()}
    elsewhere = conducting & ~np.any([*places.values(), ~conducting], axis=0)
    found: dict[str | None, int] = {None: kinds.commonest(elsewhere if elsewhere.any() else conducting)}
    return found | {name: kinds.commonest(inside) for name, inside in places.items() if inside.any()}


def cells(config: Config) -> Cell:
    """The single cell of an experiment; raises ConfigError."""
    faults = Faults(config)
    model = models.load(config.model_source)
    grid = Grid()
    fields = parameters(config, model, {}, faults)
    added = list(_mechanisms(config, model, grid, {}, faults))
    act_always(config, added, faults)
    everywhere = np.ones(grid.shape, dtype=bool)
    doses = _doses(config, grid, Kinds(model, fields, added, everywhere), {}, faults)
    faults.told()
    return Kinds(model, fields, [*added, *doses.values()], everywhere).cell()


def act_always(config: Config, added: list[Added], faults: Faults) -> None:
    """Refuses mechanisms that act for a time, in an experiment."""
    for (path, _), one in zip(uses(config), added, strict=False):
        if not isinstance(one.course, Always):
            text = "acts for a time; in an experiment mechanisms act always - remove when, or write run: in "
            faults.add((*path, "when"), text + "place of experiment:")


def _fits(config: Config, model: Model, grid: Grid, faults: Faults) -> None:
    """Refuses, before anything is laid out, what has no room in this machine."""
    needed, there = memory.needed(config, model, grid), memory.available()
    if there is not None and needed > there:
        text = f"{grid.nx} x {grid.ny} cells of {config.model.name} need {needed / 1e9:.1f} GB of memory, "
        text += f"this machine has {there / 1e9:.1f} GB - use a larger spacing or a smaller size"
        faults.add("tissue.spacing", text)
        faults.told()


def _places(config: Config, grid: Grid, faults: Faults) -> tuple[dict[str, Array], dict[Path, Array]]:
    """The weights (ny, nx) of regions by name and of electrodes by key path."""
    named = {name: region.shape for name, region in config.regions.items()}
    shapes: dict[Path, tuple[Any, float, Any]] = {
        ("regions", name, "shape"): (region.shape, region.edge, region.graded)
        for name, region in config.regions.items()
    }
    for i, stimulus in enumerate(config.stimuli):
        shapes["stimuli", i, "at"] = stimulus.at, 0.0, None
        if stimulus.s2:
            shapes["stimuli", i, "s2", "at"] = stimulus.s2.at, 0.0, None
    weights: dict[Path, Array] = {}
    for path, (shape, edge, graded) in shapes.items():
        try:
            if shape is None:
                weights[path] = np.ones(grid.shape)
            else:
                weights[path] = tissue.weight(shape, grid, edge, named, graded)
        except (RegionError, ValueError) as error:
            weights[path] = np.zeros(grid.shape)
            graded_wrong = isinstance(error, GradedError)
            faults.add((*path[:-1], "graded") if graded_wrong else path, str(error))
    regions = {str(path[1]): weight for path, weight in weights.items() if path[0] == "regions"}
    return regions, {path: weight for path, weight in weights.items() if path[0] == "stimuli"}


def uses(config: Config) -> Iterator[tuple[Path, MechanismUse]]:
    """Every mechanism of known dose, and where it is written."""
    for i, use in enumerate(config.mechanisms):
        yield ("mechanisms", i, use.name), use
    for name, region in config.regions.items():
        for i, use in enumerate(region.mechanisms):
            yield ("regions", name, "mechanisms", i, use.name), use


def _mechanisms(
    config: Config, model: Model, grid: Grid, regions: dict[str, Array], faults: Faults
) -> Iterator[Added]:
    for path, use in uses(config):
        name = region_of(path)
        weight = 1.0 if name is None else tissue.fields.uniform(regions[name])
        yield _added(path, use, model, grid, weight, faults)


def _added(path: Path, use: MechanismUse, model: Model, grid: Grid, weight: Field, faults: Faults) -> Added:
    mechanism = mechanisms.load(use.name)
    if mechanism.pattern is not None:
        weight = weight * mechanism.pattern(use.inputs, *np.meshgrid(grid.x, grid.y))
        if not np.any(weight):
            faults.add(path, "lies outside the tissue, or its region - move its center")
    course = mechanism.course(use.inputs, use.when)
    return Added(mechanism, mechanism.met(model, use.inputs), weight, course, use.counted)


def wishes(config: Config) -> Iterator[tuple[Path, Hyperpolarize]]:
    """Every wanted hyperpolarization, and where it is written."""
    if config.hyperpolarize is not None:
        yield ("hyperpolarize",), config.hyperpolarize
    for name, region in config.regions.items():
        if region.hyperpolarize is not None:
            yield ("regions", name, "hyperpolarize"), region.hyperpolarize


def _doses(
    config: Config, grid: Grid, kinds: Kinds, regions: dict[str, Array], faults: Faults
) -> dict[str | None, Added]:
    """The mechanisms of all `hyperpolarize`, their doses solved for, by region (None: all cells).

    As everywhere a later region acts on earlier ones: where it is, its wish takes the place of theirs.
    """
    solved: dict[str | None, Added] = {}
    for path, wish in wishes(config):
        name = region_of(path)
        weight = np.ones(kinds.shape) if name is None else regions[name]
        if not weight.any():
            continue  # lies outside the tissue, which has been said
        one = _added(path, wish.by, kinds.model, grid, 1.0, faults)
        try:
            dose = dose_for(kinds.cell([kinds.commonest(weight >= 0.5)]), one, wish.to)
        except DoseError as error:
            faults.add((*path, "to"), str(error))
            continue
        parameters = one.parameters._replace(**{one.mechanism.dose: dose})
        for earlier, other in solved.items():
            solved[earlier] = other._replace(weight=tissue.fields.uniform(other.weight * (1.0 - weight)))
        where = one.weight * tissue.fields.uniform(weight)
        solved[name] = one._replace(parameters=parameters, weight=where)
    return solved


def region_of(path: Path) -> str | None:
    """The region that a key path leads into."""
    return str(path[1]) if path[0] == "regions" else None
