"""Notices when Numba compiles: what is simulated together for the first time, and after a kernel changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def compilation(began: Callable[[], None], ended: Callable[[], None]) -> Iterator[None]:
    """Calls `began` and `ended` around each compilation; a kernel found on the disk is none."""
    from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]
        depth = 0  # kernels compile what they call

        def on_start(self, event: Any) -> None:
            self.depth += 1
            if self.depth == 1:
                began()

        def on_end(self, event: Any) -> None:
            self.depth -= 1
            if self.depth == 0:
                ended()

    with event.install_listener("numba:compile", Listener()):
        yield
