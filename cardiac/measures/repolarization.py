"""Repolarization time of every beat: when the potential has come back by 90 % of its amplitude."""

from __future__ import annotations

from cardiac.measures import NoOptions, Seen


def measure(seen: Seen, options: NoOptions) -> None:
    """Writes repolarization_time (beats, ny, nx) [ms]."""
    activity = seen.activity
    seen.map("repolarization_time", activity.activation + activity.apd90, "ms", "repolarization time")
