"""What is kept of a result: a number or a text at a dotted path.

block.strip.outcome         of a verdict
conduction_velocity         of a map or of several beats: the median of what is defined in the first beat
activation_time[2].max      min, max, mean or median; of the second beat, which must be there
probes.after.V.max          of a column of a probe; first and last too
tables.threshold.current    of a column of an experiment's table
provenance.cell_V_rest      how the result came about
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cardiac import analysis, measures, storage
from cardiac.config import Config
from cardiac.config.document import key_path
from cardiac.spelling import choices, nearest
from cardiac.storage import ResultError
from cardiac.tissue import Grid
from cardiac.units import units_of

if TYPE_CHECKING:
    from cardiac.result import Result

Array = npt.NDArray[Any]

REDUCTIONS: dict[str, Callable[[Array], Any]] = {
    "median": np.median,
    "mean": np.mean,
    "min": np.min,
    "max": np.max,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
}
NO_BEAT = "beats are counted from 1"
GROUPS = ("block", "probes", "tables", "provenance")


class Collected(NamedTuple):
    """A number (NaN where it is not defined) or a text, and its unit."""

    value: float | str
    unit: str


def collected(result: Result, path: str) -> Collected:
    """What is at a path of a result; raises ResultError where nothing is."""
    first, *rest = key_path(path)
    match first, rest:
        case "block", [str(name), str(key)]:
            verdict = result.block[name]
            if key not in verdict.names():
                raise ResultError(f'verdict {name}: no "{key}"{choices(key, verdict.names())}')
            return _single(getattr(verdict, key), verdict.units(key))
        case "provenance", [str(key)]:
            made = storage.table(result.path, "provenance")
            if key not in made.attributes:
                raise ResultError(f'provenance: no "{key}"{choices(key, made.attributes)}')
            return _single(made.attributes[key], made.attribute_units.get(key, ""))
        case "probes" | "tables", [str(name), str(column), *reduction]:
            if first == "probes":
                probe = result.probes[name]
                values, unit = probe[column], probe.units(column)
            else:
                table = result.tables[name]
                if column not in table.columns:
                    raise ResultError(f'table {name}: no "{column}"{choices(column, table.columns)}')
                values, unit = table.columns[column], table.units[column]
            return _reduced(values, reduction, unit, path)
    if first in GROUPS:
        raise ResultError(f"{path} leads nowhere - write it like {_EXAMPLES[str(first)]}")
    name, beat = str(first), 1
    if rest and isinstance(rest[0], int):
        beat, *rest = rest  # type: ignore[assignment]
        if beat < 1:
            raise ResultError(f"{path}: {NO_BEAT}")
    values, unit = result[name], result.contents.variables[name].unit
    if "beat" in result.contents.variables[name].dimensions:
        values = values[beat - 1] if 1 <= beat <= len(values) else np.array([np.nan])
    return _reduced(values, rest, "" if unit == "1" else unit, path)


_EXAMPLES = {
    "block": "block.strip.outcome",
    "probes": "probes.after.V.max",
    "tables": "tables.threshold.current",
    "provenance": "provenance.cell_V_rest",
}


def _single(value: Any, unit: str) -> Collected:
    return Collected(value if isinstance(value, str) else float(value), unit)


def _reduced(values: Array, reduction: list[str | int], unit: str, path: str) -> Collected:
    """One number of many: of those that are defined."""
    how = str(reduction[0]) if reduction else "median"
    if how not in REDUCTIONS or len(reduction) > 1:
        raise ResultError(f'{path}: no "{how}"{choices(how, REDUCTIONS)}')
    if values.dtype.kind not in "fiub":
        if values.size != 1:
            raise ResultError(f"{path} has {values.size} texts - one is expected")
        return Collected(str(values.ravel()[0]), unit)
    defined = values[np.isfinite(values)]
    return Collected(float(REDUCTIONS[how](defined)) if defined.size else float("nan"), unit)


def offered(config: Config) -> dict[str, str]:
    """What results of a config hold, as far as it can be told before they are: paths and their units."""
    if config.experiment is not None:
        return {}
    found = _measured(config)
    for name in config.record.probes:
        found |= {f"probes.{name}.{column}": unit for column, unit in _columns(config).items()}
    return found


def unknown(path: str, config: Config) -> str:
    """Why there is nothing at a path of the results of a config; empty if there may be something."""
    known, (first, *rest) = offered(config), key_path(path)
    if not known or first in ("tables", "provenance"):
        return ""
    names = {key_path(one)[0] for one in known}
    if first not in names:
        return (
            f'results of {config.path.name} hold no "{first}"{choices(str(first), sorted(map(str, names)))}'
        )
    if first not in GROUPS:
        how = [str(part) for part in rest if not isinstance(part, int)]
        if rest and isinstance(rest[0], int) and rest[0] < 1:
            return NO_BEAT
        wrong = next((part for part in how if part not in REDUCTIONS), None)
        return f'no "{wrong}"{choices(wrong, REDUCTIONS)}' if wrong else ""
    asked = ".".join(map(str, [first, *rest[:2]]))
    if asked in known or (first == "probes" and ".".join(map(str, rest[1:2])).startswith("I_")):
        return ""
    near = nearest(asked, known)
    hint = near or f" - write it like {next(one for one in known if one.startswith(str(first)))}"
    return f'results of {config.path.name} hold no "{asked}"{hint}'


def _measured(config: Config) -> dict[str, str]:
    """What the measures of a config write, asked of a tissue in which nothing has happened."""
    found: dict[str, str] = {}
    verdict = {field.name for field in dataclasses.fields(analysis.Verdict)} | {"sentence"}
    units = units_of(analysis.Verdict)

    class Noted:
        def field(self, name: str, values: Any, unit: str, *_: Any) -> None:
            found[name] = "" if unit == "1" else unit

        def verdict(self, name: str, *_: Any) -> None:
            found.update(
                {f"block.{name}.{key}": units[key].symbol if key in units else "" for key in verdict}
            )

    # A few cells as wide as the tissue: every probe lies in it.
    grid = Grid(4, 4, max(config.tissue.size) / 4) if config.tissue else Grid()
    nothing = np.full((1, *grid.shape), np.nan)
    still = np.full(grid.shape, np.nan)
    everywhere = np.ones(grid.shape)
    activity = SimpleNamespace(
        activation=nothing, apd50=nothing, apd90=nothing, V_min=still, V_max=still, upstroke=still
    )
    assembly = SimpleNamespace(
        config=config,
        grid=grid,
        conducting=everywhere > 0,
        regions=dict.fromkeys(config.regions, everywhere),
    )
    for use in config.measure:
        seen: Any = measures.Seen(assembly, activity, still, Noted())  # type: ignore[arg-type]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            measures.load(use.name).measure(seen, use.options)
    return found


def _columns(config: Config) -> dict[str, str]:
    """The columns of a probe and their units; those of mechanisms, I_..., come with where it lies."""
    from cardiac import models

    model = models.load(config.model_source)
    state = {name: unit.symbol for name, unit in units_of(model.State).items()}
    return {"V": "mV", **state, **dict.fromkeys(model.Currents._fields, "A/F")}


def unit(path: str, config: Config) -> str | None:
    """The unit of what is at a path; None where it cannot be told before there are results."""
    known = offered(config)
    parts = [str(part) for part in key_path(path) if not isinstance(part, int)]
    return next((known[p] for n in range(len(parts), 0, -1) if (p := ".".join(parts[:n])) in known), None)
