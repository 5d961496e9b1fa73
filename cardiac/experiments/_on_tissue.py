"""What is in the way of experiments on tissue, as (key, what is wrong - what to do), and what their searches tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cardiac.cell.search import Turn
from cardiac.experiments import Column, Obstacles
from cardiac.experiments._checks import Problems
from cardiac.preparation import Preparation
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


def current_of(tissue: Preparation, strength: Any, electrode: Any, duration: float) -> float:
    """A strength [A/F]: itself, or a multiple of the threshold of the uncoupled cells of an electrode (ny, nx)."""
    if not strength.of_threshold:
        return float(strength.value)
    return float(strength.value * tissue.threshold(electrode, duration))


def tried(found: Turn, name: str, unit: str, answer: str, about: str) -> dict[str, Column]:
    """The table of every value that a search tried, and what came of it."""
    values, answers = found.tried.T
    return {
        name: Column(values, unit, about),
        answer: Column(answers.astype(int), about=f"whether it {answer}"),
    }
