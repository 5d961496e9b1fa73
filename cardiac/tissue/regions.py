"""Regions: a shape on the grid, as a weight per cell (0 outside, 1 inside, between on a smooth border)."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from cardiac.tissue.grid import Array, Grid, Mask
from cardiac.tissue.shapes import HAIR, AllOf, AnyOf, Box, Named, Not, RegionError, Shape
from cardiac.units import point

_NONE: Mapping[str, Shape] = MappingProxyType({})


class GradedError(RegionError):
    """A region that has a shape, but cannot grow as it is graded; the message says why."""


class Graded(NamedTuple):
    """How a region grows from nothing at one point, and before it, to all that it is at another, and beyond."""

    from_: point
    to: point

    def along(self, grid: Grid) -> Array:
        """How much there is of it at each cell (ny, nx), 0 ... 1. Raises GradedError where the points are one."""
        (x0, y0), (x1, y1) = grid.position(self.from_), grid.position(self.to)
        dx, dy = x1 - x0, y1 - y0
        if dx == dy == 0.0:
            raise GradedError("is graded from a point to the same point - give two places")
        t = ((grid.x[np.newaxis, :] - x0) * dx + (grid.y[:, np.newaxis] - y0) * dy) / (dx * dx + dy * dy)
        clipped: Array = np.clip(t, 0.0, 1.0)
        return clipped


def weight(
    shape: Shape,
    grid: Grid,
    edge: float = 0.0,
    named: Mapping[str, Shape] = _NONE,
    graded: Graded | None = None,
) -> Array:
    """How much each cell (ny, nx) belongs to `shape`: 1 if its centre lies inside, else 0.

    With an `edge` [mm], that is the width over which the weight rises smoothly from 0 to 1 across the border; where
    the region is `graded`, the weight is the product of both. `named` gives the shapes of the regions that `shape`
    may refer to. Raises RegionError if no cell belongs, GradedError if that is because of how it is graded.
    """
    if edge:
        t = np.clip(_distance(shape, grid, named) / edge + 0.5, 0.0, 1.0)
        weights: Array = t * t * (3.0 - 2.0 * t)
    else:
        weights = mask(shape, grid, named).astype(float)
    if not (weights >= 0.5).any():
        raise RegionError(_why_empty(shape, grid, named))
    if graded:
        weights = weights * graded.along(grid)
        if not (weights >= 0.5).any():
            raise GradedError("reaches half of what it is at `to` in no cell of its shape - move from and to")
    return weights


def mask(shape: Shape, grid: Grid, named: Mapping[str, Shape] = _NONE) -> Mask:
    """Which cells (ny, nx) have their centre inside `shape`. Raises RegionError if none has."""
    inside: Mask = _distance(shape, grid, named, HAIR) > 0.0
    if not inside.any():
        raise RegionError(_why_empty(shape, grid, named))
    return inside


def _distance(
    shape: Shape, grid: Grid, named: Mapping[str, Shape], offset: tuple[float, float] = (0.0, 0.0)
) -> Array:
    """Signed distance [mm] of cell centres, moved by `offset`, to the border (ny, nx), inside positive."""
    match shape:
        case AnyOf(parts):
            return functools.reduce(np.maximum, (_distance(part, grid, named, offset) for part in parts))
        case AllOf(parts):
            return functools.reduce(np.minimum, (_distance(part, grid, named, offset) for part in parts))
        case Not(part):
            return -_distance(part, grid, named, offset)
        case Named(region):
            return _distance(*_look_up(region, grid, named), offset)
        case _:
            x, y = grid.x[np.newaxis, :] + offset[0], grid.y[:, np.newaxis] + offset[1]
            return shape.distance(x, y, grid)


def _bounds(shape: Shape, grid: Grid, named: Mapping[str, Shape]) -> Box:
    match shape:
        case AnyOf(parts):
            left, right, bottom, top = zip(*(_bounds(part, grid, named) for part in parts), strict=True)
            return Box(min(left), max(right), min(bottom), max(top))
        case AllOf(parts):
            left, right, bottom, top = zip(*(_bounds(part, grid, named) for part in parts), strict=True)
            return Box(max(left), min(right), max(bottom), min(top))
        case Not(_):
            return Box()
        case Named(region):
            return _bounds(*_look_up(region, grid, named))
        case _:
            return shape.bounds(grid)


def _look_up(region: str, grid: Grid, named: Mapping[str, Shape]) -> tuple[Shape, Grid, Mapping[str, Shape]]:
    """The shape of a region, and the regions that may occur in it: all but itself."""
    if region not in named:
        raise RegionError(f'there is no region "{region}" here, or it is made of itself')
    return named[region], grid, {name: shape for name, shape in named.items() if name != region}


def _why_empty(shape: Shape, grid: Grid, named: Mapping[str, Shape]) -> str:
    """Where an empty region lies and where the tissue is."""
    box = _bounds(shape, grid, named)
    if box.right <= 0.0 or box.left >= grid.width:
        return f"lies outside the tissue (x {_span(box.left, box.right)}, tissue is {grid.width:g} mm wide)"
    if box.top <= 0.0 or box.bottom >= grid.height:
        return f"lies outside the tissue (y {_span(box.bottom, box.top)}, tissue is {grid.height:g} mm high)"
    if min(box.right - box.left, box.top - box.bottom) < grid.spacing:
        spans = f"x {_span(box.left, box.right)}, y {_span(box.bottom, box.top)}"
        return f"contains no cell centre ({spans}; cells are {grid.spacing:g} mm wide)"
    return f"contains no cell of the tissue ({grid.extent})"


def _span(low: float, high: float) -> str:
    if math.isinf(low) or math.isinf(high):
        return (
            "everywhere"
            if low < 0.0 < high and math.isinf(high - low) and math.isinf(low) and math.isinf(high)
            else f"above {low:g} mm"
            if math.isinf(high)
            else f"below {high:g} mm"
        )
    return f"{low:g}..{high:g} mm"
