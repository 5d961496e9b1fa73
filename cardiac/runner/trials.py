"""The trials of an experiment on tissue: how far they are; those that took long are kept until its result is there.

They lie in the folder of the unfinished run, NAME.h5.part, each in a file that is named by what was asked. The same
experiment of the same version, when it is performed again, finds them there and goes on where it was cut short, to
the same bits. Those that are watched while they run (of `reentry` and `safety_factor`) are made again.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cardiac import __version__
from cardiac.config import Config
from cardiac.preparation import Moment, Trial
from cardiac.runner.place import what_is_run
from cardiac.simulation import Array
from cardiac.storage import Unfinished

LONG = 1.0  # s: trials that took less are made again
SPARE = 20  # times what a trial takes must be free on the disk: the result has to find room
LOOK_INTERVAL = 0.2  # s, between reports
MAPS = "activation", "apd90", "V_max", "upstroke"


class Trying(NamedTuple):
    """How far an experiment is."""

    trial: int  # its number, from 1 on
    t: float  # ms
    end: float  # ms, at which the trial ends at the latest


class Trials:
    """Those of the experiment of a config, whose result will be the file `path`."""

    def __init__(self, config: Config, path: Path, progress: Callable[[Trying], None]) -> None:
        self._config, self._unfinished, self._progress = config, Unfinished(path), progress
        self._count, self._told = 0, -np.inf

    def look(self, t: float, end: float) -> None:
        """Report that the trial that is made is at a time [ms]."""
        now = time.perf_counter()
        if now - self._told >= LOOK_INTERVAL:
            self._told = now
            self._progress(Trying(self._count, t, end))

    def trial(self, asked: Any, make: Callable[[], Trial]) -> Trial:
        """What `make` returns, or has returned when the same was asked before."""
        self._count += 1
        if asked is None:
            return make()
        name = _digest((__version__, asked))
        if (arrays := self._unfinished.recall(name)) is not None:
            return _trial(arrays)
        begun = time.perf_counter()
        found = make()
        if time.perf_counter() - begun >= LONG:
            self._keep(name, found)
        return found

    def _keep(self, name: str, trial: Trial) -> None:
        arrays = dict(_arrays(trial))
        with suppress(OSError):  # without it the experiment goes on all the same
            if not self._unfinished:
                self._unfinished.begin(what_is_run(self._config))
            free = shutil.disk_usage(self._unfinished.folder).free
            if free > SPARE * sum(values.nbytes for values in arrays.values()):
                self._unfinished.keep(name, arrays)


def _trial(arrays: Mapping[str, Array]) -> Trial:
    """The trial that was written as arrays."""
    moments = [_moment(arrays, f"{k}: ") for k in range(int(arrays["moments"]))]
    activation, apd90, V_max, upstroke = (arrays[name] for name in MAPS)
    end, *kept = moments
    return Trial(activation, apd90, V_max, upstroke, end, tuple(kept), bool(arrays["quiet"]))


def _arrays(trial: Trial) -> Iterator[tuple[str, Array]]:
    """A trial as named arrays: the moment at its end is the first of its moments."""
    for name in MAPS:
        yield name, getattr(trial, name)
    yield "quiet", np.array(trial.quiet)
    yield "moments", np.array(1 + len(trial.kept))
    for k, moment in enumerate((trial.end, *trial.kept)):
        yield f"{k}: t", np.array(moment.t)
        for name, values in moment.state.items():
            yield f"{k}: state {name}", values


def _moment(arrays: Mapping[str, Array], prefix: str) -> Moment:
    of = f"{prefix}state "
    state = {name.removeprefix(of): values for name, values in arrays.items() if name.startswith(of)}
    return Moment(float(arrays[f"{prefix}t"]), state)


def _digest(asked: Any) -> str:
    """The same for equal arrays, numbers and words in tuples and mappings of the same form."""
    made = hashlib.sha256()

    def add(part: Any) -> None:
        if isinstance(part, np.ndarray):
            made.update(repr((part.dtype.str, part.shape)).encode() + np.ascontiguousarray(part).tobytes())
        elif isinstance(part, Mapping):
            add([*part.items()])
        elif isinstance(part, tuple | list):
            made.update(f"{len(part)} of ".encode())
            for each in part:
                add(each)
        else:
            made.update(f"{part!r}, ".encode())

    add(asked)
    return made.hexdigest()[:32]
