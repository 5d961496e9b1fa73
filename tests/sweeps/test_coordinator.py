"""The coordinator and its ledger: every case once, whatever fails, and nothing lost."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from sweep_examples import FIND, GRID, Counting, carried_out, outcome, planned

from cardiac.config import ConfigError
from cardiac.config.messages import Problem
from cardiac.storage import locked
from cardiac.sweeps import ledger, records, work
from cardiac.sweeps.coordinator import Coordinator
from cardiac.sweeps.executors import Crew
from cardiac.sweeps.ledger import SweepError, Unreadable
from cardiac.sweeps.records import NoRoom, Record
from cardiac.sweeps.strategies import strategy
from cardiac.sweeps.work import InUse

BAD = "width=1 mm, g=0.2 mS/uF"


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def fails(task):
    """A case that fails; the others do not."""
    if task.case != BAD:
        return outcome(task)
    record = work.failed(task, "V became NaN at t = 3 ms")
    records.write(Path(f"{task.target}.json"), record)
    return record


def test_a_failed_case_is_recorded_and_stops_no_other(folder, pool):
    found = carried_out(planned(GRID), fails, pool)
    assert len(found.records) == 12
    assert [r.message for r in found.records.values() if not r.done] == ["V became NaN at t = 3 ms"]
    told = ledger.status(folder / "sweep.sweep")
    assert told.counts == {"done": 11, "failed": 1}
    assert told.failures == [(BAD, "V became NaN at t = 3 ms")]


def test_fail_fast_ends_with_the_first_that_fails(folder, pool):
    found = carried_out(planned(GRID), fails, pool, 1, fail_fast=True)
    assert list(found.records)[-1] == BAD
    assert len(found.records) < 12


def test_a_second_start_runs_only_what_is_left(folder, pool):
    carried_out(planned(GRID), fails, pool, 1, fail_fast=True)
    again = Counting(fails)
    found = carried_out(planned(GRID), again, pool)
    assert len(found.records) == 12
    assert BAD not in again.cases
    assert len(again.cases) == 12 - 6  # BAD is the sixth


def test_failed_cases_are_run_again_when_asked(folder, pool):
    carried_out(planned(GRID), fails, pool)
    again = Counting()
    found = carried_out(planned(GRID), again, pool, retry_failed=True)
    assert again.cases == [BAD]
    assert all(record.done for record in found.records.values())


class Dying:
    """A worker that dies so many times over one case."""

    def __init__(self, times):
        self.left = times

    def __call__(self, task):
        if task.case == BAD and self.left:
            self.left -= 1
            raise BrokenExecutor("its process died (SIGKILL)")
        return outcome(task)


def test_a_case_whose_worker_dies_is_run_once_more(folder, pool):
    perform = Counting(Dying(1))
    found = carried_out(planned(GRID), perform, pool)
    assert all(record.done for record in found.records.values())
    assert perform.cases.count(BAD) == 2
    assert len(perform.cases) == 13


def test_a_case_whose_worker_dies_again_fails(folder, pool):
    found = carried_out(planned(GRID), Dying(5), pool)
    assert found.records[BAD].message == "its process died (SIGKILL), 2 times"
    assert sum(record.done for record in found.records.values()) == 11


def test_cases_are_prepared_together_and_no_harm_is_done_if_that_fails(folder, pool):
    prepared = []

    def prepare(tasks):
        prepared.append([task.case for task in tasks])
        raise BrokenExecutor("its process died (SIGKILL)")

    perform = Counting()
    assert len(carried_out(planned(GRID), perform, pool, prepare=prepare).records) == 12
    assert len(prepared) < 6
    assert max(map(len, prepared)) >= 4
    assert len(perform.cases) == len(set(perform.cases)) == 12


def test_a_bug_in_the_work_fails_its_case_only(folder, pool):
    def buggy(task):
        return outcome(task) if task.case != BAD else 1 / 0

    found = carried_out(planned(GRID), buggy, pool)
    assert found.records[BAD].message == "ZeroDivisionError: division by zero"


def test_a_case_that_is_in_use_is_run_when_the_others_are(folder, pool):
    """By a worker of a coordinator that has ended: it fails nothing."""
    busy = [BAD, BAD]

    def perform(task):
        if task.case in busy:
            busy.remove(task.case)
            raise InUse("it is being written")
        return outcome(task)

    count = Counting(perform)
    found = carried_out(planned(GRID), count, pool, 1)
    assert all(record.done for record in found.records.values())
    assert len(count.cases) == 12 + 2
    assert count.cases[-1] == BAD


def test_a_case_that_another_worker_has_finished_meanwhile_is_not_run_again(folder, pool):
    def perform(task):
        record = outcome(task)
        if task.case == BAD:
            raise InUse("it is being written")
        return record

    count = Counting(perform)
    assert carried_out(planned(GRID), count, pool).records[BAD].done
    assert count.cases.count(BAD) == 1


def test_a_full_disk_ends_a_sweep_and_what_is_done_is_kept(folder, pool):
    def perform(task):
        if task.case == BAD:
            raise NoRoom("cases cannot be written (No space left on device)")
        return outcome(task)

    with pytest.raises(NoRoom):
        carried_out(planned(GRID), perform, pool, 1)
    again = Counting()
    assert len(carried_out(planned(GRID), again, pool).records) == 12
    assert len(again.cases) == 12 - 5
    assert ledger.status(folder / "sweep.sweep").counts == {"done": 12}


def test_a_ledger_for_which_there_is_no_room_loses_nothing(folder, pool):
    """The records are there; the next start tells it of them."""
    swept = planned(GRID)
    book = ledger.Ledger(folder / "sweep.sweep", swept)
    pages = book._connection.execute("PRAGMA page_count").fetchone()[0]
    book._connection.execute(f"PRAGMA max_page_count = {pages}")
    for case in swept.cases():
        outcome(Coordinator(swept, strategy(swept), book, lambda tally: None).task(case))
        book.note(Record(case.name, "digest", records.FAILED, "x" * 5000))
    with pytest.raises(NoRoom, match=r"ledger\.sqlite cannot be written"):
        book.commit()
    book.close()
    again = Counting()
    assert len(carried_out(planned(GRID), again, pool).records) == 12
    assert again.cases == []


@pytest.mark.parametrize("damage", ['{"a": 1}', "[", "3", "NULL"])
def test_a_row_that_cannot_be_read_says_how_to_rebuild_the_ledger(folder, pool, damage):
    carried_out(planned(GRID), outcome, pool)
    with sqlite3.connect(folder / "sweep.sweep/ledger.sqlite") as connection:
        connection.execute('UPDATE cases SET "values" = ? WHERE name = ?', [damage, BAD])
    with pytest.raises(Unreadable, match=f"the row of {BAD}.*--rebuild"):
        ledger.Ledger(folder / "sweep.sweep", planned(GRID))


@pytest.mark.parametrize("damage", ["CAST(x'80' AS TEXT)", "'{'", "'[1]'", "NULL"])
def test_what_is_swept_cannot_be_read(folder, pool, damage):
    swept = planned(GRID)
    carried_out(swept, outcome, pool)
    with sqlite3.connect(folder / "sweep.sweep/ledger.sqlite") as connection:
        connection.execute(f"UPDATE sweep SET value = {damage} WHERE key = 'definition'")
    with pytest.raises(Unreadable, match="--rebuild") as error:
        ledger.check_same(folder / "sweep.sweep", swept.definition)
    assert len(str(error.value)) < 250


def killed_in_a_transaction(file):
    """Kill a process that has begun to write into a database."""
    writing = f"""\
import os, signal, sqlite3
connection = sqlite3.connect({str(file)!r}, isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN")
for k in range(2000):
    connection.execute("INSERT INTO cases (name, state) VALUES (?, 'running')", [f"{{k}}" + 500 * "x"])
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", writing], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert file.with_name(f"{file.name}-journal").stat().st_size > 512


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills")
def test_a_sweep_that_was_killed_as_it_wrote_its_ledger_goes_on(folder, pool):
    swept = planned(GRID)
    carried_out(swept, outcome, pool)
    file = folder / "sweep.sweep/ledger.sqlite"
    killed_in_a_transaction(file)
    ledger.check_same(folder / "sweep.sweep", swept.definition)
    killed_in_a_transaction(file)
    assert ledger.status(folder / "sweep.sweep").counts == {"done": 12}
    killed_in_a_transaction(file)
    again = Counting()
    assert len(carried_out(planned(GRID), again, pool).records) == 12
    assert again.cases == []


def test_an_empty_ledger_is_none(folder, pool):
    """A program was killed before it wrote the first page."""
    swept = planned(GRID)
    (folder / "sweep.sweep").mkdir()
    (folder / "sweep.sweep/ledger.sqlite").touch()
    ledger.check_same(folder / "sweep.sweep", swept.definition)
    with pytest.raises(SweepError, match="no sweep has begun there"):
        ledger.status(folder / "sweep.sweep")
    assert len(carried_out(swept, outcome, pool).records) == 12


def test_a_point_between_the_ends_that_is_no_config_fails_alone(folder, pool):
    """The others of a search go on; the message names the sweep and the value."""
    swept = planned(FIND)
    whole = swept.base.config_of

    def refusing(case):
        if case.at["width"] == 1.0 and case.at["g"] not in (0.1, 4.0):
            raise ConfigError([Problem("", "too much", "--set g")])
        return whole(case)

    swept.base.config_of = refusing
    swept.base.problems = lambda cases, document: [document.problem(("sweep", "g"), "too much", "key")]
    found = carried_out(swept, outcome, pool)
    failed = [name for name, record in found.records.items() if not record.done]
    assert failed
    assert all(name.startswith("width=1 mm") for name in failed)
    assert found.records[failed[0]].message.startswith("sweep.yaml:4:3: sweep.g: too much")
    remarks = [found.strategy.found((k,)).remark for k in range(3)]
    assert [bool(remark) for remark in remarks] == [False, True, False]
    assert ledger.status(folder / "sweep.sweep").counts["failed"] == len(failed)
    assert len(carried_out(swept, outcome, pool).records) == len(found.records)


class Arriving:
    """How many workers there are: none at first, then more."""

    def __init__(self, *counts):
        self.counts = list(counts)

    def __call__(self):
        return self.counts.pop(0) if len(self.counts) > 1 else self.counts[0]


def test_workers_may_come_later_and_more_of_them(folder):
    """One case waits for the first; those who follow have work as well."""
    swept, running, most = planned(GRID), [], []

    def perform(task):
        running.append(task.case)
        time.sleep(0.02)
        most.append(len(running))
        running.remove(task.case)
        return outcome(task)

    tallies = []
    book = ledger.Ledger(Path("sweep.sweep"), swept)
    coordinator = Coordinator(
        swept, strategy(swept), book, tallies.append, perform=perform, prepare=lambda tasks: None
    )
    with ThreadPoolExecutor(8) as executor:
        coordinator.carry_out(Crew(executor, Arriving(0, 0, 1, 4)))
    book.close()
    assert len(coordinator.records) == 12
    assert [tally.workers for tally in tallies[:3]] == [0, 0, 1]
    assert max(most) >= 3


def test_what_was_done_when_the_coordinator_was_killed_is_not_done_again(folder, pool):
    """The records are written by the workers: the ledger may have heard of none."""
    carried_out(planned(GRID), outcome, pool)
    with sqlite3.connect(folder / "sweep.sweep/ledger.sqlite") as connection:
        connection.execute("DELETE FROM cases WHERE name LIKE 'width=1 mm%'")
        connection.execute("UPDATE cases SET state = 'running' WHERE name LIKE 'width=2 mm%'")
    again = Counting()
    assert len(carried_out(planned(GRID), again, pool).records) == 12
    assert again.cases == []


def test_the_ledger_is_rebuilt_from_the_records(folder, pool):
    first = carried_out(planned(GRID), fails, pool)
    shutil.copy("sweep.sweep/ledger.sqlite", "before.sqlite")
    ledger.remove(folder / "sweep.sweep")
    again = Counting()
    second = carried_out(planned(GRID), again, pool)
    assert again.cases == []
    assert second.records == first.records
    rows = [
        sorted(sqlite3.connect(file).execute("SELECT * FROM cases"))
        for file in ("before.sqlite", "sweep.sweep/ledger.sqlite")
    ]
    assert rows[0] == rows[1]


def test_a_record_keeps_where_its_case_lies_on_the_axes(folder, pool):
    """In the ledger, and in the files from which that is rebuilt."""
    swept = planned(GRID)
    carried_out(swept, fails, pool)
    expected = {case.name: case.at for case in swept.cases()}
    assert expected[BAD] == {"width": 1.0, "g": 0.2}
    for _ in range(2):
        book = ledger.Ledger(folder / "sweep.sweep", swept)
        assert {record.case: record.at for record in book} == expected
        book.close()
        ledger.remove(folder / "sweep.sweep")


def test_a_damaged_record_is_done_again(folder, pool):
    carried_out(planned(GRID), outcome, pool)
    ledger.remove(folder / "sweep.sweep")
    broken = next((folder / "sweep.sweep/cases").glob("width=1mm,g=0.2*.json"))
    broken.write_text(broken.read_text()[:40])
    again = Counting()
    carried_out(planned(GRID), again, pool)
    assert again.cases == [BAD]


def test_a_ledger_of_another_sweep_is_refused_with_the_differences(folder, pool):
    swept = planned(GRID)
    carried_out(swept, outcome, pool)
    ledger.check_same(folder / "sweep.sweep", swept.definition)
    other = planned(GRID.replace("count: 4", "count: 5").replace("0.5 mm", "0.75 mm"))
    before = (folder / "sweep.sweep/ledger.sqlite").read_bytes()
    with pytest.raises(SweepError) as error:
        ledger.check_same(folder / "sweep.sweep", other.definition)
    head, *rest = str(error.value).splitlines()
    assert "holds another sweep (2 differences)" in head
    assert rest == ["  sweep.width.values[0]: 0.5 mm -> 0.75 mm", "  sweep.g.count: 4 -> 5"]
    assert (folder / "sweep.sweep/ledger.sqlite").read_bytes() == before


def test_another_base_is_another_sweep(folder, pool):
    carried_out(planned(GRID), outcome, pool)
    (folder / "strip.yaml").write_text((folder / "strip.yaml").read_text().replace("90 ms", "95 ms"))
    with pytest.raises(SweepError, match=r"base\.run\.duration: 90 ms -> 95 ms"):
        ledger.check_same(folder / "sweep.sweep", planned(GRID).definition)


def test_of_another_sweep_that_is_taken_over_the_same_cases_are_kept(folder, pool):
    carried_out(planned(GRID), outcome, pool)
    ledger.remove(folder / "sweep.sweep")
    again = Counting()
    carried_out(planned(GRID.replace("0.5 mm", "0.75 mm")), again, pool)
    assert len(again.cases) == 4
    assert all(case.startswith("width=0.75 mm") for case in again.cases)


def test_a_damaged_ledger_says_how_to_rebuild_it(folder):
    (folder / "sweep.sweep").mkdir()
    (folder / "sweep.sweep/ledger.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(SweepError, match="--rebuild"):
        ledger.status(folder / "sweep.sweep")


def test_running_cases_of_a_program_that_is_gone_do_not_run(folder, pool):
    carried_out(planned(GRID), outcome, pool)
    with sqlite3.connect(folder / "sweep.sweep/ledger.sqlite") as connection:
        connection.execute("UPDATE cases SET state = 'running' WHERE name LIKE 'width=2 mm%'")
    assert ledger.status(folder / "sweep.sweep").counts == {"done": 8}
    with locked(folder / "sweep.sweep"):
        assert ledger.status(folder / "sweep.sweep").counts == {"done": 8, "running": 4}


def test_a_thousand_trivial_cases_take_seconds_and_little_room(folder, pool):
    """Ten thousand are in the report: less than 60 s and 20 MB."""
    swept = planned(
        GRID.replace("values: [0.5 mm, 1 mm, 2 mm]", "from: 0.5 mm, to: 2 mm, count: 25").replace(
            "count: 4", "count: 40"
        )
    )
    begun = time.monotonic()
    assert len(carried_out(swept, outcome, pool).records) == 1000
    assert time.monotonic() - begun < 6.0
    assert (folder / "sweep.sweep/ledger.sqlite").stat().st_size < 2e6
