"""A run: from a Config to a result file, or to what is kept of it while it is unfinished."""

from cardiac.runner.loop import Progress
from cardiac.runner.performing import perform, pitfalls
from cardiac.runner.running import Interrupted, RunError, check_room, run

__all__ = [
    "Interrupted",
    "Progress",
    "RunError",
    "check_room",
    "perform",
    "pitfalls",
    "run",
]
