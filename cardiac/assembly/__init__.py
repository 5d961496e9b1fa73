"""From a Config to a Simulation: every name looked up, every field laid out, everything unsaid found.

Found here are the resting state of each kind of cell in the tissue, the threshold that a stimulus strength may
refer to, the dose that a wanted hyperpolarization takes, and the time step. What cannot be is gathered on the way
(`Faults`), and told all at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac import mechanisms, tissue
from cardiac.assembly import layout, numerics, origin
from cardiac.assembly.ahead import prepare
from cardiac.assembly.faults import Faults, Path
from cardiac.assembly.kinds import Kinds
from cardiac.assembly.layout import cells
from cardiac.cell import Response, Rest, response, rest, thresholds
from cardiac.config import Config, Problem
from cardiac.kernels import Pace
from cardiac.models import Model
from cardiac.preparation import Log, Preparation
from cardiac.protocol import Always, Course, Pulses
from cardiac.simulation import Added, Array, Field, NotFinite, Simulation, Stimulus
from cardiac.tissue import Grid
from cardiac.units import units_of

__all__ = ["Assembly", "Dose", "assemble", "cells", "prepare"]

REACHED = 0.1  # mV: how close a region comes to the potential that was wanted, or there is a warning


class Dose(NamedTuple):
    """How much of a mechanism it takes."""

    mechanism: str
    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.mechanism} of {self.value:.5g} {self.unit}"


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
    typical: dict[str | None, tuple[int, int]]  # a cell (i, j) like most of a region; None: in no region
    responses: dict[str | None, Response]  # of most cells of a region, by its name; None: in no region
    dt: float  # ms
    scheme: str
    tensor: tissue.Tensor | None  # of diffusion; None for a single cell
    faces: tissue.Faces | None
    bends: tissue.Bends | None
    pace: Pace
    V: Field  # at the start [mV]
    state: dict[str, Field]
    doses: dict[str | None, Dose]  # solved for, by region; None: all cells
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
            bends=self.bends,
            pace=self.pace,
            mechanisms=self.mechanisms,
            stimuli=self.stimuli,
            V=self.V,
            state=self.state,
            scheme=self.scheme,
            conducting=self.conducting,
            threads=threads,
            precision=self.config.run.precision,
        )

    def preparation(self, threads: int | None = None, log: Log | None = None) -> Preparation:
        """The tissue for experiments, whose trials a `log` follows; raises ValueError for a single cell."""
        if self.tensor is None:
            raise ValueError("a single cell is no tissue")
        config = self.config
        fourth = config.run.space_order == 4
        return Preparation(
            model=self.model,
            grid=self.grid,
            conducting=self.conducting,
            regions=self.regions,
            shapes={name: region.shape for name, region in config.regions.items()},
            parameters=self.parameters,
            mechanisms=self.mechanisms,
            tensor=self.tensor,
            rise=numerics.shortest_rise(self.responses.values(), math.inf) if fourth else None,
            V=self.V,
            state=self.state,
            resting=config.start.rests,
            settle=config.start.settle,
            typical=self.typical,
            dt=self.dt,
            pace=self.pace,
            scheme=self.scheme,
            precision=config.run.precision,
            threads=threads,
            log=log,
        )


def assemble(config: Config) -> Assembly:
    """What `config` amounts to; raises ConfigError with everything that cannot be."""
    faults = Faults(config)
    made = layout.of(config, faults)
    model, grid, fields, added, kinds = made.model, made.grid, made.parameters, made.mechanisms, made.kinds
    regions, conducting, doses = made.regions, made.conducting, made.doses
    if config.experiment is not None:
        layout.act_always(config, added, faults)
    tensor = numerics.diffusion_tensor(config, grid, regions, faults)
    warnings = [*config.warnings, *_pitfalls(config, model, fields, added)]
    V, state = _start(config, kinds, regions, conducting, warnings, faults)
    common, typical = made.common, made.typical
    answers = {kind: response(cell) for kind, cell in typical.items()}
    stimuli, needed = _stimuli(config, kinds, made.electrodes, conducting, faults)
    scheme = "rush_larsen_2" if config.run.scheme == "auto" else config.run.scheme
    dt = numerics.time_step(config, scheme, model, fields, answers.values(), faults)
    faults.told()
    pace = numerics.pace(config, scheme, typical.values(), dt)
    warnings += _missed(config, doses, V, regions, conducting)
    return Assembly(
        config=config,
        model=model,
        grid=grid,
        conducting=conducting,
        regions=regions,
        parameters=fields,
        mechanisms=added,
        stimuli=stimuli,
        typical={name: kinds.place(kind, conducting) for name, kind in common.items()},
        responses={name: answers[kind] for name, kind in common.items()},
        dt=dt,
        scheme=scheme,
        tensor=tensor,
        faces=None if tensor is None else tissue.faces(grid, tensor, conducting),
        bends=numerics.bends(config, grid, tensor, conducting, answers.values()),
        pace=pace,
        V=V,
        state=state,
        doses={name: _dose(a) for name, a in doses.items()},
        thresholds=needed,
        warnings=[
            *warnings,
            *numerics.warnings(config, model, grid, tensor, conducting, dt, answers.values()),
        ],
    )


def _pitfalls(
    config: Config, model: Model, fields: dict[str, Field], added: list[Added]
) -> Iterator[Problem]:
    """What goes wrong in the model below rest, where the first mechanism is."""
    if text := mechanisms.pitfall(model, fields, added):
        paths = [path for path, _ in layout.uses(config)] + [path for path, _ in layout.wishes(config)]
        yield config.warning(paths[0], text)


def _dose(added: Added) -> Dose:
    mechanism = added.mechanism
    unit = units_of(mechanism.Parameters)[mechanism.dose].symbol
    return Dose(mechanism.name, getattr(added.parameters, mechanism.dose), unit)


def _missed(
    config: Config,
    doses: dict[str | None, Added],
    V: Field,
    regions: dict[str, Array],
    conducting: npt.NDArray[np.bool_],
) -> Iterator[Problem]:
    """Wishes that most cells of their region do not fulfil, as where a later region takes their place."""
    for path, wish in layout.wishes(config):
        name = layout.region_of(path)
        lasting = isinstance(doses[name].course, Always) and config.start.rests
        inside = conducting & (True if name is None else regions[name] >= 0.5)
        rests = np.broadcast_to(V, conducting.shape)[inside]
        if lasting and rests.size and abs(np.median(rests) - wish.to) > REACHED:
            text = f"most cells here rest at {np.median(rests):.2f} mV - other parameters, mechanisms or "
            yield config.warning((*path, "to"), text + "hyperpolarize of regions act here too")


def _start(
    config: Config,
    kinds: Kinds,
    regions: dict[str, Array],
    conducting: npt.NDArray[np.bool_],
    warnings: list[Problem],
    faults: Faults,
) -> tuple[Field, dict[str, Field]]:
    found = _rest(kinds, regions, faults)
    if config.start.state == "published":
        return kinds.model.V_initial, {}
    if config.start.from_ is not None:
        return origin.of_stored(config, kinds, conducting, faults) or (kinds.model.V_initial, {})
    if config.start.paced is not None:
        return origin.of_paced_cells(config, kinds, faults) or (kinds.model.V_initial, {})
    warnings += [config.warning("start", f"some cells: {why}") for why in dict.fromkeys(found.reasons) if why]
    return kinds.spread(found.V), {name: kinds.spread(values) for name, values in found.state.items()}


def _rest(kinds: Kinds, regions: dict[str, Array], faults: Faults) -> Rest:
    """The rest of all kinds of cells; raises ConfigError where there is none, as its numbers overflow."""
    try:
        return rest(kinds.cell())
    except NotFinite as failure:
        lost = kinds.kind.reshape(kinds.shape) == failure.cell[1]
        inside = [name for name, weight in regions.items() if np.all(weight[lost] >= 0.5)]
        path: Path = ("regions", inside[-1]) if inside else ("model",)
        text = (
            f"V becomes NaN within {failure.t:g} ms in a cell left alone - a parameter or conductance is far "
        )
        faults.add(path, text + "outside the range of the model")
        raise faults.error() from None


def _stimuli(
    config: Config,
    kinds: Kinds,
    electrodes: dict[Path, Array],
    conducting: npt.NDArray[np.bool_],
    faults: Faults,
) -> tuple[list[Stimulus], dict[str, float]]:
    """The stimuli, and the thresholds [A/F] that their strengths refer to, by the name of the stimulus."""
    stimuli, named = [], {}
    for i, s in enumerate(config.stimuli):
        pulses: list[tuple[Path, Any, Course]] = [
            (("stimuli", i), s, Pulses(s.start, s.duration, s.interval or s.duration, float(s.count)))
        ]
        if s.s2:
            assert s.s2.duration is not None  # completed from S1
            pulses.append((("stimuli", i, "s2"), s.s2, Pulses(s.last + s.s2.after, s.s2.duration)))
        for path, pulse, course in pulses:
            electrode = electrodes.get((*path, "at"), np.ones(kinds.shape))
            weight = electrode * conducting
            if not weight.any():
                if electrode.any():
                    faults.add((*path, "at"), "lies in tissue that does not conduct")
                continue
            strength = pulse.strength.value
            if pulse.strength.of_threshold:
                found = thresholds(kinds.cell([kinds.commonest(weight >= 0.5)]), [pulse.duration])
                if why := found.why(0):
                    text = f"a cell here {why}, so there is no threshold - give a strength in A/F"
                    faults.add((*path, "strength"), text)
                    continue
                needed = float(found.current[0, 0])
                name = (s.name or f"stimulus {i + 1}") + (" S2" if len(path) == 3 else "")
                if name in named:
                    name += f" (stimulus {i + 1})"
                named[name], strength = needed, strength * needed
            stimuli.append(Stimulus(weight, strength, course))
    return stimuli, named
