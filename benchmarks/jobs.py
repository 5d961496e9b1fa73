"""One plane wave as a job for this program or for a peer, each in a process of its own.

A sheet of nx x ny cells starts at rest, but for the first `raised` columns, which are above threshold; `samples` are
the time [ms] and the potentials in the columns `between`, in the middle row, every `every` steps. Compilation and the
first steps are not timed.

An adapter is a script `peers/NAME.py` that takes a job as JSON and prints one line of JSON: {"seconds", "samples",
"level"} and, where it can tell, how many "processors" it had at a time. What it needs is in its `REQUIREMENTS`, and
is installed into an environment of its own.
"""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
import venv
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PEERS = {path.stem: path for path in sorted((HERE / "peers").glob("*.py"))}


@dataclass(frozen=True)
class Job:
    """A plane wave on a sheet; lengths in mm, times in ms."""

    model: str
    nx: int
    ny: int
    spacing: float
    dt: float
    steps: int
    threads: int = 2
    diffusivity: float = 0.1  # mm^2/ms
    raised: int = 8
    between: tuple[int, ...] = ()
    every: int = 10
    own: str = "{}"  # of this program: what `ours` reads


@dataclass(frozen=True)
class Outcome:
    """What a job took."""

    job: Job
    seconds: float
    velocity: float  # mm/ms between the two columns; NaN if the wave did not reach them
    processors: float  # at work at a time; NaN if the peer does not tell

    @property
    def rate(self) -> float:
        """Node-updates per second."""
        return self.job.nx * self.job.ny * self.job.steps / self.seconds


class Unavailable(RuntimeError):
    """A peer that cannot be installed or run here, and why."""


def run(code: str, job: Job) -> Outcome:
    """The job done by a peer, or by this program as "cardiac"; raises Unavailable."""
    own = code == "cardiac"
    python, script = (sys.executable, HERE / "ours.py") if own else (_python(code), PEERS[code])
    # Isolated: an adapter has the name of its peer and must not be found in its place.
    command = [python, *([] if own else ["-I"]), str(script), json.dumps(asdict(job))]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        if own:
            raise RuntimeError(done.stderr)
        *_, reason = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise Unavailable(f"{code}: {reason}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return Outcome(job, answer["seconds"], _velocity(job, answer), answer.get("processors", float("nan")))


def _velocity(job: Job, answer: dict[str, object]) -> float:
    samples = np.array(answer["samples"], dtype=float)
    if len(job.between) != 2 or len(samples) < 2:
        return float("nan")
    times = [_crossing(samples[:, 0], V, float(str(answer["level"]))) for V in samples[:, 1:].T]
    near, far = job.between
    return (far - near) * job.spacing / (times[1] - times[0])


def _crossing(t: np.ndarray, V: np.ndarray, level: float) -> float:
    above = np.flatnonzero((V[1:] >= level) & (V[:-1] < level))
    if len(above) == 0:
        return float("nan")
    k = above[0]
    return float(np.interp(level, V[k : k + 2], t[k : k + 2]))


def _python(peer: str) -> str:
    """The interpreter of the peer's environment, made on first use."""
    from cardiac.cell import cache_folder

    requirements = _requirements(PEERS[peer])
    key = hashlib.sha256(" ".join(requirements).encode()).hexdigest()[:8]
    folder = cache_folder() / "peers" / f"{peer}-{key}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing {', '.join(requirements)} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        for requirement in requirements:  # in this order: a later one takes what is there
            command = [str(python), "-m", "pip", "install", "-q", requirement]
            if subprocess.run(command, capture_output=True).returncode != 0:
                raise Unavailable(f"{peer}: {requirement} cannot be installed here")
        (folder / "complete").touch()
    return str(python)


def _requirements(adapter: Path) -> list[str]:
    for statement in ast.parse(adapter.read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "REQUIREMENTS":
            return list(ast.literal_eval(statement.value))
    raise ValueError(f"{adapter} has no REQUIREMENTS")
