"""Activation maps and potentials that are known exactly."""

from __future__ import annotations

import math

import numpy as np


def centres(count, spacing=0.2):
    return (np.arange(count) + 0.5) * spacing


def mesh(ny, nx, spacing=0.2):
    """x and y of the cells, (ny, nx) each [mm]."""
    return np.meshgrid(centres(nx, spacing), centres(ny, spacing))


def plane(ny, nx, angle, speed, spacing=0.2):
    """Activation times [ms] of a plane wave that runs along `angle` at `speed` [mm/ms]."""
    X, Y = mesh(ny, nx, spacing)
    return 3.0 + (X * math.cos(angle) + Y * math.sin(angle)) / speed


def circular(ny, nx, source, speed, spacing=0.2):
    """Activation times [ms] of a wave that spreads from a point [mm], and the distance from it [mm]."""
    X, Y = mesh(ny, nx, spacing)
    radius = np.hypot(X - source[0], Y - source[1])
    return radius / speed, radius
