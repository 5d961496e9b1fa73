"""Node-updates per second of a travelling plane wave, warm, beside a peer in the same run.

python benchmarks/node_updates.py [--peer finitewave] [--cells 512] [--threads 2] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
STEP = 0.01  # ms, the peers' default
SPACING, DIFFUSIVITY = 0.25, 0.1  # mm, mm^2/ms
CASES = [
    ("ten_tusscher_panfilov_2006", "rush_larsen", 20),
    ("ten_tusscher_panfilov_2006", "rush_larsen_2", 20),
    ("luo_rudy_1991", "rush_larsen", 40),
    ("mitchell_schaeffer_2003", "rush_larsen", 200),
]


def ours(model: str, scheme: str, cells: int, steps: int, threads: int, fields: int = 0) -> float:
    """Node-updates per second of this program; `fields` parameters vary from cell to cell."""
    import numpy as np

    from cardiac import models
    from cardiac.simulation import Simulation
    from cardiac.tissue import Grid, Tensor, faces

    grid = Grid(cells, cells, SPACING)
    cell = models.load(model)
    values = cell.Parameters()._asdict()
    varying = {name: np.full(grid.shape, float(values[name])) for name in list(values)[:fields]}
    V = np.full(grid.shape, cell.V_initial)
    V[:, :5] = 20.0
    sheet = Simulation(
        cell,
        grid,
        STEP,
        V=V,
        parameters=varying,
        scheme=scheme,
        threads=threads,
        faces=faces(grid, Tensor(DIFFUSIVITY, 0.0, DIFFUSIVITY)),
    )
    sheet.advance(20)
    begun = time.perf_counter()
    sheet.advance(steps)
    return cells * cells * steps / (time.perf_counter() - begun)


def in_a_process(python: str, script: Path, *arguments: object, flags: tuple[str, ...] = ()) -> float:
    """What a measuring script prints, in a process of its own."""
    command = [python, *flags, str(script), *(str(a) for a in arguments)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(json.loads(printed.splitlines()[-1])["updates_per_s"])


def peer_python(peer: str) -> str:
    """The interpreter of the peer's environment, made on first use."""
    from cardiac.cell import cache_folder

    source = (PEERS / f"{peer}.py").read_text()
    requirement = next(line.split('"')[1] for line in source.splitlines() if line.startswith("REQUIREMENT"))
    folder = cache_folder() / "peers" / requirement
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"installing {requirement} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", requirement], check=True)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", choices=[path.stem for path in PEERS.glob("*.py")])
    parser.add_argument("--cells", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("MODEL", "SCHEME", "FIELDS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        model, scheme, fields = given.one
        steps = next(s for m, c, s in CASES if (m, c) == (model, scheme))
        rate = ours(model, scheme, given.cells, steps, given.threads, int(fields))
        print(json.dumps({"updates_per_s": rate}))
        return

    here, size = Path(__file__), ("--cells", given.cells, "--threads", given.threads)
    python = peer_python(given.peer) if given.peer else ""
    print(
        f"{given.cells} x {given.cells} cells, dt {STEP} ms, {given.threads} threads, double precision; ",
        end="",
    )
    print(f"medians of {given.rounds} alternating rounds; M node-updates/s\n")
    print(f"| model | scheme | uniform | 5 parameters per cell | {given.peer or 'peer'} | ratio |")
    print("|---|---|---|---|---|---|")
    for model, scheme, steps in CASES:
        rounds = []
        for _ in range(given.rounds):
            uniform = in_a_process(sys.executable, here, *size, "--one", model, scheme, 0)
            peer = float("nan")
            if given.peer:
                script = PEERS / f"{given.peer}.py"
                size_and_length = (given.cells, steps, given.threads)
                # Isolated: the adapter has the name of its peer and must not be found in its place.
                peer = in_a_process(python, script, model, *size_and_length, flags=("-I",))
            per_cell = in_a_process(sys.executable, here, *size, "--one", model, scheme, 5)
            rounds.append((uniform, per_cell, peer, uniform / peer))
        a, b, c, ratio = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"| {model} | {scheme} | {a / 1e6:.1f} | {b / 1e6:.1f} | {c / 1e6:.1f} | {ratio:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
