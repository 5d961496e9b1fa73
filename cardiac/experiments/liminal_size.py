"""Liminal size: the smallest piece of resting tissue which, suddenly depolarized, starts a wave that gets away.

The piece is displaced `to` a potential at t = 0, by default to the peak of an action potential, and then left alone:
of a cable a segment (Rushton, Proc. R. Soc. B 124:210, 1937; Noble, J. Physiol. 226:573, 1972; Fozzard & Schoenberg,
J. Physiol. 226:593, 1972), of a sheet a disk (Lindemans & Denier van der Gon, Cardiovasc. Res. 12:477, 1978). Its
border cells are displaced by the part of them that belongs to it, so that it can be smaller than a cell. By default
it lies at the left end of a cable, where a segment is half of one in the middle of a long cable: that is the length
that is told; of a sheet it lies in the middle.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import response
from cardiac.cell.search import Turn, turn
from cardiac.experiments import Array, Column, Outcome
from cardiac.experiments._checks import Problems, of_tolerance, refuse
from cardiac.experiments._electrodes import LONGEST_TRIAL
from cardiac.experiments._on_tissue import of_coupling, of_place, of_rest, refuse_obstacles, tried
from cardiac.experiments._places import FAR, space_constant
from cardiac.preparation import Preparation, Trial
from cardiac.references import place
from cardiac.units import mV, one

DOI = "10.1093/cvr/12.8.477"
KEEPS = ("activation",)
LEAST = 0.01  # cells: radius down to which is sought


class Options(NamedTuple):
    """The potential that the piece is given, where its middle lies, and how closely its size is bracketed."""

    to: mV | None = None
    at: place | None = None
    tolerance: one = 0.005


def problems(options: Options, model: Any) -> Problems:
    """A search that makes no sense."""
    yield from of_tolerance(options.tolerance)


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """A place that is none, tissue too small for the piece and a wave, a potential that depolarizes nothing."""
    at = _middle(tissue, options)
    found = [*of_place("at", tissue.at, at)]
    if not found:
        found = [*of_rest("at", tissue, tissue.at(at)), *of_coupling("at", tissue, tissue.at(at))]
    if found:
        yield from found
        return
    cell = tissue.at(at)
    length = space_constant(tissue, cell, max(tissue.diffusivity(cell)))
    if not _room(tissue, at) > FAR * length + tissue.grid.spacing:
        yield "at", f"no tissue is {FAR:g} space constants ({FAR * length:.3g} mm) away - use larger tissue"
    if options.to is None and not np.isfinite(response(tissue.cell(cell)).V_peak):
        yield "to", "no pulse excites a cell here - give the potential"
    V_rest = float(tissue.V_rest[cell])
    if options.to is not None and not options.to > V_rest:
        yield "to", f"{options.to:g} mV is not above the resting potential, {V_rest:.2f} mV"


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The liminal length of a cable, or area of a sheet."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    at = _middle(tissue, options)
    cell, distance, dx = tissue.at(at), _distance(tissue, at), tissue.grid.spacing
    to = response(tissue.cell(cell)).V_peak if options.to is None else options.to
    piece = tissue.joined(tissue.only(cell))
    reach = np.where(piece, distance, -np.inf)
    i, j = np.unravel_index(int(np.argmax(reach)), reach.shape)
    farthest = tissue.only((int(i), int(j)))

    def displaced(radius: float) -> Array:
        part: Array = np.clip((radius - distance) / dx + 0.5, 0.0, 1.0)
        return part

    def trial(radius: float, watched: Any) -> Trial:
        part = displaced(radius)
        V = tissue.V_rest + part * (to - tissue.V_rest)
        return tissue.trial([], LONGEST_TRIAL, start=tissue.displaced(piece, V), watched=watched)

    length = space_constant(tissue, cell, max(tissue.diffusivity(cell)))
    most = float(reach.max()) - FAR * length
    found = turn(
        lambda radius: trial(radius, farthest).reaches(farthest),
        min(0.5 * length, 0.5 * most),
        least=LEAST * dx,
        most=most,
        relative=options.tolerance,
    )
    sheet = tissue.grid.ny > 1
    size, unit = found.middle, "mm^2" if sheet else "mm"
    if found.found:
        halved = not sheet and tissue.grid.position(at)[0] in (0.0, tissue.grid.width)
        size = (
            float(displaced(found.middle)[piece].sum()) * dx ** (2 if sheet else 1) * (2.0 if halved else 1.0)
        )
    raised = to - float(tissue.V_rest[cell])
    table = {
        "size": Column(np.array([size]), unit, "liminal area" if sheet else "liminal length"),
        "radius": Column(
            np.array([found.middle]), "mm", "liminal radius" if sheet else "half the liminal length"
        ),
        "low": Column(np.array([found.low]), "mm", "largest radius that starts no wave"),
        "high": Column(np.array([found.high]), "mm", "least radius that starts one"),
        "V": Column(np.array([to]), "mV", "potential of the piece"),
        "charge": Column(np.array([size * raised]), f"mV {unit}", "charge per capacitance"),
        "lambda": Column(np.array([length]), "mm", "space constant"),
    }
    wave = trial(found.high if np.isfinite(found.high) else found.low, piece)
    maps = {"activation_time": Column(wave.first()[np.newaxis], "ms", "activation time")}
    tables = {"liminal_size": table, "tried": tried(found, "radius", "mm", "excited", "of the piece")}
    return Outcome(tables, (_sentence(found, size, unit, to, length),), maps=maps)


def _middle(tissue: Preparation, options: Options) -> tuple[float, ...]:
    if options.at is not None:
        return options.at
    return (0.0,) if tissue.grid.ny == 1 else (0.5 * tissue.grid.width, 0.5 * tissue.grid.height)


def _distance(tissue: Preparation, at: tuple[float, ...]) -> Any:
    """Distance (ny, nx) of each cell from a place [mm]."""
    x, y = tissue.grid.position(at)
    across = tissue.grid.y - y if tissue.grid.ny > 1 else np.zeros(1)
    return np.hypot(tissue.grid.x[np.newaxis, :] - x, across[:, np.newaxis])


def _room(tissue: Preparation, at: tuple[float, ...]) -> float:
    """How far away a wave from a place can come [mm]."""
    return float(_distance(tissue, at)[tissue.joined(tissue.only(tissue.at(at)))].max())


def _sentence(found: Turn, size: float, unit: str, to: float, length: float) -> str:
    if not np.isfinite(found.high):
        return f"No piece of tissue at {to:.1f} mV that has room here starts a wave."
    if found.low == 0.0:
        return (
            f"A piece of {found.high:.2g} mm at {to:.1f} mV, the least that was tried, starts a wave already."
        )
    what = "The liminal area" if unit == "mm^2" else "The liminal length"
    in_space_constants = (
        f", a radius of {found.middle / length:.3g} space constants" if unit == "mm^2" else ""
    )
    if unit == "mm":
        in_space_constants = f", {size / length:.3g} space constants"
    return f"{what} is {size:.4g} {unit} at {to:.1f} mV{in_space_constants}."
