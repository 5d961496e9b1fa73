"""Isthmus: how narrow a channel into a sheet may be for a wave to come out of it.

The sheet left of `opening` conducts within a channel along x only, in the middle of its height. A wave starts at the
left end of the channel; where it opens, the few cells at its mouth must excite the many beyond, and below a critical
width they do not (Fast & Kleber, Cardiovasc. Res. 33:258, 1997). The width is a whole number of cells, and sought by
bisection. A width lets the wave pass if the `target` is activated, by default the middle of the right border.
Regions, such as one that makes the sheet beyond the opening harder to excite, are those of the config; channel widths
up to the height of the sheet are tried.

The maps are the activation times of the narrowest channel that lets a wave pass, and of the widest that does not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell.search import Turn, turn
from cardiac.config.quantities import Strength
from cardiac.experiments import Column, Obstacles, Outcome
from cardiac.experiments._checks import Problems, of_amount, of_strength, of_tolerance, refuse
from cardiac.experiments._electrodes import LONGEST_TRIAL, current_of
from cardiac.experiments._on_tissue import of_place, of_rest, of_target, refuse_obstacles, tried
from cardiac.preparation import Mask, Preparation, Trial
from cardiac.references import place, strength
from cardiac.tissue.shapes import Left
from cardiac.units import duration, extent, one

DOI = "10.1016/S0008-6363(96)00216-7"
OF = ("sheet",)


class Options(NamedTuple):
    """Where the channel opens, how wide and strong the stimulus at its left end is, where a wave must come.

    A strength of `3 x threshold` is a multiple of the threshold of the electrode's cells, uncoupled.
    """

    opening: extent | None = None
    electrode: extent = 1.0
    duration: duration = 2.0
    strength: strength = Strength(3.0, True)
    target: place | None = None
    tolerance: one = 0.01


def problems(options: Options, model: Any) -> Problems:
    """A search that makes no sense."""
    yield from of_amount("duration", options.duration, "ms")
    yield from of_tolerance(options.tolerance)
    yield from of_strength(options.strength)


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """An opening, an electrode or a target that is nowhere, or not where it can be."""
    opening = _opening(tissue, options)
    if not tissue.grid.spacing <= opening <= tissue.grid.width - tissue.grid.spacing:
        text = f"{opening:g} mm is not inside the tissue (0..{tissue.grid.width:g} mm)"
        yield "opening", f"{text} - the channel lies left of it, the sheet right of it"
        return
    if options.electrode >= opening:
        text = f"{options.electrode:g} mm is not shorter than the channel of {opening:g} mm"
        yield "electrode", f"{text} - use a shorter one"
    nowhere = [*of_place("electrode", tissue.mask, Left(options.electrode))]
    if options.target is not None:
        nowhere += of_place("target", tissue.at, options.target)
    yield from nowhere
    if options.target is not None and options.target[0] <= opening:
        yield "target", f"lies before the opening at {opening:g} mm - use a place beyond it"
    elif not nowhere:
        electrode = tissue.mask(Left(options.electrode))
        yield from of_target("target", tissue, electrode, _target(tissue, options))
    channel = _channel(tissue, 1, opening) & (tissue.grid.x < opening)
    if not channel[:, tissue.grid.x < opening].any(axis=0).all():
        yield "opening", "the middle of the channel does not conduct - remove the scar there"
        return
    if nowhere:
        return
    yield from of_rest("opening", tissue, _first(channel))
    if not np.isfinite(_current(tissue, options)):
        yield "strength", "a cell here has no threshold - give a strength in A/F"


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The critical width of the channel."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    opening, dx = _opening(tissue, options), tissue.grid.spacing
    current, target = _current(tissue, options), tissue.only(_target(tissue, options))
    arrivals: dict[float, float] = {}

    def wave(cut: Preparation, watched: Mask) -> Trial:
        pulse = cut.pulses(cut.mask(Left(options.electrode)), current, duration=options.duration)
        return cut.trial([pulse], LONGEST_TRIAL, watched=watched)

    def passes(width: float) -> bool:
        cut = tissue.cut(_channel(tissue, round(width / dx), opening))
        trial = wave(cut, target)
        arrivals[width] = float(trial.first()[target][0])
        if not np.isfinite(trial.first()[_mouth(cut, opening)]).any():
            text = f"a wave of this strength does not come to the opening of a channel of {width:.3g} mm"
            raise Obstacles([("strength", f"{text} - use a stronger one, or a channel that conducts")])
        return trial.reaches(target)

    height = tissue.grid.height
    found = turn(passes, 0.25 * height, least=dx, most=height, relative=options.tolerance, whole=dx)
    table = {
        "width": Column(np.array([found.high]), "mm", "least width that lets a wave pass"),
        "low": Column(np.array([found.low]), "mm", "largest width that does not"),
        "latency": Column(np.array([arrivals.get(found.high, np.nan)]), "ms", "from the pulse to the target"),
    }
    maps = {}
    for name, width, what in (
        ("passed", found.high, "activation time, least width that lets a wave pass"),
        ("stopped", found.low, "activation time, largest width that does not"),
    ):
        if 0.0 < width < np.inf:
            cut = tissue.cut(_channel(tissue, round(width / dx), opening))
            maps[f"activation_{name}"] = Column(wave(cut, cut.conducting).first(), "ms", what)
            conducts = cut.conducting.astype(float)
            maps[f"conducts_{name}"] = Column(conducts, "1", "whether a cell conducts, in that channel")
    tables = {"isthmus": table, "tried": tried(found, "width", "mm", "passed", "of the channel")}
    return Outcome(tables, (_sentence(found, height),), maps=maps)


def _opening(tissue: Preparation, options: Options) -> float:
    return 0.5 * tissue.grid.width if options.opening is None else options.opening


def _target(tissue: Preparation, options: Options) -> tuple[int, int]:
    """The cell (i, j) where a wave must come: by default that nearest to the middle of the right border it can."""
    if options.target is not None:
        return tissue.at(options.target)
    middle = tissue.grid.cell_at((tissue.grid.width, 0.5 * tissue.grid.height))
    beyond = tissue.joined(tissue.mask(Left(options.electrode))) & (tissue.grid.x > _opening(tissue, options))
    places = np.argwhere(beyond) if beyond.any() else np.array([middle])
    i, j = places[int(np.argmin(np.hypot(*(places - middle).T)))].tolist()
    return i, j


def _channel(tissue: Preparation, cells: int, opening: float) -> Mask:
    """What conducts (ny, nx) with a channel this many cells wide."""
    lowest = (tissue.grid.ny - cells) // 2
    inside = np.zeros(tissue.grid.shape, dtype=bool)
    inside[lowest : lowest + cells] = True
    return (inside | (tissue.grid.x > opening)) & tissue.conducting


def _mouth(cut: Preparation, opening: float) -> Mask:
    """The cells (ny, nx) just before the opening."""
    column = int(np.flatnonzero(cut.grid.x < opening)[-1])
    mouth: Mask = cut.conducting & (np.arange(cut.grid.nx) == column)
    return mouth


def _current(tissue: Preparation, options: Options) -> float:
    """The strength of the stimulus [A/F]; infinite where its threshold is."""
    return current_of(tissue, options.strength, tissue.mask(Left(options.electrode)), options.duration)


def _first(cells: Mask) -> tuple[int, int]:
    i, j = np.argwhere(cells)[0].tolist()
    return i, j


def _sentence(found: Turn, height: float) -> str:
    if not np.isfinite(found.high):
        return f"No channel lets a wave pass, up to the height of the sheet, {height:g} mm."
    if found.low == 0.0:
        return f"A channel of a single cell, {found.high:g} mm, lets a wave pass."
    passed, stopped = f"{found.high:.4g} mm", f"{found.low:.4g} mm"
    return f"The narrowest channel that lets a wave pass is {passed} wide; one of {stopped} does not."
