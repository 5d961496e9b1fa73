"""Types of single values: how each is read from YAML, described to editors, and written back.

A type is an annotation with a `Reader`, whose `read` pydantic calls. Quantities carry the unit of
`cardiac.units`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from cardiac import units
from cardiac.config.context import Context
from cardiac.config.messages import LIST_EXPECTED, Faults, fault
from cardiac.spelling import choices, nearest
from cardiac.units import Unit, UnitError, shown

_Item = TypeVar("_Item")


class Change(NamedTuple):
    """What becomes of a parameter: set to `value`, or multiplied by it if `factor`."""

    value: float
    factor: bool
    unit: str = ""

    def __str__(self) -> str:
        return f"{_number(self.value)} x" if self.factor else str(units.written(self.value, self.unit))


class Strength(NamedTuple):
    """The strength of a stimulus: in A/F, or as a multiple of the threshold."""

    value: float
    of_threshold: bool

    def __str__(self) -> str:
        number = _number(self.value)
        return f"{number} x threshold" if self.of_threshold else f"{number} A/F"


class Reader:
    """An annotation that says how a value is read, written and described."""

    absent: ClassVar[Any] = None  # what is written for None; None: nothing

    def read(self, value: Any, context: Context) -> Any:
        """The value that was meant; raises `fault`, or a collection of them."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """`value` as plain data, such that `read` returns the same."""
        return value

    def described(self) -> dict[str, Any]:
        """The JSON Schema of what may be written."""
        raise NotImplementedError

    def example(self, context: Context) -> str:
        """What could be written in this config; empty where that depends on what is meant."""
        return ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.described()

    def _validated(self, value: Any, info: ValidationInfo) -> Any:
        context: Any = info.context
        return self.read(value, context)


@dataclass(frozen=True)
class Quantity(Reader):
    """A number with a unit, or one of `words`."""

    unit: Unit
    positive: bool = False
    nonnegative: bool = False
    words: tuple[str, ...] = ()

    def read(self, value: Any, context: Context) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        try:
            number = units.parse(value, self.unit.quantity)
        except UnitError as error:
            raise fault(f"{error}{self._or_words(value)}") from None
        self.check(number, value)
        return number

    def check(self, number: float, value: Any) -> None:
        """Refuse what lies below the least value that makes sense."""
        if self.positive and number <= 0:
            raise fault(f"{shown(value)}: {units.article(self.unit.quantity)} above 0 is expected")
        if number < 0 and (self.nonnegative or self.unit.quantity in units.NONNEGATIVE):
            raise fault(f"{shown(value)}: a {self.unit.quantity} cannot be negative")

    def write(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return units.written(value, self.unit.symbol) if math.isfinite(value) else None

    def described(self) -> dict[str, Any]:
        pattern = rf"^\s*{units.NUMBER}\s*({_alternatives(self.unit.quantity)})\s*$"
        text = {"type": "string", "pattern": pattern, "description": units.article(self.unit.quantity)}
        return _any_of(text, *_bare(self.unit), *([{"enum": list(self.words)}] if self.words else []))

    def _or_words(self, value: Any) -> str:
        hints = [f'"{word}"' for word in self.words]
        return f", or {' or '.join(hints)}{nearest(value, self.words)}" if hints else ""


@dataclass(frozen=True)
class Changed(Reader):
    """A `Change`: "2 x", or a quantity."""

    unit: Unit

    def read(self, value: Any, context: Context) -> Change:
        try:
            if (factor := units.factor(value)) is not None:
                return Change(factor, True)
            number = units.parse(value, self.unit.quantity)
        except UnitError as error:
            raise fault(f'{error}, or a factor, such as "2 x"') from None
        Quantity(self.unit).check(number, value)
        return Change(number, False, self.unit.symbol)

    def write(self, value: Any) -> Any:
        return units.written(value.value, value.unit) if not value.factor else str(value)

    def described(self) -> dict[str, Any]:
        pattern = rf"^\s*{units.NUMBER}\s*({_alternatives(self.unit.quantity)}|x)\s*$"
        text = {"type": "string", "pattern": pattern}
        return _any_of(
            text | {"description": f"{units.article(self.unit.quantity)}, or a factor"}, *_bare(self.unit)
        )


class StrengthReader(Reader):
    """A `Strength`: "50 A/F" or "2 x threshold"."""

    _multiple = re.compile(rf"\s*({units.NUMBER})\s*[x×]\s*(\w*)\s*")

    def read(self, value: Any, context: Context) -> Strength:
        match = self._multiple.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            try:
                return Strength(units.parse(value, "current"), False)
            except UnitError as error:
                raise fault(f'{error}, or a multiple of the threshold, such as "2 x threshold"') from None
        if match[2] != "threshold":
            raise fault(f'{shown(value)}: a multiple of what? - write "{match[1]} x threshold"')
        number = float(match[1])
        if not 0 < number < math.inf:
            raise fault(f"{shown(value)}: a multiple above 0 is expected")
        return Strength(number, True)

    def write(self, value: Strength) -> str:
        return str(value)

    def described(self) -> dict[str, Any]:
        pattern = rf"^\s*{units.NUMBER}\s*({_alternatives('current')}|x\s+threshold)\s*$"
        return {"type": "string", "pattern": pattern, "description": 'a current, or "2 x threshold"'}


@dataclass(frozen=True)
class PointReader(Reader):
    """x and y as a tuple; on a cable x alone, which needs no brackets. Nothing in a single cell."""

    quantity: Quantity = field(default_factory=lambda: Quantity(Unit("mm", "length")))
    least: int = 1
    most: int = 2

    def read(self, value: Any, context: Context) -> tuple[float, ...]:
        parts = value if isinstance(value, (list, tuple)) else [value]
        if isinstance(value, dict) or not self.least <= len(parts) <= self.most:
            found = f"{len(parts)} numbers" if isinstance(value, (list, tuple)) else shown(value)
            raise fault(
                f"{found} is not x{', y and z' if self.most > 2 else ' and y'} - write {self.example(context)}"
            )
        if not isinstance(value, (list, tuple)):
            return (self.quantity.read(value, context),)
        return collected(parts, lambda part: self.quantity.read(part, context))

    def example(self, context: Context) -> str:
        return context.middle if context.size else f"{context.middle}, or [10 mm] on a cable"

    def write(self, value: tuple[float, ...]) -> list[Any]:
        return [self.quantity.write(part) for part in value]

    def described(self) -> dict[str, Any]:
        item = self.quantity.described()
        return _any_of({"type": "array", "items": item, "minItems": self.least, "maxItems": self.most}, item)


@dataclass(frozen=True)
class Word(Reader):
    """One of a few words."""

    what: str
    names: tuple[str, ...]

    def read(self, value: Any, context: Context) -> str:
        if not isinstance(value, str) or value not in self.names:
            raise fault(f"unknown {self.what} {shown(value)}{choices(value, self.names)}")
        return value

    def described(self) -> dict[str, Any]:
        return {"enum": list(self.names)}


@dataclass(frozen=True)
class OneOf(Reader):
    """One of a few whole numbers."""

    what: str
    numbers: tuple[int, ...]

    def read(self, value: Any, context: Context) -> int:
        if isinstance(value, bool) or value not in self.numbers:
            raise fault(f"{shown(value)} is no {self.what} - write {' or '.join(map(str, self.numbers))}")
        return int(value)

    def described(self) -> dict[str, Any]:
        return {"enum": list(self.numbers)}


class Flag(Reader):
    """true or false."""

    def read(self, value: Any, context: Context) -> bool:
        if not isinstance(value, bool):
            raise fault(f"{shown(value)} is neither true nor false")
        return value

    def described(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Whole(Reader):
    """A whole number between two limits."""

    least: int = 0
    most: int = 2**63 - 1

    def read(self, value: Any, context: Context) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            upper = f" to {self.most}" if self.most < 2**63 - 1 else " on"
            raise fault(f"{shown(value)} is not a whole number from {self.least}{upper}")
        return value

    def described(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least}


class Text(Reader):
    """Text of one letter or more."""

    def read(self, value: Any, context: Context) -> str:
        if not isinstance(value, str) or not value.strip():
            hint = f' - put it into quotes: "{value}"' if isinstance(value, (int, float)) else ""
            raise fault(f"{shown(value)} is not a text{hint}")
        return value.strip()

    def described(self) -> dict[str, Any]:
        return {"type": "string"}


class File(Reader):
    """A file, relative to the folder of the config."""

    def read(self, value: Any, context: Context) -> FilePath:
        if not isinstance(value, (str, FilePath)) or not str(value).strip():
            raise fault(f"{shown(value)} is not the name of a file")
        return context.file(str(value))

    def write(self, value: FilePath) -> str:
        return str(value)

    def described(self) -> dict[str, Any]:
        return {"type": "string", "description": "a file, relative to this one"}


@dataclass(frozen=True)
class Several(Reader):
    """A list of values of one type; a single one needs no brackets.

    `count` tells how many, if that is fixed; `distinct` values must differ; with `some` there must be one.
    """

    item: Reader
    count: int | None = None
    distinct: bool = False
    some: bool = False

    def read(self, value: Any, context: Context) -> tuple[Any, ...]:
        if isinstance(value, dict):
            raise fault(f"{shown(value)} - {LIST_EXPECTED}")
        parts = value if isinstance(value, (list, tuple)) else [value]
        if self.count is not None and len(parts) != self.count:
            raise fault(f"{len(parts)} given, {self.count} expected - write a list of {self.count}")
        if self.some and not parts:
            raise fault("is empty - give one value or more")
        if not isinstance(value, (list, tuple)):
            return (self.item.read(value, context),)
        found = collected(parts, lambda part: self.item.read(part, context))
        with Faults() as faults:
            for i in range(len(found)) if self.distinct else ():
                if found[i] in found[:i]:
                    faults.add("is given twice - remove one", i)
        return found

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        return [self.item.write(part) for part in value]

    def described(self) -> dict[str, Any]:
        item = self.item.described()
        return _any_of({"type": "array", "items": item}, item)


def collected(parts: Any, read: Callable[[Any], _Item]) -> tuple[_Item, ...]:
    """`read` applied to each part, the faults of all of them reported together."""
    found: list[_Item] = []
    with Faults() as faults:
        for i, part in enumerate(parts):
            with faults.at(i):
                found.append(read(part))
    return tuple(found)


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _alternatives(quantity: str) -> str:
    return "|".join(re.escape(unit) for unit in units.accepted(quantity).split(", "))


def _bare(unit: Unit) -> list[dict[str, Any]]:
    return [{"type": "number"}] if unit.quantity == "number" else []


def _any_of(first: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [first, *others]} if others else first


Length = Annotated[float, Quantity(Unit("mm", "length"), positive=True)]
NonNegativeLength = Annotated[float, Quantity(Unit("mm", "length"), nonnegative=True)]
Time = Annotated[float, Quantity(Unit("ms", "time"))]
Duration = Annotated[float, Quantity(Unit("ms", "time"), positive=True)]
Voltage = Annotated[float, Quantity(Unit("mV", "voltage"))]
Size = Annotated[tuple[float, ...], PointReader(Quantity(Unit("mm", "length"), positive=True))]
TimeStep = Annotated[float | Literal["auto"], Quantity(Unit("ms", "time"), True, words=("auto",))]
Count = Annotated[int, Whole(1, 1_000_000)]
Switch = Annotated[bool, Flag()]
