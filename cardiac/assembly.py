"""From a Config to a Simulation: every name looked up, every field laid out, everything unsaid found.

Found here are the resting state of each kind of cell in the tissue, the threshold that a stimulus strength may refer
to, the dose that a wanted hyperpolarization takes, and the time step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field as default
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac import mechanisms, models, tissue
from cardiac.cell import Cell, Response, response, rest, threshold
from cardiac.config import Change, Config, FibreFile, MechanismUse, Problem
from cardiac.config import Region as RegionConfig
from cardiac.dose import DoseError, dose_for
from cardiac.models import Model
from cardiac.protocol import Always, Course, Pulses
from cardiac.simulation import Added, Field, Simulation, Stimulus
from cardiac.tissue import Grid, RegionError

Array: TypeAlias = npt.NDArray[np.float64]
Path: TypeAlias = tuple[str | int, ...]

STEPS_PER_RISE = 20  # keeps the velocity error of time stepping below 0.5 % (measured for dx >= 0.05 mm)
LARGEST_STEP = 0.1  # ms
KINDS = 256  # of cells whose rest is found separately; smooth borders are rounded to that
# Velocity error of the second-order operator, as a multiple of (spacing / l)^2 with l^2 = diffusivity x rise time;
# fitted to Luo-Rudy, ten Tusscher and Mitchell-Schaeffer cables.
SPACE_ERROR = 0.07
TOLERABLE = 0.05  # velocity error beyond which a spacing is warned about


@dataclass(slots=True)
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
    faces: tissue.Faces | None
    V: Field  # at the start [mV]
    state: dict[str, Field]
    doses: dict[str, tuple[str, float]] = default(default_factory=dict)  # region -> mechanism, solved dose
    thresholds: dict[str, float] = default(default_factory=dict)  # stimulus -> threshold [A/F]
    warnings: list[Problem] = default(default_factory=list)

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
    parameters = _parameters(config, model, regions)
    added = list(_mechanisms(config, regions))
    kinds = _Kinds(model, parameters, added, conducting)
    doses = _doses(config, kinds, regions, added)
    if doses:
        kinds = _Kinds(model, parameters, added, conducting)

    warnings = list(config.warnings)
    base = response(kinds.cell(kinds.commonest(conducting)))
    V, state = _start(config, kinds, warnings)
    stimuli, thresholds = _stimuli(config, kinds, electrodes, conducting)
    dt = _step(config, base) if config.run.dt == "auto" else float(config.run.dt)
    faces = _faces(config, grid, regions, conducting, base, warnings)
    scheme = "rush_larsen_2" if config.run.scheme == "auto" else config.run.scheme
    found = {name: (a.mechanism.name, float(getattr(a.parameters, a.mechanism.dose))) for name, a in doses.items()}
    return Assembly(
        config, model, grid, conducting, regions, parameters, added, stimuli, base, dt, scheme, faces, V, state,
        found, thresholds, warnings,
    )  # fmt: skip


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


# Parameters and mechanisms --------------------------------------------------------------------------------


def _parameters(config: Config, model: Model, regions: dict[str, Array]) -> dict[str, Field]:
    """Every parameter of the model as a number or a field."""
    base = _changed(config, ("model",), model, model.Parameters(), config.model, config.model.behaviour)
    fields: dict[str, Field] = dict(base._asdict())
    for name, region in config.regions.items():
        behaviour = _merged(config.model.behaviour, region.behaviour)
        here = _changed(config, ("regions", name), model, base, region, behaviour if region.behaviour else None)
        for key, value in here._asdict().items():
            if value != getattr(base, key):
                fields[key] = tissue.field(fields[key], [(regions[name], Change(value, False, ""))])
    return fields


def _changed(config: Config, path: Path, model: Model, p: Any, choice: Any, behaviour: Any) -> Any:
    """The parameters `p` with the variant, the parameters and the behaviour of a model choice or a region."""
    if choice.variant is not None or path == ("model",):
        varying = {key for changes in model.variants.values() for key in changes}
        variant = model.variants.get(choice.variant or next(iter(model.variants), ""), {})
        p = p._replace(**{key: variant.get(key, getattr(model.Parameters(), key)) for key in varying})
    changes = choice.parameters.items()
    p = p._replace(**{k: c.value * getattr(p, k) if c.factor else c.value for k, c in changes})
    if behaviour is None:
        return p
    if path != ("model",) and getattr(behaviour, "resting_potential", None) is not None:
        own = getattr(config.regions[str(path[1])].behaviour, "resting_potential", None)
        if own is not None:
            text = "cannot differ from region to region without a current that holds it - use hyperpolarize: {to: ...}"
            raise config.error([((*path, "behaviour", "resting_potential"), text)])
    try:
        return model.parameters_from(behaviour, p)
    except ValueError as error:
        key, _, text = str(error).partition(": ")
        inside = (*path, "behaviour") if path != ("model",) or "behaviour" in _given(config) else path
        raise config.error([((*inside, key), text)]) from None


def _given(config: Config) -> set[str]:
    """The keys of `model` as they were written."""
    return {"behaviour"} if "behaviour:" in config.text else set()


def _merged(base: Any, own: Any) -> Any:
    """The behaviour of a region: its own wishes, and those of the tissue where it has none."""
    if base is None or own is None:
        return own
    return type(own)(*(b if o is None else o for b, o in zip(base, own, strict=True)))


def _mechanisms(config: Config, regions: dict[str, Array]) -> Iterator[Added]:
    for use in config.mechanisms:
        yield _added(use, 1.0)
    for name, region in config.regions.items():
        for use in region.mechanisms:
            yield _added(use, tissue.fields.uniform(regions[name]))


def _added(use: MechanismUse, weight: Field) -> Added:
    mechanism = mechanisms.load(use.name)
    return Added(mechanism, mechanism.resolve(use.inputs), weight, use.when)


def _doses(config: Config, kinds: _Kinds, regions: dict[str, Array], added: list[Added]) -> dict[str, Added]:
    """Solves for the doses of all `hyperpolarize`; appends their mechanisms to `added`."""
    solved: dict[str, Added] = {}
    for name, region in config.regions.items():
        if region.hyperpolarize is None:
            continue
        one = _added(region.hyperpolarize.by, 1.0)
        cell = kinds.cell(kinds.commonest(regions[name] >= 0.5))
        try:
            dose = dose_for(cell, one, region.hyperpolarize.to)
        except DoseError as error:
            raise config.error([(("regions", name, "hyperpolarize", "to"), str(error))]) from None
        parameters = one.parameters._replace(**{one.mechanism.dose: dose})
        solved[name] = Added(one.mechanism, parameters, tissue.fields.uniform(regions[name]), one.course)
    added.extend(solved.values())
    return solved


# Kinds of cells -------------------------------------------------------------------------------------------


class _Kinds:
    """The different kinds of cells of a tissue: combinations of parameters and lasting mechanisms."""

    def __init__(
        self, model: Model, parameters: dict[str, Field], added: list[Added], conducting: npt.NDArray[np.bool_]
    ) -> None:
        self.model, self.shape = model, conducting.shape
        self.uniform = {k: v for k, v in parameters.items() if np.ndim(v) == 0}
        self.varying = {k: np.asarray(v) for k, v in parameters.items() if np.ndim(v)}
        self.lasting = [a for a in added if isinstance(a.course, Always)]
        weights = [np.broadcast_to(a.weight, self.shape) for a in self.lasting]
        columns = [np.ravel(f) for f in (*self.varying.values(), *weights)]
        self.table, self.kind = _distinct(np.array(columns).reshape(len(columns), -1).T, conducting.size)

    def commonest(self, where: npt.NDArray[np.bool_]) -> int:
        """The kind of most cells of a mask."""
        return int(np.bincount(self.kind[np.ravel(where)] if where.any() else self.kind).argmax())

    def cell(self, kind: int | None = None) -> Cell:
        """One kind of cell, or all of them side by side."""
        rows = self.table if kind is None else self.table[kind]
        values = [v for v in rows.T] if kind is None else [float(v) for v in rows]
        own = dict(zip(self.varying, values, strict=False))
        weights = values[len(own) :]
        lasting = [a._replace(weight=w) for a, w in zip(self.lasting, weights, strict=True)]
        if kind is not None:  # what does not act here would only make another kernel
            lasting = [a for a in lasting if a.weight != 0.0]
        return Cell(self.model, self.uniform | own, lasting, len(self.table) if kind is None else 1)

    def spread(self, values: Array) -> Field:
        """A value of each kind as a field, or a number where all are the same."""
        return tissue.fields.uniform(values[self.kind].reshape(self.shape))


def _distinct(rows: Array, count: int) -> tuple[Array, npt.NDArray[np.intp]]:
    """The distinct rows (kinds, columns), rounded until there are few enough, and the kind of each row."""
    if rows.size == 0:
        return np.zeros((1, 0)), np.zeros(count, dtype=np.intp)
    low, span = rows.min(axis=0), np.ptp(rows, axis=0)
    levels = 2 * KINDS
    while True:
        levels //= 2
        steps = np.rint((rows - low) / np.where(span > 0, span, 1.0) * levels)
        kinds, kind = np.unique(steps, axis=0, return_inverse=True)
        if len(kinds) <= KINDS or levels == 1:
            return low + kinds * span / levels, kind.reshape(-1)


# Start, stimuli, steps ------------------------------------------------------------------------------------


def _start(config: Config, kinds: _Kinds, warnings: list[Problem]) -> tuple[Field, dict[str, Field]]:
    if config.start.state == "published":
        return kinds.model.V_initial, {}
    found = rest(kinds.cell())
    if not found.quiescent:
        worst = int(found.drift.argmax())
        text = f"some cells do not rest: V = {found.V[worst]:.1f} mV still moves at {found.drift[worst]:.2g} mV/ms"
        warnings.append(config.warning("start", text + " after 10 s without stimulus"))
    return kinds.spread(found.V), {name: kinds.spread(values) for name, values in found.state.items()}


def _stimuli(
    config: Config, kinds: _Kinds, electrodes: dict[Path, Array], conducting: npt.NDArray[np.bool_]
) -> tuple[list[Stimulus], dict[str, float]]:
    stimuli, thresholds = [], {}
    for i, s in enumerate(config.stimuli):
        pulses: list[tuple[Path, Any, Course]] = [
            (("stimuli", i), s, Pulses(s.start, s.duration, s.interval or 1.0, s.count))
        ]
        if s.s2:
            pulses.append((("stimuli", i, "s2"), s.s2, Pulses(s.last + s.s2.after, s.s2.duration)))
        for path, pulse, course in pulses:
            weight = electrodes.get((*path, "at"), np.ones(kinds.shape)) * conducting
            strength = pulse.strength.value
            if pulse.strength.of_threshold:
                needed = threshold(kinds.cell(kinds.commonest(weight >= 0.5)), pulse.duration)
                if not math.isfinite(needed):
                    text = "the cells here cannot be excited, so they have no threshold - give a strength in A/F"
                    raise config.error([((*path, "strength"), text)])
                name = (s.name or f"stimulus {i + 1}") + (" S2" if len(path) == 3 else "")
                thresholds[name], strength = needed, strength * needed
            stimuli.append(Stimulus(weight, strength, course))
    return stimuli, thresholds


def _step(config: Config, base: Response) -> float:
    """A step that resolves the upstroke and divides the intervals of frames and probes."""
    rise = base.rise_time if math.isfinite(base.rise_time) else 1.0
    largest = min(rise / STEPS_PER_RISE, LARGEST_STEP)
    record = config.record
    interval = record.probe_interval if record.probes else record.frames.every if record.frames else 1.0
    return interval / math.ceil(interval / largest)


def _faces(
    config: Config,
    grid: Grid,
    regions: dict[str, Array],
    conducting: npt.NDArray[np.bool_],
    base: Response,
    warnings: list[Problem],
) -> tissue.Faces | None:
    if config.tissue is None:
        return None
    given = config.tissue.diffusivity
    changes = [
        (regions[name], _FibreChange.of(region, grid))
        for name, region in config.regions.items()
        if region.diffusivity is not None
    ]
    diffusion = tissue.tensor(given.along, given.across, _angle(given.fibre_angle, grid), changes)
    oblique = tissue.monotonicity_warning(diffusion)
    if oblique:
        warnings.append(config.warning("tissue.diffusivity", oblique))
    length = math.sqrt(given.along * base.rise_time) if math.isfinite(base.rise_time) else math.inf
    error = SPACE_ERROR * (grid.spacing / length) ** 2 if length else 0.0
    if error > TOLERABLE:
        cells, fine = 4.0 * length / grid.spacing, length * math.sqrt(TOLERABLE / SPACE_ERROR)
        text = f"{grid.spacing:g} mm gives {cells:.1f} cells across the upstroke of {config.model.name}; velocity error "
        text += f"about {100 * error:.0f} %, false block possible - use <= {float(f'{fine:.1g}'):g} mm"
        warnings.append(config.warning("tissue.spacing", text))
    return tissue.faces(grid, diffusion, conducting)


@dataclass(frozen=True, slots=True)
class _FibreChange:
    """The change of conduction in a region, its fibre angles read."""

    along: Change | None
    across: Change | None
    fibre_angle: Field | None

    @classmethod
    def of(cls, region: RegionConfig, grid: Grid) -> _FibreChange:
        change = region.diffusivity
        assert change is not None
        angle = None if change.fibre_angle is None else _angle(change.fibre_angle, grid)
        return cls(change.along, change.across, angle)


def _angle(angle: float | FibreFile, grid: Grid) -> Field:
    return tissue.fields.read(angle.file, grid, angle.dataset) if isinstance(angle, FibreFile) else angle
