"""All benchmarks in one run: writes REPORT.md and its figures beside this file.

python benchmarks/report.py [--peers finitewave torchcor myokit] [--threads 2] [--rounds 3] [--only SECTION ...]
"""

from __future__ import annotations

import platform
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from section import Options, arguments

SECTIONS = {
    "time_to_solution": "Time to solution",
    "work_precision": "Error against wall time",
    "space": "Operators in space",
    "node_updates": "Node-updates",
    "limits": "Distance from the limits of the machine",
    "precision": "Single precision",
    "output": "Output",
    "start_up": "Start",
}
HERE = Path(__file__).parent


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--only", nargs="*", choices=list(SECTIONS), default=list(SECTIONS))
    given = parser.parse_args()
    options = Options(given.threads, given.rounds, tuple(given.peers), given.figures or HERE / "report")
    lines = [f"# Report of {time.strftime('%Y-%m-%d')}\n", _machine()]
    for name in given.only:
        print(f"{name} ...", flush=True)
        lines.append(f"\n## {SECTIONS[name]}\n")
        lines += import_module(name).section(options)
        (HERE / "REPORT.md").write_text("\n".join(lines).rstrip() + "\n")


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = f"{len(names)} x {names[0]}" if names else model
    versions = ", ".join(f"{name} {version(name)}" for name in ("cardiac", "numba", "numpy"))
    return (
        f"{model}; Python {platform.python_version()}, {versions}. Rates drift with the load of a shared machine: "
        "read the ratios, which are measured side by side."
    )


if __name__ == "__main__":
    main()
