"""Activation time of every beat: when the potential crosses a threshold upwards."""

from __future__ import annotations

from typing import NamedTuple

from cardiac.measures import Seen
from cardiac.units import mV


class Options(NamedTuple):
    """The level holds for everything that is measured of a beat."""

    threshold: mV = -40.0


def measure(seen: Seen, options: Options) -> None:
    seen.map("activation_time", seen.activity.activation, "ms", "activation time")
