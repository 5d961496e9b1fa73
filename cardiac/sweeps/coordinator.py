"""The coordinator: hands cases out, a few at a time, and keeps the ledger."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from cardiac.config import ConfigError
from cardiac.sweeps import records, work
from cardiac.sweeps.cases import Case
from cardiac.sweeps.executors import Crew, Gone
from cardiac.sweeps.ledger import Ledger, SweepError
from cardiac.sweeps.plan import Plan
from cardiac.sweeps.records import FAILED, NoRoom, Record
from cardiac.sweeps.strategies import Strategy
from cardiac.sweeps.work import InUse, Task

LOOK = 0.5  # s, between reports while nothing ends
ATTEMPTS = 2  # of a case whose worker dies: it may have been somebody else's fault


class Tally(NamedTuple):
    """How far a sweep is."""

    done: int
    running: int
    failed: int
    total: int  # about, where answers decide what is run
    ran: int  # of those done and failed, in this start
    elapsed: float  # s
    workers: int  # none: a cluster that has none yet, or has lost them


class Coordinator:
    """Carries out what a strategy asks for."""

    def __init__(
        self,
        plan: Plan,
        strategy: Strategy,
        ledger: Ledger,
        report: Callable[[Tally], None],
        *,
        fail_fast: bool = False,
        perform: Callable[[Task], Record] = work.perform,
        prepare: Callable[[list[Task]], None] = work.prepare,
    ) -> None:
        self.plan, self.strategy, self.ledger, self.report = plan, strategy, ledger, report
        self.fail_fast, self.perform, self.prepare = fail_fast, perform, prepare
        self.records: dict[str, Record] = {}  # by case
        self._begun = time.monotonic()
        self._ran = self._failed = 0
        self._running: dict[Future[Record], tuple[Case, Task, int]] = {}
        self._preparing: dict[Future[None], list[tuple[Case, Task]]] = {}
        self._ready: deque[tuple[Case, Task]] = deque()
        self._workers = 0

    def carry_out(self, crew: Crew) -> None:
        """Run until there is nothing left, or until a case fails if that is to be the end."""
        for case in self.strategy.remembered(self.ledger):
            with suppress(ConfigError):  # is told when it is asked for
                self._remembered(case, self.plan.base.digest_of(case))
        while self._fill(crew) or self._running or self._preparing:
            busy: list[Future[Any]] = [*self._running, *self._preparing]
            done, _ = wait(busy, timeout=LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                if future in self._preparing:  # how it went shows when they are run
                    self._ready += self._preparing.pop(future)
                else:
                    self._ended(crew, future)
            self.ledger.commit(LOOK)
            self.report(self.tally)
        self.ledger.commit()

    @property
    def tally(self) -> Tally:
        """How far it is."""
        done = len(self.records) - self._failed
        elapsed = time.monotonic() - self._begun
        return Tally(done, self._busy, self._failed, self.strategy.total, self._ran, elapsed, self._workers)

    @property
    def _busy(self) -> int:
        """How many workers have something to do."""
        return len(self._running) + len(self._preparing)

    def _fill(self, crew: Crew) -> bool:
        """Give idle workers something to do; whether there was anything. One case waits for the first worker."""
        self._workers = crew.workers()
        width = max(1, crew.ahead * self._workers)
        began = False
        while self._busy < width and not (self.fail_fast and self._failed):
            if self._ready:
                case, task = self._ready.popleft()
                if not self._remembered(case, task.digest):
                    self.ledger.begin(case, task.digest)
                    self._submit(crew, case, task, 1)
            elif len(coming := self._coming(width)) > 1:
                tasks = [task for _, task in coming]
                self._preparing[crew.executor.submit(self.prepare, tasks)] = coming
            elif coming:
                self._ready += coming
            else:
                break
            began = True
        return began

    def _coming(self, width: int) -> list[tuple[Case, Task]]:
        """The next cases that are not known, as many as are worth preparing together, and leave some to others."""
        left = self.strategy.total - len(self.records) - len(self._running)
        count = min(self.strategy.foreseen, max(1, left // width))
        found: list[tuple[Case, Task]] = []
        while len(found) < count and (case := self.strategy.next(width - self._busy)) is not None:
            try:
                task = self.task(case)
            except ConfigError:
                self._refuse(case)
                continue
            if not self._remembered(case, task.digest):
                found.append((case, task))
        return found

    def _remembered(self, case: Case, digest: str) -> bool:
        """Whether it is known what came of a case."""
        record = self.ledger.record(case, digest)
        if record is not None:
            self._take(case, record)
        return record is not None

    def _refuse(self, case: Case) -> None:
        """Note the failure of a case that is no config: a point that was chosen after others were run."""
        problems = self.plan.base.problems([case], self.plan.document)
        record = Record(case.name, "", FAILED, str(ConfigError(problems)), at=case.at)
        records.write(self.ledger.cases / f"{case.stem}.json", record)
        self._note(case, record)

    def _note(self, case: Case, record: Record) -> None:
        """What came of a case that was run."""
        self._ran += 1
        self.ledger.note(record)
        self._take(case, record)

    def _take(self, case: Case, record: Record) -> None:
        self.records[case.name] = record
        self._failed += not record.done
        self.strategy.tell(case, record)

    def task(self, case: Case) -> Task:
        """A case as it is sent to a worker."""
        base, keys = self.plan.base, self.plan.keys
        return Task(
            case=case.name,
            digest=base.digest_of(case),
            text=base.document.text,
            base=base.document.name,
            folder=str(base.folder.resolve()),
            settings=case.settings,
            collect=keys.collect,
            keep=keys.keep,
            target=str(self.ledger.cases.resolve() / case.stem),
            at=case.at,
        )

    def _submit(self, crew: Crew, case: Case, task: Task, attempt: int) -> None:
        self._running[crew.executor.submit(self.perform, task)] = case, task, attempt

    def _ended(self, crew: Crew, future: Future[Record]) -> None:
        """Note what came of a case, or let it be run again."""
        case, task, attempt = self._running.pop(future)
        try:
            record = self._outcome(future, task, attempt)
        except InUse:  # by a worker of another start, which may be about to end
            self.ledger.look_again(case)
            self._ready.append((case, task))
            return
        if record is None:
            self._submit(crew, case, task, attempt + 1)
        else:
            self._note(case, record)

    def _outcome(self, future: Future[Record], task: Task, attempt: int) -> Record | None:
        """What came of a case; None if it is to be run again, as its worker died."""
        if future.cancelled():
            raise Gone("the scheduler of the cluster has gone")
        error = future.exception()
        if isinstance(error, (SweepError, NoRoom, InUse)):
            raise error
        if error is None:
            return future.result()
        if isinstance(error, BrokenExecutor) and attempt < ATTEMPTS:
            return None
        died = f"{error}, {attempt} times" if isinstance(error, BrokenExecutor) else ""
        record = work.failed(task, died or f"{type(error).__name__}: {error}")
        records.write(Path(f"{task.target}.json"), record)
        return record
