"""Frames: chunks of them are packed and written by a thread of its own while the run goes on.

That thread holds up nobody: it leaves the interpreter to others while it packs, which HDF5 would not. So a chunk is
packed here, shuffled and deflated as the filters of the file say, and written as it is.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cardiac.storage.format import LEVEL, Array, Precision
from cardiac.storage.precision import rounded

if TYPE_CHECKING:
    import h5py

TILE = 64  # cells along the edge of a chunk
CHUNK = 256 * 1024  # bytes of a chunk, before compression
# Bytes of a variable's frames that wait for their chunk to fill, unless one alone has more.
MOST = 64 * 1024 * 1024
DEEPEST = 1024  # frames in a chunk of the smallest grids


def chunks(ny: int, nx: int) -> tuple[int, int, int]:
    """Frames, rows and columns of a chunk."""
    tile = min(ny, TILE), min(nx, TILE)
    depth = min(CHUNK // (4 * math.prod(tile)), MOST // (4 * ny * nx), DEEPEST)
    return max(depth, 1), *tile


class Frames:
    """The frames of a file: of one or several variables, all at the same times."""

    def __init__(self) -> None:
        self._series: dict[str, _Series] = {}
        self._times: list[float] = []  # of the frames that wait for their chunk to fill
        self._done = 0  # frames that have left
        self._last = -math.inf
        self._thread = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    def add(self, name: str, dataset: h5py.Dataset, precision: Precision) -> None:
        """A variable, kept in a `dataset` (0, ny, nx) that can grow: from now on, if it is known already."""
        if name in self._series:
            self._series[name].dataset = dataset
        else:
            self._series[name] = _Series(dataset, precision, _empty(dataset), _empty(dataset))

    def append(self, time: float, values: Mapping[str, Array]) -> None:
        """One frame (ny, nx) of every variable, at a `time` [ms] after the one before."""
        if not values or values.keys() != self._series.keys():
            raise ValueError(f"frames of {sorted(values)} given, of {sorted(self._series)} declared")
        if time <= self._last:
            raise ValueError(f"frame at {time:g} ms after the one at {self._last:g} ms")
        for name, series in self._series.items():
            _, ny, nx = series.dataset.shape
            if values[name].shape != (ny, nx):
                raise ValueError(f"frame {values[name].shape} of {name} given, (ny, nx) is {(ny, nx)}")
            series.filling[len(self._times), :ny, :nx] = rounded(values[name], series.precision)
        self._last = time
        self._times.append(time)
        if len(self._times) == len(series.filling):
            self._hand_over()

    def finish(self) -> None:
        """Write what is left, and wait until all is written."""
        if self._times:
            self._hand_over()
        self.wait()

    def wait(self) -> None:
        """Until all that has left is written."""
        if self._writing is not None:
            self._writing.result()

    @property
    def state(self) -> dict[str, Array]:
        """What is in no file yet, for `restore`."""
        waiting = {f"of {name}": s.filling[: len(self._times)] for name, s in self._series.items()}
        return {**waiting, "times": np.array(self._times), "done": np.array([self._done, self._last])}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Go on from the `state` of frames of the same variables."""
        for name, series in self._series.items():
            series.filling[: len(state["times"])] = state[f"of {name}"]
        self._times = [float(time) for time in state["times"]]
        self._done, self._last = int(state["done"][0]), float(state["done"][1])

    def take_over(self, file: h5py.File) -> None:
        """Copy the frames of a file that holds earlier ones of the same variables, chunk by chunk as they are."""
        for name, series in self._series.items():
            series.take_over(file[name])

    def stop(self) -> None:
        """Write no more than is being written."""
        self._thread.shutdown(cancel_futures=True)

    def _hand_over(self) -> None:
        """Let the thread write the frames that wait, when it has written those before them."""
        self.wait()
        times, self._times = np.array(self._times), []
        for series in self._series.values():
            series.filling, series.leaving = series.leaving, series.filling
        self._writing = self._thread.submit(self._write, times)

    def _write(self, times: NDArray[np.float64]) -> None:
        for series in self._series.values():
            series.write(self._done, len(times))
        self._done += len(times)
        series.clock.resize(self._done, axis=0)
        series.clock[-len(times) :] = times


@dataclass
class _Series:
    dataset: h5py.Dataset
    precision: Precision
    filling: NDArray[np.float32]  # (depth, rows, columns) of whole chunks: what `append` writes into
    leaving: NDArray[np.float32]  # the same: what the thread reads

    @property
    def clock(self) -> h5py.Dataset:
        """The times of the frames."""
        (clock,) = self.dataset.dims[0].values()
        return clock

    def write(self, done: int, n: int) -> None:
        """Write the first `n` frames of those that leave, after the `done` ones, as one layer of chunks."""
        _, rows, columns = self.dataset.chunks
        self.dataset.resize(done + n, axis=0)
        for i in range(0, self.leaving.shape[1], rows):
            for j in range(0, self.leaving.shape[2], columns):
                chunk = _packed(self.leaving[:, i : i + rows, j : j + columns])
                self.dataset.id.write_direct_chunk((done, i, j), chunk)

    def take_over(self, source: h5py.Dataset) -> None:
        """Copy all chunks that are there, and the times of their frames."""
        places: list[tuple[int, ...]] = []
        source.id.chunk_iter(lambda chunk: places.append(chunk.chunk_offset))
        if not places:
            return
        self.dataset.resize(max(len(self.dataset), len(source)), axis=0)
        for place in places:
            self.dataset.id.write_direct_chunk(place, source.id.read_direct_chunk(place)[1])
        begun, (times,) = min(places)[0], source.dims[0].values()
        self.clock.resize(len(self.dataset), axis=0)
        self.clock[begun : len(source)] = times[begun:]


def _empty(dataset: h5py.Dataset) -> NDArray[np.float32]:
    """Room for a layer of whole chunks."""
    _, ny, nx = dataset.shape
    depth, rows, columns = dataset.chunks
    return np.full((depth, -(-ny // rows) * rows, -(-nx // columns) * columns), np.nan, np.float32)


def _packed(chunk: NDArray[np.float32]) -> bytes:
    """A chunk as the filters of `PACKED` make it: the first bytes of all numbers, the second ones ..., deflated."""
    numbers = np.ascontiguousarray(chunk).reshape(-1)
    return zlib.compress(numbers.view(np.uint8).reshape(-1, numbers.itemsize).T.tobytes(), LEVEL)
