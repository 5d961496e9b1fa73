"""Contours of a map, and with them the front and the back of a wave."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Node: TypeAlias = tuple[
    int, int, int
]  # where a contour crosses from cell (i, j) to the next along x (0) or y (1)


class Wave(NamedTuple):
    """The borders of what is excited, as lines (n, 2) of x, y [mm] each; closed ones end where they begin."""

    front: list[Array]  # where V rises
    back: list[Array]  # where it falls

    @property
    def front_length(self) -> float:
        """[mm]"""
        return sum(map(length, self.front))

    @property
    def back_length(self) -> float:
        """[mm]"""
        return sum(map(length, self.back))


def contours(values: Array, x: Array, y: Array, level: float) -> list[Array]:
    """The lines (n, 2) of x, y along which a map has the value `level`, interpolated between cell centres.

    Higher values are on the left. Lines end at the outermost cell centres and at cells without a value.

    Parameters
    ----------
    values : (ny, nx), NaN in scars
    x, y : (nx,) and (ny,) cell centres [mm]
    level : in the unit of the map
    """
    return [_places(line, values, x, y, level) for line in _lines(values, level)]


def wave_contours(before: Array, V: Array, after: Array, x: Array, y: Array, level: float = -40.0) -> Wave:
    """Front and back of a wave: the contour of V, split by whether V rises or falls there.

    They meet where V stands still, at the tip of a spiral (Fenton & Karma 1998, doi:10.1063/1.166311).

    Parameters
    ----------
    before, V, after : (ny, nx) potential [mV] in three successive frames; at the ends of a record two of them are one
    x, y : (nx,) and (ny,) cell centres [mm]
    level : [mV]
    """
    rise = np.asarray(after, dtype=np.float64) - before
    front: list[Array] = []
    back: list[Array] = []
    for line in _lines(V, level):
        places = _places(line, V, x, y, level)
        rising = np.array([_between(node, rise, _share(node, V, level)) for node in line]) > 0.0
        changes = np.flatnonzero(np.diff(rising)) + 1
        starts, ends = np.r_[0, changes], np.r_[changes, len(line)]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            # Each part reaches to where the next begins, so that nothing is left out.
            (front if rising[start] else back).append(places[start : min(end + 1, len(line))])
    return Wave(*([part for part in parts if len(part) > 1] for parts in (front, back)))


def length(line: Array) -> float:
    """The length of a line (n, 2) [mm]."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _lines(values: Array, level: float) -> list[list[Node]]:
    """Contours as chains of crossings, by marching squares; saddles are told apart by their mean."""
    following: dict[Node, Node] = {}
    known = np.isfinite(values)
    squares = known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:]
    high = np.where(known, values, 0.0) >= level
    cases = high[:-1, :-1] * 1 + high[:-1, 1:] * 2 + high[1:, 1:] * 4 + high[1:, :-1] * 8
    for i, j in np.argwhere(squares & (cases % 15 != 0)).tolist():
        case = int(cases[i, j])
        if case in (5, 10) and values[i : i + 2, j : j + 2].mean() >= level:
            case = -case
        sides = {"s": (i, j, 0), "n": (i + 1, j, 0), "w": (i, j, 1), "e": (i, j + 1, 1)}
        for way in _CASES[case]:
            following[sides[way[0]]] = sides[way[1]]
    starts = set(following) - set(following.values())
    lines = []
    for start in [*sorted(starts), *sorted(following)]:  # lines that begin somewhere, then closed ones
        if start not in following:
            continue
        line = [start]
        while line[-1] in following:
            line.append(following.pop(line[-1]))
        lines.append(line)
    return lines


# Corner by corner (south-west 1, south-east 2, north-east 4, north-west 8) -> from which side to which, with the
# high corners on the left; a saddle whose middle is high has a negative number.
_CASES: dict[int, tuple[str, ...]] = {
    1: ("sw",), 2: ("es",), 3: ("ew",), 4: ("ne",), 5: ("sw", "ne"), 6: ("ns",), 7: ("nw",),
    8: ("wn",), 9: ("sn",), 10: ("es", "wn"), 11: ("en",), 12: ("we",), 13: ("se",), 14: ("ws",),
    -5: ("nw", "se"), -10: ("ws", "en"),
}  # fmt: skip


def _places(line: list[Node], values: Array, x: Array, y: Array, level: float) -> Array:
    """Crossings as points (n, 2) [mm]."""
    points = []
    for i, j, along_y in line:
        share = _share((i, j, along_y), values, level)
        if along_y:
            points.append((x[j], y[i] + share * (y[i + 1] - y[i])))
        else:
            points.append((x[j] + share * (x[j + 1] - x[j]), y[i]))
    return np.array(points)


def _share(node: Node, values: Array, level: float) -> float:
    """How far on the way to the next cell the level is crossed, 0 ... 1."""
    i, j, along_y = node
    here, there = float(values[i, j]), float(values[(i + 1, j) if along_y else (i, j + 1)])
    return (level - here) / (there - here)


def _between(node: Node, values: Array, share: float) -> float:
    i, j, along_y = node
    here, there = float(values[i, j]), float(values[(i + 1, j) if along_y else (i, j + 1)])
    return here + share * (there - here)
