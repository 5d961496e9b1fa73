"""Action potential duration: time from activation to 90 % repolarization of every beat."""

from __future__ import annotations

from cardiac.measures import NoOptions, Seen


def measure(seen: Seen, options: NoOptions) -> None:
    """Writes apd90 (beats, ny, nx) [ms]."""
    seen.map("apd90", seen.activity.apd90, "ms", "action potential duration at 90 % repolarization")
