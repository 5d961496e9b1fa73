"""Largest rate of rise dV/dt, stimuli included."""

from __future__ import annotations

from cardiac.measures import NoOptions, Seen


def measure(seen: Seen, options: NoOptions) -> None:
    """Writes upstroke_max (ny, nx) [mV/ms]."""
    seen.map("upstroke_max", seen.activity.upstroke, "mV/ms", "largest rate of rise")
