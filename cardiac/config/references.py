"""Values that refer to the rest of the config: names of regions and probes, variables, places in the tissue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from cardiac.config.context import Context
from cardiac.config.messages import Faults, fault
from cardiac.config.quantities import PointReader, Reader, StrengthReader
from cardiac.references import FARTHEST
from cardiac.spelling import choices
from cardiac.units import shown


def name_checked(faults: Faults, name: str) -> None:
    """Refuse names that could be no part of a key path or name nothing in a file."""
    if not name or any(letter in "./[]" for letter in name):
        faults.add('a name without "." "/" "[" and "]" is expected', name, kind="key")


class Name(Reader):
    """The name of something that the config defines elsewhere: a region, a probe."""

    def __init__(self, what: str) -> None:
        self.what = what

    def read(self, value: Any, context: Context) -> str:
        names = self._names(context)
        if not isinstance(value, str) or value not in names:
            raise fault(f"unknown {self.what} {shown(value)}{choices(value, names)}")
        return value

    def example(self, context: Context) -> str:
        return next(iter(self._names(context)), "NAME")

    def described(self) -> dict[str, Any]:
        return {"type": "string", "description": f"the name of a {self.what}"}

    def _names(self, context: Context) -> list[str]:
        return context.regions if self.what == "region" else context.probes


class Variable(Reader):
    """V, or a state variable of the model."""

    def read(self, value: Any, context: Context) -> str:
        if value == "V":
            return "V"
        if isinstance(value, str) and context.model is None:
            return value
        names = ["V", *(context.model.State._fields if context.model else ())]
        if value not in names:
            raise fault(f"unknown variable {shown(value)}{choices(value, names)}")
        return str(value)

    def described(self) -> dict[str, Any]:
        from cardiac import models

        names = {name for model in models.names() for name in models.load(model).State._fields}
        return {"enum": ["V", *sorted(names)]}


class Place(Reader):
    """A point in the tissue."""

    def read(self, value: Any, context: Context) -> tuple[float, ...]:
        if context.cell:
            if value not in ([], ()):
                raise fault("a single cell has no places - write []")
            return ()
        point = PointReader().read(value, context)
        size = context.size or point
        if len(point) != len(size):
            what = "sheet has x and y" if len(size) == 2 else "cable has x alone"
            raise fault(f"a point in a {what} - write {self.example(context)}")
        for axis, x, length in zip("xy", point, context.size or (), strict=False):
            if not 0 <= x <= length:
                raise fault(f"lies outside the tissue ({axis} {x:g} mm, the tissue is 0..{length:g} mm)")
        return point

    def example(self, context: Context) -> str:
        return context.middle

    def write(self, value: tuple[float, ...]) -> list[Any]:
        return PointReader().write(value)

    def described(self) -> dict[str, Any]:
        return PointReader(least=0).described() | {"description": "a point in the tissue"}


class Places(Reader):
    """Points in the tissue by name."""

    def read(self, value: Any, context: Context) -> dict[str, tuple[float, ...]]:
        if not isinstance(value, dict):
            raise fault(f"{shown(value)} - points by name are expected: {self.example(context)}")
        found = {}
        with Faults() as faults:
            for name, point in value.items():
                name_checked(faults, name)
                with faults.at(name):
                    found[name] = self._point(point, context)
        return found

    def example(self, context: Context) -> str:
        return f"{{here: {context.middle}}}"

    def _point(self, value: Any, context: Context) -> tuple[float, ...]:
        return Place().read(value, context)

    def write(self, value: Mapping[str, tuple[float, ...]]) -> dict[str, Any]:
        return {name: PointReader().write(point) for name, point in value.items()}

    def described(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": PointReader(least=0).described()}


class Electrodes(Places):
    """Points in space by name: x and y, on a cable x alone, and z above the tissue; above or beside the tissue."""

    point = PointReader(most=3)

    def read(self, value: Any, context: Context) -> dict[str, tuple[float, ...]]:
        if value == {}:
            raise fault(f"there is no electrode - write {self.example(context)}")
        return super().read(value, context)

    def _point(self, value: Any, context: Context) -> tuple[float, ...]:
        point = self.point.read(value, context)
        if len(point) < len(context.size or ()):
            raise fault(f"an electrode above a sheet has x and y - write {context.middle}")
        if len(point) > 2 and not point[2] > 0.0:
            raise fault(f"z {point[2]:g} mm is not above the tissue - use more than 0 mm")
        # y is left out on a cable, the height where all electrodes have the same.
        sides = zip_longest(point[:2], context.size or point[:2], fillvalue=0.0)
        apart = math.hypot(*(max(-x, x - side, 0.0) for x, side in sides), *point[2:])
        if apart > FARTHEST:
            raise fault(
                f"lies {apart:.4g} mm from the tissue - use {FARTHEST:g} mm or less, and look at the unit"
            )
        return point

    def described(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.point.described()}


# The readers of `cardiac.references`.
REFERENCES: dict[str, Reader] = {
    "region": Name("region"),
    "probe": Name("probe"),
    "variable": Variable(),
    "places": Places(),
    "place": Place(),
    "strength": StrengthReader(),
    "electrodes": Electrodes(),
}
