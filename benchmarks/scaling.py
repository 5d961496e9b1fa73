"""Node-updates per second over threads, over the size of the sheet, and beside processes that never sleep.

python benchmarks/scaling.py [--peers finitewave] [--threads 2] [--rounds 3]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from jobs import Unavailable, run
from node_updates import job, rate
from section import Options, main, median, ratio, side_by_side, table

SCALED = "ten_tusscher_panfilov_2006", "mitchell_schaeffer_2003"
SIZES = {128: 16.0, 512: 1.0, 1024: 0.5, 2048: 0.15, 4096: 0.05}  # cells along a side, and times the steps


def threads(options: Options) -> Iterator[list[str]]:
    """How much more two threads do than one."""
    for model in SCALED:
        for precision in ("double", "single"):
            own = {"scheme": "rush_larsen", "precision": precision}
            ways = {str(n): ("cardiac", job(model, n, **own)) for n in range(1, options.threads + 1)}
            found = side_by_side(ways, options.rounds)
            rates = [median(found[n], rate) for n in ways]
            yield [model, precision, *rates, ratio(found[str(options.threads)], found["1"], rate)]


def sizes(options: Options) -> Iterator[list[str]]:
    """The cost of a cell in sheets of several sizes."""
    for model in SCALED:
        ways = {}
        for cells, share in SIZES.items():
            whole = job(model, options.threads, cells, scheme="rush_larsen")
            ways[str(cells)] = "cardiac", replace(whole, steps=max(2, round(whole.steps * share)))
        found = side_by_side(ways, options.rounds)
        yield [model, *(median(found[cells], rate) for cells in ways)]


def busy(options: Options) -> Iterator[list[str]]:
    """What is left beside other processes that never sleep: of the rate, and of the processors."""
    model, cores = SCALED[0], len(os.sched_getaffinity(0))
    codes = ["cardiac", *options.peers[:1]]
    own = job(model, options.threads, scheme="rush_larsen")
    for others in (1, cores):
        rows: dict[str, list[tuple[float, float]]] = {code: [] for code in codes}
        for _ in range(options.rounds):
            for code in codes:
                try:
                    alone = run(code, own)
                    with restless(others):
                        beside = run(code, own)
                except Unavailable:
                    continue
                rows[code].append((beside.rate / alone.rate, beside.processors / alone.processors))
        left = (
            f"{statistics.median(column):.2f}" if column else "-"
            for found in rows.values()
            for column in (list(zip(*found, strict=True)) or [(), ()])
        )
        yield [str(others), f"{min(1.0, cores / (options.threads + others)):.2f}", *left]


@contextmanager
def restless(number: int) -> Iterator[None]:
    """Other processes at work."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield f"M node-updates/s; medians of {options.rounds} alternating rounds. Threads:\n"
    head = ["model", "precision", *map(str, range(1, options.threads + 1)), "ratio"]
    yield from table(head, threads(options))
    yield "Cells along a side, double precision:\n"
    yield from table(["model", *map(str, SIZES)], sizes(options))
    yield "What is left beside other processes that never sleep, of the rate and of the processors; `share`"
    yield "is what would be left if all threads had the same time.\n"
    codes = ["cardiac", *options.peers[:1]]
    head = ["processes", "share", *(f"{what} of {code}" for code in codes for what in ("rate", "processors"))]
    yield from table(head, busy(options))


if __name__ == "__main__":
    main(section, __doc__)
