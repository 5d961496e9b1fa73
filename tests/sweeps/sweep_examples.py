"""Sweeps of the config in `conftest.py`, and stand-ins for its runs."""

import threading
from pathlib import Path

from cardiac.sweeps import ledger, plan, records
from cardiac.sweeps.collect import Collected
from cardiac.sweeps.coordinator import Coordinator
from cardiac.sweeps.executors import Crew
from cardiac.sweeps.records import Record
from cardiac.sweeps.strategies import strategy

G = '"regions.strip.mechanisms[0].potassium_conductance.g"'
WIDTH = "regions.strip.shape.strip.width"
GRID = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, values: [0.5 mm, 1 mm, 2 mm]}}
  g: {{set: {G}, from: 0.1 mS/uF, to: 0.8 mS/uF, count: 4, spacing: log}}
collect: [block.strip.outcome, block.strip.delay]
"""
FIND = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, values: [0.5 mm, 1 mm, 2 mm]}}
  g: {{set: {G}, from: 0.1 mS/uF, to: 4 mS/uF, spacing: log}}
collect: [block.strip.outcome]
find: {{boundary_of: block.strip.outcome, along: g, tolerance: 1 %}}
"""
REFINE = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, from: 0.5 mm, to: 4.5 mm, count: 3}}
  g: {{set: {G}, from: 0.1 mS/uF, to: 1.6 mS/uF, count: 3, spacing: log}}
collect: [block.strip.outcome]
refine: {{boundary_of: block.strip.outcome, times: 3}}
"""


def planned(text, name="sweep.yaml"):
    """The plan in the text of a sweep."""
    Path(name).write_text(text)
    return plan.load(name)


def critical(width):
    """A conductance [mS/uF] that blocks a strip, as it might be."""
    return 0.3 + 0.2 / width


def outcome(task):
    """What stands in for a run: a strip blocks from its critical conductance on."""
    width = float(task.settings[WIDTH].split()[0])
    g = float(task.settings[G.strip('"')].split()[0])
    values = {
        "block.strip.outcome": Collected("blocked" if g >= critical(width) else "conducted", ""),
        "block.strip.delay": Collected(10.0 * g, "ms"),
    }
    record = Record(task.case, task.digest, records.DONE, "", values, 0.01, task.at)
    records.write(Path(f"{task.target}.json"), record)
    return record


class Counting:
    """Counts how often each case is run, and does with it what it is told."""

    def __init__(self, perform=outcome):
        self.perform, self.cases, self._lock = perform, [], threading.Lock()

    def __call__(self, task):
        with self._lock:
            self.cases.append(task.case)
        return self.perform(task)


def unprepared(tasks):
    """Nothing is done ahead."""


def carried_out(swept, perform, executor, width=2, *, retry_failed=False, prepare=unprepared, **options):
    """The coordinator of a plan that was carried out, its ledger closed."""
    book = ledger.Ledger(Path("sweep.sweep"), swept)
    try:
        if retry_failed:
            book.forget_failures()
        coordinator = Coordinator(
            swept, strategy(swept), book, lambda tally: None, perform=perform, prepare=prepare, **options
        )
        coordinator.carry_out(Crew(executor, lambda: width))
    finally:
        book.close()
    return coordinator
