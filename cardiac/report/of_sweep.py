"""The report of a sweep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cardiac import models
from cardiac.config import ConfigError, FigureUse, PanelUse, dumps
from cardiac.figures import sweeps as figures
from cardiac.report.methods import methods
from cardiac.report.page import Finding, Page, Rows, Text
from cardiac.report.pictures import pictures
from cardiac.report.tables import provenance, rows, value, with_unit
from cardiac.report.wording import spoken
from cardiac.storage.tidy import Column, tidy
from cardiac.sweeps.plan import figures_of
from cardiac.table import SweepTable
from cardiac.typesetting import symbol, typeset

_CASE = "case."  # before the columns of the points that a search has run


def page(table: SweepTable) -> Page:
    """Everything about a sweep."""
    definition = json.loads(table.attributes["definition"])
    config = definition.pop("base")
    asked = _asked(table)
    drawn, not_drawn = pictures(table, asked or map(FigureUse, _suiting(table)), figures.summary)
    written = methods(config, table.attributes, {}, others=_models(table))
    return Page(
        kind="sweep",
        title=table.title,
        about=str(table.attributes.get("about") or config.get("about") or ""),
        reference=str(table.attributes.get("reference") or config.get("reference") or ""),
        file=table.path.name,
        findings=list(_findings(table)),
        player=None,
        pictures=drawn,
        not_drawn=not_drawn if asked else (),
        tables=list(_tables(table, definition)),
        failures=[
            f"{message} ({times} cases)" if times > 1 else message
            for message, times in _counted(table.failures)
        ],
        warnings=(),
        texts=[
            Text("As it was written", str(table.attributes.get("written") or dumps(definition))),
            Text("The config that is varied, with every default", dumps(config), folded=True),
        ],
        numerics=Rows("", (), ()),
        provenance=Rows("How it came about", (), list(provenance(table.attributes, table.path))),
        methods=[*written.paragraphs, *_varied(definition)],
        citations=written.citations,
    )


def _asked(table: SweepTable) -> Sequence[FigureUse | PanelUse]:
    """The figures that the sweep asks for."""
    try:
        return figures_of(str(table.attributes.get("written", "")), table.path)
    except ConfigError:  # its base is not here
        return ()


def _suiting(table: SweepTable) -> list[str]:
    """Figures to be tried where none is asked for; what a search has found is all in one."""
    return ["phase_diagram"] if "boundary" in table.contents else figures.names()


def _models(table: SweepTable) -> tuple[str, ...]:
    """The models that an axis goes through."""
    known = set(models.names())
    texts = (one.values for one in table.contents.values() if one.values.dtype.kind == "O")
    return tuple(dict.fromkeys(name for values in texts for name in values.ravel().tolist() if name in known))


def _findings(table: SweepTable) -> Iterator[Finding]:
    yield Finding(table.effort)
    yield from map(Finding, table.ranges)
    if table.remark:
        yield Finding(table.remark)
    if table.fruitless:
        yield Finding(f"no boundary was found along {table.along}")


def _counted(messages: list[str]) -> list[tuple[str, int]]:
    return [(message, messages.count(message)) for message in dict.fromkeys(messages)]


def _tables(table: SweepTable, definition: Mapping[str, Any]) -> Iterator[Rows]:
    """The boundary, the axes, the cases."""
    found = tidy(table.contents)
    for columns in found.values():
        if "boundary" in columns:
            named = {table.along if n == "boundary" else n: column for n, column in columns.items()}
            yield _shown(f"Where {table.boundary_of} changes", named)
    yield Rows("Axes", ("", "from", "to", "values", "what it sets"), list(_axes(table, definition)))
    for dimensions, columns in found.items():
        if "boundary" not in columns and dimensions:
            named = {name.removeprefix(_CASE): column for name, column in columns.items() if name != "case"}
            yield _shown("Cases", named)


def _shown(title: str, columns: Mapping[str, Column]) -> Rows:
    columns = {n: c for n, c in columns.items() if n != "message" and any(map(value, c.values))}
    heads = [f"{spoken(n)} ({symbol(c.unit)})" if symbol(c.unit) else spoken(n) for n, c in columns.items()]
    return rows(title, heads, [one.values for one in columns.values()], rest="in summary.csv and in the file")


def _axes(table: SweepTable, definition: Mapping[str, Any]) -> Iterator[list[str]]:
    """Name, first and last value, how many, the key paths."""
    for name, asked in definition["sweep"].items():
        keys = ", ".join([asked["set"]] if isinstance(asked["set"], str) else asked["set"])
        if name in table.contents:
            values, unit = table[name], table.unit(name)
            first, last = (with_unit(values[k], unit) for k in (0, -1))
            how = f"{len(values)}, logarithmic" if name in table.logarithmic else str(len(values))
        else:  # along which a boundary was searched for
            first, last = (typeset(str(asked.get(end, ""))) for end in ("from", "to"))
            how = "searched"
        yield [name, first, last, how, keys]


def _varied(definition: Mapping[str, Any]) -> Iterator[str]:
    """What was varied, and how it was gone through."""
    axes = ", ".join(f"{spoken(name)} ({_keys(asked)})" for name, asked in definition["sweep"].items())
    text = f"This was repeated with other values of {axes}."
    if find := definition.get("find"):
        text += (
            f" Where {find['boundary_of']} changes along {spoken(find['along'])} was found by bisection, to "
            f"{find['tolerance']}."
        )
    if refine := definition.get("refine"):
        differs = f"at whose corners {refine['boundary_of']} differs"
        text += f" Cells of the grid {differs} were halved {refine['times']} times."
    for way, name in (("random", "at random"), ("latin_hypercube", "as a Latin hypercube")):
        if sample := definition.get(way):
            text += f" {sample['count']} points were drawn {name} (seed {sample.get('seed', 0)})."
    yield text


def _keys(asked: Mapping[str, Any]) -> str:
    return ", ".join([asked["set"]] if isinstance(asked["set"], str) else asked["set"])
