"""Resting potential (that at the start), lowest and highest potential of the run."""

from __future__ import annotations

from cardiac.measures import NoOptions, Seen


def measure(seen: Seen, options: NoOptions) -> None:
    """Writes V_rest, V_min and V_max (ny, nx) [mV]; V_rest is no rest where the run does not start there."""
    at_rest = seen.assembly.config.start.rests
    started = "resting potential" if at_rest else "initial potential, not at rest"
    seen.map("V_rest", seen.V_start, "mV", started)
    seen.map("V_min", seen.activity.V_min, "mV", "lowest potential")
    seen.map("V_max", seen.activity.V_max, "mV", "highest potential")
