"""The time loop: many steps of the whole tissue in one call, from one event to the next.

A step is half a step of diffusion, a step of reaction and half a step of diffusion (Strang splitting, second
order). Stimuli and time courses enter as their mean over each step, so that a pulse delivers its exact charge
wherever its edges fall.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac.kernels.compose import BOUND, bind, compile_cached

react = diffuse = track = set_current = changed = take_sample = BOUND

Array = npt.NDArray[np.float64]


class Sheet(NamedTuple):
    """The potentials of a tissue and the work arrays of diffusion, all (ny + 2, columns + 2) [mV]."""

    V: Array
    slope: Array
    a: Array
    b: Array


class Cells(NamedTuple):
    """The cells of a tissue, in tiles."""

    active: npt.NDArray[np.int64]  # tiles to step, (n,)
    states: Array  # (tiles, variables * lanes)
    I_stim: Array  # (tiles, lanes), the injected current of this step [A/F]


class Drive(NamedTuple):
    """What changes in time, a row a step."""

    electrodes: Array  # (stimuli, tiles, lanes) where each stimulus injects, weight 0 ... 1
    currents: Array  # (steps, stimuli) mean injected current [A/F]
    courses: Array  # (steps, mechanisms) mean time course of each mechanism


class Beats(NamedTuple):
    """The running measurements of all cells (see `observation`)."""

    tracks: Array
    counts: npt.NDArray[np.int64]
    activation: Array
    apd50: Array
    apd90: Array


class Samples(NamedTuple):
    """Probes: V and all state variables of some cells at a fixed interval."""

    row: npt.NDArray[np.int64]  # (probes,) position in V
    column: npt.NDArray[np.int64]
    tile: npt.NDArray[np.int64]  # (probes,) position in the states
    lane: npt.NDArray[np.int64]
    values: Array  # (samples, probes, 1 + variables)


def set_injected_current(I_stim, electrodes, currents):
    """I_stim = sum of `currents` [A/F] over their electrodes."""
    tiles, lanes = I_stim.shape
    for b in range(tiles):
        for x in range(lanes):
            I_stim[b, x] = 0.0
    for k in range(currents.shape[0]):
        if currents[k] != 0.0:
            for b in range(tiles):
                for x in range(lanes):
                    I_stim[b, x] += currents[k] * electrodes[k, b, x]


def differ(a, b):
    """Whether any number of two arrays (n,) differs."""
    found = False
    for k in range(a.shape[0]):
        found = found or a[k] != b[k]
    return found


def sample(probes, V, states, lanes, index):
    """Write sample `index` of all probes."""
    for n in range(probes.row.shape[0]):
        probes.values[index, n, 0] = V[probes.row[n], probes.column[n]]
        for k in range(1, probes.values.shape[2]):
            probes.values[index, n, k] = states[probes.tile[n], probes.lane[n] + (k - 1) * lanes]


def march(n, step, dt, sheet, cells, p, q, regions, drive, faces, stages, beats, level, probes, every):
    """Advance `n` steps of `dt` [ms] from step number `step`; samples are taken in every `every`-th step.

    `stages` has the coefficients of half a step of diffusion, no rows where nothing is coupled.
    `p`, `q`, `regions`: see `reaction.react`. Without measurements `beats.tracks` has no rows.
    """
    half, lanes = 0.5 * dt, cells.I_stim.shape[1]
    for k in range(n):
        if k == 0 or changed(drive.currents[k], drive.currents[k - 1]):
            set_current(cells.I_stim, drive.electrodes, drive.currents[k])
        if stages.shape[0] > 0:
            diffuse(sheet.V, sheet.slope, sheet.a, sheet.b, faces, half, stages)
        react(cells.active, sheet.V, cells.states, cells.I_stim, p, q, regions, drive.courses[k], dt)
        if stages.shape[0] > 0:
            diffuse(sheet.V, sheet.slope, sheet.a, sheet.b, faces, half, stages)
        now = step + k + 1
        if beats.tracks.shape[0] > 0:
            track(
                cells.active, sheet.V, beats.tracks, beats.counts, beats.activation, beats.apd50, beats.apd90, level,
                now * dt, dt,
            )  # fmt: skip
        if probes.row.shape[0] > 0 and now % every == 0:
            take_sample(probes, sheet.V, cells.states, lanes, now // every - step // every - 1)


def make_march(react: Any, diffuse: Any, track: Any) -> Any:
    """`march` compiled around a reaction, a diffusion and a measurement."""
    own: dict[str, Any] = {"set_current": set_injected_current, "changed": differ, "take_sample": sample}
    parts = {name: bind(function) for name, function in own.items()}
    return compile_cached(bind(march, react=react, diffuse=diffuse, track=track, **parts), parallel=False)
