"""What to say of a name that is not known: the nearest one that is, or all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_MANY = 20  # names that are not listed beside the nearest one
_BEGUN = 3  # letters from which on the beginning of a word is as good as the word


def nearest(word: object, names: Iterable[str]) -> str:
    """' - did you mean "..."?', or nothing where no name resembles `word`."""
    lower = {name.lower(): name for name in names}
    asked = str(word).lower()
    close = get_close_matches(asked, lower, 1, 0.6) or _by_word(asked, lower)
    return f' - did you mean "{lower[close[0]]}"?' if close else ""


def _by_word(asked: str, names: Iterable[str]) -> list[str]:
    """The name that has a word like `asked`, early in it: "potassium_conductance" for "potasium"."""
    ranked = sorted(
        ((place, name, part) for name in names for place, part in enumerate(re.split(r"[\W_]+", name))),
        reverse=True,  # so that the first word of a name, rather than a later one of another, is kept
    )
    parts = {part: name for _, name, part in ranked if len(part) >= _BEGUN}
    begun = [part for part in parts if part.startswith(asked)] if len(asked) >= _BEGUN else []
    return [parts[part] for part in begun or get_close_matches(asked, parts, 1, 0.75)]


def choices(word: object, names: Iterable[str], all_names: str = "") -> str:
    """The nearest of `names` and, in brackets, all of them or how to list them."""
    names = list(names)
    near = nearest(word, names)
    if near and not all_names and len(names) > _MANY:
        return near
    return f"{near} ({all_names or ', '.join(names) or 'there are none'})"
