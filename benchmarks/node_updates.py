"""Node-updates per second of a travelling plane wave at a fixed step, warm, beside peers in the same run.

python benchmarks/node_updates.py [--peers finitewave torchcor myokit] [--threads 2] [--rounds 3]
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from jobs import Outcome
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
LEAST = {
    "aliev_panfilov_1996": 5,
    "mitchell_schaeffer_2003": 5,
}  # rounds of what is bound by memory, and so varies
LONGER = 6  # times as many steps of our own
OWN = {
    "rush_larsen": {"scheme": "rush_larsen"},
    "single": {"scheme": "rush_larsen", "precision": "single"},
    "rush_larsen_2": {"scheme": "rush_larsen_2"},
    "5 fields": {"scheme": "rush_larsen", "fields": 5},
}


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
        found = side_by_side(ways, max(options.rounds, LEAST.get(model, 1)))
        row = [model, *(median(found[name], rate) for name in OWN)]
        for peer in options.peers:
            row += [median(found[peer], rate), ratio(found["rush_larsen"], found[peer], rate)]
            row.append(ratio(found["single"], found[peer], rate))
        yield row


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield f"M node-updates/s at a fixed step of {STEP} ms, {options.threads} threads, {CELLS} x {CELLS} cells;"
    yield f"medians of {options.rounds} alternating rounds, of five at least for the two models that are bound by"
    yield "memory. First order, as the peers', but for one column; ratios"
    yield "are of that, in double and in single precision, to the peer. TorchCor and Myokit compute in single.\n"
    head = ["model", "double", "single", "double, second order", "double, 5 parameters per cell"]
    for peer in options.peers:
        head += [peer, "ratio", "single to it"]
    yield from table(head, models(options))


if __name__ == "__main__":
    main(section, __doc__)
