"""Seconds to a velocity: ten Tusscher-Panfilov 2006, a plane wave for 100 ms, for an error of 2 %, beside peers.

python benchmarks/time_to_solution.py [--peers finitewave torchcor myokit] [--threads 2] [--rounds 1]

The problem is a sheet of 100 x 100 mm. Measured is a strip of it, 100 x 10 mm, and times are scaled by ten, and
with them what a code spends on a step whatever its cells (on 400 x 400 cells TorchCor was 1.9 times as fast a cell).
The velocity that counts as exact is each code's own at 0.0625 mm and 0.005 ms, on a narrow strip.

A sheet of 128 x 128 mm, of which nine tenths are at rest all the time: a plane wave for its first 20 ms, with chosen
steps and with the fixed one that is as accurate, both of fourth order in space.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from section import Job, Options, explained, main, median, ratio, side_by_side, table

MODEL = "ten_tusscher_panfilov_2006"
LENGTH, WIDTH, DURATION = 100.0, 10.0, 100.0  # mm, mm, ms
SCALE = 10
NEAR, FAR = 15.0, 45.0  # mm, between which the velocity is measured
FINE = 0.0625, 0.005  # mm, ms
NARROW = 4  # cells
OURS = {
    "fast, 0.3125 mm": (0.3125, "accuracy: fast"),
    "fast, 0.3125 mm, single": (0.3125, "accuracy: fast, precision: single"),
    "fast, 0.25 mm": (0.25, "accuracy: fast"),
    "standard, 0.2 mm": (0.2, "accuracy: standard"),
    "fixed 0.01 ms, order 2, 0.25 mm": (0.25, "dt: 0.01 ms, space_order: 2, scheme: rush_larsen"),
}
RESTING, EARLY = 512, 20.0  # cells along a side, ms
# The error of both is 0.4 to 0.5 % (see `cardiac/assembly/numerics.py`).
CHOSEN, EVERYWHERE = "accuracy: standard", "dt: 0.016 ms"
PEERS = {
    "finitewave": [(0.25, 0.01)],
    "torchcor": [(0.25, 0.01), (0.2, 0.01)],
    "myokit": [(0.25, 0.01)],
}


def sheet(spacing: float, dt: float, threads: int, own: str = "") -> Job:
    """The strip."""
    between = (round(NEAR / spacing), round(FAR / spacing))
    return Job(
        MODEL, round(LENGTH / spacing), round(WIDTH / spacing), spacing, dt, round(DURATION / dt), threads,
        raised=round(2.0 / spacing), between=between, every=max(1, round(0.1 / dt)),
        own=json.dumps({"run": own}),
    )  # fmt: skip


def narrow(code: str, threads: int) -> tuple[str, Job]:
    """The finest case of a code."""
    job = sheet(*FINE, threads, "accuracy: fine")
    return code, replace(job, ny=NARROW, nx=round(60.0 / FINE[0]))


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    ways = {name: ("cardiac", sheet(h, 0.01, options.threads, run)) for name, (h, run) in OURS.items()}
    for peer in options.peers:
        ways |= {f"{peer}, {h} mm": (peer, sheet(h, dt, options.threads)) for h, dt in PEERS[peer]}
    found = side_by_side(ways, options.rounds)
    codes = ["cardiac", *options.peers]
    limits = side_by_side({code: narrow(code, options.threads) for code in codes}, 1)
    yield explained(__doc__) + "\n"
    best = found[next(iter(OURS))]

    def rows() -> Iterator[list[object]]:
        for name, (code, _) in ways.items():
            outcomes, limit = found[name], limits[code]
            if isinstance(outcomes, str) or isinstance(limit, str):
                yield [name, "-", "-", "-", outcomes if isinstance(outcomes, str) else limit]
                continue
            v, exact = outcomes[0].velocity, limit[0].velocity
            error = f"{100.0 * (v / exact - 1.0):+.1f} %"
            seconds = median(outcomes, lambda o: SCALE * o.seconds)
            yield [name, f"{v:.4f}", error, seconds, ratio(outcomes, best, lambda o: o.seconds)]

    head = ["code", "velocity (mm/ms)", "its error", "seconds", "times the first"]
    yield from table(head, rows())
    yield explained(__doc__, 3) + "\n"
    yield from table(["steps", "seconds", "times the first"], at_rest(options))


def at_rest(options: Options) -> Iterator[list[object]]:
    """Rows for the sheet that is mostly at rest."""
    job = Job(MODEL, RESTING, RESTING, 0.25, 0.01, round(EARLY / 0.01), options.threads)
    ways = {run: ("cardiac", replace(job, own=json.dumps({"run": run}))) for run in (CHOSEN, EVERYWHERE)}
    found = side_by_side(ways, options.rounds)
    for run, outcomes in found.items():
        seconds = median(outcomes, lambda o: o.seconds)
        yield [f"`{run}`", seconds, ratio(outcomes, found[CHOSEN], lambda o: o.seconds)]


if __name__ == "__main__":
    main(section, __doc__)
