"""What is computed from a result: the functions of `cardiac.analysis`, on what its file holds.

    result.analysis.velocity_map(beat=2).speed
    result.analysis.trajectories()
    result.analysis.electrogram(x=10, y=5, height=2)
    result.analysis.difference(other, of="activation_time").deviation

Where a file does not hold what is needed, ResultError says what to write in the config so that it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac import analysis
from cardiac.storage import Array, ResultError
from cardiac.units import S_per_m, extent, mm, mm_per_ms, ms, mV

if TYPE_CHECKING:
    from cardiac.result import Result

FRAMES = "record: {frames: {every: 1 ms}}"
_MEASURED = {0.5: "apd50", 0.9: "apd90"}


@dataclass(frozen=True, slots=True)
class Findings:
    """What can be found in a result; maps are (ny, nx)."""

    result: Result

    # One beat

    def activation(self, beat: int = 1) -> Array:
        """When each cell was activated for the `beat`-th time [ms]; from frames of V, if it was not measured."""
        if "activation_time" in self.result.names():
            return self._beat(self.result["activation_time"], beat)
        found = self._beats_of_frames(0.9, "activation times", "measure: [activation]")
        return self._beat(found.activation, beat)

    def repolarization(self, beat: int = 1, share: float = 0.9) -> Array:
        """When each cell was repolarized by that `share` of the amplitude [ms]: activation + APD90."""
        name = _MEASURED.get(share)
        if name in self.result.names() and "activation_time" in self.result.names():
            return self._beat(self.result["activation_time"] + self.result[str(name)], beat)
        add = f"measure: [activation, {name}]" if name else FRAMES
        return self._beat(self._beats_of_frames(share, "repolarization times", add).repolarization, beat)

    def duration(self, beat: int = 1, share: float = 0.9) -> Array:
        """Action potential duration from activation to repolarization by that `share` [ms]."""
        name = _MEASURED.get(share)
        if name in self.result.names():
            return self._beat(self.result[str(name)], beat)
        add = f"measure: [{name}]" if name else FRAMES
        return self._beat(self._beats_of_frames(share, "action potential durations", add).duration, beat)

    def velocity_map(self, beat: int = 1, reach: int = 2) -> analysis.VelocityMap:
        """Velocity of the front where it passed, see `analysis.velocity_map`."""
        conducting = self.result.conducting
        return analysis.velocity_map(self.activation(beat), self._spacing, reach, conducting=conducting)

    def curvature_map(self, beat: int = 1, reach: int = 2) -> Array:
        """Curvature of the front where it passed [1/mm], see `analysis.curvature_map`."""
        conducting = self.result.conducting
        return analysis.curvature_map(self.activation(beat), self._spacing, reach, conducting=conducting)

    def gradient_map(self, beat: int = 1, share: float = 0.9) -> Array:
        """Steepness of the repolarization time [ms/mm]: from where to where a premature wave may be blocked."""
        times = self.repolarization(beat, share)
        return analysis.gradient_map(times, self._spacing, conducting=self.result.conducting)

    def dispersion(self, beat: int = 1, share: float = 0.9, region: str | None = None) -> analysis.Dispersion:
        """Spread of the action potential durations [ms], in the whole tissue or a region.

        ResultError where fewer than two cells have one.
        """
        cells = None if region is None else self.result.regions[region]
        found = analysis.dispersion(self.duration(beat, share), cells)
        if found.cells < 2:
            where = "" if region is None else f' of region "{region}"'
            told = f"fewer than two cells{where} have an action potential that ends, in beat {beat}"
            raise ResultError(f"{self.result.path}: {told}")
        return found

    def dispersion_map(self, beat: int = 1, share: float = 0.9, radius: mm = 1.0) -> Array:
        """Range of the action potential durations within `radius` of each cell [ms]."""
        return analysis.dispersion_map(self.duration(beat, share), self._spacing, radius)

    # Frames

    def wave(self, time: ms, level: mV = -40.0) -> analysis.Wave:
        """Front and back of the wave in the frame nearest to `time`, see `analysis.wave_contours`."""
        V = self._frames("front and back")
        k = self._nearest(V, time)
        before, after = max(k - 1, 0), min(k + 1, len(V) - 1)
        return analysis.wave_contours(V[before], V[k], V[after], self.result.x, self.result.y, level)

    def phase(self, time: ms, delay: ms = 5.0, about: mV | None = None) -> tuple[float, Any]:
        """The time [ms] of the frame nearest to `time`, and complex numbers (ny, nx) whose angle is the phase then.

        See `analysis.embedded`; `about` is by default the `analysis.midpotential` of all frames.
        """
        V, lag, whole, about = self._embedding(delay, about)
        k = max(lag, self._nearest(V, time))
        times, z = analysis.embedded(V.time[k - lag : k + 1], V[k - lag : k + 1], whole, about)
        return float(times[0]), z[0]

    def singularities(
        self, delay: ms = 5.0, about: mV | None = None
    ) -> tuple[Array, list[analysis.Singularities]]:
        """Times [ms], and the phase singularities at each, see `analysis.singularities`."""
        V, lag, whole, about = self._embedding(delay, about)
        found = []
        for first, last in V.blocks(lag):
            _, z = analysis.embedded(V.time[first - lag : last], V[first - lag : last], whole, about)
            found += [analysis.singularities(moment, self.result.x, self.result.y) for moment in z]
        return V.time[lag:], found

    def _embedding(self, delay: float, about: float | None) -> tuple[Any, int, float, float]:
        """Frames of V, the delay in whole frames and that in ms, the potential that phase turns about [mV]."""
        V = self._frames("phase")
        lag: int = self._asked(analysis.frames_of_delay, V.time, delay)
        if about is None:
            about = self._asked(analysis.midpotential, lambda: (V[a:b] for a, b in V.blocks()))
        return V, lag, lag * float(V.time[-1] - V.time[0]) / (len(V) - 1), about

    def trajectories(
        self,
        delay: ms = 5.0,
        about: mV | None = None,
        fastest: mm_per_ms = 1.0,
        patience: int = 1,
    ) -> list[analysis.Trajectory]:
        """Paths of the phase singularities, each with its charge, birth and death, see `analysis.trajectories`.

        From frame to frame one moves with the velocity `fastest`, and two cells more, at most.
        """
        time, found = self.singularities(delay, about)
        step = float(np.diff(time).max(initial=0.0))
        reach = fastest * step + 2 * self._spacing
        return analysis.trajectories(time, found, self.result.size, reach, patience)

    def frequencies(
        self, of: str = "V", start: ms = 0.0, lowest: float | None = None, highest: float | None = None
    ) -> analysis.Frequencies:
        """Dominant frequency [Hz] from a time on, and its regularity, see `analysis.dominant_frequency`."""
        frames = self._frames("dominant frequency", of)
        first = int(np.searchsorted(frames.time, start - 1e-9))
        least = 5.0 if frames.unit == "mV" else 1e-3
        found: analysis.Frequencies = self._asked(
            analysis.dominant_frequency, frames.time[first:], frames[first:], lowest, highest, least
        )
        return found

    def electrogram(
        self, x: mm, y: mm, height: extent = 1.0, thickness: extent = 1.0, conductivity: S_per_m = 1.0
    ) -> tuple[Array, Array]:
        """Times [ms], and the potential at an electrode [mV], from frames of V; see `analysis.electrogram`.

        It is as fine in time as the frames: record: {electrograms: ...} samples it during the run.
        """
        from cardiac.tissue import Grid, Tensor, faces

        V = self._frames("an electrogram")
        fields, uniform = self.result.names(), self.result.provenance
        names = [f"diffusivity_{part}" for part in Tensor._fields]
        if not {*names} <= {*fields, *uniform}:
            raise ResultError(
                f"{self.result.path} does not hold its diffusivity - run again with this version"
            )
        ny, nx = self.result.shape
        diffusion = Tensor(*(self.result[name] if name in fields else uniform[name] for name in names))
        conductances = faces(Grid(nx, ny, self._spacing), diffusion, self.result.conducting)
        leads = self._asked(analysis.lead_field, [(x, y, height)], self.result.x, self.result.y, conductances)
        parts = [analysis.electrogram(leads, V[a:b], thickness, conductivity) for a, b in V.blocks()]
        return V.time, np.concatenate(parts)[:, 0]

    # The last state

    def decay(
        self, start: tuple[mm, mm], stop: tuple[mm, mm], rest: mV, end: mm | None = None
    ) -> analysis.Decay:
        """Space constant from the last V along a line between two points x, y [mm].

        `rest` is the undisturbed potential, `end` the distance of a sealed end from `start`; see
        `analysis.fitted_space_constant`. The state at the end must be a steady one, and the run have an explicit
        `dt`: with a chosen one cells wait while V moves by less than 0.2 mV, which small decays do not outlast.
        """
        from scipy.ndimage import map_coordinates

        (x0, y0), (x1, y1) = start, stop
        length = float(np.hypot(x1 - x0, y1 - y0))
        distance = np.linspace(0.0, length, max(3, 1 + round(length / self._spacing)))
        share = distance / max(length, 1e-300)
        cells = [
            (y0 + share * (y1 - y0)) / self._spacing - 0.5,
            (x0 + share * (x1 - x0)) / self._spacing - 0.5,
        ]
        V = map_coordinates(self.result.state.columns["V"], cells, order=1, mode="nearest")
        found: analysis.Decay = self._asked(analysis.fitted_space_constant, distance, V, rest, end)
        return found

    # Two results

    def difference(self, other: Result, of: str = "activation_time", beat: int = 1) -> analysis.Difference:
        """How a variable of another result differs from that of this one, on the grid of this one.

        A map of one beat (`activation_time`), a map without beats (`V_rest`), or frames ("V") at the times of this
        one that both cover, interpolated linearly; then `map` is (times, ny, nx). ResultError where the other is of
        another size.
        """
        self._comparable(other)
        ours, theirs = (self._values(result, of, beat) for result in (self.result, other))
        if "time" in self.result.contents.variables[of].dimensions:
            time = self.result.time
            both = (time >= other.time[0] - 1e-9) & (time <= other.time[-1] + 1e-9)
            if not both.any():
                raise ResultError(f"{self.result.path} and {other.path} have no times in common")
            ours, theirs = ours[both], _at_times(theirs, other.time, time[both])
        resampled = analysis.resampled(theirs, other.x, other.y, self.result.x, self.result.y)
        return analysis.difference(ours, resampled)

    # What these need

    @property
    def _spacing(self) -> float:
        return self.result.size[0] / self.result.shape[1]

    def _frames(self, what: str, name: str = "V") -> Any:
        """The frames of a variable, which `what` needs."""
        variable = self.result.contents.variables.get(name)
        if variable is None or variable.dimensions[:1] != ("time",) or not variable.shape[0]:
            add = FRAMES if name == "V" else f"record: {{frames: {{of: [{name}], every: 1 ms}}}}"
            raise ResultError(
                f"{what} needs frames of {name}, which {self.result.path} does not hold - add {add} and run again"
            )
        return self.result.frames(name)

    def _nearest(self, frames: Any, time: float) -> int:
        """The index of the frame nearest to a time [ms] that the frames cover."""
        first, last = float(frames.time[0]), float(frames.time[-1])
        slack = 0.5 * (last - first) / max(len(frames) - 1, 1)
        if not first - slack - 1e-9 <= time <= last + slack + 1e-9:
            raise ResultError(
                f"{self.result.path}: frames are from {first:g} to {last:g} ms, none at {time:g} ms"
            )
        nearest: int = frames.nearest(time)
        return nearest

    def _comparable(self, other: Result) -> None:
        """Refuse another result whose tissue is larger or smaller by a cell or more."""
        cell = max(result.size[0] / result.shape[1] for result in (self.result, other))
        if any(abs(a - b) >= cell for a, b in zip(self.result.size, other.size, strict=True)):
            sizes = (f"{result.path} is {_in_words(result)}" for result in (self.result, other))
            raise ResultError(f"{', '.join(sizes)} - only results of the same tissue can be compared")

    def _beats_of_frames(self, share: float, what: str, add: str) -> analysis.Beats:
        if "time" not in self.result.contents.variables or "V" not in self.result.names():
            raise ResultError(f"{self.result.path} does not hold {what} - add {add} and run again")
        V = self._frames(what)
        return analysis.beats_of_frames(V.time, V[()], share=share)

    def _beat(self, values: Array, beat: int) -> Array:
        if not 1 <= beat <= len(values):
            raise ResultError(f"there is no beat {beat}, {self.result.path} holds {len(values)}")
        found: Array = values[beat - 1]
        return found

    def _values(self, result: Result, of: str, beat: int) -> Array:
        values, dimensions = result[of], result.contents.variables[of].dimensions
        if dimensions[-2:] != ("y", "x"):
            raise ResultError(f"{result.path}: {of} is no map")
        return Findings(result)._beat(values, beat) if dimensions[0] == "beat" else values

    def _asked(self, function: Any, *arguments: Any) -> Any:
        """What a function answers; what it finds wrong with the data is said of this file."""
        try:
            return function(*arguments)
        except ValueError as error:
            raise ResultError(f"{self.result.path}: {error}") from None


def _in_words(result: Result) -> str:
    """How large the tissue of a result is."""
    width, height = result.size
    return f"{width:g} mm long" if result.shape[0] == 1 else f"{width:g} x {height:g} mm"


def _at_times(values: Array, time: Array, wanted: Array) -> Array:
    """Frames (wanted, ny, nx) between those at `time` [ms], linearly."""
    if len(time) == 1:
        return np.repeat(values, len(wanted), axis=0)
    k = np.clip(np.searchsorted(time, wanted, side="right") - 1, 0, len(time) - 2)
    share = ((wanted - time[k]) / (time[k + 1] - time[k]))[:, None, None]
    found: Array = values[k] * (1.0 - share) + values[k + 1] * share
    return found
