"""What to say of a name that is not known: the nearest one that is, or all of them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MANY = 20  # names that are not listed beside the nearest one


def nearest(word: object, names: Iterable[str]) -> str:
    """' - did you mean "..."?', or nothing where no name resembles `word`."""
    lower = {name.lower(): name for name in names}
    close = get_close_matches(str(word).lower(), lower, 1, 0.6)
    return f' - did you mean "{lower[close[0]]}"?' if close else ""


def choices(word: object, names: Iterable[str], all_names: str = "") -> str:
    """The nearest of `names` and, in brackets, all of them or how to list them."""
    names = list(names)
    near = nearest(word, names)
    if near and not all_names and len(names) > _MANY:
        return near
    return f"{near} ({all_names or ', '.join(names) or 'there are none'})"
