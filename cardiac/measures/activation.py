"""Activation time of every beat: when the potential crosses a threshold upwards."""

from __future__ import annotations

from typing import NamedTuple

from cardiac.measures import LEVEL, Seen
from cardiac.units import mV


class Options(NamedTuple):
    """The level holds for everything that is measured of a beat."""

    threshold: mV = LEVEL


def level(options: Options) -> float:
    """The level [mV] at which a beat begins."""
    return options.threshold


def measure(seen: Seen, options: Options) -> None:
    """Writes activation_time (beats, ny, nx) [ms]."""
    seen.map("activation_time", seen.activity.activation, "ms", "activation time")
