"""What a sweep costs beside its cases, and how many runs a boundary takes.

python benchmarks/sweep.py [--threads 2] [--rounds 3]

Against the ideal: the mean time of a case that is run alone in one process, times the cases, by the processes. Busy:
the part of the processes' time that was spent in cases, without their preparation. Every case has cells of its own,
of which nothing is known at first; their rest and answers are found by each case or, prepared, for many cases side by
side. `--threads` is the number of processes.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from section import Options, explained, main, table

STRIP = """
title: A strip
model: luo_rudy_1991
tissue: {size: [20 mm, 2 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}
regions:
  strip:
    shape: {strip: {center: 10 mm, width: 2 mm}}
    mechanisms: [potassium_conductance: {g: 1 mS/uF, reversal: -90 mV}]
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 60 ms}
measure: [activation, {block: strip}]
"""
CELL = """
title: A cell
tissue: cell
stimuli: [{start: 1 ms, duration: 2 ms, strength: 20 A/F}]
run: {duration: 5 ms}
measure: [activation]
"""
CABLE = (
    STRIP.replace("[20 mm, 2 mm]", "[20 mm]")
    .replace("60 ms", "200 ms")
    .replace("0.1 mm, diff", "0.2 mm, diff")
)
CABLE = CABLE.replace("luo_rudy_1991", "mitchell_schaeffer_2003")
WIDTH = "{set: regions.strip.shape.strip.width, from: 0.5 mm, to: 4 mm, count: %d}"
G = "{set: 'regions.strip.mechanisms[0].potassium_conductance.g', from: 0.1 mS/uF, to: 4 mS/uF, %s}"
COLLECT = "collect: [block.strip.outcome, block.strip.delay]\n"
CASES = (
    f"base: base.yaml\nsweep:\n  width: {WIDTH.replace(', count: %d', '')}\n  g: {G.replace(', %s', '')}\n"
)
CASES += f"latin_hypercube: {{count: 300, seed: 1}}\n{COLLECT}"
TRIVIAL = """
base: base.yaml
sweep:
  start: {set: "stimuli[0].start", from: 0.1 ms, to: 3 ms, count: 100}
  strength: {set: "stimuli[0].strength", from: 10 A/F, to: 30 A/F, count: 100}
collect: [activation_time]
"""
FIND = f"base: base.yaml\nsweep:\n  width: {WIDTH % 8}\n  g: {G % 'spacing: log'}\n{COLLECT}"
FIND += "find: {boundary_of: block.strip.outcome, along: g, tolerance: 1 %}\n"
ALONE = 20  # cases that are run alone


def trivial(task):
    """A case that takes no time."""
    from cardiac.sweeps import records
    from cardiac.sweeps.collect import Collected

    found = {"activation_time": Collected(1.0, "ms")}
    record = records.Record(task.case, task.digest, records.DONE, "", found, 0.0)
    records.write(Path(f"{task.target}.json"), record)
    return record


def nothing(tasks):
    """Prepares cases that need no preparation."""


@contextmanager
def folder(base: str, sweep: str) -> Iterator[Path]:
    """A current folder with a sweep in it, where nothing is remembered of cells."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ, CARDIAC_CACHE=f"{name}/cells"):
        (Path(name) / "base.yaml").write_text(base)
        (Path(name) / "sweep.yaml").write_text(sweep)
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(before)


def coordinated(jobs: int, perform, prepare=nothing) -> tuple[float, list[float], int]:
    """Carries out the sweep of the current folder: s, the times of its cases [s], bytes of its ledger."""
    from cardiac.sweeps import _prepare, executors, ledger, plan
    from cardiac.sweeps.coordinator import Coordinator
    from cardiac.sweeps.strategies import strategy

    begun = time.perf_counter()
    planned = plan.load("sweep.yaml")
    book = ledger.Ledger(Path("sweep.sweep"), planned)
    work = {"perform": perform, "prepare": prepare}
    coordinator = Coordinator(planned, strategy(planned), book, lambda tally: None, **work)
    if perform is not trivial:
        _prepare(coordinator)
        begun = time.perf_counter()
    with executors.local(jobs) as crew:
        coordinator.carry_out(crew)
    book.close()
    spent = time.perf_counter() - begun
    seconds = [record.seconds for record in coordinator.records.values()]
    return spent, seconds, Path("sweep.sweep/ledger.sqlite").stat().st_size


def alone() -> float:
    """The mean time of a case [s], of cases from all over the sweep, one after the other in this process."""
    from cardiac.sweeps import ledger, plan, work
    from cardiac.sweeps.coordinator import Coordinator
    from cardiac.sweeps.strategies import strategy

    planned = plan.load("sweep.yaml")
    book = ledger.Ledger(Path("alone.sweep"), planned)
    coordinator = Coordinator(planned, strategy(planned), book, lambda tally: None)
    cases = planned.cases()
    spread = [cases[0], *cases[:: len(cases) // ALONE]]  # the first loads the kernels
    seconds = [work.perform(coordinator.task(case)).seconds for case in spread]
    book.close()
    return statistics.mean(seconds[1:])


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    from cardiac.sweeps import work

    jobs = options.threads
    yield explained(__doc__) + "\n"
    rows = []
    with folder(STRIP, CASES):
        mean = alone()
    for way, prepare in {"each by itself": nothing, "prepared together": work.prepare}.items():
        with folder(STRIP, CASES):
            spent, seconds, _ = coordinated(jobs, work.perform, prepare)
        ideal, inside = mean * len(seconds) / jobs, statistics.mean(seconds)
        strip = f"{len(seconds)} of a 20 x 2 mm Luo-Rudy strip, 60 ms"
        rows.append([strip, way, f"{mean:.2f}", f"{inside:.2f}", f"{spent:.1f}", f"{ideal / spent:.2f}"])
        rows[-1].append(f"{inside * len(seconds) / (spent * jobs):.3f}")
    head = [
        "cases",
        "cells",
        "alone (s a case)",
        "in the sweep (s a case)",
        "sweep (s)",
        "of the ideal",
        "busy",
    ]
    yield from table(head, rows)
    with folder(CELL, TRIVIAL):
        spent, seconds, size = coordinated(jobs, trivial)
    row = [len(seconds), f"{spent:.1f}", f"{1e3 * spent / len(seconds):.2f}", f"{size / 1e6:.1f}"]
    yield from table(["trivial cases", "s", "ms a case, validation included", "ledger (MB)"], [row])
    with folder(CABLE, FIND):
        from cardiac.sweeps import sweep

        found = sweep("sweep.yaml", jobs=jobs)
        runs, full = int(found.attributes["runs"]), int(found.attributes["runs_of_full_grid"])
    row = [len(found["boundary"]), runs, f"{runs / len(found['boundary']):.1f}", full, f"1/{full / runs:.0f}"]
    yield from table(["boundaries to 1 %", "runs", "each", "full grid", "part"], [row])


if __name__ == "__main__":
    main(section, __doc__)
