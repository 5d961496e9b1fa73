"""How values of a config stand in running text: names as words, options that were chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cardiac.config.records import defaults_written
from cardiac.typesetting import MINUS, typeset

# How abbreviations are written that are in small letters in names of files.
_ABBREVIATED = {"s1s2": "S1-S2", "S1S2": "S1-S2", "apd": "APD"}


def spoken(name: str) -> str:
    """A name of files or keys as words: potassium conductance. Symbols such as I_Na and g_K1 stay."""
    return name.replace("_", " ") if re.fullmatch(r"[a-z]{2,}\d*(_[a-z0-9]{2,})*", name) else name


def heading(name: str) -> str:
    """The same as a heading: S1-S2, APD dispersion, Activation map."""
    words = " ".join(_ABBREVIATED.get(word, word) for word in spoken(name).split())
    return words[:1].upper() + words[1:]


def listed(words: Iterable[str]) -> str:
    """ "a, b and c"."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def sentence(text: str) -> str:
    """`text` with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def told(value: Any) -> str:
    """A value of a config in words."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(_entry(key, part) for key, part in value.items())
        case list() | tuple() if value and all(isinstance(part, dict | list) for part in value):
            return "; ".join(map(told, value))
        case list() | tuple():
            return f"({', '.join(map(told, value))})" if len(value) > 1 else "".join(map(told, value))
        case str():
            return typeset(value)
    return f"{value:g}".replace("-", MINUS) if isinstance(value, float) else str(value)


def _entry(key: str, value: Any) -> str:
    words = told(value)
    several = isinstance(value, dict) and len(value) > 1
    return f"{spoken(key)} ({words})" if several else f"{spoken(key)} {words}".strip()


def chosen(record: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of the options of a record was given and differs from its default."""
    defaults = defaults_written(record)
    return {key: value for key, value in given.items() if key not in defaults or value != defaults[key]}


def shape(value: Any) -> str:
    """A shape in words."""
    from cardiac.tissue.shapes import SHAPES

    (name, body), *_ = value.items() if isinstance(value, dict) else [(value, {})]
    match name:
        case "any_of":
            return " or ".join(map(shape, body))
        case "all_of":
            return f"({' and '.join(map(shape, body))})"
        case "not":
            return f"outside {shape(body)}"
        case "region":
            return f"region {body}"
    own = chosen(SHAPES[name], body) if name in SHAPES else body
    return spoken(name) + (f" ({told(own)})" if own else "")
