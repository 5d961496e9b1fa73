"""Programs that tests start."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def heeding(number: int) -> Iterator[None]:
    """Within, programs begin with the usual effect of a signal.

    A shell starts jobs in the background with Ctrl-C ignored, and they pass that on.
    """
    inherited = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, inherited)
