"""Signals that end a run: the first is noted, so that a checkpoint can be made; a later one ends it at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

NAMES = "SIGINT", "SIGTERM", "SIGHUP"  # the last where the system has it: a connection is lost
TOGETHER = 2.0  # s in which signals count as one: who sends them often sends two


class Interrupted(KeyboardInterrupt):
    """A run that was told to stop and can go on later; the message says how."""


def how_to_go_on(path: Path) -> str:
    """What to type when a run was cut short."""
    return f'go on with "cardiac resume {path}"'


@contextmanager
def noted() -> Iterator[Callable[[], int]]:
    """Within, the first signal does nothing; the function that is given tells its number, 0 before it came."""
    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread alone
        yield lambda: 0
        return
    first, since = 0, 0.0
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    # A job in the background ignores Ctrl-C, and None is a handler that is not of Python: those stay.
    ours = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}

    def as_before() -> None:
        for number, handler in ours.items():
            signal.signal(number, handler)

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal first, since
        if first and time.monotonic() - since > TOGETHER:
            as_before()
            signal.raise_signal(number)
        elif not first:
            first, since = number, time.monotonic()

    for number in ours:
        signal.signal(number, note)
    try:
        yield lambda: first
    finally:
        as_before()
