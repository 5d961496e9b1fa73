"""How numbers and units stand in print: proper signs, unbroken quantities; of reports, and of words in figures."""

from __future__ import annotations

import re

from cardiac.units import NUMBER, UNITS

NBSP, MINUS, TIMES = "\u00a0", "\u2212", "\u00d7"
_FOUND = ("kOhm uF", "1/mm", "ms/mm")  # units of what comes out, which no config has
_UNIT = "|".join(map(re.escape, sorted([*UNITS, *_FOUND], key=len, reverse=True)))
_QUANTITY = re.compile(rf"(?<![\w.])({NUMBER}) ({_UNIT}|x)(?![\w/^])")
_NEGATIVE = re.compile(r"(?<![^\s(\[])-(?=\.?\d)")  # a sign, no hyphen
_MICRO = re.compile(r"(?<![A-Za-z])u(?=[A-Za-z])")
_PRINTED = {"Ohm": "Ω", "^2": "²", "^3": "³", " ": NBSP}


def typeset(text: str) -> str:
    """`text` with its quantities as in print: −95 mV, 0.1 mm²/ms, 30°, 2 ×; and with minus signs, −95 to −75."""
    return _NEGATIVE.sub(MINUS, _QUANTITY.sub(lambda found: quantity(found[1], found[2]), text))


def quantity(number: str, unit: str) -> str:
    """A number and its unit, not to be broken."""
    number = number.replace("-", MINUS)
    return f"{number}°" if unit == "deg" else f"{number}{NBSP}{symbol(unit)}".strip()


def symbol(unit: str) -> str:
    """A unit in print, in one piece: mm²/ms, µF, kΩ µF; a pure number has none."""
    if unit in ("", "1"):
        return ""
    if unit == "x":
        return TIMES
    for written, printed in _PRINTED.items():
        unit = unit.replace(written, printed)
    return _MICRO.sub("µ", unit)
