"""The report of a run or an experiment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cardiac import figures, storage
from cardiac.config import ConfigError, dumps, loads
from cardiac.report.methods import methods
from cardiac.report.page import LARGEST, Finding, Page, Rows, Text
from cardiac.report.pictures import pictures
from cardiac.report.player import player
from cardiac.report.wording import MINUS, NBSP, quantity, spoken, symbol
from cardiac.result import Result
from cardiac.storage import GEOMETRY, Array, Table

ROWS = 60  # of a table that are shown
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
    written = methods(config, made.attributes, made.attribute_units, tuple(name for name, _ in uses))
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


def _figures(result: Result) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Those that the config asks for; else those that can be drawn from the file."""
    try:
        asked = loads(dumps(result.config), folder=result.path.parent).figures
    except ConfigError:  # it refers to a file that is not here
        asked = ()
    if asked:
        yield from ((use.name, use.options) for use in asked)
    else:
        yield from ((name, {}) for name in figures.names() if not figures.obstacle(name, result))


def _findings(result: Result) -> Iterator[Finding]:
    """Verdicts first."""
    for name, verdict in result.block.items():
        yield Finding(str(verdict.sentence), name, str(verdict.outcome))
    yield from map(Finding, result.answers)


def _tables(result: Result) -> Iterator[Rows]:
    """What was measured, the numbers of verdicts, the tables of an experiment."""
    for k, (name, table) in enumerate(result.tables.items()):
        yield _table(spoken(name).capitalize(), table, folded=k > 0)
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
    return rows(title, heads, list(table.columns.values()), folded)


def rows(
    title: str, heads: list[str], columns: Iterable[Array], folded: bool = False, rest: str = ""
) -> Rows:
    """The first rows of these columns; `rest` tells where the others are."""
    columns = list(columns)
    count = len(columns[0]) if columns else 0
    shown = [[value(column[k]) for column in columns] for k in range(min(count, ROWS))]
    left = f"{count - ROWS} more rows {rest or 'in the file'}." if count > ROWS else ""
    return Rows(title, heads, shown, left, folded)


def value(found: Any) -> str:
    """A number or a text in a cell of a table; nothing where it is not defined."""
    if isinstance(found, str):
        return found
    if isinstance(found, bool | np.bool_):
        return "yes" if found else "no"
    if isinstance(found, int | np.integer):
        return str(found).replace("-", MINUS)
    return "" if np.isnan(found) else f"{float(found):.5g}".replace("-", MINUS)


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
            yield _NAMES.get(name, name), told(found[name], units.get(name, ""))
    if "step" in (state := result.state.attributes):
        yield "steps", value(int(state["step"]))
    yield from ((words, told(found[name], units[name])) for name, words in _CELL.items() if name in found)
    for name, number in found.items():
        if name.startswith(("threshold of ", "dose in ", "diffusivity_")):
            yield name.replace("_", " "), told(number, units.get(name, ""))
    for event in result.events:
        if event.kind == "stimulus":
            yield f"stimulus at {quantity(f'{event.time:g}', 'ms')}", event.text


_NAMES = {
    "dt": "time step",
    "space_order": "order in space",
    "reaction_steps_mean": "steps of the reaction in one of diffusion, mean",
    "reaction_steps_most": "the same, most",
}


def told(found: Any, unit: str) -> str:
    """A number with its unit, or a text."""
    return quantity(f"{found:.5g}", unit) if isinstance(found, float) else value(found)


def provenance(made: Mapping[str, Any], path: Path) -> Iterator[tuple[str, str]]:
    """Versions, machine, time, hashes."""
    for name in ("cardiac", "git_commit", "python", "numpy", "numba", "h5py", "hdf5"):
        if name in made:
            yield name.replace("_", " "), str(made[name])
    for name in ("command", "host", "system", "cpu"):
        if name in made:
            yield name, str(made[name])
    if "wall_time" in made:
        yield "wall time", quantity(f"{made['wall_time']:.3g}", "s")
    if "digest" in made:
        yield "SHA-256 of the config", str(made["digest"])
    yield f"SHA-256 of {path.name}", _hash(path)
    yield "size of the file", f"{path.stat().st_size / 1e6:.1f} MB"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
