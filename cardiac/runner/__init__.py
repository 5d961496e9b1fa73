"""A run: from a Config to a result file, or to what is kept of it while it is unfinished."""

from cardiac.runner.loop import Progress
from cardiac.runner.performing import perform, subject
from cardiac.runner.place import check_room
from cardiac.runner.running import INTERVAL, RunError, run
from cardiac.runner.stopping import Interrupted, how_to_go_on
from cardiac.runner.trials import Trying

__all__ = [
    "INTERVAL",
    "Interrupted",
    "Progress",
    "RunError",
    "Trying",
    "check_room",
    "how_to_go_on",
    "perform",
    "run",
    "subject",
]
