"""A sweep as it was meant: its base, its axes, and how they are combined."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from cardiac.config.context import Context
from cardiac.config.document import Document, read_text
from cardiac.config.figures import FigureUse, PanelUse
from cardiac.config.messages import ConfigError, Problem, faults_of
from cardiac.sweeps import collect
from cardiac.sweeps.answers import mismatch
from cardiac.sweeps.axes import Axis, Value
from cardiac.sweeps.cases import Base, Case
from cardiac.sweeps.file import MOST_CASES, SweepFile

DESCRIPTIVE = ("title", "about", "reference", "figures")  # keys that say nothing about what is computed


@dataclass(frozen=True)
class Plan:
    """What a sweep file means."""

    path: Path  # the file, as it was named
    document: Document
    keys: SweepFile
    base: Base
    axes: tuple[Axis, ...]  # with all values that are known before anything has run
    definition: dict[str, Any]  # what decides the results, as JSON keeps it

    @property
    def title(self) -> str:
        """The title of the sweep, or that of its base."""
        return self.keys.title or self.base.config.title

    @property
    def sampled(self) -> bool:
        """Whether the cases are no grid of the axes, but a list."""
        return bool(self.keys.random or self.keys.latin_hypercube)

    @property
    def dimensions(self) -> dict[str, tuple[Axis, ...]]:
        """The dimensions of the table of results: one for each axis, or for axes that go together."""
        if self.sampled:
            return {"case": self.axes}
        together = tuple(axis for axis in self.axes if axis.name in self.keys.zip)
        alone = {axis.name: (axis,) for axis in self.axes if axis not in together}
        return ({together[0].name: together} if together else {}) | alone

    @property
    def along(self) -> Axis | None:
        """The axis along which a boundary is searched."""
        return next((a for a in self.axes if self.keys.find and a.name == self.keys.find.along), None)

    def cases(self) -> list[Case]:
        """All cases that are known before anything has run.

        Of a search, these are the ends of its axis; of a grid that is refined, the coarse one.
        """
        return [self.case(at) for at in product(*self.indices())]

    def indices(self) -> list[range]:
        """The indices of `cases` along each dimension."""
        steps = [self.stride if together[0].continuous else 1 for together in self.dimensions.values()]
        lengths = map(_length, self.dimensions.values())
        return [range(0, length, step) for length, step in zip(lengths, steps, strict=True)]

    @property
    def stride(self) -> int:
        """Of a grid that is refined: how many fine steps a coarse one has."""
        return 2**self.keys.refine.times if self.keys.refine else 1

    def case(self, at: Sequence[int]) -> Case:
        """The case at these indices along the dimensions."""
        chosen = {
            axis.name: (axis.values or _ends(axis))[at[i]]
            for i, together in enumerate(self.dimensions.values())
            for axis in together
        }
        return Case(self.axes, tuple(chosen[axis.name] for axis in self.axes))


def _length(together: tuple[Axis, ...]) -> int:
    return len(together[0].values or _ends(together[0]))


def _ends(axis: Axis) -> tuple[Value, ...]:
    """The ends of the axis along which a boundary is searched."""
    assert axis.span is not None
    return tuple(map(axis.at, axis.span))


def load(path: str | os.PathLike[str]) -> Plan:
    """The sweep in a file, every case of it valid; raises ConfigError with all problems."""
    file = Path(path)
    document = Document(read_text(file), str(path))
    keys = _keys(document, file.parent)
    base_text = read_text(keys.base)
    base = Base(Document(base_text, str(keys.base)), keys.base.parent)
    axes = tuple(_axes(keys))
    definition = {key: part for key, part in document.data.items() if key not in (*DESCRIPTIVE, "base")}
    definition |= {"base": base.config.resolved(), "digest": base.config.digest}
    plan = Plan(file, document, keys, base, axes, json.loads(json.dumps(definition)))
    problems = list(_problems(plan, document))
    if not any(problem.path == "sweep" for problem in problems):  # or there are too many to look at
        problems += base.problems(plan.cases(), document)
    if problems:
        raise ConfigError(problems)
    return plan


def figures(path: str | os.PathLike[str]) -> tuple[FigureUse | PanelUse, ...]:
    """The figures that a file asks for; raises ConfigError."""
    return figures_of(read_text(Path(path)), Path(path))


def figures_of(text: str, path: Path) -> tuple[FigureUse | PanelUse, ...]:
    """The same of the text of a file, as if it stood at `path`."""
    return _keys(Document(text, str(path)), path.parent).figures


def _keys(document: Document, folder: Path) -> SweepFile:
    problems: list[Problem] = list(document.problems)
    if "base" not in document.data and "run" in document.data:
        text = f'is a config, not a sweep of one: it has no base - "cardiac run {document.name}" runs it'
        raise ConfigError([Problem("", text, document.name)])
    try:
        keys = SweepFile.model_validate(document.data, context=Context(document.data, folder))
    except ValidationError as error:
        found = [document.problem(path, text, kind) for path, text, kind in faults_of(error)]
        problems += dict.fromkeys(found)
    if problems:
        raise ConfigError(problems)
    return keys


def _axes(keys: SweepFile) -> Iterator[Axis]:
    """The axes with their values: those of a sample drawn, those of a refined grid at its finest."""
    axes = [section.axis(name) for name, section in keys.sweep.items()]
    if keys.random:
        random = np.random.default_rng(keys.random.seed)
        points = random.random((keys.random.count, len(axes)))
        yield from _sampled(axes, points)
    elif keys.latin_hypercube:
        random = np.random.default_rng(keys.latin_hypercube.seed)
        n = keys.latin_hypercube.count
        strata = np.stack([random.permutation(n) for _ in axes], axis=1)
        yield from _sampled(axes, (strata + random.random((n, len(axes)))) / n)
    elif keys.refine:
        for axis in axes:
            count = (len(axis.values) - 1) * 2**keys.refine.times + 1
            yield axis.divided(count) if axis.continuous else axis
    else:
        for axis in axes:
            searched = keys.find is not None and axis.name == keys.find.along
            yield Axis(axis.name, axis.keys, axis.unit, (), axis.span, axis.log) if searched else axis


def _sampled(axes: list[Axis], points: Any) -> Iterator[Axis]:
    """The axes with values at these points (cases, axes) of the unit cube."""
    for axis, column in zip(axes, points.T, strict=True):
        if axis.span:
            low, high = map(axis.measure, axis.span)
            values = [axis.at(axis.number(low + (high - low) * u)) for u in column]
        else:
            values = [axis.values[int(u * len(axis.values))] for u in column]
        yield Axis(axis.name, axis.keys, axis.unit, tuple(values), axis.span, axis.log)


def _problems(plan: Plan, document: Document) -> Iterator[Problem]:
    """What cannot be, although every key by itself can."""
    for i, path in enumerate(plan.keys.collect):
        if text := collect.unknown(path, plan.base.config):
            at = ("collect", i)
            yield document.problem(at if at in document else ("collect",), text)
    for key in ("find", "refine"):
        asked: Any = getattr(plan.keys, key)
        unit = collect.unit(asked.boundary_of, plan.base.config) if asked and asked.level else None
        if unit is not None and (text := mismatch(asked.level, unit)):
            yield document.problem((key, "level"), text)
    seen: dict[str, str] = {}
    for axis in plan.axes:
        for key in axis.keys:
            if key in seen:
                text = f"{key} is set by the axis {seen[key]} too - remove one"
                yield document.problem(("sweep", axis.name, "set"), text)
            seen[key] = axis.name
    count = math.prod(map(len, plan.indices()))
    if count > MOST_CASES:
        text = f"{count:,} cases are too many (at most {MOST_CASES:,}) - use fewer values"
        yield document.problem(("sweep",), text, "key")
