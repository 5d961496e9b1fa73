"""Python names for the variables of a file: its own names, as far as they are unique."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from cardiac.importing import printing
from cardiac.importing.quantities import MILLIMOLAR
from cardiac.importing.variables import Variable

TAKEN = (  # by the functions of a model and what they call
    {"V", "s", "p", "I", "State", "Parameters", "Currents", "currents", "rates", "inline", "Unit"}
    | {"DOI", "SPECIES", "V_INITIAL", "NamedTuple", "Annotated"}
    | printing.FUNCTIONS
)


def identifier(text: str) -> str:
    """A Python name made of the letters of a text."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII)
    return f"{name}_" if keyword.iskeyword(name) or not name else f"_{name}" if name[0].isdigit() else name


def unique(keys: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Key -> name: the last word of the key, or as many more of the words before it as make it the only one."""
    words = {key: key.split(".") for key in keys}
    length = dict.fromkeys(words, 1)
    while True:
        found = {key: identifier("_".join(w[-length[key] :])) for key, w in words.items()}
        counts = Counter([*found.values(), *set(taken)])
        again = [key for key, name in found.items() if counts[name] > 1 and length[key] < len(words[key])]
        if not again:
            return _numbered(found, taken)
        for key in again:
            length[key] += 1


def _numbered(found: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """The names, those that are still not unique with a number."""
    used, result = set(taken), dict[str, str]()
    for key, name in found.items():
        number = 2
        free = name
        while free in used:
            free, number = f"{name}_{number}", number + 1
        used.add(free)
        result[key] = free
    return result


def standard(
    variables: Iterable[Variable], own: Mapping[str, str], currents: Iterable[str]
) -> dict[str, str]:
    """The names of fields, concentrations and conductances as everywhere here (K_o, g_Na), by which others ask.

    A name stays that of the file where the standard one is taken.
    """
    result = dict(own)
    known = set(currents)
    for variable in variables:
        ion = re.fullmatch(r"(k|na|ca|cl|mg)_?([io])", variable.name, re.IGNORECASE)
        conductance = re.fullmatch(r"[gG](?:bar|max)?_?(\w*)", variable.name)
        name = ""
        if ion and variable.unit == MILLIMOLAR:
            name = f"{ion[1].capitalize()}_{ion[2].lower()}"
        elif conductance and variable.is_literal:
            of = conductance[1] or _only_current(variable.component, known)
            name = f"g_{of}" if f"I_{of}" in known else ""
        if name and name not in result.values():
            result[variable.key] = name
    return result


def _only_current(component: str, currents: set[str]) -> str:
    """The current after which a component is called: `ina` for I_Na."""
    found = [c[2:] for c in currents if c[2:].lower() == re.sub(r"^i_?", "", component.lower())]
    return found[0] if len(found) == 1 else ""
