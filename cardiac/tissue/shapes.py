"""Shapes: where a region or a stimulus lies.

A shape is a record (see `cardiac.units`) with two methods:

    distance(x, y, grid)  signed distance [mm] of points x (1, nx), y (ny, 1) to its border, positive inside
    bounds(grid)          the Box [mm] that contains it, to say where an empty region went

and the decorator that enters it in `SHAPES` under its name in the configuration language: a new shape is one
class here. Shapes are combined by union, intersection and complement: maximum, minimum and negation of their
distances. In points, a missing y is the middle of the tissue: `[20 mm]` is enough on a cable.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from cardiac.tissue import fields
from cardiac.tissue.grid import Array, Grid, Mask
from cardiac.units import deg, extent, mm, one, point

# A sharp region is looked up a hair right of and above each cell centre, so that a straight border through
# centres takes the cells on one side of it, not those round-off picks: n cells wide is n cells everywhere.
# Round shapes are larger by more than that hair and so remain symmetric: a centre on their border is inside.
HAIR = (0.3e-6, 0.2e-6)  # mm, along x and y
TIE = 1e-6  # mm


class RegionError(ValueError):
    """A region that cannot be: empty, outside the tissue, made of itself; the message says what and where."""


class Box(NamedTuple):
    """The rectangle that contains a shape [mm]; infinite where nothing is known to bound it."""

    left: float = -math.inf
    right: float = math.inf
    bottom: float = -math.inf
    top: float = math.inf


class Primitive(Protocol):
    """What a shape can do."""

    def distance(self, x: Array, y: Array, grid: Grid) -> Array: ...
    def bounds(self, grid: Grid) -> Box: ...


class AnyOf(NamedTuple):
    """Union."""

    parts: tuple[Shape, ...]


class AllOf(NamedTuple):
    """Intersection."""

    parts: tuple[Shape, ...]


class Not(NamedTuple):
    """Complement within the tissue."""

    part: Shape


class Named(NamedTuple):
    """The shape of another region."""

    region: str


Shape: TypeAlias = Primitive | AnyOf | AllOf | Not | Named

SHAPES: dict[str, type] = {}

_Record = TypeVar("_Record", bound=type)


def _shape(record: _Record) -> _Record:
    SHAPES[re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()] = record
    return record


@_shape
class Everywhere(NamedTuple):
    """The whole tissue."""

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        return np.full(grid.shape, math.inf)

    def bounds(self, grid: Grid) -> Box:
        return Box()


@_shape
class Left(NamedTuple):
    """What is nearer than `width` to the left border."""

    width: extent

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        return self.width - x + 0.0 * y

    def bounds(self, grid: Grid) -> Box:
        return Box(right=self.width)


@_shape
class Right(NamedTuple):
    """What is nearer than `width` to the right border."""

    width: extent

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        return x - (grid.width - self.width) + 0.0 * y

    def bounds(self, grid: Grid) -> Box:
        return Box(left=grid.width - self.width)


@_shape
class Bottom(NamedTuple):
    """What is nearer than `width` to the lower border."""

    width: extent

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        return self.width - y + 0.0 * x

    def bounds(self, grid: Grid) -> Box:
        return Box(top=self.width)


@_shape
class Top(NamedTuple):
    """What is nearer than `width` to the upper border."""

    width: extent

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        return y - (grid.height - self.width) + 0.0 * x

    def bounds(self, grid: Grid) -> Box:
        return Box(bottom=grid.height - self.width)


@_shape
class Strip(NamedTuple):
    """A band across the tissue, `width` wide about x = `center` (`axis: x`, a vertical band) or y = `center`.

    `angle` tilts it counter-clockwise about the middle of its centre line.
    """

    center: mm
    width: extent
    axis: Literal["x", "y"] = "x"
    angle: deg = 0.0

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        along_x = self.axis == "x"
        x0, y0 = grid.position((self.center,)) if along_x else (0.5 * grid.width, self.center)
        nx, ny = _direction(self.angle + (0.0 if along_x else 90.0))
        return 0.5 * self.width - np.abs((x - x0) * nx + (y - y0) * ny)

    def bounds(self, grid: Grid) -> Box:
        if self.angle % 180.0:
            return Box()
        ends = self.center - 0.5 * self.width, self.center + 0.5 * self.width
        return Box(*ends) if self.axis == "x" else Box(bottom=ends[0], top=ends[1])


@_shape
class HalfPlane(NamedTuple):
    """The side of a line `through` a point to which `direction` points (0 deg: right, 90 deg: up)."""

    through: point
    direction: deg

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        x0, y0 = grid.position(self.through)
        nx, ny = _direction(self.direction)
        return (x - x0) * nx + (y - y0) * ny

    def bounds(self, grid: Grid) -> Box:
        x0, y0 = grid.position(self.through)
        sides = [Box(left=x0), Box(bottom=y0), Box(right=x0), Box(top=y0)]
        quarter, rest = divmod(self.direction % 360.0, 90.0)
        return Box() if rest else sides[int(quarter)]


@_shape
class Rectangle(NamedTuple):
    """The rectangle between two opposite corners; full height where they have no y."""

    corner: point
    opposite: point

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        box = self.bounds(grid)
        dx = np.minimum(x - box.left, box.right - x)
        dy = np.minimum(y - box.bottom, box.top - y)
        outside = np.hypot(np.minimum(dx, 0.0), np.minimum(dy, 0.0))
        return np.where(outside > 0.0, -outside, np.minimum(dx, dy))

    def bounds(self, grid: Grid) -> Box:
        (x0, *y0), (x1, *y1) = self.corner, self.opposite
        vertical = sorted(y0 + y1) if y0 and y1 else (-math.inf, math.inf)
        return Box(min(x0, x1), max(x0, x1), *vertical)


@_shape
class Disk(NamedTuple):
    """The points nearer than `radius` to `center`."""

    center: point
    radius: extent

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        x0, y0 = grid.position(self.center)
        return self.radius + TIE - np.hypot(x - x0, y - y0)

    def bounds(self, grid: Grid) -> Box:
        x0, y0 = grid.position(self.center)
        return Box(x0 - self.radius, x0 + self.radius, y0 - self.radius, y0 + self.radius)


@_shape
class Ellipse(NamedTuple):
    """An ellipse; its first semi-axis lies at `angle` to x, the other across it.

    The distance is exact on the border and to first order beside it; far away only its sign is.
    """

    center: point
    semi_axes: tuple[extent, extent]
    angle: deg = 0.0

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        a, b = self.semi_axes[0] + TIE, self.semi_axes[1] + TIE
        (x0, y0), (c, s) = grid.position(self.center), _direction(self.angle)
        u, v = (x - x0) * c + (y - y0) * s, (y - y0) * c - (x - x0) * s
        level, slope = np.hypot(u / a, v / b), np.hypot(u / a**2, v / b**2)
        centre = slope == 0.0
        return np.where(centre, min(a, b), level * (1.0 - level) / np.where(centre, 1.0, slope))

    def bounds(self, grid: Grid) -> Box:
        a, b = self.semi_axes
        (x0, y0), (c, s) = grid.position(self.center), _direction(self.angle)
        dx, dy = math.hypot(a * c, b * s), math.hypot(a * s, b * c)
        return Box(x0 - dx, x0 + dx, y0 - dy, y0 + dy)


@_shape
class Polygon(NamedTuple):
    """The polygon with these corners, either way round; where it crosses itself, the even-odd rule."""

    points: tuple[point, ...]

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        corners = self._corners(grid)
        nearest = np.full(grid.shape, math.inf)
        inside = np.zeros(grid.shape, dtype=bool)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            ex, ey = x1 - x0, y1 - y0
            t = np.clip(((x - x0) * ex + (y - y0) * ey) / ((ex**2 + ey**2) or 1.0), 0.0, 1.0)
            nearest = np.minimum(nearest, np.hypot(x - x0 - t * ex, y - y0 - t * ey))
            if ey != 0.0:  # a ray to the right crosses this side
                inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * ex / ey)
        return np.where(inside, nearest, -nearest)

    def bounds(self, grid: Grid) -> Box:
        xs, ys = zip(*self._corners(grid), strict=True)
        return Box(min(xs), max(xs), min(ys), max(ys))

    def _corners(self, grid: Grid) -> list[tuple[float, float]]:
        if len(self.points) < 3:
            raise RegionError(f"a polygon needs three points or more, {len(self.points)} given")
        return [grid.position(p) for p in self.points]


@_shape
class Image(NamedTuple):
    """The dark (or bright) part of a picture that is stretched over the tissue, its top at the top.

    Dark is a grey level (0 black, 1 white, transparent counts as white) below `threshold`.
    """

    file: Path
    threshold: one = 0.5
    inside: Literal["dark", "bright"] = "dark"

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        if not 0.0 <= self.threshold <= 1.0:
            raise RegionError(f"a threshold of {self.threshold:g} is not between 0 (black) and 1 (white)")
        dark = fields.stretch(_grey(self.file)[::-1], grid) < self.threshold
        return mask_distance(dark if self.inside == "dark" else ~dark, grid)

    def bounds(self, grid: Grid) -> Box:
        return Box()


@_shape
class File(NamedTuple):
    """Where the array in a .npy, .npz or .h5 file, stretched over the tissue (first row lowest), is not 0."""

    file: Path
    dataset: str | None = None

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        return mask_distance(np.nan_to_num(fields.read(self.file, grid, self.dataset)) != 0.0, grid)

    def bounds(self, grid: Grid) -> Box:
        return Box()


@_shape
class Random(NamedTuple):
    """Random patches about `patch` large (default: one cell) that cover `fraction` of the tissue.

    Random numbers on a lattice of pitch `patch`, smoothly interpolated and cut at the level that gives the
    fraction to a cell: a seed stands for the same pattern at every spacing below `patch`.
    """

    fraction: one
    patch: extent | None = None
    seed: int = 0

    def distance(self, x: Array, y: Array, grid: Grid) -> Array:
        from scipy.ndimage import map_coordinates

        if not 0.0 <= self.fraction <= 1.0:
            raise RegionError(f"a fraction of {self.fraction:g} is not between 0 and 1")
        pitch = max(self.patch or 0.0, grid.spacing)
        lattice = [math.ceil(round(length / pitch, 6)) for length in (grid.height, grid.width)]
        noise = np.random.Generator(np.random.PCG64(self.seed)).random(lattice)
        nodes = np.broadcast_arrays(grid.y[:, np.newaxis] / pitch - 0.5, grid.x / pitch - 0.5)
        height = map_coordinates(noise, nodes, order=3, mode="nearest").ravel()
        mask = np.zeros(grid.nx * grid.ny, dtype=bool)
        mask[np.argsort(-height, kind="stable")[: round(self.fraction * mask.size)]] = True
        return mask_distance(mask.reshape(grid.shape), grid)

    def bounds(self, grid: Grid) -> Box:
        return Box()


def mask_distance(mask: Mask, grid: Grid) -> Array:
    """Signed distance [mm] of the cell centres to the border of `mask` (ny, nx), positive inside."""
    from scipy.ndimage import distance_transform_edt

    if mask.all() or not mask.any():
        return np.where(mask, math.inf, -math.inf)
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    signed: Array = np.where(mask, inside - 0.5, 0.5 - outside) * grid.spacing
    return signed


def _grey(file: Path) -> NDArray[np.float64]:
    """Grey levels 0..1 (rows from the top, columns) of an image file."""
    from matplotlib.image import imread

    try:
        pixels = np.asarray(imread(file))
    except (OSError, SyntaxError) as error:  # what Pillow raises for a broken file
        raise RegionError(f"cannot read {file} as an image: {error}") from error
    levels = pixels / np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else pixels.astype(float)
    if levels.ndim == 2:
        return levels
    colour, opacity = levels[..., :3], levels[..., 3:]
    grey: Array = colour @ np.array([0.299, 0.587, 0.114])  # luma, ITU-R BT.601
    visible: Array = 1.0 - (1.0 - grey) * (opacity[..., 0] if opacity.size else 1.0)
    return visible


def _direction(angle: float) -> tuple[float, float]:
    """Unit vector at `angle` [deg] to x, exact for multiples of 90 deg."""
    radians = math.radians(angle)
    return round(math.cos(radians), 15), round(math.sin(radians), 15)
