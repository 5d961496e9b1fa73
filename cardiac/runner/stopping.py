"""Signals that end a run: the first is noted, so that a checkpoint can be made; a second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted() -> Iterator[Callable[[], int]]:
    """Within, the first SIGINT or SIGTERM does nothing; the function that is given tells its number, 0 before."""
    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread alone
        yield lambda: 0
        return
    found = 0
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def as_before() -> None:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal found
        found = number
        as_before()

    for number, handler in before.items():
        if handler not in (
            signal.SIG_IGN,
            None,
        ):  # a job in the background ignores Ctrl-C; None: not of Python
            signal.signal(number, note)
    try:
        yield lambda: found
    finally:
        as_before()
