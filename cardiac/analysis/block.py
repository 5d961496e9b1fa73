"""Does the wave get through? The verdict on a region: conducted, delayed or blocked.

The wave's direction and speed come from the tissue it crosses just before the region. Along this direction a
straight path leads through the region, from a proximal point a margin before it to a distal point a margin
behind it. What the path would take at the speed before the region is the baseline; the transit that is found
is compared with it. Close to the limit of block the transit grows without bound, so the horizon, up to which
activation is waited for, is part of every verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cardiac.analysis.beats import wave_of_beat
from cardiac.analysis.incoming import Wave, incoming
from cardiac.analysis.outcome import Criteria, Outcome, Verdict
from cardiac.analysis.path import PER_CELL, Path, line
from cardiac.analysis.scene import Array, Cell, Mask, Scene


def verdict(
    activation: Array,
    x: Array,
    y: Array,
    region: Mask,
    *,
    beat: int = 1,
    spacing: float,
    end: float,
    conducting: Mask | None = None,
    criteria: Criteria | None = None,
) -> Verdict:
    """Judge how the wave of a beat fares at a region.

    A region that contains the electrode, or leaves no tissue before it, has no baseline; it conducts if the
    path is activated to its end. Raises ValueError for a region without cells.

    Parameters
    ----------
    activation : (ny, nx) activation times [ms], NaN where not activated, or (beats, ny, nx); ny = 1 is a cable
    x, y : (nx,) and (ny,) cell centres [mm]
    region : (ny, nx)
    beat : counted from 1, as the waves come to the region
    spacing : of the cells [mm]
    end : time up to which activation was watched [ms]
    conducting : (ny, nx), False at scars and holes
    """
    if not region.any():
        raise ValueError("the region has no cells")
    criteria = criteria or Criteria()
    tissue = np.ones_like(region) if conducting is None else conducting
    beats = np.where(tissue, activation, np.nan).reshape(-1, *region.shape)
    scene = Scene(beats[0], x, y, region, tissue, spacing)
    near = scene.distance(region) <= criteria.margin
    scene = scene._replace(activation=wave_of_beat(beats, beat, near))
    members = region & tissue
    reached = float(np.isfinite(scene.activation[members]).mean()) if members.any() else 0.0
    missed = Verdict("not reached", reached, end)
    wave = incoming(scene, criteria.margin)
    if wave is None:
        return missed
    for anchor in _anchors(scene, wave.arrival):
        path = line(scene, anchor, wave.direction)
        if path.inside.any() and (proximal := _proximal(path, wave, criteria.margin)) is not None:
            return _judged(scene, wave, path, proximal, criteria, missed)
    return missed


def _anchors(scene: Scene, arrival: Cell) -> Iterator[tuple[float, float]]:
    """Points to lead the path through: the middle of the region; else where the wave meets it."""
    yield scene.middle
    row, column = np.nonzero(scene.region)
    x, y = scene.position(arrival)
    nearest = int(np.argmin(np.hypot(scene.x[column] - x, scene.y[row] - y)))
    yield float(scene.x[column[nearest]]), float(scene.y[row[nearest]])


def _proximal(path: Path, wave: Wave, margin: float) -> int | None:
    """Sample of the path where the transit begins; None if it was never activated."""
    entry = int(np.argmax(path.inside))
    before = np.flatnonzero(path.conducting[:entry])
    if before.size == 0 or math.isnan(wave.velocity):
        return _first_inside(path)
    beyond_electrode = before[~(path.activation[before] <= wave.begun)]
    k = _closest(path.s, path.s[entry] - margin, beyond_electrode if beyond_electrode.size else before[-1:])
    return k if np.isfinite(path.activation[k]) else None


def _first_inside(path: Path) -> int | None:
    """The sample in the region that is activated first; None if none is."""
    activated = np.flatnonzero(np.isfinite(path.activation) & path.inside)
    return int(activated[np.argmin(path.activation[activated])]) if activated.size else None


def _distal(path: Path, margin: float) -> int:
    """Sample of the path where the transit ends; in a scar if there is nothing else behind."""
    leave = path.s.size - 1 - int(np.argmax(path.inside[::-1]))
    behind = leave + 1 + np.flatnonzero(path.conducting[leave + 1 :])
    if behind.size:
        return _closest(path.s, path.s[leave] + margin, behind)
    within = np.flatnonzero(path.conducting & path.inside)
    return int(within[-1]) if within.size else leave


def _closest(values: Array, target: float, among: NDArray[np.intp]) -> int:
    return int(among[np.argmin(np.abs(values[among] - target))])


def _judged(
    scene: Scene, wave: Wave, path: Path, proximal: int, criteria: Criteria, missed: Verdict
) -> Verdict:
    """The verdict on a wave that reached the proximal point."""
    distal = _distal(path, criteria.margin)
    arrival, activated = float(path.activation[proximal]), float(path.activation[distal])
    stop = _stop(path, proximal, distal, criteria.pause)
    if stop is not None and _leaped(scene, path, distal, arrival, criteria.margin):
        stop = None
    front = path.activation[proximal : (distal if stop is None else stop) + 1]
    length = float(path.s[distal] - path.s[proximal])
    baseline, transit = length / wave.velocity, activated - arrival
    if math.isfinite(baseline):
        horizon = arrival + max(criteria.patience * baseline, criteria.least_horizon)
    else:
        horizon = float(np.nanmax(front)) + criteria.least_horizon
    slow = transit > criteria.delayed * baseline
    ends = path.s[[proximal, distal]] - path.s[path.inside][[0, -1]]
    found = replace(
        missed,
        outcome=_outcome(activated, horizon, missed.end, stop is not None, slow),
        direction_x=wave.direction[0],
        direction_y=wave.direction[1],
        velocity=wave.velocity,
        path_length=length,
        clamped=bool(np.any(np.abs(ends - [-criteria.margin, criteria.margin]) > scene.spacing)),
        arrival=arrival,
        baseline=baseline,
        transit=transit,
        delay=transit - baseline,
        horizon=horizon,
        bypassed=stop is not None and math.isfinite(activated),
        met=stop is None and bool((front > activated).any()),
    )
    if found.outcome in ("conducted", "delayed"):
        return found
    last = proximal + _count_until(front > horizon) - 1
    x, y = float(path.x[last]), float(path.y[last])
    return replace(found, x=x, y=y, position=x if abs(found.direction_x) >= abs(found.direction_y) else y)


def _outcome(activated: float, horizon: float, end: float, stopped: bool, slow: bool) -> Outcome:
    if math.isnan(activated):
        return "undecided" if end < horizon else "blocked"
    if stopped or activated > horizon:
        return "blocked"
    return "delayed" if slow else "conducted"


def _count_until(condition: Mask) -> int:
    """How many samples come before the first that fulfils `condition`."""
    return int(np.argmax(condition)) if condition.any() else condition.size


def _stop(path: Path, proximal: int, distal: int, pause: float) -> int | None:
    """The last sample that the front reached; None if it came to the distal point.

    A scar within the region is passed over, as the wave passes around it; a region that is all scar stops it.
    What is activated later than the distal point was activated from there. Where that follows after a pause,
    the front had stopped; where it does not, front and returning wave have met.
    """
    span = slice(proximal, distal + 1)
    times, inside, passable = path.activation[span], path.inside[span], path.conducting[span]
    if not (inside & passable).any():
        passable = passable | inside
    before = np.concatenate([np.full(PER_CELL, np.nan), times])[: times.size]
    stopped = passable & np.isnan(times) | (times > times[-1]) & (times - before > pause)
    return proximal + max(_count_until(stopped) - 1, 0) if stopped.any() else None


def _leaped(scene: Scene, path: Path, distal: int, arrival: float, margin: float) -> bool:
    """Whether the activation of the distal point began anew behind a gap, which only current can cross.

    Had the wave gone around, it could be followed back to before the region.
    """
    cell = scene.first(scene.around(path.x[distal], path.y[distal], 0.75 * scene.spacing))
    if cell is None:
        return False
    origin = scene.origin(cell)
    return bool(scene.activation[origin] > arrival and scene.distance(scene.region)[origin] <= margin)
