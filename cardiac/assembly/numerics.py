"""Steps in time and space: what resolves the upstroke, and how the cells are coupled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardiac import recorders, tissue
from cardiac.assembly.faults import Faults
from cardiac.cell import Cell, Response, longest_wait
from cardiac.config import ACCURACIES, Change, Config, FibreFile, Problem, Region
from cardiac.kernels import FIXED, Gate, Pace
from cardiac.models import Model
from cardiac.simulation import Array, Field
from cardiac.tissue import Bends, Grid, Tensor
from cardiac.units import units_of

LARGEST_STEP = 0.1  # ms
FINEST, LONGEST = 16, 16  # steps of the reaction in a step of diffusion, steps that a tile may wait
# Change of V [mV] in a step of the reaction beyond which there are several, and up to which a tile may wait.
CHANGES = {"fast": (7.0, 0.2), "standard": (3.5, 0.2), "fine": (2.0, 0.05)}
ROUND_OFF = 1e-9  # of a duration in steps
EXPERIMENT_INTERVAL = 1.0  # ms, that the step of an experiment divides
PER_MS = 1_000_000  # whole nanoseconds, in which intervals are compared
# Velocity error of the operator by its order n, as a multiple of (spacing / l)^n with l^2 = diffusivity x rise time;
# fitted to Luo-Rudy, ten Tusscher and Mitchell-Schaeffer cables.
SPACE_ERROR = {2: 0.07, 4: 0.0015}
# The same of time stepping, as a multiple of (step / rise time)^2: of splitting alone, and with one reaction a step.
# O'Hara-Rudy waves have the largest. Fine steps are finer, for critical conductances of Luo-Rudy strips to 0.5 %.
SPLIT_ERROR, TIME_ERROR = {"fast": 2.0, "standard": 2.0, "fine": 3.2}, 2.0
TOLERABLE = 0.05  # velocity error beyond which a spacing is warned about


def time_step(
    config: Config,
    scheme: str,
    model: Model,
    parameters: Mapping[str, Field],
    cells: Iterable[Response],
    faults: Faults,
) -> float:
    """The step [ms]: as asked, or one that resolves every upstroke and divides the intervals of the recorders.

    A step at which the scheme is unstable, and one that does not divide the run, is a fault.
    """
    found = list(cells)
    stable = math.inf
    if scheme == "forward_euler":
        stable = min(_euler_limit(model, parameters, cell) for cell in found)
    if config.run.dt != "auto":
        step, duration = float(config.run.dt), config.run.duration
        if step > stable:
            text = f"{step:g} ms is unstable here: the fastest gate of {config.model.name} needs dt <= {stable:.2g} "
            faults.add("run.dt", text + 'ms with forward_euler - write "dt: auto" or "scheme: auto"')
        steps = max(1, round(duration / step))
        if config.experiment is None and abs(steps * step - duration) > ROUND_OFF * duration:
            text = f"{step:g} ms does not divide the run of {duration:g} ms - write "
            faults.add("run.dt", text + f'"{duration / steps:.7g} ms", {steps} steps, or "dt: auto"')
        return step
    accuracy = config.run.accuracy
    error = SPLIT_ERROR[accuracy] if adapts(config, scheme) else TIME_ERROR
    resolved = shortest_rise(found, 1.0) * math.sqrt(ACCURACIES[accuracy] / error)
    largest = min(resolved, LARGEST_STEP, 0.9 * stable)
    interval = _common(config, largest)
    return interval / math.ceil(interval / largest * (1.0 - 1e-12))


def adapts(config: Config, scheme: str) -> bool:
    """Whether tiles step their reaction as finely as they must: in tissue, where no step is asked for."""
    return config.tissue is not None and config.run.dt == "auto" and scheme == "rush_larsen_2"


def pace(config: Config, scheme: str, cells: Iterable[Cell], dt: float) -> Pace:
    """How finely tiles step their reaction; they wait no longer than leaves action potentials as they are."""
    if not adapts(config, scheme):
        return FIXED
    accuracy = config.run.accuracy
    change, patience = CHANGES[accuracy]
    found = Pace(change, FINEST, patience, LONGEST)
    for cell in cells:
        found = found._replace(longest=longest_wait(cell, dt, found, ACCURACIES[accuracy]))
    return found


def bends(
    config: Config,
    grid: Grid,
    tensor: Tensor | None,
    conducting: npt.NDArray[np.bool_],
    cells: Iterable[Response],
) -> Bends | None:
    """What makes diffusion of fourth order, if it is to be."""
    if tensor is None or config.run.space_order == 2:
        return None
    return tissue.bends(grid, tensor, conducting, shortest_rise(cells, math.inf))


def shortest_rise(cells: Iterable[Response], otherwise: float) -> float:
    """The shortest rise time [ms] of cells that can be excited.

    Where it takes much more current than elsewhere, the current itself makes most of the upstroke that was measured:
    such cells do not count.
    """
    excitable = [cell for cell in cells if math.isfinite(cell.rise_time)]
    least = min((cell.threshold for cell in excitable), default=0.0)
    return min((cell.rise_time for cell in excitable if cell.threshold <= 2.0 * least), default=otherwise)


def _common(config: Config, largest: float) -> float:
    """The longest interval [ms] that divides those of the recorders and the duration, unless it is tiny."""
    common = 0
    duration = EXPERIMENT_INTERVAL if config.experiment else config.run.duration
    for interval in (*recorders.intervals(config.record), duration):
        closer = math.gcd(common, round(interval * PER_MS))
        if common == 0 or 2 * closer >= round(largest * PER_MS):
            common = closer
    return common / PER_MS if common else largest


def _euler_limit(model: Model, parameters: Mapping[str, Field], cell: Response) -> float:
    """The step [ms] up to which forward Euler is stable for every gate, between rest and peak."""
    p = model.Parameters(**{name: float(np.mean(values)) for name, values in parameters.items()})
    peak = cell.V_peak if math.isfinite(cell.V_peak) else 40.0
    fastest = 0.0
    for V in np.linspace(cell.V_rest - 10.0, peak, 100).tolist():
        s = model.State()
        rates = model.rates(V, s, p, model.currents(V, s, p))
        fastest = max([fastest, *(rate.rate for rate in rates if isinstance(rate, Gate))])
    return 2.0 / fastest if fastest else math.inf


def diffusion_tensor(
    config: Config, grid: Grid, regions: Mapping[str, Array], faults: Faults
) -> Tensor | None:
    """The diffusion tensor of the tissue and its regions; None for a single cell."""
    if config.tissue is None:
        return None
    given = config.tissue.diffusivity
    try:
        changes = [
            (regions[name], _FibreChange.of(region, grid))
            for name, region in config.regions.items()
            if region.diffusivity is not None
        ]
        return tissue.tensor(given.along, given.across, _angle(given.fibre_angle, grid), changes)
    except ValueError as error:
        faults.add("tissue.diffusivity", str(error))
        return None


def warnings(
    config: Config,
    model: Model,
    grid: Grid,
    tensor: Tensor | None,
    conducting: npt.NDArray[np.bool_],
    dt: float,
    cells: Iterable[Response],
) -> Iterator[Problem]:
    """What is allowed, but will not give good numbers."""
    for interval in recorders.intervals(config.record):
        if interval < dt * (1.0 - ROUND_OFF):
            text = (
                f"an interval of {interval:g} ms is shorter than the step of {dt:g} ms - every step is kept"
            )
            yield config.warning("record", text)
    if config.run.precision == "single":
        yield from _too_slow_for_single(config, model, dt)
    if tensor is None or config.tissue is None:
        return
    oblique = tissue.monotonicity_warning(tensor)
    if oblique:
        yield config.warning("tissue.diffusivity", oblique)
    rise = shortest_rise(cells, 0.0)
    if rise == 0.0:
        return  # nothing here can be excited
    yield from _long_step(config, rise)
    length = math.sqrt(_least_diffusivity(tensor, conducting) * rise)
    if length > 0.0:  # not without diffusion
        order = config.run.space_order
        error = SPACE_ERROR[order] * (grid.spacing / length) ** order
        if error > TOLERABLE:
            across = 4.0 * length / grid.spacing
            fine = length * (TOLERABLE / SPACE_ERROR[order]) ** (1.0 / order)
            text = (
                f"{grid.spacing:g} mm gives {across:.1f} cells across the upstroke of {config.model.name}; "
            )
            text += f"velocity error about {100 * error:.0f} %, false block possible - use <= {fine:.2g} mm"
            yield config.warning("tissue.spacing", text)


def _too_slow_for_single(config: Config, model: Model, dt: float) -> Iterator[Problem]:
    """The concentration whose slow changes are lost first, rounded away in every step."""
    units = units_of(model.State)
    lost = {
        name: 0.5 * float(np.spacing(np.float32(abs(value)))) / dt
        for name, value in model.State()._asdict().items()
        if units[name].symbol == "mM"
    }
    if lost:
        name = max(lost, key=lambda key: lost[key])
        text = f"changes of {name} below {1000.0 * lost[name]:.2g} mM/s are lost in single precision, at steps of "
        text += f"{dt:.3g} ms - fit for a beat or two, not for long pacing"
        yield config.warning("run.precision", text)


def _least_diffusivity(tensor: Tensor, conducting: npt.NDArray[np.bool_]) -> float:
    """The smallest diffusivity in any direction [mm^2/ms], where anything conducts."""
    xx, xy, yy = (np.broadcast_to(part, conducting.shape)[conducting] for part in tensor)
    least = 0.5 * (xx + yy) - np.hypot(0.5 * (xx - yy), xy)
    return float(least[least > 1e-12].min(initial=math.inf))


def _long_step(config: Config, rise: float) -> Iterator[Problem]:
    """A step of the user's that does not resolve the upstroke."""
    if config.run.dt != "auto":
        error = TIME_ERROR * (config.run.dt / rise) ** 2
        if error > TOLERABLE:
            steps = rise / config.run.dt
            text = f"{config.run.dt:g} ms gives {steps:.1f} steps in the upstroke of {config.model.name}; "
            text += f"velocity error about {100 * error:.0f} % - write dt: auto"
            yield config.warning("run.dt", text)


@dataclass(frozen=True, slots=True)
class _FibreChange:
    """The change of conduction in a region, its fibre angles read."""

    along: Change | None
    across: Change | None
    fibre_angle: Field | None

    @classmethod
    def of(cls, region: Region, grid: Grid) -> _FibreChange:
        change = region.diffusivity
        assert change is not None
        angle = None if change.fibre_angle is None else _angle(change.fibre_angle, grid)
        return cls(change.along, change.across, angle)


def _angle(angle: float | FibreFile, grid: Grid) -> Field:
    return tissue.fields.read(angle.file, grid, angle.dataset) if isinstance(angle, FibreFile) else angle
