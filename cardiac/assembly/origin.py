"""Where a run starts if not at rest: from what another run has stored, or from cells that were paced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cardiac.assembly.faults import Faults
from cardiac.assembly.kinds import Kinds
from cardiac.cell import thresholds
from cardiac.cell.pacing import PULSE, paced
from cardiac.config import Config, Stored
from cardiac.result import Result, ResultError
from cardiac.simulation import Array, Field, NotFinite

SLACK = 1e-6  # ms, by which a time may differ from a stored one

Origin = tuple[Field, dict[str, Field]]  # V [mV], state


def of_paced_cells(config: Config, kinds: Kinds, faults: Faults) -> Origin | None:
    """The state of every cell after pacing it alone."""
    pacing, cell = config.start.paced, kinds.cell()
    assert pacing is not None
    needed = thresholds(cell, [PULSE])
    if not np.isfinite(needed.current).any():
        faults.add("start.paced", f"a cell here {needed.why(0)}, so it cannot be paced")
        return None
    try:
        found = paced(cell, pacing.cycle_length, pacing.beats)
    except NotFinite as failure:
        faults.add("start.paced", f"V becomes NaN at {failure.t:g} ms - the model does not bear this pacing")
        return None
    return kinds.spread(found.pop("V")), {name: kinds.spread(values) for name, values in found.items()}


def of_stored(
    config: Config, kinds: Kinds, conducting: npt.NDArray[np.bool_], faults: Faults
) -> Origin | None:
    """The state in a file: of as many cells, or of one that is spread over all."""
    stored = config.start.from_
    assert stored is not None
    try:
        result = Result.open(stored.file)
        made, model = (about["model"]["name"] for about in (result.config, config.resolved()))
        if made != model:
            raise ResultError(f"{stored.file} is of cells of {made}, these are of {model}")
        found = _read(result, stored, ("V", *kinds.model.State._fields))
        shape = found["V"].shape
        if shape not in (kinds.shape, (1, 1)):
            here, there = (f"{ny} rows of {nx} cells" for ny, nx in (kinds.shape, shape))
            raise ResultError(
                f"{stored.file} holds {there}, here are {here} - a probe can be spread over any tissue"
            )
        scar = np.broadcast_to(np.isnan(found["V"]), kinds.shape)
        if (scar & conducting).any():
            text = (
                f"{stored.file} holds no state of {(scar & conducting).sum()} cells, which were a scar there"
            )
            raise ResultError(f"{text} - make them one here, or start from a probe")
    except ResultError as error:
        faults.add("start.from", str(error))
        return None
    whole: dict[str, Field] = {
        name: np.where(scar, _own(kinds, name), values) for name, values in found.items()
    }
    if shape == (1, 1):
        whole = {name: float(np.ravel(values)[0]) for name, values in whole.items()}
    return whole.pop("V"), whole


def _own(kinds: Kinds, name: str) -> float:
    """What a cell has that has nothing else, in a scar."""
    model = kinds.model
    return float(model.V_initial if name == "V" else getattr(model.State(), name))


def _read(result: Result, stored: Stored, names: tuple[str, ...]) -> dict[str, Array]:
    """V and all variables, each (ny, nx); raises ResultError where they are not there."""
    if stored.probe:
        probe = result.probes[stored.probe].table.columns
        k = _index(stored.file, probe["time"], stored.time)
        return {name: _have(probe, name, stored)[k].reshape(1, 1) for name in names}
    if stored.time is None:
        last = result.state.columns
        return {name: _have(last, name, stored) for name in names}
    kept = {name: result.frames(name) for name in names if name in result.contents.variables}
    missing = [name for name in names if name not in kept]
    if missing:
        text = (
            f"{stored.file} has no frames of {', '.join(missing)} - record them (frames: {{of: [V, ...]}}), "
        )
        raise ResultError(text + "start from its end (without time), or from a probe")
    k = _index(stored.file, kept["V"].time, stored.time)
    return {name: np.asarray(frames[k], dtype=float) for name, frames in kept.items()}


def _have(columns: Mapping[str, Array], name: str, stored: Stored) -> Array:
    if name not in columns:
        raise ResultError(f"{stored.file} has no {name}: the model was another one")
    return columns[name]


def _index(file: Path, times: Array, time: float | None) -> int:
    """Where the time is among those that are stored; the last where none is asked for."""
    if time is None:
        return len(times) - 1
    k = int(np.argmin(np.abs(times - time)))
    if abs(times[k] - time) > SLACK:
        near = f"the nearest is {times[k]:.10g} ms, of {times[0]:g}..{times[-1]:g} ms"
        raise ResultError(f"{file} holds nothing at {time:g} ms - {near}")
    return k
