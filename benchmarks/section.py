"""What the sections of the report share: options, tables, medians."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs import PEERS, Job, Outcome, Unavailable, run


@dataclass(frozen=True)
class Options:
    """How a section is measured."""

    threads: int = 2
    rounds: int = 3
    peers: tuple[str, ...] = ()
    figures: Path | None = None  # the folder for figures; None: none are drawn


Section = Callable[[Options], Iterator[str]]


def main(section: Section, about: str | None) -> None:
    """Measure one section and print it."""
    given = arguments(about).parse_args()
    for line in section(Options(given.threads, given.rounds, tuple(given.peers), given.figures)):
        print(line, flush=True)


def arguments(about: str | None) -> argparse.ArgumentParser:
    """The command line that all sections share."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--rounds", type=int, default=3, help="alternating rounds, of which medians are taken"
    )
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=[])
    parser.add_argument("--figures", type=Path, help="folder for figures")
    return parser


def explained(about: str | None, paragraph: int = 2) -> str:
    """A paragraph of the docstring of a section, in one line."""
    return (about or "").split("\n\n")[paragraph].strip().replace("\n", " ")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table, row by row as they come."""
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def side_by_side(ways: dict[str, tuple[str, Job]], rounds: int) -> dict[str, list[Outcome] | str]:
    """Jobs done in turn, round by round: the outcomes of each, or why there are none."""
    found: dict[str, list[Outcome] | str] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (code, job) in ways.items():
            outcomes = found[name]
            if isinstance(outcomes, str):
                continue
            try:
                outcomes.append(run(code, job))
            except Unavailable as reason:
                found[name] = str(reason)
    return found


def ratio(a: list[Outcome] | str, b: list[Outcome] | str, of: Callable[[Outcome], float]) -> str:
    """The median over rounds of how many times `of(a)` is `of(b)`."""
    if isinstance(a, str) or isinstance(b, str):
        return "-"
    return f"{statistics.median(of(x) / of(y) for x, y in zip(a, b, strict=True)):.1f}"


def median(outcomes: list[Outcome] | str, of: Callable[[Outcome], float], form: str = ".1f") -> str:
    """The median over rounds, or a dash."""
    return "-" if isinstance(outcomes, str) else format(statistics.median(map(of, outcomes)), form)
