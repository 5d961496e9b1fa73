"""What a page needs to play a wave: its frames, small and not too many, and what lies still over them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from cardiac import analysis
from cardiac.figures import _pixels
from cardiac.figures._maps import to_border
from cardiac.figures._style import robust_limits, step
from cardiac.figures._tissue import Line, is_line
from cardiac.result import Frames, Result
from cardiac.storage import Array

MOST_FRAMES = 300
MOST_PIXELS = 400  # along a side; a larger tissue is shown by every second, third, ... cell
MOST_POINTS = 600  # of the curve along a cable
LEVELS = 255  # of values in a picture, which has a colour for no value too
_STOPS = 12  # of a colour bar
_LOOKED_AT = 24  # frames, at most, from which the range of values is taken
_SCALED = 10_000  # a curve is drawn in a box of this size


class Outline(NamedTuple):
    """The border of a region, as an SVG path in mm, y downwards."""

    name: str
    path: str


class Player(NamedTuple):
    """The frames of a variable, to be played."""

    name: str
    label: str  # what it is: "membrane potential"
    unit: str
    times: list[float]  # ms
    of: int  # frames there are in the file
    frames: list[str]  # pictures as data URIs; of a cable, the points of curves
    low: float
    high: float
    ends: str  # at which of these values lie beyond: "min", "max", "both" or "neither"
    width: float  # mm
    height: float
    outlines: list[Outline]
    colours: list[str]  # of the colour bar, from low to high
    scar: str  # colour of what does not conduct; empty if everything does
    scale: float  # mm, of the scale bar
    is_line: bool
    spans: list[tuple[str, float, float]]  # of regions along a cable: name, from, to [share of the width]
    first: int  # the frame to begin with: something is to be seen


def player(result: Result, name: str, room: int) -> Player | None:
    """The frames of a variable in at most `room` bytes of text; None where there are none, or of a single cell."""
    if result.kind == "cell" or not result.holds("time") or name not in result.names():
        return None
    frames, conducting = result.frames(name), result.conducting
    line = Line.through(result) if is_line(result) else None
    chosen = np.arange(0, len(frames), -(-len(frames) // MOST_FRAMES))
    low, high, ends, first = _seen(frames, chosen, conducting)
    every = -(-max(result.shape) // (MOST_POINTS if line else MOST_PIXELS))
    drawn, colours = [], _pixels.palette(LEVELS)
    for values in frames.each(chosen):
        shown = _masked(values, conducting)
        if line:
            drawn.append(_curve(line.position[::every] / line.length, line.of(shown)[::every], low, high))
        else:
            drawn.append(_picture(shown[::every, ::every], low, high, colours))
    thin = 1
    while sum(map(len, drawn[::thin])) > room and thin < len(drawn):
        thin += 1
    drawn, chosen = drawn[::thin], chosen[::thin]
    width, height = (line.length, 0.0) if line else result.size
    return Player(
        name=name,
        label=result.long_name(name),
        unit=frames.unit,
        times=[round(float(time), 6) for time in frames.time[chosen]],
        of=len(frames),
        frames=drawn,
        low=low,
        high=high,
        ends=ends,
        width=width,
        height=height,
        outlines=[] if line else list(_outlines(result)),
        colours=[_hex(colours[k]) for k in np.linspace(0, LEVELS - 1, _STOPS).round().astype(int)],
        scar="" if conducting.all() else _hex(colours[-1]),
        scale=step(width, 5),
        is_line=line is not None,
        spans=list(_spans(result, line)) if line else [],
        first=min(first // thin, len(drawn) - 1),
    )


def _seen(frames: Frames, chosen: Any, conducting: Array) -> tuple[float, float, str, int]:
    """The range of the values, and the number among the chosen frames of one in which there is most to see."""
    apart = -(-len(chosen) // _LOOKED_AT)
    sample = np.stack([_masked(frames[int(k)], conducting) for k in chosen[::apart]])
    low, high, ends = robust_limits(sample)
    spread = sample.std(axis=(1, 2), where=np.isfinite(sample))
    return low, high, ends, apart * int(np.argmax(spread))


def _masked(values: Array, conducting: Array) -> Array:
    return np.where(conducting, values, np.nan)


def _picture(values: Array, low: float, high: float, colours: _pixels.Bytes) -> str:
    return data_uri(_pixels.png(_pixels.levels(values[::-1], low, high, LEVELS), colours), "image/png")


def _hex(colour: _pixels.Bytes) -> str:
    return f"#{colour.tobytes().hex()}"


def data_uri(content: bytes, kind: str) -> str:
    """Content that stands in a page itself."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _curve(places: Array, values: Array, low: float, high: float) -> str:
    """Values at `places` 0 ... 1 as a path in a box of 10 000 by 10 000, y downwards; broken where there is none."""
    margin = 0.04 * (high - low)
    y = _SCALED * (1.0 - (values - low + margin) / (high - low + 2 * margin))
    x = _SCALED * places
    known = np.isfinite(y)
    pen = np.where(np.r_[True, ~known[:-1]], "M", "L")
    rows = zip(pen[known], x[known], np.clip(y[known], 0, _SCALED), strict=True)
    return "".join(f"{p}{a:.0f} {b:.0f}" for p, a, b in rows)


def _outlines(result: Result) -> Iterator[Outline]:
    """The borders of the regions that have one inside the tissue and conduct: a scar shows as such."""
    _, height = result.size
    for name, weight in result.weights.items():
        mask = weight >= 0.5
        if mask.all() or not (mask & result.conducting).any():
            continue
        x, y, values = to_border(result, weight)
        lines = analysis.contours(values, x, y, 0.5)
        yield Outline(
            name,
            "".join("M" + "L".join(f"{a:.3f} {height - b:.3f}" for a, b in line) for line in lines),
        )


def _spans(result: Result, line: Line) -> Iterator[tuple[str, float, float]]:
    """Where regions lie on a line, as shares of its length."""
    for name, mask in result.regions.items():
        for start, end in line.spans(mask):
            if end - start < line.length:
                yield name, start / line.length, end / line.length
