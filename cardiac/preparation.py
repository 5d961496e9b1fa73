"""A preparation: tissue on a bench, on which trials are made, each from rest or from a moment of another trial.

    tissue = assembly.preparation(config)
    electrode = tissue.mask(Left(1.0))
    s1 = tissue.pulses(electrode, 40.0, duration=2.0, interval=400.0, count=8)
    train = tissue.trial([s1], 3200.0, keep=[3000.0])
    s2 = tissue.pulses(electrode, 40.0, duration=2.0, start=3050.0)
    late = tissue.trial([s2], 3400.0, start=train.kept[0], watched=far, after=3050.0)
    late.first(after=3050.0)[far]            activation times [ms]

All times are of one clock, which is 0 at rest. A trial that begins at a moment of another is that trial gone on: to
the last bit it is the one that runs straight through with all pulses. The steps are those of a run, so tissue at rest
costs nothing; a trial ends as soon as nothing more can happen in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac import tissue as tissues
from cardiac.cell import Cell, thresholds
from cardiac.kernels import FIXED, Pace
from cardiac.models import Model
from cardiac.protocol import Pulses
from cardiac.simulation import Added, Array, Field, Precision, Simulation, Stimulus
from cardiac.tissue import Faces, Grid, RegionError, Tensor
from cardiac.tissue.shapes import Shape

Mask = npt.NDArray[np.bool_]
Pair: TypeAlias = tuple[Array, Any, Any]

LOOK = 1.0  # ms, between looks whether a trial has ended
TOLD = 10.0  # ms, after which the log of an experiment is told how far a trial is at least
REST_LOOK = 10.0  # ms, between looks whether tissue has come to rest
STILL = 1e-3  # mV/ms: tissue that moves less is at rest
LONGEST_SETTLING = 500.0  # ms
IN_A_STEP = 0.2  # cells^2, over which diffusion reaches in a short step
# Tissue is quiet when no cell is farther above its rest than this part of the way to the level at which it counts as
# activated, and the farthest comes nearer; or when it has not moved for long, as a medium that never recovers.
QUIET = 0.1
UNMOVED, LONG = 0.5, 100  # mV, looks: steps that are chosen leave V where it is to 0.2 mV


class Moment(NamedTuple):
    """The tissue at a time [ms], and what has been measured until then."""

    t: float
    state: Mapping[str, Array]


class Trial(NamedTuple):
    """What happened from rest to the end of a trial; NaN where nothing did."""

    activation: Array  # (beats, ny, nx) [ms]
    apd90: Array  # (beats, ny, nx) [ms]
    V_max: Array  # (ny, nx) [mV]
    upstroke: Array  # (ny, nx) largest dV/dt [mV/ms]
    end: Moment
    kept: tuple[Moment, ...]
    quiet: bool  # whether it ended because nothing more could happen

    def first(self, after: float = -np.inf) -> Array:
        """The first activation (ny, nx) of each cell later than `after` [ms]; NaN where there is none."""
        later = np.where(self.activation > after, self.activation, np.inf).min(axis=0)
        return np.where(np.isfinite(later), later, np.nan)

    def reaches(self, cells: Mask, after: float = -np.inf) -> bool:
        """Whether all `cells` (ny, nx) are activated later than `after` [ms]."""
        return bool(np.isfinite(self.first(after)[cells]).all())


class Log(Protocol):
    """What follows the trials of an experiment, and may know what some of them give."""

    def trial(self, asked: Any, make: Callable[[], Trial]) -> Trial:
        """What `make` returns, or is known to.

        Of what was `asked`, arrays, numbers and words in tuples and mappings; None: who watches must see it made.
        """

    def look(self, t: float, end: float) -> None:
        """A trial is at a time [ms], and ends at another one at the latest."""


@dataclass(frozen=True, eq=False)
class Preparation:
    """A piece of tissue, whole or cut from another."""

    model: Model
    grid: Grid
    conducting: Mask  # (ny, nx)
    regions: Mapping[str, Array]  # weight 0 ... 1 (ny, nx) by name
    shapes: Mapping[str, Shape]  # of the regions by name
    parameters: Mapping[str, Field]  # of the model, all of them
    mechanisms: Sequence[Added]
    tensor: Tensor  # of diffusion
    rise: float | None  # ms, of the upstroke, for diffusion of fourth order; None for second order
    V: Field  # to begin with [mV]
    state: Mapping[str, Field]
    resting: bool  # whether it begins with every kind of cell at rest
    settle: float  # ms without stimulus before anything else
    typical: Mapping[str | None, tuple[int, int]]  # a cell (i, j) like most of a region; None: in no region
    dt: float  # ms
    pace: Pace = FIXED
    scheme: str = "rush_larsen_2"
    precision: Precision = "double"
    level: float = -40.0  # mV, whose upward crossing is an activation
    threads: int | None = 1
    log: Log | None = None

    # Where

    def mask(self, shape: Shape) -> Mask:
        """The conducting cells (ny, nx) in a shape; RegionError says why there are none."""
        inside = tissues.mask(shape, self.grid, self.shapes) & self.conducting
        if not inside.any():
            raise RegionError("lies in tissue that does not conduct")
        return inside

    def at(self, point: tuple[float, ...]) -> tuple[int, int]:
        """The cell (i, j) at x, y [mm] (on a cable x alone); RegionError says why there is none."""
        try:
            cell = self.grid.cell_at(point)
        except ValueError as error:
            raise RegionError(str(error)) from None
        if not self.conducting[cell]:
            raise RegionError("lies in tissue that does not conduct")
        return cell

    def only(self, cell: tuple[int, int]) -> Mask:
        """The mask (ny, nx) of one cell."""
        mask = np.zeros(self.grid.shape, dtype=bool)
        mask[cell] = True
        return mask

    # What it is

    def cell(self, at: tuple[int, int]) -> Cell:
        """The cell (i, j) by itself."""
        parameters = {name: np.array([_there(value, at)]) for name, value in self.parameters.items()}
        return Cell(self.model, parameters, [_added_there(added, at) for added in self.mechanisms])

    def like_most(self, cells: Mask) -> tuple[int, int]:
        """One of `cells` in the region to which most of them belong."""
        names = [name for name, weight in self.regions.items() if (weight[cells] >= 0.5).mean() > 0.5]
        inside = cells & self.conducting & (self.regions[names[-1]] >= 0.5 if names else True)
        rows, columns = np.nonzero(inside if inside.any() else cells)
        return int(rows[0]), int(columns[0])

    def threshold(self, cells: Mask, duration: float) -> float:
        """The least current [A/F] that excites one of most of `cells` by itself; infinite if none does."""
        return float(thresholds(self.cell(self.like_most(cells)), [duration]).current[0, 0])

    def diffusivity(self, at: tuple[int, int]) -> tuple[float, float]:
        """Of a cell (i, j), along and across its fibres [mm^2/ms]."""
        xx, xy, yy = (_there(part, at) for part in self.tensor)
        mean, half = 0.5 * (xx + yy), float(np.hypot(0.5 * (xx - yy), xy))
        return mean + half, mean - half

    def joined(self, cells: Mask) -> Mask:
        """The conducting cells (ny, nx) that are coupled to `cells`, through any number of others."""
        inside = cells & self.conducting
        return np.isin(self._pieces, self._pieces[inside]) & self.conducting

    @cached_property
    def _pieces(self) -> npt.NDArray[np.int32]:
        """The number of the piece (ny, nx) to which a cell belongs: no current flows from one to another."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        number = np.arange(self.conducting.size).reshape(self.grid.shape)
        coupled = [(number[a][c != 0.0], number[b][c != 0.0]) for c, a, b in self.pairs]
        one, other = (np.concatenate(side) for side in zip(*coupled, strict=True))
        graph = coo_array((np.ones(len(one), dtype=bool), (one, other)), (number.size, number.size))
        _, found = connected_components(graph, directed=False)
        return np.reshape(found, self.grid.shape)

    # What can be made of it

    def cut(self, conducting: Mask) -> Preparation:
        """The same, of which less conducts (ny, nx)."""
        return replace(self, conducting=self.conducting & conducting)

    def plain(self) -> Preparation:
        """The same in equal steps everywhere, with diffusion that is nothing but the flow between neighbours.

        The steps are so short that the flow across a border between regions is that at every moment: in long ones
        reaction and diffusion take turns there.
        """
        most = max(float(np.max(part)) for part in (self.tensor.xx, self.tensor.yy))
        parts = math.ceil(self.dt * most / (IN_A_STEP * self.grid.spacing**2))
        return replace(self, rise=None, pace=FIXED, dt=self.dt / max(parts, 1))

    def cable(self, length: float, diffusivity: float, at: tuple[int, int] | None = None) -> Preparation:
        """A uniform cable of cells like the one at (i, j), by default like most outside the regions.

        `length` [mm] is made a whole number of cells; `diffusivity` [mm^2/ms].
        """
        at = self.typical[None] if at is None else at
        grid = Grid(nx=max(1, round(length / self.grid.spacing)), spacing=self.grid.spacing)
        return replace(
            self,
            grid=grid,
            conducting=np.ones(grid.shape, dtype=bool),
            regions={},
            shapes={},
            parameters={name: _there(value, at) for name, value in self.parameters.items()},
            mechanisms=[_added_there(added, at) for added in self.mechanisms],
            tensor=Tensor(diffusivity, 0.0, diffusivity),
            V=_there(self.V, at),
            state={name: _there(value, at) for name, value in self.state.items()},
            typical={None: (0, 0)},
        )

    # Trials

    @property
    def rest(self) -> Moment:
        """The tissue before anything is done to it, at t = 0."""
        return self._rest[0]

    @property
    def V_rest(self) -> Array:
        """The potential (ny, nx) at rest [mV]."""
        return self._rest[1]

    @cached_property
    def _rest(self) -> tuple[Moment, Array]:
        """Rest, and V there: the tissue is left alone until nothing moves, if all of its cells began at rest."""
        simulation = self._simulation
        simulation.stimulate([])
        simulation.advance(round(self.settle / self.dt))
        look, still = max(1, round(REST_LOOK / self.dt)), not self.resting or np.ndim(self.V) == 0
        while not still and simulation.t < LONGEST_SETTLING:
            before = simulation.V
            simulation.advance(look)
            moved = np.abs(simulation.V - before)[self.conducting].max(initial=0.0)
            still = moved < STILL * look * self.dt
        simulation.step = 0
        simulation.measure(self.level)
        return _moment(simulation), simulation.V

    def displaced(self, cells: Mask, V: Field) -> Moment:
        """The tissue at rest but for the potential of `cells` (ny, nx), which is V [mV] at t = 0."""
        simulation = self._simulation
        simulation.restore(self.rest.state)
        simulation.V = np.where(cells & self.conducting, V, simulation.V)
        simulation.measure(self.level)
        return _moment(simulation)

    def pulses(
        self, cells: Mask, current: float, *, duration: float, start: float = 0.0, interval: float = 0.0,
        count: int = 1,
    ) -> Stimulus:  # fmt: skip
        """Pulses of a current [A/F] injected into `cells` (ny, nx); times [ms]."""
        course = Pulses(start, duration, interval or duration, float(count))
        return Stimulus((cells & self.conducting).astype(float), current, course)

    def trial(
        self,
        stimuli: Sequence[Stimulus],
        end: float,
        *,
        start: Moment | None = None,
        keep: Sequence[float] = (),
        watched: Mask | None = None,
        after: float = -np.inf,
        each: Callable[[Array], bool] | None = None,
        look: Callable[[float, Array], None] | None = None,
    ) -> Trial:
        """What happens from `start` (by default rest) to `end` [ms], or until nothing more can.

        Parameters
        ----------
        stimuli : pulses at times of the common clock; those of `start` that are over can be left out
        keep : times [ms] of moments to keep, from which other trials may start
        watched : mask (ny, nx); the trial ends when each of these cells is activated later than `after` [ms]
        each : is shown V (ny, nx) [mV] after every step, and tells whether the trial may end
        look : is shown the time [ms] and V (ny, nx) [mV] after every millisecond
        """
        asked = stimuli, end, start or self.rest, keep, watched, after
        if self.log is None:
            return self._trial(*asked, each, look)
        known = (self._identity, *asked) if each is None and look is None else None
        return self.log.trial(known, lambda: self._trial(*asked, each, look))

    def _trial(
        self,
        stimuli: Sequence[Stimulus],
        end: float,
        begin: Moment,
        keep: Sequence[float],
        watched: Mask | None,
        after: float,
        each: Callable[[Array], bool] | None,
        look: Callable[[float, Array], None] | None,
    ) -> Trial:
        quiet = _Quiet(self)
        simulation = self._simulation
        simulation.stimulate(stimuli)
        simulation.restore(begin.state)
        stops = sorted({round(t / self.dt) for t in keep})
        last, done = round(end / self.dt), max((_over(s) for s in stimuli), default=0.0)
        stride, kept = max(1, round(LOOK / self.dt)), []
        told = max(1, round(TOLD / self.dt)) if self.log else last
        first = max(math.floor(done / self.dt + 1e-9) + 1, simulation.step)  # at which the trial may end
        while True:
            if simulation.step in stops:
                kept.append(_moment(simulation))
            left = [step for step in stops if step > simulation.step]
            if simulation.step >= last:
                break
            ending = simulation.t > done and not left
            if ending:
                if watched is not None and bool((simulation.latest[watched] > after).all()):
                    break
                if (simulation.step - first) % stride == 0 and quiet.at(simulation.V):
                    break
            # As long as the trial cannot end nobody needs to look.
            looks = stride - (simulation.step - first) % stride if look or ending else told
            nearest = min(step for step in (*left, last, first) if step > simulation.step)
            simulation.advance(1 if each else min(looks, nearest - simulation.step))
            if self.log is not None:
                self.log.look(simulation.t, end)
            if look is not None:
                look(simulation.t, simulation.V)
            if each and each(simulation.V) and simulation.t > done and not left:
                break
        seen, now = simulation.activity, _moment(simulation)
        return Trial(seen.activation, seen.apd90, seen.V_max, seen.upstroke, now, tuple(kept), quiet.found)

    @cached_property
    def _identity(self) -> tuple[Any, ...]:
        """What tells this piece from others that are cut from the same tissue."""
        added = [(one.mechanism.name, *one[1:]) for one in self.mechanisms]
        own = self.grid.shape, self.grid.spacing, self.conducting, self.parameters, self.tensor, self.level
        return *own, added, self.rise, self.dt, self.pace, self.scheme, self.precision

    @property
    def faces(self) -> Faces:
        """The conductances between neighbours [1/ms]."""
        return tissues.faces(self.grid, self.tensor, self.conducting)

    @property
    def pairs(self) -> list[Pair]:
        """The conductances between neighbours [1/ms], with the views of a field on either side."""
        here, there, every = np.s_[:-1], np.s_[1:], np.s_[:]
        faces = self.faces
        pairs: list[Pair] = [
            (faces.east[:, :-1], (every, here), (every, there)),
            (faces.north[:-1], (here, every), (there, every)),
        ]
        if faces.northeast is not None and faces.northwest is not None:
            pairs.append((faces.northeast[:-1, :-1], (here, here), (there, there)))
            pairs.append((faces.northwest[:-1, 1:], (here, there), (there, here)))
        return pairs

    @cached_property
    def _simulation(self) -> Simulation:
        bends = None
        if self.rise is not None:
            bends = tissues.bends(self.grid, self.tensor, self.conducting, self.rise)
        return Simulation(
            self.model,
            self.grid,
            self.dt,
            parameters=self.parameters,
            faces=self.faces,
            bends=bends,
            pace=self.pace,
            mechanisms=self.mechanisms,
            V=self.V,
            state=self.state,
            scheme=self.scheme,
            conducting=self.conducting,
            threads=self.threads,
            precision=self.precision,
        )


class _Quiet:
    """Watches for tissue in which nothing more can happen, at looks of equal distance."""

    def __init__(self, tissue: Preparation) -> None:
        self.found = False
        self._inside, self._V_rest = tissue.conducting, tissue.V_rest
        self._small = QUIET * float((tissue.level - self._V_rest)[self._inside].min())
        self._above, self._looks, self._V = np.inf, 0, np.full(tissue.grid.shape, np.inf)

    def at(self, V: Array) -> bool:
        """Whether it is quiet, at a potential (ny, nx) [mV]."""
        before, self._above = self._above, float((V - self._V_rest)[self._inside].max())
        self.found = self._above <= self._small and self._above <= before
        self._looks += 1
        if self._looks % LONG == 0:
            self.found |= bool(np.abs(V - self._V)[self._inside].max() < UNMOVED)
            self._V = V
        return self.found


def _over(stimulus: Stimulus) -> float:
    """When the last pulse of a stimulus is over [ms]."""
    return float(stimulus.course.edges[-1])  # type: ignore[attr-defined]


def _moment(simulation: Simulation) -> Moment:
    return Moment(simulation.t, {name: np.copy(values) for name, values in simulation.changing().items()})


def _there(value: Field, at: tuple[int, int]) -> float:
    """A number, or that of a field (ny, nx) in the cell (i, j)."""
    return float(value[at]) if isinstance(value, np.ndarray) and value.ndim else float(value)


def _added_there(added: Added, at: tuple[int, int]) -> Added:
    parameters = type(added.parameters)(*(_there(value, at) for value in added.parameters))
    return added._replace(parameters=parameters, weight=_there(added.weight, at))
