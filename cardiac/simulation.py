"""A tissue in time: the only object with state.

A `Simulation` is assembled from plain parts (a model, a grid, fields, face conductances, mechanisms, stimuli)
and knows nothing of YAML, files or figures. It counts whole steps: the time is `step * dt`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numba
import numpy as np
import numpy.typing as npt

from cardiac import protocol
from cardiac.kernels import diffusion, march, observation, reaction, sharing
from cardiac.kernels.equations import Part
from cardiac.kernels.reaction import FIXED, Cells, Pace
from cardiac.kernels.schemes import ORDERS, SCHEMES
from cardiac.kernels.tiling import BORDER, Tiling
from cardiac.mechanisms import Mechanism
from cardiac.models import Model
from cardiac.protocol import Course
from cardiac.tissue import Bends, Faces, Grid, stable_step

Array: TypeAlias = npt.NDArray[np.float64]
Field: TypeAlias = float | Array  # the same everywhere, or (ny, nx)
Precision: TypeAlias = Literal["double", "single"]

# How far the damping of a smooth profile may be from that of the exact operator (see `diffusion.plan`): what is left
# is less than the error of splitting.
CUBIC_ERROR = 0.25
REAL: dict[str, Any] = {"double": np.float64, "single": np.float32}
FEW = 8_000  # variables below which a second thread costs more than it computes
SMALL = 60_000  # and below which a kernel for just those parameters that vary takes longer to compile than it saves
SHORTEST_CYCLE = 10.0  # ms between activations of a cell, to have room for all of them
LOOK = 0.02  # ms from one look to the next, at most if steps are shorter: closer ones find nothing more
PART = 128  # rows of a part of the tissue in diffusion: of shorter ones more is computed twice
MEASURED = tuple(name for name in march.Beats._fields if name not in ("begun", "every", "interval"))
CHUNK = 2000  # steps of one call: bounds the memory of the drive tables and the wait for Ctrl-C


class Added(NamedTuple):
    """A mechanism at work: its parameters (numbers or fields), where (weight 0 ... 1) and when."""

    mechanism: Mechanism
    parameters: Any  # a record of mechanism.Parameters
    weight: Field = 1.0
    course: Course = protocol.Always()
    counted: bool = False  # whether its current counts in the K+ balance of the cell

    def part(self, model: Model) -> Part:
        """The mechanism as a part of the equations of a model."""
        return self.mechanism.meeting(model, self.counted)


class Stimulus(NamedTuple):
    """Current [A/F] injected where `weight` (ny, nx) is not zero, positive depolarizing."""

    weight: Field
    current: float
    course: Course


@dataclass(frozen=True, slots=True)
class Activity:
    """What was measured; times and durations in ms, NaN where nothing happened."""

    activation: Array  # (beats, ny, nx)
    apd50: Array
    apd90: Array
    V_min: Array  # (ny, nx) [mV]
    V_max: Array
    upstroke: Array  # largest dV/dt [mV/ms]


class NotFinite(ArithmeticError):
    """V became NaN or infinite by the time `t` [ms]; `cell` is the first such cell (i, j)."""

    def __init__(self, t: float, cell: tuple[int, int]) -> None:
        super().__init__(f"V is not finite at t = {t:g} ms in cell (row {cell[0]}, column {cell[1]})")
        self.t, self.cell = t, cell
        self.last_good: Mapping[str, Array] = {}  # the state before it, where it is known


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


@functools.cache
def _compiled(
    model: Model, parts: tuple[Part, ...], scheme: str, lanes: int, tensor: bool, smooth: bool
) -> Any:
    react = reaction.make_react(model, parts, SCHEMES[scheme], lanes)
    return march.make_march(react, diffusion.make_diffuse(tensor, smooth), observation.make_track(lanes))


class Simulation:
    """Cells of one model, coupled by diffusion or not, from rest or any state.

    Parameters
    ----------
    model, grid : the cells and where they are
    dt : step [ms]
    parameters : of the model by name, numbers or fields (ny, nx); defaults where not given
    faces : conductances between cells; None for uncoupled cells
    bends : what makes diffusion of fourth order in smooth tissue; None for second order
    mechanisms, stimuli : currents added everywhere or in regions
    V, state : initial values, numbers or fields; the model's published ones where not given
    scheme : a name in `kernels.schemes.SCHEMES`
    conducting : mask (ny, nx) of the cells to step
    threads : number of threads; 1 for small tissues if None
    pace : how finely tiles step their reaction; one step of `dt` each if not given
    precision : of all numbers in the kernel but times
    """

    def __init__(
        self,
        model: Model,
        grid: Grid,
        dt: float,
        *,
        parameters: Mapping[str, Field] | None = None,
        faces: Faces | None = None,
        bends: Bends | None = None,
        mechanisms: Sequence[Added] = (),
        stimuli: Sequence[Stimulus] = (),
        V: Field | None = None,
        state: Mapping[str, Field] | None = None,
        scheme: str = "rush_larsen_2",
        conducting: npt.NDArray[np.bool_] | None = None,
        threads: int | None = None,
        pace: Pace = FIXED,
        precision: Precision = "double",
    ) -> None:
        self.model, self.grid, self.dt, self.step, self._fresh = model, grid, dt, 0, True
        self.mechanisms, self.stimuli, self.scheme = tuple(mechanisms), tuple(stimuli), scheme
        real = REAL[precision]
        self.tiling = tiling = Tiling(grid.ny, grid.nx, real=real)
        numbers = grid.nx * grid.ny * (1 + len(model.State._fields))
        self._small = numbers < SMALL
        self.threads = threads or (1 if numbers < FEW else numba.config.NUMBA_NUM_THREADS)
        if numba.config.DISABLE_JIT:  # in plain Python only one at a time would run
            self.threads = 1

        start = tiling.framed(model.V_initial if V is None else V)
        self._sheet = march.Sheet(start, start.copy())
        initial = model.State()._asdict() | dict(state or {})
        variables = [tiling.tiles(initial[name]) for name in model.State._fields]
        states = np.array(variables).reshape(-1, tiling.count, tiling.lanes).swapaxes(0, 1)
        self._conducting = np.ones(grid.shape, dtype=bool) if conducting is None else conducting
        inside = tiling.tiles(self._conducting).any(axis=1)
        self._pace = pace
        self._electrodes, place, injected = self._electrodes_of(self.stimuli)
        self._cells = Cells(
            active=np.flatnonzero(inside),
            states=states.reshape(tiling.count, -1).copy(),
            I_stim=injected,
            place=place,
            waited=np.zeros(tiling.count, dtype=np.int64),
            change=np.full(tiling.count, np.inf),
            steps=np.zeros(tiling.count, dtype=np.int64),
        )
        p = model.Parameters()._asdict() | dict(parameters or {})
        self._p = model.Parameters(*map(self._argument, model.Parameters(**p)))
        self._q, self._regions = self._mechanism_arguments()
        self._set_diffusion(faces, bends)
        parts = tuple(added.part(model) for added in self.mechanisms)
        self._march = _compiled(model, parts, scheme, tiling.lanes, self._tensor, self._smooth)
        self._beats, self._level = self._no_beats(), 0.0
        self._probes, self._every = self._samples((), 0), 1

    @property
    def t(self) -> float:
        """The time [ms]."""
        return self.step * self.dt

    @property
    def V(self) -> Array:
        """A copy of the potential (ny, nx) [mV]."""
        after, before = (self.tiling.inner(part) for part in (self._sheet.V, self._sheet.seen))
        mean = after + before
        mean *= 0.5
        return np.asarray(mean, dtype=float)

    @V.setter
    def V(self, values: Field) -> None:
        for part in (self._sheet.V, self._sheet.seen):
            self.tiling.inner(part)[...] = values
        self._cells.change[:], self._cells.waited[:] = np.inf, 0
        self._clear_scratch()
        self._fresh = True

    @property
    def state(self) -> dict[str, Array]:
        """Copies of all state variables, each (ny, nx)."""
        shape = (self.tiling.count, len(self.model.State._fields), self.tiling.lanes)
        variables = self._cells.states.reshape(shape).swapaxes(0, 1)
        return {
            name: np.array(self.tiling.field(tiles), dtype=float)
            for name, tiles in zip(self.model.State._fields, variables, strict=True)
        }

    @property
    def latest(self) -> Array:
        """The latest activation of each cell (ny, nx) [ms] since `measure` was called; NaN before the first."""
        b = self._beats
        if not len(b.activation):
            return np.full(self.grid.shape, np.nan)
        last = np.clip(b.counts - 1, 0, len(b.activation) - 1)
        return np.array(self.tiling.field(np.take_along_axis(b.activation, last[np.newaxis], axis=0)[0]))

    @property
    def activity(self) -> Activity:
        """What was measured since `measure` was called."""
        counts = np.where(self._conducting, self.tiling.field(self._beats.counts), 0)
        beats = max(1, int(counts.max()))
        tracks = self._beats.tracks.reshape(
            self.tiling.count, len(observation.Track._fields), self.tiling.lanes
        )
        track = observation.Track(
            *(np.array(self.tiling.field(tracks[:, k]), dtype=float) for k in range(tracks.shape[1]))
        )
        b = self._beats
        on, half, most = (np.array(self.tiling.field(a[:beats])) for a in (b.activation, b.apd50, b.apd90))
        return Activity(on, half, most, track.lowest, track.highest, track.steepest)

    def measure(self, level: float) -> None:
        """Measure activation (upward crossings of `level` [mV]), repolarization and extremes from now on.

        In every step; in those that end 0.02 ms apart, if they are shorter (then the last few of a run are not seen).
        """
        V = self.tiling.tiles(self.V)
        zero, low = np.zeros_like(V), np.full_like(V, -np.inf)
        start = observation.Track(V, V, zero, np.where(level > V, 1.0, zero), V, V, low)
        count = np.zeros(V.shape, dtype=np.int64)
        on, half, most = (np.full((4, *V.shape), np.nan) for _ in range(3))
        tracks = np.stack(start, axis=1).reshape(self.tiling.count, -1)
        bands = np.tile(np.array(observation.NOWHERE, self.tiling.real), (self.tiling.count, 1))
        every = max(1, int(LOOK / self.dt + 0.01))
        self._beats = march.Beats(
            V.copy(),
            tracks.copy(),
            bands,
            count,
            on,
            half,
            most,
            self.step,
            every,
            self.tiling.real(every * self.dt),
        )
        self._level = level

    def stimulate(self, stimuli: Sequence[Stimulus]) -> None:
        """Inject these from now on, in place of what was injected."""
        self.stimuli = tuple(stimuli)
        self._electrodes, place, injected = self._electrodes_of(self.stimuli)
        self._cells = self._cells._replace(I_stim=injected, place=place)

    def probe(self, cells: Sequence[tuple[int, int]], every: int) -> None:
        """Sample V and all state variables of `cells` (i, j) in every `every`-th step from now on."""
        self._probes, self._every = self._samples(cells, 0), every

    def advance(self, n: int, *, finite: bool = True) -> Array:
        """Advance by `n` steps; returns the samples taken (samples, probes, 1 + variables).

        Raises NotFinite, with the state as it was found, unless V need not be `finite` (uncoupled cells, each
        of which may fail alone).
        """
        samples = [self._call(min(CHUNK, n - done), finite) for done in range(0, n, CHUNK)]
        return np.concatenate(samples) if samples else self._probes.values

    def snapshot(self) -> dict[str, Array]:
        """A copy of everything that changes in time but the measurements, for `restore`."""
        return {name: np.copy(values) for name, values in self._state().items()}

    def changing(self) -> dict[str, Array]:
        """Everything that changes in time, for `restore`: the arrays themselves, which change when time goes on."""
        measured = self._beats._asdict()
        return self._state() | {f"beats {name}": measured[name] for name in MEASURED}

    def _state(self) -> dict[str, Array]:
        return {
            **{name: getattr(self._sheet, name) for name in ("V", "seen")},
            **{name: getattr(self._cells, name) for name in ("states", "waited", "change", "steps")},
            "step": np.array(self.step),
            "fresh": np.array(self._fresh),
        }

    def restore(self, state: Mapping[str, Array]) -> None:
        """Go back to a snapshot; with what is `changing`, to its measurements too."""
        for name in ("V", "seen"):
            getattr(self._sheet, name)[...] = state[name]
        for name in ("states", "waited", "change", "steps"):
            getattr(self._cells, name)[...] = state[name]
        self._clear_scratch()
        self.step, self._fresh = int(state["step"]), bool(state["fresh"])
        measured = {f"beats {name}": name for name in MEASURED}
        found: dict[str, Any] = {measured[key]: state[key].copy() for key in state if key in measured}
        self._beats = self._beats._replace(**found)

    def _clear_scratch(self) -> None:
        """Zeros for the rows that diffusion keeps: they may hold what is not finite."""
        stages, slopes, ring, above, below = self._scratch
        for work in (stages, slopes, *ring, above, below):
            work[...] = 0.0

    @property
    def reaction_steps(self) -> Array:
        """Steps of the reaction that each cell has taken, (ny, nx)."""
        steps = np.repeat(self._cells.steps[:, None], self.tiling.lanes, axis=1)
        return np.array(self.tiling.field(steps))

    def _call(self, n: int, finite: bool) -> Array:
        taken = (self.step + n) // self._every - self.step // self._every
        probes = self._probes._replace(values=np.empty((taken, *self._probes.values.shape[1:])))
        real = self.tiling.real
        self._beats = _roomier(self._beats, 2 + int(n * self.dt / SHORTEST_CYCLE))
        half, self._fresh = self._half if self._fresh else self._no_plan, False
        self._together(
            n, self.step, real(self.dt), self._sheet, self._cells, self._p, self._q, self._regions, self._drive(n),
            self._scratch, self._faces, self._bends, half, self._plan, self._pace, self._beats, real(self._level),
            probes, self._every,
        )  # fmt: skip
        self.step += n
        lost = ~np.isfinite(self.tiling.inner(self._sheet.V))
        if finite and lost.any():
            i, j = np.argwhere(lost)[0]
            raise NotFinite(self.t, (int(i), int(j)))
        return probes.values

    def _together(self, *arguments: Any) -> None:
        """March with all threads; one that has not begun when all is done need not."""
        team, helpers = sharing.team(self.threads), []
        try:
            for k in range(1, self.threads):
                helpers.append(_pool(self.threads - 1).submit(self._march, k, team, *arguments))
            self._march(0, team, *arguments)
        finally:
            wait([helper for helper in helpers if not helper.cancel()])
        for helper in helpers:
            if not helper.cancelled():
                helper.result()

    def _drive(self, n: int) -> march.Drive:
        edges = np.arange(self.step - 1, self.step + n + 1, dtype=np.float64) * np.float64(self.dt)
        real = self.tiling.real
        currents = [s.current * protocol.mean(s.course, edges) for s in self.stimuli]
        courses = [protocol.mean(a.course, edges) for a in self.mechanisms] or [np.zeros(n + 1)]
        return march.Drive(
            edges[1:],
            self._electrodes,
            np.array(currents, real).reshape(-1, n + 1).T.copy(),
            np.array(courses, real).T.copy(),
        )

    def _argument(self, value: Field, lay_out: Callable[[Field], Any] | None = None) -> Any:
        """A parameter as the kernel takes it: laid out, in tiles if not said, or one number in a large tissue."""
        one_number = not self._small and np.ndim(value) == 0
        return self.tiling.real(value) if one_number else (lay_out or self.tiling.tiles)(value)

    def _mechanism_arguments(self) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
        """The flat parameters and the weights of all mechanisms; Numba wants a zero where there is none."""
        q = [self._argument(value) for a in self.mechanisms for value in a.parameters]
        regions = [self._argument(a.weight) for a in self.mechanisms]
        nothing: tuple[Any, ...] = (self.tiling.real(0.0),)
        return tuple(q) or nothing, tuple(regions) or nothing

    def _electrodes_of(self, stimuli: Sequence[Stimulus]) -> tuple[Array, npt.NDArray[np.int64], Array]:
        """Where each injects, (stimuli, places, lanes), the place of each tile, and room for their sum.

        The tiles without share one place.
        """
        tiling = self.tiling
        weights = [tiling.tiles(s.weight, padding=0.0) for s in stimuli]
        full = np.array(weights, tiling.real).reshape(-1, tiling.count, tiling.lanes)
        stimulated = full.any(axis=(0, 2))
        place = np.where(stimulated, np.cumsum(stimulated), 0)
        nowhere = np.zeros((len(full), 1, tiling.lanes), tiling.real)
        electrodes = np.concatenate([nowhere, full[:, stimulated]], axis=1)
        return electrodes, place, np.zeros(electrodes.shape[1:], tiling.real)

    def _set_diffusion(self, faces: Faces | None, bends: Bends | None) -> None:
        tiling, nothing = self.tiling, np.zeros(self.grid.shape)
        self._tensor = faces is not None and faces.northeast is not None
        self._smooth = bends is not None or faces is None  # cells alone share the kernel of smooth tissue
        real = self.tiling.real
        self._no_plan = self._half = self._plan = diffusion.Plan(1, real(0.0), np.zeros((0, 5), real))
        parts = [nothing] * 2 if faces is None else [f for f in faces if f is not None]
        self._faces = diffusion.edges([tiling.framed_faces(part) for part in parts])
        given = (0.0,) * 5 if bends is None else bends  # not read in second order
        self._bends = diffusion.Bends(*(self._argument(value, tiling.framed_faces) for value in given))
        if faces is not None and any(part.any() for part in parts):
            alike = faces
            if self.grid.ny == 1:  # as a strip of isotropic tissue, so that a cable does the very same
                strip = np.repeat(faces.east, 3, axis=0)
                alike = faces._replace(east=strip, north=strip)
            self._stable = stable_step(alike, bends)
            self._half, self._plan = self._plan_of(0.5 * self.dt), self._plan_of(self.dt)
        shares = min(self.threads * max(1, round(self.grid.ny / (self.threads * PART))), self.grid.ny)
        columns = self._sheet.V.shape[1]
        self._scratch = diffusion.scratch(shares, columns, self._smooth, (self._half, self._plan), real)

    def _plan_of(self, step: float) -> diffusion.Plan:
        cubic_error = math.inf if self._pace == FIXED else CUBIC_ERROR
        return diffusion.plan(step, self._stable, cubic_error, self.tiling.real, ORDERS[SCHEMES[self.scheme]])

    def _no_beats(self) -> march.Beats:
        nothing = np.zeros((0, self.tiling.count, self.tiling.lanes))
        none = np.zeros((0, 0), self.tiling.real)
        return march.Beats(
            none,
            none,
            none,
            np.zeros((0, 0), np.int64),
            nothing,
            nothing,
            nothing,
            0,
            1,
            self.tiling.real(self.dt),
        )

    def _samples(self, cells: Sequence[tuple[int, int]], taken: int) -> march.Samples:
        if any(not (0 <= i < self.grid.ny and 0 <= j < self.grid.nx) for i, j in cells):
            raise IndexError(
                f"{list(cells)} are not all cells of {self.grid.ny} rows and {self.grid.nx} columns"
            )
        places = [(i + BORDER, j + BORDER, *self.tiling.position(i, j)) for i, j in cells]
        row, column, tile, lane = np.array(places, dtype=np.int64).reshape(-1, 4).T.copy()
        return march.Samples(
            row, column, tile, lane, np.empty((taken, len(cells), 1 + len(self.model.State._fields)))
        )


def _roomier(beats: march.Beats, more: int) -> march.Beats:
    """`beats` with room for that many more activations of every cell."""
    missing = beats.counts.max(initial=0) + more - beats.activation.shape[0]
    if missing <= 0 or beats.tracks.shape[0] == 0:
        return beats
    room = np.full((max(int(missing), 4), *beats.activation.shape[1:]), np.nan)
    longer = [np.concatenate([a, room]) for a in (beats.activation, beats.apd50, beats.apd90)]
    return beats._replace(activation=longer[0], apd50=longer[1], apd90=longer[2])
