"""Who carries out the cases: processes of this machine or a Dask cluster, both as `concurrent.futures` executors."""

from __future__ import annotations

import math
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from cardiac.sweeps.ledger import SweepError

PATIENCE = 5.0  # s: of a cluster to answer, of workers to keep what they have when they are told to stop
LOOK = 0.5  # s, between questions after the workers of a cluster
AHEAD = 2  # cases sent to each thread of a cluster, so that it need not wait for the next


class Gone(RuntimeError):
    """The cluster went away while cases were run; the message says so."""


class Crew(NamedTuple):
    """An executor, and how many workers it has, which may change; each takes so many cases at a time."""

    executor: Executor
    workers: Callable[[], int]
    ahead: int = 1


class Processes(Executor):
    """Spawned processes with one case each: when one is killed its case is lost, no other, and a new one comes."""

    def __init__(self, count: int) -> None:
        self._work: queue.SimpleQueue[tuple[Future[Any], Callable[..., Any], Any] | None] = (
            queue.SimpleQueue()
        )
        self._context = multiprocessing.get_context("spawn")
        self._processes: list[Any] = [None] * count
        self._stopped = False
        resource_tracker.ensure_running()  # started from a thread it would let Ctrl-C through there
        self._threads = [threading.Thread(target=self._attend, args=[k], daemon=True) for k in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Let the next free process call a function of a module."""
        future: Future[Any] = Future()
        self._work.put((future, function, arguments))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Tell the processes to stop, which lets runs make a last checkpoint; end those that do not."""
        self._stopped = True
        for _ in self._threads:
            self._work.put(None)
        busy = [process for process in self._processes if process is not None]
        for process in busy:
            process.terminate()
        for process in busy:
            process.join(PATIENCE)
            process.kill()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _attend(self, number: int) -> None:
        """Hand work to one process, which is started when there is some."""
        if hasattr(signal, "pthread_sigmask"):
            # Ctrl-C reaches all processes at once, but what it means to those started here the coordinator tells.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        pipe: Connection | None = None
        while (item := self._work.get()) is not None and not self._stopped:
            future, function, arguments = item
            try:
                pipe = pipe or self._started(number)
                pipe.send((function, arguments))
                found, error = pipe.recv()
            except (EOFError, OSError):
                pipe = None
                how = _how(_exit_code(self._processes[number]))
                future.set_exception(BrokenExecutor(f"its process died ({how})"))
            except Exception as error:  # it could not be started, or be sent the work
                future.set_exception(error)
            else:
                future.set_exception(error) if error is not None else future.set_result(found)

    def _started(self, number: int) -> Connection:
        ours, theirs = self._context.Pipe()
        process = self._processes[number] = self._context.Process(target=_serve, args=[theirs], daemon=True)
        process.start()
        theirs.close()
        try:
            ours.recv()
        except EOFError:
            if (_exit_code(process) or 0) > 0:  # no accident: it would be the same with the next
                raise SweepError(STILLBORN) from None
            raise
        return ours


STILLBORN = (
    'a process that was to run cases ended as it began - in a script, sweep under if __name__ == "__main__":'
)


def _exit_code(process: Any) -> int | None:
    process.join(PATIENCE)
    code: int | None = process.exitcode
    return code


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _serve(pipe: Connection) -> None:
    """Call what comes through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _terminated)
    threading.Thread(target=_end_with_the_coordinator, daemon=True).start()
    with suppress(EOFError, OSError, KeyboardInterrupt):
        pipe.send("ready")
        while True:
            function, arguments = pipe.recv()
            answer: tuple[Any, Exception | None]
            try:
                answer = function(*arguments), None
            except Exception as error:
                answer = None, error
            pipe.send(answer)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends


def _terminated(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end_with_the_coordinator() -> None:
    """End when the coordinator does, even if it was killed: nobody would take what is computed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def local(jobs: int) -> Iterator[Crew]:
    """So many processes of this machine."""
    processes = Processes(jobs)
    try:
        yield Crew(processes, lambda: jobs)
    finally:
        processes.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """The workers of the Dask cluster whose scheduler is at an address; raises SweepError where there is none."""
    try:
        from distributed import Client
    except ImportError:
        text = 'a Dask cluster needs the extra "dask": pip install "cardiac-tissue[dask]"'
        raise SweepError(text) from None
    try:
        check_address(address)
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        why = str(error).partition("\n")[0] or "no answer"
        text = (
            f'no Dask scheduler answers at {address} ({why}) - start one with "dask scheduler", and give the '
        )
        raise SweepError(f"{text}address that it prints") from None
    with client:
        yield Crew(client.get_executor(pure=False), _Threads(client), AHEAD)


def check_address(address: str) -> None:
    """Raise ValueError for a scheme that Dask does not know: its client would leave a traceback behind."""
    from distributed.comm import parse_address
    from distributed.comm.registry import get_backend

    get_backend(parse_address(address)[0])


class _Threads:
    """How many threads the workers of a cluster have; asked for now and then."""

    def __init__(self, client: Any) -> None:
        self.client, self._known, self._asked = client, 0, -math.inf

    def __call__(self) -> int:
        if time.monotonic() - self._asked > LOOK and self.client.status == "running":
            with suppress(
                OSError, RuntimeError, TimeoutError
            ):  # that a scheduler has gone shows in the cases
                self._known = sum(self.client.nthreads().values())
            self._asked = time.monotonic()
        return self._known
