"""What a person sees when something goes wrong, and what a script sees: the exit code."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

RUN_FAILED = 1
BAD_INPUT = 2
RESUMABLE = 75  # EX_TEMPFAIL
INTERRUPTED = 130
TERMINATED = 143
RETRY_INTERVAL = 0.05  # s

# By the names of the classes: to import them all would take a second.
STATUS = {
    "BadInput": BAD_INPUT,
    "ConfigError": BAD_INPUT,
    "EntryError": BAD_INPUT,
    "OSError": BAD_INPUT,
    "ResultError": BAD_INPUT,
    "MemoryError": RUN_FAILED,
    "NotFinite": RUN_FAILED,
    "RunError": RUN_FAILED,
}


class BadInput(ValueError):
    """What was asked for cannot be done; the message says why, and what can."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: ends a verb as Ctrl-C does."""


def signals_end_the_program() -> None:
    """Let SIGTERM end the program through the blocks that clean up, as Ctrl-C does, and let neither be lost.

    A signal that meets Python in a finalizer or a callback raises there, where exceptions are only reported and the
    program goes on; then the signal is sent once more.
    """
    report = sys.unraisablehook

    def terminate(number: int, frame: FrameType | None) -> NoReturn:
        raise Terminated

    def again_if_swallowed(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, KeyboardInterrupt):
            report(unraisable)
            return
        number = signal.SIGTERM if isinstance(unraisable.exc_value, Terminated) else signal.SIGINT
        # Later, from another thread: raised here, it would be swallowed as well.
        later = threading.Timer(RETRY_INTERVAL, _thread.interrupt_main, [number])
        later.daemon = True
        later.start()

    signal.signal(signal.SIGTERM, terminate)
    sys.unraisablehook = again_if_swallowed


@contextmanager
def reported() -> Iterator[None]:
    """Turns what a person can cause into a message and an exit code; anything else is a bug and passes."""
    from cardiac.cli.terminal import complain

    try:
        yield
    except KeyboardInterrupt as signalled:
        if type(signalled).__name__ == "Interrupted":
            complain(str(signalled))
            raise typer.Exit(RESUMABLE) from None
        terminated = isinstance(signalled, Terminated)
        complain(f"{'terminated' if terminated else 'interrupted'}: nothing unfinished was kept")
        raise typer.Exit(TERMINATED if terminated else INTERRUPTED) from None
    except Exception as error:
        status = next((STATUS[c.__name__] for c in type(error).__mro__ if c.__name__ in STATUS), None)
        if status is None:
            raise
        complain(_message(error))
        raise typer.Exit(status) from None


def _message(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"not enough memory{f': {error}' if str(error) else ''} - use a larger tissue.spacing"
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)
