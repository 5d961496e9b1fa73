"""What is in the way of experiments on tissue, as (key, what is wrong - what to do), and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from cardiac.analysis import space_constant
from cardiac.cell import rest
from cardiac.cell.search import Turn
from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Obstacles
from cardiac.experiments._checks import Problems
from cardiac.experiments.rest import Options as Resistance
from cardiac.experiments.rest import input_resistance
from cardiac.preparation import Mask, Preparation
from cardiac.references import shape
from cardiac.tissue import RegionError

LONGEST_TRIAL = 5000.0  # ms; nearly all end long before, when everything is quiet
UNCOUPLED = 1e-12  # of the largest diffusivity: one of 0 would make distances infinite
FAR = 4.0  # space constants, beyond which a wave has left its electrode


def refuse_obstacles(found: Iterable[tuple[str, str]]) -> None:
    """Raise Obstacles with all of them, if there are any."""
    if told := tuple(found):
        raise Obstacles(told)


def of_place(key: str, find: Callable[[Any], Any], where: Any) -> Problems:
    """A shape or point that is nowhere: `find` is `tissue.mask` or `tissue.at`."""
    try:
        find(where)
    except RegionError as error:
        yield key, str(error)


def of_rest(key: str, tissue: Preparation, at: tuple[int, int]) -> Problems:
    """Tissue without a resting potential."""
    if why := rest(tissue.cell(at)).reasons[0]:
        yield key, f"{why.removesuffix('.')} - this needs tissue that rests"


def of_coupling(key: str, tissue: Preparation, at: tuple[int, int]) -> Problems:
    """A cell (i, j) from which no wave can start, as no current flows to its neighbours."""
    if not max(tissue.diffusivity(at)) > 0.0:
        yield key, "cells that are not coupled do not conduct - give the tissue a diffusivity above 0"


def of_electrode(key: str, tissue: Preparation, electrode: shape) -> Problems:
    """An electrode that is nowhere, or on tissue that is not coupled."""
    found = list(of_place(key, tissue.mask, electrode))
    yield from found or of_coupling(key, tissue, tissue.like_most(tissue.mask(electrode)))


def of_target(key: str, tissue: Preparation, electrode: Mask, at: tuple[int, int]) -> Problems:
    """A place (i, j) to which no wave from an electrode can come."""
    if not tissue.joined(electrode)[at]:
        text = "is cut off from the electrode by tissue that does not conduct"
        yield key, f"{text} - take a place on the same side of it"


def of_regions(key: str, tissue: Preparation) -> Problems:
    """Tissue with cells, like most of a region or of what is in none, that have no resting potential."""
    for name, at in tissue.typical.items():
        if tissue.conducting[at]:
            for own, text in of_rest(key, tissue, at):
                yield own, f'region "{name}": {text}' if name else text


def current_of(tissue: Preparation, strength: Strength, electrode: Mask, duration: float) -> float:
    """A strength [A/F]: itself, or a multiple of the threshold of the uncoupled cells of an electrode (ny, nx)."""
    if not strength.of_threshold:
        return strength.value
    return strength.value * tissue.threshold(electrode, duration)


def membrane_time_constant(tissue: Preparation, at: tuple[int, int]) -> float:
    """R_in C [ms] of the cell (i, j) at rest."""
    return float(input_resistance(tissue.cell(at), Resistance())[0])


def electrotonic_length(tissue: Preparation, at: tuple[int, int], diffusivity: float) -> float:
    """sqrt(D tau_m) [mm] of tissue like the cell (i, j), with a diffusivity D [mm^2/ms]."""
    return float(space_constant(diffusivity, 1.0 / membrane_time_constant(tissue, at)))


def electrotonic_distance(tissue: Preparation, electrode: Mask) -> Array:
    """Distance (ny, nx) of each cell from an electrode on coupled tissue, in space constants of its direction."""
    from scipy.spatial import KDTree

    at = tissue.like_most(electrode)
    xx, xy, yy = (float(np.broadcast_to(part, tissue.grid.shape)[at]) for part in tissue.tensor)
    values, axes = np.linalg.eigh([[xx, xy], [xy, yy]])
    values = np.maximum(values, UNCOUPLED * values[-1])
    metric = axes / np.sqrt(values * membrane_time_constant(tissue, at))
    x, y = np.meshgrid(tissue.grid.x, tissue.grid.y)
    places = np.column_stack([x.ravel(), y.ravel()]) @ metric
    found, _ = KDTree(places[electrode.ravel()]).query(places)
    distance: Array = found.reshape(tissue.grid.shape)
    return distance


def tried(found: Turn, name: str, unit: str, answer: str, about: str) -> dict[str, Column]:
    """The table of every value that a search tried, and what came of it."""
    values, answers = found.tried.T
    return {
        name: Column(values, unit, about),
        answer: Column(answers.astype(int), about=f"whether it {answer}"),
    }
