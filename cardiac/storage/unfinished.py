"""What is kept of a run while it is not complete: the folder NAME.h5.part beside the file that it will be.

    run.json           what is run: see `Unfinished.begin`
    segment-000007     what was recorded between the sixth checkpoint and the seventh: HDF5, laid out as a result
    checkpoint-000007  the state at the seventh, to go on from, and the checksums of all segments: see `checkpoint`
    trial-NAME         what a trial of an experiment has given, laid out as a checkpoint

Each appears under its name at once, when all of it is on the disk, and is never written again: the segment first.
The last two checkpoints are kept. One whose segments are not all there as they were is passed over as a damaged one
is; what was recorded after the last whole one is of no use, as that will be done again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cardiac.storage import checkpoint
from cardiac.storage.checkpoint import CorruptCheckpoint, sync
from cardiac.storage.format import Array, ResultError

KEPT = 2  # checkpoints
SEGMENTS = "segments"  # among the arrays of a checkpoint


class Unfinished:
    """The folder of the run whose result will be the file `path`."""

    def __init__(self, path: Path) -> None:
        self.folder = path.with_name(f"{path.name}.part")
        self._gone = path.with_name(f"{path.name}.part.gone")
        self._checksums: list[str] = []  # of the segments

    def __bool__(self) -> bool:
        """Whether there is one."""
        return (self.folder / "run.json").exists()

    @property
    def size(self) -> int:
        """Bytes of all segments."""
        return sum(segment.stat().st_size for segment in self.folder.glob("segment-*"))

    def run(self) -> dict[str, Any]:
        """What is run, as it was given to `begin`; raises ResultError if it cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        except (OSError, ValueError) as error:
            raise ResultError(
                f"{self.folder} does not tell what it is of ({error}) - remove it, or use --force"
            ) from None
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
        number = len(self._checksums) + 1
        sync(segment)
        self._checksums.append(_checksum(segment))
        segment.replace(self._named("segment", number))
        sync(self.folder)
        checkpoint.write(
            self._named("checkpoint", number), {**state, SEGMENTS: np.array(self._checksums, "S")}
        )
        for old in self._numbers("checkpoint")[:-KEPT]:
            self._named("checkpoint", old).unlink(missing_ok=True)

    def fall_back(self) -> dict[str, Array] | None:
        """The state at the last whole checkpoint, if there is one; what came after it is removed.

        Raises ResultError where another version of the program wrote it.
        """
        state = None
        for number in reversed(self._numbers("checkpoint") if self else []):
            try:
                state = checkpoint.read(self._named("checkpoint", number))
            except CorruptCheckpoint:
                state = None
            if state is not None and self._are_whole(checksums := state.pop(SEGMENTS)):
                self._checksums = [text.decode() for text in checksums.tolist()]
                break
            state = None
            self._named("checkpoint", number).unlink()
        for number in self._numbers("segment"):
            if number > len(self._checksums):
                self._named("segment", number).unlink()
        return state

    def keep(self, trial: str, arrays: Mapping[str, Array]) -> None:
        """Keep what a trial of this name has given; raises OSError where the disk fails."""
        checkpoint.write(self.folder / f"trial-{trial}", arrays)

    def recall(self, trial: str) -> dict[str, Array] | None:
        """What was kept of a trial, if it is there and whole."""
        try:
            return checkpoint.read(self.folder / f"trial-{trial}")
        except (OSError, CorruptCheckpoint, ResultError):
            return None

    def segments(self) -> list[Path]:
        """What was recorded so far, in order; raises FileNotFoundError if some of it has gone."""
        found = [self._named("segment", number + 1) for number in range(len(self._checksums))]
        for segment in found:
            if not segment.exists():
                raise FileNotFoundError(f"{segment} has gone")
        return found

    def remove(self) -> None:
        """Remove the folder, if there is one, and what is left of a removal that was cut short."""
        shutil.rmtree(self._gone, ignore_errors=True)
        if self.folder.exists():
            self.folder.replace(self._gone)  # at once: half a folder would be no folder of a run
            shutil.rmtree(self._gone)
        self._checksums = []

    def _are_whole(self, checksums: Array) -> bool:
        """Whether the first segments are as they were."""
        named = [self._named("segment", number + 1) for number in range(len(checksums))]
        return all(
            file.exists() and _checksum(file) == text.decode()
            for file, text in zip(named, checksums.tolist(), strict=True)
        )

    def _named(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number:06d}"

    def _numbers(self, kind: str) -> list[int]:
        names = (path.name.partition("-")[2] for path in self.folder.glob(f"{kind}-*"))
        return sorted(int(name) for name in names if name.isdigit())


def _checksum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
