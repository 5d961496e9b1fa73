"""Units: what a number means, and how it is written.

Inside the program every number is in mm, ms, mV, uA/uF (= A/F), mS/uF, mM and uF/cm^2. A record (the `State`
of a model, the `Parameters` of a mechanism, the fields of a shape) names the unit of each field in its
annotation,

    class Parameters(NamedTuple):
        g_Na: mS_per_uF = 23.0

from where it reaches the configuration language, tables, HDF5 attributes and axis labels. `parse` reads what
a user writes ("0.25 mm", "-95 mV") into internal units, `written` is its inverse, `factor` reads "2 x".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

from cardiac.spelling import nearest


class Unit(NamedTuple):
    """A unit of measurement as an annotation: its symbol and the quantity it measures."""

    symbol: str
    quantity: str


@dataclass(frozen=True)
class Positive:
    """In the annotation of a number: only those above 0 make sense."""


# The unit of each quantity inside the program, as annotations.
mm = Annotated[float, Unit("mm", "length")]
extent = Annotated[float, Unit("mm", "length"), Positive()]  # a width, a radius
ms = Annotated[float, Unit("ms", "time")]
duration = Annotated[float, Unit("ms", "time"), Positive()]
per_ms = Annotated[float, Unit("1/ms", "rate")]
mV = Annotated[float, Unit("mV", "voltage")]
per_mV = Annotated[float, Unit("1/mV", "reciprocal voltage")]
A_per_F = Annotated[float, Unit("A/F", "current")]
mS_per_uF = Annotated[float, Unit("mS/uF", "conductance")]
mM = Annotated[float, Unit("mM", "concentration")]
positive_mM = Annotated[float, Unit("mM", "concentration"), Positive()]
mM_per_ms = Annotated[float, Unit("mM/ms", "concentration flux")]
mm2_per_ms = Annotated[float, Unit("mm^2/ms", "diffusivity")]
mm_per_ms = Annotated[float, Unit("mm/ms", "speed")]
mV_per_ms = Annotated[float, Unit("mV/ms", "voltage rate")]
uF_per_cm2 = Annotated[float, Unit("uF/cm^2", "specific capacitance")]
uF = Annotated[float, Unit("uF", "capacitance")]
C_per_F = Annotated[float, Unit("C/F", "charge per capacitance")]
L_per_F_s = Annotated[float, Unit("L/(F s)", "permeability")]
S_per_m = Annotated[float, Unit("S/m", "conductivity"), Positive()]
um3 = Annotated[float, Unit("um^3", "volume")]
kelvin = Annotated[float, Unit("K", "temperature")]
deg = Annotated[float, Unit("deg", "angle")]
one = Annotated[float, Unit("1", "number")]
ratio = Annotated[float, Unit("1", "number"), Positive()]
ordinal = Annotated[int, Positive()]  # counted from 1
point = Annotated[tuple[float, ...], Unit("mm", "length")]  # x, y

# Written unit -> (quantity, factor to the internal unit).
UNITS: dict[str, tuple[str, float]] = {
    **{unit: ("length", f) for unit, f in {"um": 1e-3, "mm": 1.0, "cm": 10.0, "m": 1e3}.items()},
    **{unit: ("time", f) for unit, f in {"us": 1e-3, "ms": 1.0, "s": 1e3}.items()},
    **{unit: ("rate", f) for unit, f in {"1/ms": 1.0, "1/s": 1e-3, "Hz": 1e-3}.items()},
    **{unit: ("voltage", f) for unit, f in {"mV": 1.0, "V": 1e3}.items()},
    **{unit: ("current", 1.0) for unit in ("A/F", "uA/uF", "pA/pF")},
    **{unit: ("conductance", 1.0) for unit in ("mS/uF", "nS/pF")},
    **{unit: ("concentration", f) for unit, f in {"nM": 1e-6, "uM": 1e-3, "mM": 1.0}.items()},
    **{unit: ("diffusivity", f) for unit, f in {"mm^2/ms": 1.0, "cm^2/s": 0.1, "cm^2/ms": 100.0}.items()},
    **{unit: ("speed", f) for unit, f in {"mm/ms": 1.0, "m/s": 1.0, "cm/s": 0.01}.items()},
    **{unit: ("angle", f) for unit, f in {"deg": 1.0, "rad": 180.0 / math.pi}.items()},
    **{unit: ("reciprocal voltage", 1.0) for unit in ("1/mV",)},
    **{unit: ("voltage rate", 1.0) for unit in ("mV/ms", "V/s")},
    **{unit: ("concentration flux", 1.0) for unit in ("mM/ms",)},
    **{unit: ("conductivity", 1.0) for unit in ("S/m", "mS/mm")},
    **{unit: ("specific capacitance", 1.0) for unit in ("uF/cm^2",)},
    **{unit: ("capacitance", 1.0) for unit in ("uF",)},
    **{unit: ("charge per capacitance", 1.0) for unit in ("C/F",)},
    **{unit: ("permeability", 1.0) for unit in ("L/(F s)",)},
    **{unit: ("volume", 1.0) for unit in ("um^3",)},
    **{unit: ("temperature", 1.0) for unit in ("K",)},
    "%": ("number", 0.01),
}

# Quantities of which a negative amount means nothing; lengths are coordinates too and may be negative.
NONNEGATIVE = frozenset(
    {"time", "rate", "conductance", "concentration", "diffusivity", "speed", "specific capacitance"}
    | {"conductivity", "capacitance", "volume", "temperature"}
)

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)
_SPELLINGS = str.maketrans({"µ": "u", "μ": "u", "²": "^2", "³": "^3", "°": "deg"})


class UnitError(ValueError):
    """What was written is not a number of the expected quantity; the message says what is accepted."""


def accepted(quantity: str) -> str:
    """The units in which `quantity` may be written, e.g. "um, mm, cm, m".

    A quantity that is not in UNITS is a unit itself: that of an imported model.
    """
    return ", ".join(unit for unit, (q, _) in UNITS.items() if q == quantity) or quantity


def parse(text: object, quantity: str) -> float:
    """The number written in `text` in the internal unit of `quantity`.

    A pure number (`quantity` "number") is written bare or in %. Raises UnitError.
    """
    number, unit = _split(text, quantity)
    if not unit and quantity == "number":
        return float(number) + 0.0
    if not unit:
        hint = f'"{number} {_internal(quantity)}" ({article(quantity)}; {accepted(quantity)})'
        raise UnitError(f"needs a unit: write {hint}")
    if unit == quantity:
        return _finite(text, float(number)) + 0.0
    if unit not in UNITS:
        raise UnitError(f"{shown(text)}: unknown unit {shown(unit)}{_guess(unit, quantity)}")
    found, factor_ = UNITS[unit]
    if found != quantity:
        raise UnitError(f"{shown(text)}: {unit} is {article(found)}, {_expected(found, quantity)}")
    # Decimal, so that 0.07 cm is 0.7 mm to the last bit; + 0.0 turns -0 into 0.
    return _finite(text, float(Decimal(number) * Decimal(repr(factor_)))) + 0.0


def factor(text: object) -> float | None:
    """The 2 of "2 x"; None where `text` is not a factor. Raises UnitError where it is negative."""
    match = re.fullmatch(rf"\s*({NUMBER})\s*[x×]\s*", text) if isinstance(text, str) else None
    if match is None:
        return None
    if (value := _finite(text, float(match[1]))) < 0:
        raise UnitError(f"{shown(text)}: a factor cannot be negative")
    return value + 0.0


def written(value: float, unit: str) -> str | float:
    """`value` [unit] as a user would write it: "0.1 mm"; a pure number stays a number."""
    if unit == "1":
        return int(value) if float(value).is_integer() else value
    return f"{repr(float(value)).removesuffix('.0')} {unit}"


def middle(sides: Iterable[float]) -> str:
    """The middle of a tissue with these sides [mm] as a user would write it: "[10 mm, 5 mm]"."""
    return f"[{', '.join(f'{0.5 * side:.6g} mm' for side in sides)}]"


def article(quantity: str) -> str:
    """ "a length", "an angle"."""
    return f"an {quantity}" if quantity[0] in "aeio" else f"a {quantity}"


def _split(text: object, quantity: str) -> tuple[str, str]:
    """What was written as (number, unit)."""
    if isinstance(text, bool) or not isinstance(text, (int, float, str)):
        raise UnitError(f"{shown(text)} is not {article(quantity)}{_example(quantity)}")
    if isinstance(text, float) and not math.isfinite(text):
        raise UnitError(f"{shown(text)} is not finite{_example(quantity)}")
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        raise UnitError(f"{shown(text)} is not {article(quantity)}{_example(quantity)}")
    if re.match(r",\d", match[2]):
        raise UnitError(f"{shown(text)}: write a decimal point, not a comma")
    _finite(text, float(match[1]))
    return match[1], match[2].translate(_SPELLINGS)


def _finite(text: object, value: float) -> float:
    if not math.isfinite(value):
        raise UnitError(f"{shown(text)} is too large")
    return value


def _expected(found: str, quantity: str) -> str:
    if quantity == "number":
        return 'a number is expected (no unit, or "%")'
    hint = {("rate", "time"): " - write the period", ("time", "rate"): " - write the reciprocal"}
    return f"{article(quantity)} is expected ({accepted(quantity)}){hint.get((found, quantity), '')}"


def _guess(unit: str, quantity: str) -> str:
    near = nearest(unit, (name for name, (q, _) in UNITS.items() if q == quantity))
    return f"{near} ({accepted(quantity)})" if near else f", {_expected('', quantity)}"


def _internal(quantity: str) -> str:
    return next((unit for unit, (q, f) in UNITS.items() if q == quantity and f == 1.0), quantity)


def _example(quantity: str) -> str:
    return (
        " - write a number, such as 1"
        if quantity == "number"
        else f' - write it as "1 {_internal(quantity)}"'
    )


def shown(value: object) -> str:
    """What was written, for a message: text in quotes and shortened, lists and mappings in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    text = " ".join(str(value).split())
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'


def units_of(record: type) -> dict[str, Unit]:
    """Field name -> Unit of a record class whose annotations carry units; fields without one are left out."""
    hints: dict[str, Any] = get_type_hints(record, include_extras=True)
    found = {name: unit_of(hint) for name, hint in hints.items()}
    return {name: unit for name, unit in found.items() if unit is not None}


def unit_of(hint: Any) -> Unit | None:
    """The Unit in an annotation such as `mV` or `mV | None`."""
    found = (part if isinstance(part, Unit) else unit_of(part) for part in get_args(hint))
    return next((unit for unit in found if unit is not None), None)
