"""What is kept of a run while it is not complete: the folder NAME.h5.part beside the file that it will be.

    run.json           what is run: see `Unfinished.begin`
    segment-000007     what was recorded between the sixth checkpoint and the seventh: HDF5, laid out as a result
    checkpoint-000007  the state at the seventh, to go on from: see `checkpoint`

Each appears under its name at once, when all of it is on the disk, and is never written again: the segment first.
The last two checkpoints are kept. Segments after the last whole one are of no use: that will be done again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cardiac.storage import checkpoint
from cardiac.storage.checkpoint import CorruptCheckpoint, sync
from cardiac.storage.format import Array, ResultError

KEPT = 2  # checkpoints


class Unfinished:
    """The folder of the run whose result will be the file `path`."""

    def __init__(self, path: Path) -> None:
        self.folder = path.with_name(f"{path.name}.part")

    def __bool__(self) -> bool:
        """Whether there is one."""
        return (self.folder / "run.json").exists()

    def run(self) -> dict[str, Any]:
        """What is run, as it was given to `begin`; raises ResultError if it cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        except (OSError, ValueError) as error:
            raise ResultError(f"{self.folder} does not tell what it is of ({error})") from None
        return found

    def begin(self, run: Mapping[str, Any]) -> None:
        """Make the folder, and note what is run."""
        self.remove()
        self.folder.mkdir()
        temporary = self.folder / "run.json.tmp"
        temporary.write_text(json.dumps(run, indent=1))
        sync(temporary)
        temporary.replace(self.folder / "run.json")
        sync(self.folder)
        sync(self.folder.parent)

    def seal(self, segment: Path, state: Mapping[str, Array]) -> None:
        """Take in what was recorded since the last checkpoint, a closed file that is moved, and the `state` now."""
        number = max([0, *self._numbers("segment")]) + 1
        sync(segment)
        segment.replace(self._named("segment", number))
        checkpoint.write(self._named("checkpoint", number), state)
        for old in self._numbers("checkpoint")[:-KEPT]:
            self._named("checkpoint", old).unlink(missing_ok=True)

    def last(self) -> dict[str, Array] | None:
        """The state at the last whole checkpoint, if there is one; what came after it is removed."""
        state, whole = None, 0
        for number in reversed(self._numbers("checkpoint")):
            try:
                state, whole = checkpoint.read(self._named("checkpoint", number)), number
                break
            except CorruptCheckpoint:
                self._named("checkpoint", number).unlink()
        for number in self._numbers("segment"):
            if number > whole:
                self._named("segment", number).unlink()
        return state

    def segments(self) -> list[Path]:
        """What was recorded so far, in order."""
        return [self._named("segment", number) for number in self._numbers("segment")]

    def remove(self) -> None:
        """Remove the folder, if there is one."""
        if self.folder.exists():
            # What makes it one goes first: what is left of a removal that is cut short is none.
            (self.folder / "run.json").unlink(missing_ok=True)
            shutil.rmtree(self.folder)

    def _named(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number:06d}"

    def _numbers(self, kind: str) -> list[int]:
        names = (path.name.partition("-")[2] for path in self.folder.glob(f"{kind}-*"))
        return sorted(int(name) for name in names if name.isdigit())
