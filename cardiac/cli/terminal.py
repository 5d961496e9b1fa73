"""Text for people: results to stdout, everything else to stderr, colours only on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console(stderr: bool = False) -> Console:
    """stdout, or stderr; neither changes what it is given."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(text: str = "", style: str = "") -> None:
    """A line of the result."""
    console().print(text, style=style)


def note(text: str, style: str = "") -> None:
    """A line that is not part of the result."""
    console(stderr=True).print(text, style=style)


def warn(text: object) -> None:
    """A warning."""
    note(str(text), "yellow")


def complain(text: str) -> None:
    """An error."""
    note(text, "red")


def table(rows: Iterable[Sequence[str]], indent: str = "") -> str:
    """Rows as aligned columns; the last column is as wide as it is."""
    rows = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    lines = ("  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]) for row in rows)
    return "\n".join(f"{indent}{line}".rstrip() for line in lines)


def span(seconds: float) -> str:
    """A time as a person says it: 0.3 s, 12 s, 2 min 5 s, 3 h 4 min."""
    if seconds < 9.95:
        return f"{max(seconds, 0.1):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: float) -> str:
    """Bytes as a person says them: 0.1 MB, 12 MB, 3.4 GB."""
    megabytes = count / 1e6
    if megabytes >= 1000:
        return f"{megabytes / 1000:.1f} GB"
    return f"{megabytes:.0f} MB" if megabytes >= 10 else f"{max(megabytes, 0.1):.1f} MB"


def counted(count: int, thing: str) -> str:
    """1 thread, 2 threads."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def pace(rate: float) -> str:
    """Cells times steps a second."""
    return f"{rate / 1e6:.3g} million node-updates/s"
