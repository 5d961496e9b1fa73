"""Axes of a sweep: what is set, and to which values.

A value is kept as it is written into the config; where it is a number with a unit its coordinate along the axis is
that number in the unit of the program (mm, ms, mS/uF, ...), otherwise the text that names it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardiac.units import NUMBER, UNITS, UnitError, parse

DIGITS = 8  # significant ones of a value that is computed
_AMOUNT = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)
_MULTIPLE = re.compile(r"[x×](\s+threshold)?")  # "2 x", "2 x threshold"
_LONGEST = 40  # letters of the name of a value
_TOLD_APART = 8  # hexadecimal digits behind a name that several values would share


class Amount(NamedTuple):
    """A number and what is written behind it: the unit of the program, "x", "x threshold", or nothing."""

    number: float
    unit: str

    def __str__(self) -> str:
        return f"{_short(self.number)} {self.unit}".rstrip()


def amount(value: object) -> Amount | None:
    """The amount that was written; None where it is something else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    match = _AMOUNT.fullmatch(str(value))
    if match is None or not math.isfinite(float(match[1])):
        return None
    number, unit = float(match[1]), match[2]
    if not unit or _MULTIPLE.fullmatch(unit):
        return Amount(number, " ".join(unit.replace("×", "x").split()))
    for quantity in dict.fromkeys(quantity for quantity, _ in UNITS.values()):
        try:
            return Amount(parse(value, quantity), _internal(quantity))
        except UnitError:
            continue
    return None


class Value(NamedTuple):
    """A point of an axis."""

    label: str  # "0.5 mm"
    at: float | str  # the coordinate [unit of the axis], or a text
    written: tuple[Any, ...]  # what each key is set to


@dataclass(frozen=True)
class Axis:
    """What is set, and to which values; `unit` is empty for texts and pure numbers."""

    name: str
    keys: tuple[str, ...]  # key paths, set together
    unit: str
    values: tuple[Value, ...]
    span: tuple[float, float] | None = None  # of an axis from ... to ... [unit]
    log: bool = False

    @property
    def continuous(self) -> bool:
        """Whether there is something between its values."""
        return self.span is not None

    def at(self, number: float) -> Value:
        """The value at a coordinate [unit]."""
        found = Amount(float(f"{number:.{DIGITS}g}"), self.unit)
        return Value(str(found), found.number, (str(found) if found.unit else found.number,) * len(self.keys))

    def measure(self, number: float) -> float:
        """A coordinate such that equal distances are equal steps: the logarithm on a logarithmic axis."""
        return math.log(number) if self.log else number

    def number(self, measure: float) -> float:
        """The inverse of `measure`."""
        return math.exp(measure) if self.log else measure

    def divided(self, count: int) -> Axis:
        """The axis with `count` values, equally spaced from end to end."""
        assert self.span is not None
        low, high = map(self.measure, self.span)
        inner = (self.number(low + (high - low) * k / (count - 1)) for k in range(1, count - 1))
        numbers = [self.span[0], *inner, self.span[1]]
        return Axis(self.name, self.keys, self.unit, tuple(map(self.at, numbers)), self.span, self.log)


def listed(name: str, keys: tuple[str, ...], values: list[Any], log: bool = False) -> Axis:
    """An axis with values as they are written; one that is a list has an element for each of several keys.

    The first key gives the coordinates, unless it is the same where others differ: then all of them name a value.
    """
    written = [_spread(value, len(keys)) for value in values]
    several = len(set(map(repr, written)))
    firsts = [first for first, *_ in written]
    amounts = [found for found in map(amount, firsts) if found is not None]
    units = {found.unit for found in amounts}
    if len(amounts) == len(written) and len(units) == 1 and len(set(amounts)) == several:
        labels = _told_apart(map(str, amounts), written)
        numbers = [found.number for found in amounts]
        return Axis(name, keys, units.pop(), tuple(map(Value, labels, numbers, written)), log=log)
    labels = [_label(first) for first in firsts]
    if len(set(labels)) < several:
        labels = [" + ".join(dict.fromkeys(map(_label, parts))) for parts in written]
    labels = _told_apart(labels, written)
    return Axis(name, keys, "", tuple(map(Value, labels, labels, written)))


def same(value: Any) -> str:
    """A text that is the same for values that mean the same, as 1 mm and 1000 um do."""
    found = amount(value)
    return json.dumps(value, sort_keys=True, default=str) if found is None else str(tuple(found))


def _told_apart(labels: Iterable[str], written: list[tuple[Any, ...]]) -> list[str]:
    """Names of values, with some digits behind those that are shared by values that differ."""
    pairs = [(label, repr(value)) for label, value in zip(labels, written, strict=True)]
    shared = Counter(label for label, _ in set(pairs))
    return [
        label
        if shared[label] == 1
        else f"{label} #{hashlib.sha256(value.encode()).hexdigest()[:_TOLD_APART]}"
        for label, value in pairs
    ]


def _spread(value: Any, keys: int) -> tuple[Any, ...]:
    if keys > 1 and isinstance(value, list) and len(value) == keys:
        return tuple(value)
    return (value,) * keys


def _label(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace('"', "")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _short(number: float) -> str:
    return f"{number:.{DIGITS}g}"


def _internal(quantity: str) -> str:
    """The unit of a quantity in the program; that of a pure number is empty."""
    return next((unit for unit, known in UNITS.items() if known == (quantity, 1.0)), "")
