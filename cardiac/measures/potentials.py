"""Potential at the start, lowest and highest potential of the run."""

from __future__ import annotations

from cardiac.measures import NoOptions, Seen


def measure(seen: Seen, options: NoOptions) -> None:
    seen.map("V_rest", seen.V_start, "mV", "potential at the start")
    seen.map("V_min", seen.activity.V_min, "mV", "lowest potential")
    seen.map("V_max", seen.activity.V_max, "mV", "highest potential")
