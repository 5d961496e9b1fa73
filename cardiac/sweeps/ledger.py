"""The ledger of a sweep: which cases are done, running and failed. Written by the coordinator alone.

    NAME.sweep/ledger.sqlite   what is swept, and a row for each case that was begun
    NAME.sweep/cases/          a record for each case, NAME.json, and what is kept of its result, NAME.h5

The records are written before the ledger hears of them, so they are the truth: the ledger is rebuilt from them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from cardiac.differences import Difference, differences
from cardiac.registry import EntryError
from cardiac.storage import leftovers, locked
from cardiac.sweeps import records
from cardiac.sweeps.cases import Case, stem_of
from cardiac.sweeps.collect import Collected
from cardiac.sweeps.plan import Plan
from cardiac.sweeps.records import NoRoom, Record
from cardiac.units import shown

FORMAT = "cardiac-sweep/2"
NAME = "ledger.sqlite"
RUNNING = "running"
COMMIT = 1.0  # s, between transactions: what is lost with the machine is found again in the records
MOST_SHOWN = 12  # differences between two sweeps

_COLUMNS = (
    'name TEXT PRIMARY KEY, digest TEXT, state TEXT, message TEXT, "values" TEXT, seconds REAL, at TEXT'
)
_TABLES = (
    "CREATE TABLE IF NOT EXISTS sweep (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    f"CREATE TABLE IF NOT EXISTS cases ({_COLUMNS}) WITHOUT ROWID",
)


class SweepError(EntryError):
    """A sweep that cannot be carried out or continued; the message says why, and what to do."""


class Unreadable(SweepError):
    """A ledger that is damaged."""


@contextmanager
def _speaking(file: Path) -> Iterator[None]:
    """Within, errors of the database say what to do: NoRoom of a full disk, Unreadable of a damaged ledger."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
            raise NoRoom(f"{file} cannot be written ({error})") from None
        why, _, _ = str(error).partition(" with text ")  # of a damaged text, all of it follows
        raise _unreadable(file, why) from None


def _unreadable(file: Path, why: str) -> Unreadable:
    return Unreadable(f"{file} cannot be read ({why}) - rebuild it: cardiac sweep FILE --rebuild")


class Ledger:
    """The ledger in a folder, open for writing."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.cases, self._file = folder, folder / "cases", folder / NAME
        self._collect, self._keep = set(plan.keys.collect), plan.keys.keep
        try:
            self.cases.mkdir(parents=True, exist_ok=True)
            for left in leftovers(self.cases):  # of workers that were killed
                left.unlink(missing_ok=True)
        except OSError as error:
            raise SweepError(f"{error.filename}: {error.strerror}") from None
        try:
            with _speaking(self._file):
                self._connection = sqlite3.connect(self._file, isolation_level=None)
                self._begin(plan)
                self._known = {record.case: record for record in _records(self._connection, self._file)}
        except NoRoom as error:
            raise SweepError(str(error)) from None
        self._rows: dict[str, tuple[Any, ...]] = {}  # to be written
        self._on_disk = {path.name for path in self.cases.glob("*.json")}
        self._written = time.monotonic()

    def _begin(self, plan: Plan) -> None:
        """Say what is swept: all of it or, if this is killed, nothing."""
        told = {"format": FORMAT, "title": plan.title, "definition": json.dumps(plan.definition)}
        self._connection.execute("BEGIN IMMEDIATE")
        for table in _TABLES:
            self._connection.execute(table)
        self._connection.execute("UPDATE cases SET state = NULL WHERE state = ?", [RUNNING])
        self._connection.executemany("INSERT OR REPLACE INTO sweep VALUES (?, ?)", told.items())
        self._connection.execute("COMMIT")

    def record(self, case: Case, digest: str) -> Record | None:
        """What is known of a case with this digest of its config; None where it has to be run."""
        found = self._known.get(case.name)
        if found is None and f"{case.stem}.json" in self._on_disk:
            found = records.read(self.cases / f"{case.stem}.json")
            if found is not None and self._fits(found, case, digest):
                self.note(found)
        return found if found is not None and self._fits(found, case, digest) else None

    def __iter__(self) -> Iterator[Record]:
        """The records that there are, of other sweeps too, and those that the ledger has not heard of."""
        yield from list(self._known.values())
        heard = {f"{stem_of(name)}.json" for name in self._known}
        others = (records.read(self.cases / name) for name in sorted(self._on_disk - heard))
        yield from (record for record in others if record is not None)

    def look_again(self, case: Case) -> None:
        """A worker of another start may have written the record of a case by now."""
        if (self.cases / f"{case.stem}.json").exists():
            self._on_disk.add(f"{case.stem}.json")

    def _fits(self, record: Record, case: Case, digest: str) -> bool:
        """Whether a record is of this case, and all is there that is to be kept of it."""
        if record.digest != digest or not record.done:
            return record.digest == digest
        kept = self._keep == "summary" or (self.cases / f"{case.stem}.h5").exists()
        return kept and self._collect <= record.values.keys()

    def forget_failures(self) -> None:
        """Let failed cases be run again."""
        for name in [name for name, record in self._known.items() if not record.done]:
            del self._known[name]
        with _speaking(self._file):
            self._connection.execute("DELETE FROM cases WHERE state = ?", [records.FAILED])
        for path in self.cases.glob("*.json"):
            record = records.read(path)
            if record is None or not record.done:
                path.unlink()
                self._on_disk.discard(path.name)

    def begin(self, case: Case, digest: str) -> None:
        """Note that a case runs."""
        self._rows[case.name] = (case.name, digest, RUNNING, "", "", 0.0, "")
        self.commit(COMMIT)

    def note(self, record: Record) -> None:
        """Note what came of a case."""
        self._known[record.case] = record
        self._rows[record.case] = _row(record)
        self.commit(COMMIT)

    def commit(self, after: float = 0.0) -> None:
        """Write what was noted, in one transaction; at most every so many seconds."""
        now = time.monotonic()
        if self._rows and now - self._written >= after:
            with _speaking(self._file), self._connection:
                self._connection.execute("BEGIN")
                self._connection.executemany(
                    "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?)", self._rows.values()
                )
            self._rows, self._written = {}, now

    def close(self) -> None:
        """Write what there is room for; the rest is found in the records again."""
        with suppress(NoRoom, Unreadable), _speaking(self._file):
            self.commit()
            self._connection.execute("DELETE FROM cases WHERE state IS NULL OR state = ?", [RUNNING])
        self._connection.close()


def _row(record: Record) -> tuple[Any, ...]:
    return (*record[:4], json.dumps(record.values), record.seconds, json.dumps(record.at))


def _records(connection: sqlite3.Connection, file: Path) -> Iterator[Record]:
    finished = (records.DONE, records.FAILED)
    for name, digest, state, message, values, seconds, at in connection.execute(
        "SELECT * FROM cases WHERE state IN (?, ?)", finished
    ):
        try:
            found = {path: Collected(*value) for path, value in json.loads(values).items()}
            record = Record(name, digest, state, message, found, seconds, dict(json.loads(at)))
        except (AttributeError, TypeError, ValueError) as error:
            raise _unreadable(file, f"the row of {name}: {error}") from None
        yield record


class Status(NamedTuple):
    """How far a sweep is."""

    title: str
    counts: dict[str, int]  # by state
    failures: list[tuple[str, str]]  # case, message
    seconds: float  # of all cases that are done


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A ledger open for reading, and so that what a program that was killed has begun to write is undone."""
    file = folder / NAME
    with (
        _speaking(file),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection,
    ):
        yield connection


def _told(connection: sqlite3.Connection, file: Path) -> dict[str, Any]:
    """What a ledger says of its sweep; nothing where a program was killed as it began one."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sweep'").fetchone():
        return {}
    told: dict[str, Any] = dict(connection.execute("SELECT key, value FROM sweep"))
    if told.get("format") != FORMAT:
        raise _unreadable(file, f"it is of the format {shown(told.get('format'))}, not {FORMAT}")
    try:
        return told | {"definition": dict(json.loads(told["definition"]))}
    except (KeyError, TypeError, ValueError):
        raise _unreadable(file, "it does not tell what is swept") from None


def status(folder: Path) -> Status:
    """How far the sweep in a folder is; raises SweepError where there is none."""
    file = folder / NAME
    none = f"{folder}: no sweep has begun there (there is no {file}) - begin it with cardiac sweep FILE"
    if not file.is_file():
        raise SweepError(none)
    with _opened(folder) as connection:
        if not (told := _told(connection, file)):
            raise SweepError(none.replace("there is no", "there is nothing in"))
        grouped = "SELECT state, COUNT(*) FROM cases WHERE state IS NOT NULL GROUP BY state"
        failed = "SELECT name, message FROM cases WHERE state = ? ORDER BY name"
        counts = dict(connection.execute(grouped))
        if not _is_carried_out(folder):
            counts.pop(RUNNING, None)
        return Status(
            title=told.get("title", ""),
            counts=counts,
            failures=list(connection.execute(failed, [records.FAILED])),
            seconds=connection.execute("SELECT TOTAL(seconds) FROM cases").fetchone()[0],
        )


def _is_carried_out(folder: Path) -> bool:
    """Whether a program does: one that was killed has left cases that seem to be running."""
    if not folder.with_name(f"{folder.name}.lock").exists():
        return False
    try:
        with locked(folder):
            return False
    except OSError:
        return True


def check_same(folder: Path, definition: Mapping[str, Any]) -> None:
    """Raise SweepError where a folder holds another sweep, with the differences."""
    if not (folder / NAME).is_file():
        return
    with _opened(folder) as connection:
        told = _told(connection, folder / NAME)
    if not told or (old := told["definition"]) == definition:
        return
    lines = [str(difference) for difference in _changed(old, definition)]
    count = f"{len(lines)} difference{'s' * (len(lines) > 1)}" if lines else "a file it refers to has changed"
    more = [f"  and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    head = f"{folder} holds another sweep ({count}) - rename one of the two, or use --force to go on with this one "
    head += "there: cases that are the same are kept"
    raise SweepError("\n".join([head, *lines[:MOST_SHOWN], *more]))


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Difference]:
    return (found for found in differences(old, new) if found.key != "digest")


def remove(folder: Path) -> None:
    """Remove a ledger, to be rebuilt from the records."""
    (folder / NAME).unlink(missing_ok=True)
    (folder / f"{NAME}-journal").unlink(missing_ok=True)
