"""Conduction: how fast plane waves run along and across the fibres.

The velocity is that in a uniform cable of cells like most outside the regions (or in one of them), with the spacing
of the tissue and its diffusivity along or across the fibres: the wave in a wide sheet whose fibres lie along the
grid. It is measured over a stretch of ten space constants, ten space constants away from the electrode; that it does
not change any more is told by `drift`, the relative difference between the halves of the stretch.

To `tune` the velocity, the diffusivity that gives a wanted one is sought: it is changed as CV ~ sqrt(D) asks for,
until the velocity is right to `tolerance`. What a coarse grid takes off it is made up for: on another grid another
diffusivity is found. Out of reach are velocities at which waves die between cells that are too far apart, and those
that take a space constant of more than 100 cells.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from cardiac.analysis import velocity_between
from cardiac.experiments import Column, Obstacles, Outcome
from cardiac.experiments._checks import Problems, of_tolerance, refuse
from cardiac.experiments._electrodes import LONGEST_TRIAL
from cardiac.experiments._on_tissue import of_rest, refuse_obstacles
from cardiac.experiments._places import space_constant
from cardiac.preparation import Preparation
from cardiac.references import region_name
from cardiac.tissue.shapes import Left
from cardiac.units import mm_per_ms, one

ELECTRODE, RUN_UP, STRETCH, BEYOND = 3.0, 10.0, 10.0, 3.0  # space constants
LEAST = 40  # cells, of run-up and stretch
PULSE, STRENGTH = 2.0, 2.0  # ms, times the threshold of the cell
MOST_TRIALS = 50
FINEST = 100.0  # cells, of the longest space constant that is tried
COARSEST = 0.3  # and of the shortest
WORDS = {0.0: "along", 90.0: "across"}


class Wanted(NamedTuple):
    """Velocities to be reached."""

    along: mm_per_ms | None = None
    across: mm_per_ms | None = None


class Options(NamedTuple):
    """The region that is asked about (default: outside all), and velocities that are wanted, how closely."""

    region: region_name | None = None
    tune: Wanted = Wanted()
    tolerance: one = 0.001


class Wave(NamedTuple):
    """A plane wave in a cable."""

    velocity: float  # mm/ms; NaN where it dies
    drift: float  # relative difference of the velocities in both halves of the stretch
    upstroke: float  # mV/ms
    length: float  # space constant [mm]
    x: Any  # (nx,) [mm]
    time: Any  # (nx,) [ms]


def problems(options: Options, model: Any) -> Problems:
    """Velocities that make no sense."""
    yield from of_tolerance(options.tolerance)
    for name, wanted in zip(Wanted._fields, options.tune, strict=True):
        if wanted is not None and not wanted > 0.0:
            yield "tune", f"{name}: {wanted:g} mm/ms is too little - give more than 0"


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """A cable has no fibres to go across; cells that do not rest, or that nothing excites."""
    at = tissue.typical[options.region]
    if options.tune.across is not None and tissue.grid.ny == 1:
        yield "tune", "across: a cable has one direction - leave it out"
    if min(tissue.diffusivity(at)) <= 0.0 and (tissue.grid.ny > 1 or max(tissue.diffusivity(at)) <= 0.0):
        yield "region", "cells that are not coupled do not conduct - give the tissue a diffusivity above 0"
    yield from of_rest("region", tissue, at)


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The velocity in each direction, and the diffusivity that gives a wanted one."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    at = tissue.typical[options.region]
    along, across = tissue.diffusivity(at)
    isotropic = math.isclose(along, across, rel_tol=1e-9) and options.tune.across is None
    asked = [(0.0, along, options.tune.along)]
    if tissue.grid.ny > 1 and not isotropic:
        asked.append((90.0, across, options.tune.across))
    found: list[tuple[float, float, Wave, float | None]] = []
    tried: list[tuple[float, float, float]] = []
    for angle, diffusivity, wanted in asked:
        D, wave, steps = _tuned(tissue, at, diffusivity, wanted, options.tolerance, WORDS[angle])
        found.append((angle, D, wave, wanted))
        tried += [(angle, *step) for step in steps]
    waves = [wave for _, _, wave, _ in found]
    table = {
        "angle": Column(np.array([angle for angle, *_ in found]), "deg", "of the wave to the fibres"),
        "diffusivity": Column(np.array([D for _, D, *_ in found]), "mm^2/ms", "diffusivity"),
        "velocity": Column(np.array([wave.velocity for wave in waves]), "mm/ms", "conduction velocity"),
        "upstroke": Column(np.array([wave.upstroke for wave in waves]), "mV/ms", "largest dV/dt"),
        "lambda": Column(np.array([wave.length for wave in waves]), "mm", "space constant"),
        "drift": Column(
            np.array([wave.drift for wave in waves]), "1", "change of velocity over half the stretch"
        ),
    }
    angles, diffusivities, velocities = np.array(tried).T
    trials = {
        "angle": Column(angles, "deg", "of the wave to the fibres"),
        "diffusivity": Column(diffusivities, "mm^2/ms", "that was tried"),
        "velocity": Column(velocities, "mm/ms", "that it gives"),
    }
    arrivals = {
        "angle": Column(np.concatenate([np.full(len(w.x), a) for a, _, w, _ in found]), "deg", "of the wave"),
        "position": Column(np.concatenate([w.x for w in waves]), "mm", "along the cable"),
        "activation": Column(np.concatenate([w.time for w in waves]), "ms", "activation time"),
    }
    sentences = tuple(_sentence(*one, isotropic or tissue.grid.ny == 1, options.tolerance) for one in found)
    return Outcome({"conduction": table, "tried": trials, "arrivals": arrivals}, sentences)


def wave_in(tissue: Preparation, at: tuple[int, int], diffusivity: float) -> Wave:
    """A plane wave in tissue like the cell (i, j), with this diffusivity [mm^2/ms]."""
    length, dx = space_constant(tissue, at, diffusivity), tissue.grid.spacing
    electrode = max(ELECTRODE * length, 2 * dx)
    begin = electrode + max(RUN_UP * length, LEAST * dx)
    end = begin + max(STRETCH * length, LEAST * dx)
    cable = tissue.cable(end + max(BEYOND * length, 0.5 * LEAST * dx), diffusivity, at)
    where = cable.mask(Left(electrode))
    needed = cable.threshold(where, PULSE)
    a, middle, b = (cable.at((x,)) for x in (begin, 0.5 * (begin + end), end))
    nothing = np.full(cable.grid.nx, np.nan)
    if not 0.0 < needed < np.inf:
        return Wave(np.nan, np.nan, np.nan, length, cable.grid.x, nothing)
    pulse = cable.pulses(where, STRENGTH * needed, duration=PULSE)
    trial = cable.trial([pulse], LONGEST_TRIAL, watched=cable.only(cable.at((cable.grid.width,))))
    times = trial.first()
    first, second, whole = (
        velocity_between(times, cable.grid.x, cable.grid.y, *pair)
        for pair in ((a, middle), (middle, b), (a, b))
    )
    return Wave(
        whole, (second - first) / whole, float(trial.upstroke[middle]), length, cable.grid.x, times[0]
    )


def _tuned(
    tissue: Preparation,
    at: tuple[int, int],
    diffusivity: float,
    wanted: float | None,
    tolerance: float,
    key: str,
) -> tuple[float, Wave, list[tuple[float, float]]]:
    """The diffusivity [mm^2/ms] that gives the wanted velocity, its wave, and what was tried: pairs of both.

    Raises Obstacles where none of them gives it.
    """
    D, tried = diffusivity, {}
    # With the lower one waves are too slow, or die; with the higher one they are too fast.
    low, high = (
        D * (cells * tissue.grid.spacing / space_constant(tissue, at, D)) ** 2 for cells in (COARSEST, FINEST)
    )
    while True:
        wave = wave_in(tissue, at, D)
        tried[D] = wave.velocity
        if wanted is None or not _excitable(wave) or abs(wave.velocity / wanted - 1.0) <= tolerance:
            break
        if wave.velocity > wanted:
            high = D
        else:
            low = D
        if high <= low * (1.0 + tolerance) or len(tried) == MOST_TRIALS:
            ends = [tried[end] for end in (low, high) if tried.get(end, 0.0) > 0.0]
            if ends and (low == high or len(ends) == 1):
                raise Obstacles([("tune", _limit(key, wanted, ends[-1]))])
            break
        D = min(max(D * (wanted / wave.velocity) ** 2 if wave.velocity > 0.0 else 4.0 * D, low), high)
        if D in tried:
            D = math.sqrt(low * high)
    return D, wave, list(tried.items())


def _limit(key: str, wanted: float, nearest: float) -> str:
    """Why a velocity is out of reach, from the one nearest to it that is not [mm/ms]."""
    if wanted < nearest:
        why = (
            f"the slowest is {nearest:.3g} mm/ms: below it waves die between cells, or the space constant is"
        )
        return f"{key}: {wanted:g} mm/ms is out of reach, {why} less than {COARSEST:g} cells - use a smaller spacing"
    why = f"{nearest:.3g} mm/ms take a space constant of {FINEST:g} cells, the most that is tried"
    return f"{key}: {wanted:g} mm/ms is out of reach, {why} - use a larger spacing"


def _excitable(wave: Wave) -> bool:
    """Whether a wave at least began."""
    return bool(np.isfinite(wave.time).any())


def _sentence(angle: float, D: float, wave: Wave, wanted: float | None, only: bool, tolerance: float) -> str:
    where = "" if only else f" {WORDS[angle]} the fibres"
    if not np.isfinite(wave.velocity):
        return f"The tissue does not conduct{where}, at a diffusivity of {D:.4g} mm^2/ms."
    text = f"A plane wave runs at {wave.velocity:.4g} mm/ms{where}, at a diffusivity of {D:.4g} mm^2/ms"
    if wanted is not None:
        reached = abs(wave.velocity / wanted - 1.0) <= tolerance
        text += "" if reached else f"; {wanted:g} mm/ms was not reached"
    return text + "."
