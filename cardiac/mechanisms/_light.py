"""Channels that light opens: what is known of some of them, and how they follow a light schedule."""

from __future__ import annotations

from typing import Any, NamedTuple

from cardiac.protocol import Always, Course, Opening
from cardiac.units import duration, one


class Channel(NamedTuple):
    """How fast it opens in light and closes in the dark, and P_Na / P_K of a cation channel."""

    tau_on: duration
    tau_off: duration
    permeability: one = 0.0


def opening(channel: Channel, inputs: Any, when: Any) -> Course:
    """How far the channels are open; under light that is always on, fully."""
    if isinstance(when, Always):
        return when
    return Opening(
        when,
        channel.tau_on if inputs.tau_on is None else inputs.tau_on,
        channel.tau_off if inputs.tau_off is None else inputs.tau_off,
    )
