"""What is in the way of experiments on tissue, as (key, what is wrong - what to do), and how searches are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cardiac.cell import rest
from cardiac.cell.search import Turn
from cardiac.experiments import Column, Obstacles
from cardiac.experiments._checks import Problems
from cardiac.experiments._places import FAR, electrotonic_distance, farthest
from cardiac.preparation import Mask, Preparation
from cardiac.references import shape
from cardiac.tissue import RegionError


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


def of_point(tissue: Preparation, key: str, cells: Mask, point: tuple[float, ...] | None) -> Problems:
    """A point outside, cut off, or so near to an electrode that its current reaches it; None: the farthest."""
    if point is not None:
        found = list(of_place(key, tissue.at, point)) or list(of_target(key, tissue, cells, tissue.at(point)))
        yield from found
        if found:
            return
    cell = farthest(tissue, cells) if point is None else tissue.at(point)
    far = electrotonic_distance(tissue, cells)[cell]
    if far < FAR:
        told = "is" if point else "the tissue ends"
        todo = "take one farther away" if point else "use longer tissue, or an electrode at its end"
        yield key, f"{told} {far:.2g} space constants from the electrode, {FAR:g} are needed - {todo}"


def tried(found: Turn, name: str, unit: str, answer: str, about: str) -> dict[str, Column]:
    """The table of every value that a search tried, and what came of it."""
    values, answers = found.tried.T
    return {
        name: Column(values, unit, about),
        answer: Column(answers.astype(int), about=f"whether it {answer}"),
    }
