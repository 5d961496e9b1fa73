"""From the shell: to help, to a finished result, to the figures of the demo, and the very first run.

python benchmarks/start_up.py [--rounds 3]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from section import Options, main, table

SMALL = "title: Small\ntissue: {size: [10 mm, 4 mm], spacing: 0.25 mm, diffusivity: 0.1 mm^2/ms}\n" + (
    "stimuli: [{at: {left: 1 mm}, duration: 2 ms, strength: 2 x threshold}]\nrun: {duration: 30 ms}\n"
)
DEMO = Path(__file__).parent.parent / "configs" / "hyperpolarized_strip.yaml"


def seconds(arguments: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Wall time of a command, from the shell's point of view."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "cardiac", *arguments]
    subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True)
    return time.perf_counter() - begun


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield "Seconds from the shell, cold: nothing compiled and nothing remembered yet; warm: best of "
    yield f"{options.rounds} after that.\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = os.environ | {"NUMBA_CACHE_DIR": f"{name}/kernels", "CARDIAC_CACHE": f"{name}/cells"}
        (folder / "small.yaml").write_text(SMALL)
        shutil.copy(DEMO, folder)
        commands = {
            "`cardiac --help`": ["--help"],
            "`cardiac run` of a small sheet": ["run", "small.yaml", "--force"],
            "the demo with its figures": ["run", DEMO.name, "--force"],
        }

        def rows() -> Iterator[list[object]]:
            for what, arguments in commands.items():
                cold, *warm = (seconds(arguments, folder, environment) for _ in range(1 + options.rounds))
                yield [what, f"{cold:.1f}", f"{min(warm):.2f}"]

        yield from table(["command", "cold", "warm"], rows())


if __name__ == "__main__":
    main(section, __doc__)
