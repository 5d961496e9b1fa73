"""Places on tissue, and how far they are from an electrode, in space constants: that is how far its current goes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from cardiac import analysis
from cardiac.experiments import Array
from cardiac.experiments.rest import Options as Resistance
from cardiac.experiments.rest import input_resistance
from cardiac.preparation import Mask, Preparation

FAR = 4.0  # space constants, beyond which a wave has left its electrode
UNCOUPLED = 1e-12  # of the largest diffusivity: one of 0 would make distances infinite

Cell: TypeAlias = tuple[int, int]


def membrane_time_constant(tissue: Preparation, at: tuple[int, int]) -> float:
    """R_in C [ms] of the cell (i, j) at rest."""
    return float(input_resistance(tissue.cell(at), Resistance())[0])


def space_constant(tissue: Preparation, at: tuple[int, int], diffusivity: float) -> float:
    """sqrt(D tau_m) [mm] of tissue like the cell (i, j), with a diffusivity D [mm^2/ms]."""
    return float(analysis.space_constant(diffusivity, 1.0 / membrane_time_constant(tissue, at)))


def electrotonic_distance(tissue: Preparation, electrode: Mask) -> Array:
    """Distance (ny, nx) of each cell from an electrode on coupled tissue, in space constants of its direction."""
    from scipy.spatial import KDTree

    at = tissue.like_most(electrode)
    xx, xy, yy = (float(np.broadcast_to(part, tissue.grid.shape)[at]) for part in tissue.tensor)
    values, axes = np.linalg.eigh([[xx, xy], [xy, yy]])
    values = np.maximum(values, UNCOUPLED * values[-1])
    metric = axes / np.sqrt(values * membrane_time_constant(tissue, at))
    x, y = np.meshgrid(tissue.grid.x, tissue.grid.y)
    places = np.column_stack([x.ravel(), y.ravel()]) @ metric
    found, _ = KDTree(places[electrode.ravel()]).query(places)
    distance: Array = found.reshape(tissue.grid.shape)
    return distance


def away(tissue: Preparation, cells: Mask) -> Mask:
    """The cells (ny, nx) to which a wave of an electrode can come, but not its current."""
    found: Mask = _way(tissue, cells) >= FAR
    return found


def nearest(tissue: Preparation, cells: Mask) -> Cell:
    """The nearest cell that is `away` from `cells`."""
    way = _way(tissue, cells)
    far = np.where(way >= FAR, way, np.inf)
    i, j = np.unravel_index(int(np.argmin(far)), far.shape)
    return int(i), int(j)


def farthest(tissue: Preparation, cells: Mask) -> Cell:
    """The cell that is farthest from `cells`, of those to which a wave can come."""
    far = np.nan_to_num(_way(tissue, cells), nan=-1.0)
    i, j = np.unravel_index(int(np.argmax(far)), far.shape)
    return int(i), int(j)


def _way(tissue: Preparation, cells: Mask) -> Array:
    """The electrotonic distance (ny, nx) from `cells` where a wave can come from them, NaN elsewhere."""
    return np.where(tissue.joined(cells), electrotonic_distance(tissue, cells), np.nan)


def middle(cells: Mask) -> Cell:
    """The one of `cells` nearest to their centre."""
    places = np.argwhere(cells)
    i, j = places[int(np.argmin(np.hypot(*(places - places.mean(axis=0)).T)))]
    return int(i), int(j)


def line(tissue: Preparation, start: Mask, end: Mask, *, onwards: bool = False) -> list[Cell]:
    """The cells straight from the middle of one electrode to that of another, or `onwards` to the border."""
    a, b = (np.argwhere(cells).mean(axis=0) for cells in (start, end))
    length, longest = max(float(np.abs(b - a).max()), 1e-9), max(tissue.grid.shape) if onwards else 0
    share = np.linspace(0.0, 1.0, 2 + 2 * int(length))
    share = np.concatenate([share, 1.0 + 0.5 / length * np.arange(1, 2 * longest)])[:, np.newaxis]
    places = np.floor(a + share * (b - a) + 0.5).astype(int)
    inside = np.all((places >= 0) & (places < tissue.grid.shape), axis=1)
    return [(i, j) for i, j in dict.fromkeys(map(tuple, places[inside].tolist()))]
