"""The report of a run or an experiment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cardiac import figures, storage
from cardiac.config import ConfigError, FigureUse, PanelUse, dumps, loads
from cardiac.report.methods import methods
from cardiac.report.page import LARGEST, Finding, Page, Rows, Text
from cardiac.report.pictures import pictures
from cardiac.report.player import player
from cardiac.report.tables import in_words, provenance, rows, value, with_unit
from cardiac.report.wording import heading, spoken
from cardiac.result import Result
from cardiac.storage import GEOMETRY, Table
from cardiac.typesetting import NBSP, quantity, symbol

_PLAYED = "V"
_NUMERICS = (
    "scheme",
    "dt",
    "space_order",
    "precision",
    "threads",
    "reaction_steps_mean",
    "reaction_steps_most",
)
_CELL = {
    "cell_V_rest": "resting potential of a cell alone",
    "cell_threshold_2ms": "its threshold, 2 ms",
    "cell_rise_time": "rise time of its upstroke",
}


def page(result: Result) -> Page:
    """Everything about a result."""
    made = storage.table(result.path, "provenance")
    config = result.config
    uses = list(_figures(result))
    drawn, not_drawn = pictures(result, uses, figures.summary)
    shown = tuple(name for use in uses for name in use.figures)
    written = methods(config, made.attributes, made.attribute_units, shown)
    return Page(
        kind="experiment" if result.contents.experiment else "run",
        title=result.title,
        about=str(config.get("about") or ""),
        reference=str(config.get("reference") or ""),
        file=result.path.name,
        findings=list(_findings(result)),
        player=player(result, _PLAYED, LARGEST - sum(len(picture.source) for picture in drawn)),
        pictures=drawn,
        not_drawn=not_drawn,
        tables=list(_tables(result)),
        failures=(),
        warnings=[event.text for event in result.events if event.kind == "warning"],
        texts=[
            Text("As it was written", result.config_text),
            Text("As it was run, with every default", dumps(config), folded=True),
        ],
        numerics=Rows("Numerics", (), list(_numerics(result, made))),
        provenance=Rows("How it came about", (), list(provenance(made.attributes, result.path))),
        methods=written.paragraphs,
        citations=written.citations,
    )


def _figures(result: Result) -> Iterator[FigureUse | PanelUse]:
    """Those that the config asks for; else those that can be drawn from the file."""
    try:
        asked = loads(dumps(result.config), folder=result.path.parent).figures
    except ConfigError:  # it refers to a file that is not here
        asked = ()
    if asked:
        yield from asked
        return
    drawable = [name for name in figures.names() if not figures.obstacle(name, result)]
    particular = [name for name in drawable if figures.shows(name).what]  # a map shows the same once more
    yield from map(FigureUse, particular or drawable)


def _findings(result: Result) -> Iterator[Finding]:
    """The answers of an experiment, which tell its verdicts; else the verdicts on regions."""
    yield from map(Finding, result.answers)
    if not result.answers:
        for name, verdict in result.block.items():
            yield Finding(str(verdict.sentence), name, str(verdict.outcome))


def _tables(result: Result) -> Iterator[Rows]:
    """What was measured, the numbers of verdicts, the tables of an experiment."""
    for k, (name, table) in enumerate(result.tables.items()):
        yield _table(heading(name), table, folded=k > 0)
    if rows := [_ranges(result, name) for name in result.names() if _measured(result, name)]:
        yield Rows("What was measured", ("", "range", "defined in"), rows)
    for name, verdict in result.block.items():
        rows = [
            [spoken(n), value(getattr(verdict, n)), symbol(verdict.units(n))]
            for n in verdict.names()
            if n != "sentence"
        ]
        yield Rows(f"The verdict on {name} in numbers", ("", "value", "unit"), rows, folded=True)


def _measured(result: Result, name: str) -> bool:
    """Whether it is a number or a map that came out."""
    given = (*GEOMETRY, *(n for n in result.names() if n.startswith(("parameter_", "diffusivity_"))))
    variable = result.contents.variables[name]
    return name not in given and variable.dimensions[:1] != ("time",) and 0 not in variable.shape


def _ranges(result: Result, name: str) -> list[str]:
    values = result[name]
    known = values[np.isfinite(values)]
    if not known.size:
        return [result.long_name(name), "", "nowhere"]
    share = "" if values.size == known.size else f"{known.size / values.size:.0%}"
    low, high = value(known.min()), value(known.max())
    return [result.long_name(name), _extent(low, high, symbol(result.units(name))), share]


def _extent(low: str, high: str, unit: str) -> str:
    """ "2.4 … 11.8 ms"."""
    return f"{low if low == high else f'{low} … {high}'}{NBSP}{unit}".strip()


def _table(title: str, table: Table, folded: bool) -> Rows:
    """The first rows of a table."""
    heads = [
        f"{spoken(name)} ({symbol(unit)})" if symbol(unit) else spoken(name)
        for name, unit in table.units.items()
        if name in table.columns
    ]
    columns = [in_words(values, table.about.get(name, "")) for name, values in table.columns.items()]
    return rows(title, heads, columns, folded)


def _numerics(result: Result, made: Table) -> Iterator[tuple[str, str]]:
    """Grid, scheme and step, and what was found about the cells."""
    (ny, nx), (width, height) = result.shape, result.size
    if result.kind != "cell":
        sides = quantity(f"{width:g}", "mm") if ny == 1 else f"{width:g} × {quantity(f'{height:g}', 'mm')}"
        cells = f"{nx} × {ny}" if ny > 1 else str(nx)
        yield "grid", f"{sides}, {cells} cells of {quantity(f'{width / nx:g}', 'mm')}"
    found, units = made.attributes, made.attribute_units
    for name in _NUMERICS:
        if name in found and not (result.kind == "cell" and name in ("space_order", *_NUMERICS[-2:])):
            yield _NAMES.get(name, name), with_unit(found[name], units.get(name, ""))
    if "step" in (state := result.state.attributes):
        yield "steps", value(int(state["step"]))
    yield from (
        (words, with_unit(found[name], units[name])) for name, words in _CELL.items() if name in found
    )
    for name, number in found.items():
        if name.startswith(("threshold of ", "dose in ", "diffusivity_")):
            yield name.replace("_", " "), with_unit(number, units.get(name, ""))
    for event in result.events:
        if event.kind == "stimulus":
            yield f"stimulus at {quantity(f'{event.time:g}', 'ms')}", event.text


_NAMES = {
    "dt": "time step",
    "space_order": "order in space",
    "reaction_steps_mean": "steps of the reaction in one of diffusion, mean",
    "reaction_steps_most": "the same, most",
}
