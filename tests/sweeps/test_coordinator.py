"""The coordinator and its ledger: every case once, whatever fails, and nothing lost."""

import shutil
import sqlite3
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from sweep_examples import GRID, Counting, carried_out, outcome, planned

from cardiac.storage import locked
from cardiac.sweeps import ledger, records, work
from cardiac.sweeps.ledger import SweepError

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
