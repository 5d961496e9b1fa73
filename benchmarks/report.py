"""All benchmarks in one run: writes REPORT.md and its figures beside this file; `--only` some keeps the others.

python benchmarks/report.py [--peers finitewave torchcor myokit] [--threads 2] [--rounds 3] [--only SECTION ...]
"""

from __future__ import annotations

import platform
import time
from importlib import import_module
from pathlib import Path

import numba
import numpy
from section import Options, arguments

import cardiac

SECTIONS = {
    "time_to_solution": "Time to solution",
    "work_precision": "Error against wall time",
    "space": "Operators in space",
    "node_updates": "Node-updates",
    "scaling": "Scaling",
    "limits": "Distance from the limits of the machine",
    "precision": "Single precision",
    "output": "Output",
    "start_up": "Start",
    "sweep": "Sweeps",
}
HERE = Path(__file__).parent
REPORT = HERE / "REPORT.md"
HEAD = """# Report

Rates drift with the load of a shared machine: read the ratios. What stands side by side was measured in one run.
"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--only", nargs="*", choices=list(SECTIONS), default=list(SECTIONS))
    given = parser.parse_args()
    options = Options(given.threads, given.rounds, tuple(given.peers), given.figures or HERE / "report")
    here = f"{time.strftime('%Y-%m-%d')}, {_machine()}\n"
    for name in given.only:
        print(f"{name} ...", flush=True)
        lines = list(import_module(name).section(options))
        parts = _kept() | {SECTIONS[name]: "\n".join([here, *lines]).strip()}
        ordered = [f"## {title}\n\n{parts[title]}\n" for title in SECTIONS.values() if title in parts]
        REPORT.write_text("\n".join([HEAD, *ordered]))


def _kept() -> dict[str, str]:
    """The sections of the last report by title."""
    if not REPORT.exists():
        return {}
    parts = (part.partition("\n") for part in REPORT.read_text().split("\n## ")[1:])
    return {title: body.strip() for title, _, body in parts}


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = f"{len(names)} x {names[0]}" if names else model
    versions = ", ".join(f"{package.__name__} {package.__version__}" for package in (cardiac, numba, numpy))
    return f"{model}; Python {platform.python_version()}, {versions}."


if __name__ == "__main__":
    main()
