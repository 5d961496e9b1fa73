"""One cell on its own: where it rests, how much current excites it, what its action potential looks like.

Everything here is found by simulation of uncoupled cells, many at a time as the cells of one row, and kept on
disk (`CARDIAC_CACHE`, else the user's cache folder), since every run of a tissue asks for it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cardiac.kernels.compose import fingerprint
from cardiac.kernels.reaction import another_current
from cardiac.kernels.schemes import derivative, rush_larsen_2
from cardiac.models import Model
from cardiac.protocol import Window
from cardiac.simulation import Added, Simulation, Stimulus
from cardiac.tissue import Grid

Array: TypeAlias = npt.NDArray[np.float64]

SETTLING_TIME = 10_000.0  # ms without stimulus, as in the published tables of rest that we compare with
SETTLING_STEP = 0.05  # ms: a fixed point does not depend on the step, only on its stability
STEP = 0.01  # ms
CAPTURE_LEVEL = -30.0  # mV: reached after the pulse by every action potential, and by no passive response
LATENCY = 200.0  # ms after the pulse in which an action potential must come
STRONGEST = 1500.0  # mV: strength x duration of a pulse at which the search for a threshold is given up
TRIED_AT_ONCE = 8  # currents of one round of the search: the cells of one tile
QUIESCENT = 1e-3  # mV/ms: largest dV/dt of a cell that counts as resting


class Cell(NamedTuple):
    """A kind of cell: parameters (of `model`, by name) and mechanisms, each a number or one per cell (n,)."""

    model: Model
    parameters: Mapping[str, Any]
    mechanisms: Sequence[Added]
    n: int = 1

    def simulation(self, dt: float, n: int | None = None, **options: Any) -> Simulation:
        """A row of these cells, uncoupled."""
        return Simulation(
            self.model,
            Grid(nx=n or self.n),
            dt,
            parameters={k: _row(v) for k, v in self.parameters.items()},
            mechanisms=[_added_row(a) for a in self.mechanisms],
            threads=1,
            **options,
        )

    @property
    def digest(self) -> str:
        """The same for the same cells, whatever the process."""
        parts: list[Any] = [fingerprint(self.model.currents), fingerprint(self.model.rates), self.n]
        parts += [fingerprint(f) for f in (rush_larsen_2, derivative, another_current)]
        parts += [SETTLING_STEP, STEP, CAPTURE_LEVEL, LATENCY, STRONGEST]
        parts += [self.model.V_initial, self.model.State(), self.model.Parameters()]
        parts += [(k, np.ravel(v).tolist()) for k, v in sorted(self.parameters.items())]
        for a in (a for a in self.mechanisms if np.any(a.weight)):
            parts += [fingerprint(a.mechanism.current), type(a.course).__name__, tuple(a.course)]  # type: ignore[arg-type]
            parts += [np.ravel(v).tolist() for v in (*a.parameters, a.weight)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


class Rest(NamedTuple):
    """The state of cells left alone for 10 s, each (n,); `drift` is the last |dV/dt| [mV/ms]."""

    V: Array
    drift: Array
    state: dict[str, Array]

    @property
    def quiescent(self) -> bool:
        """Whether all cells really rest (a pacemaker does not)."""
        return bool((self.drift < QUIESCENT).all())


class Response(NamedTuple):
    """The action potential after a 2 ms pulse of twice the threshold, from rest."""

    threshold: float  # A/F, of a 2 ms pulse; infinite for a cell that cannot be excited
    V_rest: float  # mV
    V_peak: float  # mV
    upstroke: float  # mV/ms, largest dV/dt, stimulus included
    apd90: float  # ms

    @property
    def rise_time(self) -> float:
        """Amplitude over largest dV/dt [ms]: the time scale that the steps must resolve."""
        return (self.V_peak - self.V_rest) / self.upstroke


def rest(cell: Cell, duration: float = SETTLING_TIME) -> Rest:
    """The state of the cells after `duration` [ms] without stimulus, from the model's published state."""

    def find() -> dict[str, Array]:
        cells = cell.simulation(SETTLING_STEP)
        cells.advance(round(duration / SETTLING_STEP) - 1)
        before = cells.V
        cells.advance(1)
        drift = np.abs(cells.V - before) / SETTLING_STEP
        return {"V": cells.V[0], "drift": drift[0], **{f"state.{k}": v[0] for k, v in cells.state.items()}}

    found = _remembered(("rest", cell.digest, duration), find)
    state = {name: found[f"state.{name}"] for name in cell.model.State._fields}
    return Rest(found["V"], found["drift"], state)


def threshold(cell: Cell, duration: float = 2.0, tolerance: float = 1e-3) -> float:
    """The least current [A/F] of a pulse of `duration` [ms] that excites the resting cell; infinite if none.

    Excited means above -30 mV at some time from 2 to 200 ms after the pulse.
    """

    def find() -> dict[str, Array]:
        start = rest(cell)
        strongest = STRONGEST / duration
        tried = strongest * np.geomspace(1e-4, 1.0, TRIED_AT_ONCE)
        while True:
            excited = _excited(cell, start, tried, duration)
            if not excited.any():
                return {"threshold": np.array(np.inf if tried[-1] >= 0.999 * strongest else tried[-1])}
            first = int(np.argmax(excited))
            high, low = tried[first], tried[first - 1] if first else 0.0
            if high - low <= tolerance * high:
                return {"threshold": np.array(0.5 * (low + high))}
            tried = np.linspace(low, high, TRIED_AT_ONCE + 1)[1:]

    return float(_remembered(("threshold", cell.digest, duration, tolerance), find)["threshold"])


def response(cell: Cell) -> Response:
    """The cell's answer to a 2 ms pulse of twice its threshold."""
    needed, start = threshold(cell), rest(cell)

    def find() -> dict[str, Array]:
        stimulus = Stimulus(1.0, 2.0 * needed, Window(1.0, 3.0))
        one = cell.simulation(STEP, V=_row(start.V), state=_rows(start.state), stimuli=[stimulus])
        one.measure(CAPTURE_LEVEL)
        one.advance(round(1000.0 / STEP))
        seen = one.activity
        return {"found": np.array([seen.V_max[0, 0], seen.upstroke[0, 0], seen.apd90[0, 0, 0]])}

    if not np.isfinite(needed):
        return Response(needed, float(start.V[0]), np.nan, np.nan, np.nan)
    V_peak, upstroke, apd90 = _remembered(("response", cell.digest), find)["found"].tolist()
    return Response(needed, float(start.V[0]), V_peak, upstroke, apd90)


def _excited(cell: Cell, start: Rest, currents: Array, duration: float) -> npt.NDArray[np.bool_]:
    stimulus = Stimulus(currents[np.newaxis, :], 1.0, Window(0.0, duration))
    n = len(currents)
    cells = cell.simulation(STEP, n, V=_row(start.V), state=_rows(start.state), stimuli=[stimulus])
    cells.advance(round((duration + 2.0) / STEP), finite=False)  # absurd currents may overflow
    cells.measure(CAPTURE_LEVEL)
    for _ in range(int(LATENCY / 20.0)):
        cells.advance(round(20.0 / STEP), finite=False)
        excited: npt.NDArray[np.bool_] = cells.activity.V_max[0] >= CAPTURE_LEVEL
        if excited.all():
            break
    return excited


def _row(value: Any) -> Any:
    return np.asarray(value)[np.newaxis, :] if np.ndim(value) else value


def _rows(state: Mapping[str, Array]) -> dict[str, Array]:
    return {name: _row(values) for name, values in state.items()}


def _added_row(added: Added) -> Added:
    parameters = type(added.parameters)(*(_row(v) for v in added.parameters))
    return added._replace(parameters=parameters, weight=_row(added.weight))


def _remembered(key: tuple[Any, ...], find: Callable[[], dict[str, Array]]) -> dict[str, Array]:
    """What `find` returned when last called for this key, by any process; a cache that fails is no cache."""
    file = cache_folder() / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.npz"
    try:
        with file.open("rb") as opened, np.load(opened) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        found = find()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as aside:
            np.savez(aside, **found)  # type: ignore[arg-type]
        os.replace(aside.name, file)
    except OSError:
        pass
    return found


def cache_folder() -> Path:
    """Where searches are remembered."""
    chosen = os.environ.get("CARDIAC_CACHE")
    user = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(chosen) if chosen else Path(user) / "cardiac"
