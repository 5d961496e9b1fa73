"""One program at a time writes a result."""

from __future__ import annotations

import errno
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Of file systems that know no locks: there, nobody is kept out.
UNKNOWN = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class Locked(OSError):
    """Another program, the `owner`, writes the same result; the message says which."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(f"{path} is being written by {owner} - wait for it, or write elsewhere with -o")
        self.owner = owner


LOOK = 0.05  # s, between attempts


@contextmanager
def locked(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Within, no other program writes the result `path`; raises Locked if one still does after `patience` [s].

    The system lets go of a lock when its owner ends, however it ends; the file NAME.h5.lock may remain then.
    """
    lock = path.with_name(f"{path.name}.lock")
    until = time.monotonic() + patience
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _take(descriptor)
        except BlockingIOError:
            owner = os.read(descriptor, 200).decode(errors="replace") or "another program"
            os.close(descriptor)
            if time.monotonic() < until:
                time.sleep(LOOK)
                continue
            raise Locked(path, owner) from None
        except OSError as error:
            if error.errno not in UNKNOWN:
                os.close(descriptor)
                raise
        try:  # the one before may have removed the file after it was opened here
            if os.path.samestat(os.fstat(descriptor), lock.stat()):
                break
        except FileNotFoundError:
            pass
        os.close(descriptor)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {platform.node()}".encode())
        yield
    finally:
        if sys.platform == "win32":  # where a file that is open cannot be removed
            os.close(descriptor)
            lock.unlink(missing_ok=True)
        else:
            lock.unlink(missing_ok=True)
            os.close(descriptor)


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
