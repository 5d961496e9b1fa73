"""The time loop: many steps of the whole tissue in one call, from one event to the next.

A step is the reaction, in one step, in several, or in none while a tile waits (see `reaction`), and then a step of
diffusion. What is read (measured, sampled, recorded) is the potential half-way through the diffusion, (V before + V
after) / 2: there the sequence is symmetric, half a step of diffusion, the reaction, half a step of diffusion (Strang
splitting), and second order. Stimuli and time courses enter as their mean over each step, so that a pulse delivers
its exact charge wherever its edges fall.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac.kernels.compose import BOUND, bind, compile_cached, loop
from cardiac.kernels.sharing import shared
from cardiac.kernels.tiling import Array

react = diffuse = track = set_current = changed = switched = restless = take_sample = take_over = BOUND

STRETCH = 512  # tiles, rows or probes that a thread takes at a time, of what is soon done
SWITCHED = 0.05  # change of a time course (0 ... 1) in one step that may upset cells at rest


class Sheet(NamedTuple):
    """The potentials of a tissue, (ny + 4, columns + 4) [mV]."""

    V: Array  # after the diffusion
    seen: Array  # before it, after the last reaction


class Drive(NamedTuple):
    """What changes in time, a row a step; the first row is that of the step before."""

    t: npt.NDArray[np.float64]  # (1 + steps,) its end [ms]
    electrodes: Array  # (stimuli, places, lanes) where each stimulus injects, weight 0 ... 1
    currents: Array  # (1 + steps, stimuli) mean injected current [A/F]
    courses: Array  # (1 + steps, mechanisms) mean time course of each mechanism


class Beats(NamedTuple):
    """The running measurements of all cells (see `observation`)."""

    previous: Array
    tracks: Array
    bands: Array
    counts: npt.NDArray[np.int64]
    activation: npt.NDArray[np.float64]
    apd50: npt.NDArray[np.float64]
    apd90: npt.NDArray[np.float64]
    begun: int  # step number
    every: int  # steps from one look to the next
    interval: Any  # ms, the same, in the precision of the numbers


class Samples(NamedTuple):
    """Probes: V and all state variables of some cells at a fixed interval."""

    row: npt.NDArray[np.int64]  # (probes,) position in V
    column: npt.NDArray[np.int64]
    tile: npt.NDArray[np.int64]  # (probes,) position in the states
    lane: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]  # (samples, probes, 1 + variables)


def set_injected_current(first, end, I_stim, electrodes, currents):
    """I_stim = sum of `currents` [A/F] over their electrodes, in the places first ... end - 1."""
    for b in range(first, end):
        for x in range(I_stim.shape[1]):
            I_stim[b, x] = 0.0
        for k in range(currents.shape[0]):
            for x in range(I_stim.shape[1]):
                I_stim[b, x] += currents[k] * electrodes[k, b, x]


def differ(a, b):
    """Whether any number of two arrays (n,) differs."""
    found = False
    for k in range(a.shape[0]):
        found = found or a[k] != b[k]
    return found


def jump(a, b):
    """Whether any number of two arrays (n,) differs much."""
    found = False
    for k in range(a.shape[0]):
        found = found or abs(a[k] - b[k]) > SWITCHED
    return found


def awake(first, end, change):
    """Nothing is known of what the tiles first ... end - 1 will do: they take their finest steps."""
    for b in range(first, end):
        change[b] = np.inf


def sample(first, end, probes, V, seen, states, lanes, index):
    """Write sample `index` of the probes first ... end - 1."""
    for n in range(first, end):
        i, j = probes.row[n], probes.column[n]
        probes.values[index, n, 0] = 0.5 * (V[i, j] + seen[i, j])
        for k in range(1, probes.values.shape[2]):
            probes.values[index, n, k] = states[probes.tile[n], probes.lane[n] + (k - 1) * lanes]


def copy(first, end, here, there):
    """The rows first ... end - 1 of `there` become those of `here`."""
    for i in range(first, end):
        for j in range(here.shape[1]):
            there[i, j] = here[i, j]


def march(
    me, team, n, step, dt, sheet, cells, p, q, regions, drive, scratch, faces, bends, half, plan, pace, beats, level,
    probes, every,
):  # fmt: skip
    """Advance `n` steps of `dt` [ms] from step number `step`, as thread `me` of a team of which all do the same.

    Samples are taken in every `every`-th step. `scratch` is for `diffuse`, `plan` is how it takes a step, and `half`
    how it takes half a step, to where the steps begin from a potential that is given; without coefficients, they have
    begun. `p`, `q`, `regions`: see `reaction.react`. Without measurements `beats.tracks` has no rows.
    """
    places, lanes = cells.I_stim.shape
    set_current(me, team, places, STRETCH, (cells.I_stim, drive.electrodes, drive.currents[0]))
    if half.coefficients.shape[0] > 0:
        diffuse(me, team, sheet.V, scratch, faces, bends, half)
        take_over(me, team, sheet.V.shape[0], STRETCH, (sheet.V, sheet.seen))
    for k in range(n):
        before, courses = drive.courses[k], drive.courses[k + 1]
        if changed(drive.currents[k + 1], drive.currents[k]) or changed(courses, before):
            react(me, team, cells, sheet.V, sheet.seen, p, q, regions, before, dt, 0, True, pace)
            set_current(me, team, places, STRETCH, (cells.I_stim, drive.electrodes, drive.currents[k + 1]))
            if switched(courses, before):
                restless(me, team, cells.change.shape[0], STRETCH, (cells.change,))
        now = step + k + 1
        measured = beats.tracks.shape[0] > 0 and (now - beats.begun) % beats.every == 0
        sampled = probes.row.shape[0] > 0 and now % every == 0
        read = measured or sampled or k == n - 1
        react(me, team, cells, sheet.V, sheet.seen, p, q, regions, courses, dt, 1, read, pace)
        if plan.coefficients.shape[0] > 0:
            diffuse(me, team, sheet.V, scratch, faces, bends, plan)
        if measured:
            track(
                me, team, cells.active, sheet.V, sheet.seen, beats.previous, beats.tracks, beats.bands, beats.counts,
                beats.activation, beats.apd50, beats.apd90, level, drive.t[k + 1],
                beats.interval,
            )  # fmt: skip
        if sampled:
            index = now // every - step // every - 1
            take_sample(
                me, team, probes.row.shape[0], STRETCH, (probes, sheet.V, sheet.seen, cells.states, lanes, index)
            )  # fmt: skip


def make_march(react: Any, diffuse: Any, track: Any) -> Any:
    """`march` compiled around a reaction, a diffusion and a measurement."""
    rounds: dict[str, Any] = {
        "set_current": set_injected_current,
        "restless": awake,
        "take_sample": sample,
        "take_over": copy,
    }
    own = {name: shared(loop(bind(function))) for name, function in rounds.items()}
    own |= {"changed": bind(differ), "switched": bind(jump)}
    return compile_cached(bind(march, react=react, diffuse=diffuse, track=track, **own))
