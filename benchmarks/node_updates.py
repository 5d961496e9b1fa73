"""Node-updates per second of a travelling plane wave at a fixed step, warm, beside peers in the same run.

python benchmarks/node_updates.py [--peers finitewave torchcor myokit] [--threads 2] [--rounds 3]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from jobs import Outcome, Unavailable, run
from section import Job, Options, main, median, ratio, side_by_side, table

CELLS, STEP, SPACING = 512, 0.01, 0.25  # ms, mm: the peers' defaults
STEPS = {  # enough for a second or more of the slower peers
    "ten_tusscher_panfilov_2006": 40,
    "luo_rudy_1991": 80,
    "bueno_orovio_2008": 150,
    "fenton_karma_1998": 200,
    "aliev_panfilov_1996": 200,
    "mitchell_schaeffer_2003": 200,
}
LONGER = 6  # times as many steps of our own
OWN = {
    "rush_larsen": {"scheme": "rush_larsen"},
    "single": {"scheme": "rush_larsen", "precision": "single"},
    "rush_larsen_2": {"scheme": "rush_larsen_2"},
    "5 fields": {"scheme": "rush_larsen", "fields": 5},
}
SCALED = "ten_tusscher_panfilov_2006", "mitchell_schaeffer_2003"
SIZES = {128: 16.0, 512: 1.0, 1024: 0.5, 2048: 0.15, 4096: 0.05}  # cells along a side, and times the steps


def rate(outcome: Outcome) -> float:
    """M node-updates/s."""
    return outcome.rate / 1e6


def job(model: str, threads: int, cells: int = CELLS, **own: object) -> Job:
    """A job of this program, or of a peer if nothing is said of our `own` ways."""
    steps = STEPS[model] * (LONGER if own else 1)
    return Job(model, cells, cells, SPACING, STEP, steps, threads, own=json.dumps(own))


def models(options: Options) -> Iterator[list[str]]:
    """A row for each model."""
    for model in STEPS:
        ways = {name: ("cardiac", job(model, options.threads, **own)) for name, own in OWN.items()}
        ways |= {peer: (peer, job(model, options.threads)) for peer in options.peers}
        found = side_by_side(ways, options.rounds)
        row = [model, *(median(found[name], rate) for name in OWN)]
        for peer in options.peers:
            row += [median(found[peer], rate), ratio(found["rush_larsen"], found[peer], rate)]
            row.append(ratio(found["single"], found[peer], rate))
        yield row


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
    yield f"M node-updates/s at a fixed step of {STEP} ms, {options.threads} threads, {CELLS} x {CELLS} cells;"
    yield f"medians of {options.rounds} alternating rounds. First order, as the peers', but for one column; ratios"
    yield "are of that, in double and in single precision, to the peer. TorchCor and Myokit compute in single.\n"
    head = ["model", "double", "single", "double, second order", "double, 5 parameters per cell"]
    for peer in options.peers:
        head += [peer, "ratio", "single to it"]
    yield from table(head, models(options))
    yield "Threads:\n"
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
