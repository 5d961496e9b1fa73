"""Tables of a report: numbers and texts in their cells, the first rows of what is long, how a file came about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cardiac.report.page import Rows
from cardiac.storage import Array, meanings
from cardiac.typesetting import MINUS, quantity, symbol

ROWS = 60  # of a table that are shown
_WHETHER = re.compile(r"whether\b")


def rows(
    title: str,
    heads: list[str],
    columns: Iterable[Sequence[Any] | Array],
    folded: bool = False,
    rest: str = "",
) -> Rows:
    """The first rows of these columns; `rest` tells where the others are."""
    columns = list(columns)
    count = len(columns[0]) if columns else 0
    shown = [[value(column[k]) for column in columns] for k in range(min(count, ROWS))]
    left = f"{count - ROWS} more rows {rest or 'in the file'}." if count > ROWS else ""
    return Rows(title, heads, shown, left, folded)


def in_words(values: Array, about: str) -> Sequence[Any] | Array:
    """Yes or no instead of 1 or 0, outcomes instead of their numbers, where what a column is `about` tells them.

    "whether S2 propagates", "0 blocked, 1 delayed", "1: forward, -1: backward".
    """
    if values.dtype.kind not in "iub":
        return values
    meaning = {0: "no", 1: "yes"} if _WHETHER.match(about) else meanings(about)
    told = set(values.tolist()) <= meaning.keys()
    return [meaning[number] for number in values.tolist()] if told else values


def value(found: Any) -> str:
    """A number or a text in a cell of a table; nothing where it is not defined."""
    if isinstance(found, str):
        return found
    if isinstance(found, bool | np.bool_):
        return "yes" if found else "no"
    if isinstance(found, int | np.integer):
        return str(found).replace("-", MINUS)
    return "" if np.isnan(found) else f"{float(found):.5g}".replace("-", MINUS)


def with_unit(found: Any, unit: str) -> str:
    """The same with its unit."""
    text = value(found)
    return quantity(text, unit) if text and symbol(unit) else text


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
