"""A run: from a Config to a result file, or to what is kept of it while it is unfinished."""

from cardiac.runner.loop import Progress
from cardiac.runner.performing import perform, subject
from cardiac.runner.place import check_room
from cardiac.runner.running import INTERVAL, Interrupted, RunError, how_to_go_on, run

__all__ = [
    "INTERVAL",
    "Interrupted",
    "Progress",
    "RunError",
    "check_room",
    "how_to_go_on",
    "perform",
    "run",
    "subject",
]
