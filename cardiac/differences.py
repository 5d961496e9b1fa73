"""In what two plain data differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """A key whose value is not the same in two configs; None where it is absent."""

    key: str
    old: Any
    new: Any

    def __str__(self) -> str:
        """KEY: OLD -> NEW."""
        old, new = ("absent" if value is None else str(value) for value in (self.old, self.new))
        return f"  {self.key}: {old} -> {new}"


def differences(old: Any, new: Any, key: str = "") -> Iterator[Difference]:
    """The keys, down to single values, that two plain data do not share."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from differences(old.get(name), new.get(name), f"{key}.{name}".removeprefix("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from differences(a, b, f"{key}[{i}]")
    elif old != new:
        yield Difference(key, old, new)
