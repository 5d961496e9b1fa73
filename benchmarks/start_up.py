"""From a new process to the first step of a tissue: cold (nothing compiled) and warm (kernels on disk).

python benchmarks/start_up.py [--model luo_rudy_1991]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

FIRST_STEP = """
import sys
from cardiac import models
from cardiac.simulation import Simulation
from cardiac.tissue import Grid, Tensor, faces
grid = Grid(64, 64, 0.2)
Simulation(models.load(sys.argv[1]), grid, 0.02, faces=faces(grid, Tensor(0.1, 0.0, 0.1))).advance(1)
"""


def seconds(model: str, cache: str) -> float:
    """Wall time of a process that makes one step."""
    begun = time.perf_counter()
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    subprocess.run([sys.executable, "-c", FIRST_STEP, model], check=True, env=environment)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="luo_rudy_1991")
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory() as cache:
        cold, *warm = (seconds(model, cache) for _ in range(4))
    print(f"{model}: process start to first step: cold {cold:.1f} s, warm {min(warm):.2f} s (best of 3)")


if __name__ == "__main__":
    main()
