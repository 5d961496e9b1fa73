"""The results of a sweep: a table along its axes, and a summary that opens in a spreadsheet."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from cardiac.storage import environment
from cardiac.storage.sweeps import BESIDE, Gridded, write_sweep
from cardiac.storage.tidy import cell, head
from cardiac.sweeps.answers import answer
from cardiac.sweeps.axes import Axis
from cardiac.sweeps.cases import Case
from cardiac.sweeps.exact import boundary
from cardiac.sweeps.plan import Plan
from cardiac.sweeps.records import Record
from cardiac.sweeps.search import Found
from cardiac.sweeps.strategies import Boundaries, Refinement, Strategy

NOT_RUN = "not run"
EXACT = "exact"  # where the boundary is in theory, if that is known

Contents = dict[str, Gridded]


def write(path: Path, plan: Plan, strategy: Strategy, records: Mapping[str, Record]) -> None:
    """Write the table of a sweep into the file `path`, and NAME.summary.csv beside it."""
    if isinstance(strategy, Boundaries):
        contents = _boundaries(plan, strategy, records)
        rows = _boundary_rows(strategy, contents)
    else:
        contents = _grid(plan, strategy, records)
        rows = _case_rows(plan, strategy.cases, records)
    full = _resolution(plan)
    attributes = {name: value for name, value in environment().items() if value != ""} | {
        "title": plan.title,
        "about": plan.keys.about or "",
        "reference": plan.keys.reference or "",
        "written": plan.document.text,
        "definition": json.dumps(plan.definition),
        "runs": len(records),
        "runs_of_full_grid": full,
    }
    attributes["logarithmic"] = " ".join(axis.name for axis in plan.axes if axis.log)
    if asked := plan.keys.find or plan.keys.refine:
        attributes["boundary_of"] = asked.boundary_of
    if isinstance(strategy, Refinement):
        attributes["remark"] = _turning(plan, contents["answer"].values)
    if plan.along is not None:
        attributes["along"] = plan.along.name
    write_sweep(path, contents, attributes)
    with path.with_name(f"{plan.path.stem}.summary.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _resolution(plan: Plan) -> int:
    """The cases of a full grid that is as fine as what was looked for."""
    axes = [together[0] for together in plan.dimensions.values()]
    counts = [len(axis.values) for axis in axes if axis is not plan.along]
    if plan.along is not None and plan.keys.find is not None:
        counts.append(_points(plan.along, plan.keys.find.tolerance.number, plan.keys.find.tolerance.unit))
    return math.prod(counts)


def _points(axis: Axis, tolerance: float, unit: str) -> int:
    """How many points an axis has at a tolerance [unit]: of a part, at the mean of its values without sign."""
    assert axis.span is not None
    low, high = sorted(axis.span)
    if unit or not axis.log:
        mean = 0.5 * (high * abs(high) - low * abs(low)) / (high - low)
        step = tolerance if unit else tolerance * mean
        return math.ceil((high - low) / step) + 1
    return math.ceil(math.log(high / low) / math.log1p(tolerance)) + 1


def _coordinates(plan: Plan, dimensions: Mapping[str, Sequence[Axis]]) -> Contents:
    """The axes: each a dimension, or beside the first of those that go together."""
    found: Contents = {}
    for name, together in dimensions.items():
        if name == "case":
            found["case"] = Gridded(("case",), np.arange(1, len(together[0].values) + 1), "", "case")
        for axis in together:
            values = _column([value.at for value in axis.values])
            about = ", ".join(axis.keys) if axis.name == name else BESIDE
            found[axis.name] = Gridded((name,), values, axis.unit, about)
    return found


def _grid(plan: Plan, strategy: Strategy, records: Mapping[str, Record]) -> Contents:
    """Everything that was collected, along the axes."""
    dimensions = plan.dimensions
    lengths = [len(together[0].values) for together in dimensions.values()]
    found = [records.get(plan.case(at).name) for at in product(*map(range, lengths))]
    contents = _coordinates(plan, dimensions)
    for name, one in _columns(plan, found).items():
        contents[name] = one._replace(dimensions=tuple(dimensions), values=one.values.reshape(lengths))
    if isinstance(strategy, Refinement):
        said = np.full(lengths, "", object)
        for at in product(*map(range, lengths)):
            said[at] = strategy.answer(at) or ""
        contents["answer"] = Gridded(tuple(dimensions), said, "", f"answer of {strategy.keys.boundary_of}")
    return contents


def _turning(plan: Plan, answers: Any) -> str:
    """Of a refined grid, the lines along which the answer changes more than once: islands may have been missed."""
    for k, (axis, *_) in enumerate(plan.dimensions.values()):
        lines = np.moveaxis(answers, k, -1).reshape(-1, len(axis.values)) if axis.continuous else ()
        turning = [parts for line in lines if len(parts := _parts(axis, line)) > 2]
        if turning:
            count = f"{len(turning)} of {len(lines)} lines"
            told = f"not monotone along {axis.name} on {count}, as {', '.join(turning[0])} on"
            return f"{told}; what is smaller than a coarse cell may have been missed"
    return ""


def _parts(axis: Axis, answers: Iterable[str]) -> list[str]:
    """The different answers along a line, and from where on they hold."""
    known = [(said, value.label) for said, value in zip(answers, axis.values, strict=True) if said]
    return [
        f"{said} from {label}" for k, (said, label) in enumerate(known) if not k or said != known[k - 1][0]
    ]


def _columns(plan: Plan, records: Sequence[Record | None]) -> Contents:
    """A column for everything that was collected of cases, and for what became of them."""
    found: Contents = {}
    done = [record for record in records if record is not None and record.done]
    for path in plan.keys.collect:
        texts = any(isinstance(record.values[path].value, str) for record in done)
        unit = next((record.values[path].unit for record in done), "")
        nothing: Any = "" if texts else math.nan
        values = [r.values[path].value if r is not None and r.done else nothing for r in records]
        found[path] = Gridded(("case",), _column(values), unit, path)
    states = [NOT_RUN if record is None else record.state for record in records]
    messages = ["" if record is None else record.message for record in records]
    seconds = [math.nan if record is None else record.seconds for record in records]
    found["state"] = Gridded(("case",), _column(states), "", "what became of the case")
    found["message"] = Gridded(("case",), _column(messages), "", "why it failed")
    found["seconds"] = Gridded(("case",), _column(seconds), "s", "wall time")
    return found


def _column(values: Sequence[Any]) -> Any:
    """Numbers as numbers, texts as objects."""
    texts = any(isinstance(value, str) for value in values)
    return np.array([str(v) for v in values], object) if texts else np.array(values, float)


def _boundaries(plan: Plan, strategy: Boundaries, records: Mapping[str, Record]) -> Contents:
    """The boundary along the other axes, and the points that were run."""
    axis = strategy.axis
    dimensions = {n: together for n, together in plan.dimensions.items() if axis not in together}
    lengths = [len(together[0].values) for together in dimensions.values()]
    found = [strategy.found(at) for at in product(*map(range, lengths))]
    contents = _coordinates(plan, dimensions)
    about = {
        "boundary": f"{axis.name} at which {strategy.keys.boundary_of} changes",
        "low": "lower end of its bracket",
        "high": "upper end of its bracket",
        "below": f"answer at the lower end of {axis.name}",
        "above": f"answer at the upper end of {axis.name}",
        "runs": "cases on which it rests",
        "remark": "what is not as it should be",
    }
    for k, name in enumerate(Found._fields):
        values = _column([one[k] for one in found]).reshape(lengths)
        unit = axis.unit if name in ("boundary", "low", "high") else ""
        contents[name] = Gridded(tuple(dimensions), values, unit, about[name])
    places = product(*map(range, lengths))
    exact = [boundary(plan, axis, strategy.case(at, axis.span[0])) for at in places] if axis.span else []
    if not np.isnan(exact).all():
        known = np.array(exact).reshape(lengths)
        contents[EXACT] = Gridded(
            tuple(dimensions), known, axis.unit, f"{axis.name} at which it does in theory"
        )
    cases = [case for case in strategy.cases if case.name in records]  # not those that an early end left out
    contents["case"] = Gridded(("case",), np.arange(1, len(cases) + 1), "", "case")
    for k, own in enumerate(plan.axes):
        values = _column([case.values[k].at for case in cases])
        contents[f"case.{own.name}"] = Gridded(("case",), values, own.unit, ", ".join(own.keys))
    for name, one in _columns(plan, [records.get(case.name) for case in cases]).items():
        contents[f"case.{name}"] = one
    keys = strategy.keys
    said = [answer(records[case.name], keys.boundary_of, keys.level) or "" for case in cases]
    contents["case.answer"] = Gridded(("case",), np.array(said, object), "", f"answer of {keys.boundary_of}")
    return contents


def _case_rows(plan: Plan, cases: Iterable[Case], records: Mapping[str, Record]) -> Iterator[list[Any]]:
    """A row for each case that was run."""
    cases = [case for case in cases if case.name in records]
    columns = _columns(plan, [records[case.name] for case in cases])
    heads = [head(axis.name, axis.unit) for axis in plan.axes]
    yield [*heads, *(head(name, one.unit) for name, one in columns.items())]
    for k, case in enumerate(cases):
        yield [*(value.at for value in case.values), *(cell(one.values[k]) for one in columns.values())]


def _boundary_rows(strategy: Boundaries, contents: Contents) -> Iterator[list[Any]]:
    """A row for each combination of the other axes."""
    axes = [axis for together in strategy.others for axis in together]
    names = [name for name in (*Found._fields, EXACT) if name in contents]
    heads = (strategy.axis.name if name == "boundary" else name for name in names)
    units = (contents[name].unit for name in names)
    yield [*(head(axis.name, axis.unit) for axis in axes), *map(head, heads, units)]
    for at in product(*(range(len(together[0].values)) for together in strategy.others)):
        others = [
            axis.values[k].at for k, together in zip(at, strategy.others, strict=True) for axis in together
        ]
        values = (contents[name].values[at] for name in names)
        yield [*others, *(int(v) if n == "runs" else cell(v) for n, v in zip(names, values, strict=True))]
