"""Action potential duration: time from activation to 50 % repolarization of every beat."""

from __future__ import annotations

from cardiac.measures import NoOptions, Seen


def measure(seen: Seen, options: NoOptions) -> None:
    """Writes apd50 (beats, ny, nx) [ms]."""
    seen.map("apd50", seen.activity.apd50, "ms", "action potential duration at 50 % repolarization")
