"""Units of a model file, and how they are written as annotations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from cardiac import units

# What is brought to our unit while it is read, if the file has it in another one.
CONVERTED = ("mV", "ms", "mM", "1/ms", "mM/ms", "A/F", "1/mV")


@dataclass(frozen=True)
class FileUnit:
    """A unit: the exponents of seven base units, the logarithm of its size, and how Myokit writes it."""

    exponents: tuple[float, ...]  # of g, m, s, A, K, cd, mol
    log10: float
    symbol: str = field(default="", compare=False)

    @classmethod
    def of(cls, unit: Any) -> FileUnit:
        """A unit of Myokit."""
        exponents = tuple(0.0 + round(x, 6) for x in unit.exponents())
        return cls(exponents, 0.0 + round(unit.multiplier_log_10(), 6), str(unit)[1:-1])

    def over(self, other: FileUnit) -> FileUnit:
        """The quotient."""
        exponents = tuple(0.0 + round(a - b, 6) for a, b in zip(self.exponents, other.exponents, strict=True))
        return FileUnit(exponents, 0.0 + round(self.log10 - other.log10, 6))

    @property
    def has_dimension(self) -> bool:
        """Whether it is more than a number."""
        return any(self.exponents)


MILLIVOLT = FileUnit((1.0, 2.0, -3.0, -1.0, 0.0, 0.0, 0.0), 0.0, "mV")
PER_MS = FileUnit((0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0), 3.0, "mS/uF")
A_PER_F = FileUnit((1.0, 2.0, -4.0, -1.0, 0.0, 0.0, 0.0), 3.0, "A/F")
MILLIMOLAR = FileUnit((0.0, -3.0, 0.0, 0.0, 0.0, 0.0, 1.0), 0.0, "mM")
OF_NATURE = [  # the gas constant and Faraday's, whatever the prefixes
    (1.0, 2.0, -2.0, 0.0, -1.0, 0.0, -1.0),
    (0.0, 0.0, 1.0, 1.0, 0.0, 0.0, -1.0),
]


def symbol(unit: FileUnit | None, name: str = "") -> str:
    """How the unit of a variable called `name` is written; "" for a number."""
    if unit is None or not (unit.has_dimension or unit.log10):
        return ""
    if unit == PER_MS:  # the same as mS/uF
        return "mS/uF" if re.match(r"[gG](_|[A-Z]|bar|max|$)", name) else "1/ms"
    written = re.fullmatch(r"([A-Za-z]+) \((1000|0\.001|1e-0?6)\)", unit.symbol)
    if written is not None:
        return {"1000": "k", "0.001": "m"}.get(written[2], "u") + written[1]
    return unit.symbol


def alias(symbol: str) -> str:
    """The annotation of a number with this unit: one of `cardiac.units`, or a name for a new one."""
    if not symbol:
        return "one"
    if symbol in _known():
        return _known()[symbol]
    name = re.sub(r"^1/", "per_", symbol).replace("/", "_per_").replace("^", "")
    return re.sub(r"\W+", "_", name).strip("_")


def is_known(symbol: str) -> bool:
    """Whether `cardiac.units` has an annotation for it."""
    return not symbol or symbol in _known()


@cache
def _known() -> dict[str, str]:
    """Unit -> annotation of `cardiac.units`."""
    found: dict[str, str] = {}
    for name, hint in vars(units).items():
        marks = [mark for mark in get_args(hint) if isinstance(mark, units.Unit)]
        if marks and get_args(hint)[0] is float:
            numerator, _, denominator = marks[0].symbol.partition("/(")
            written = "/".join([numerator, *denominator.strip(")").split()])
            found.setdefault(written, name)
    return found
