"""What output costs: frames every ms, ten probes and all maps, against the same steps with one probe alone.

python benchmarks/output.py [--threads 2] [--rounds 3]
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from section import Options, explained, main, table

from cardiac.runner.running import INTERVAL, SHARE

RUN = """
title: A plane wave
model: {model}
tissue: {{size: [128 mm, 128 mm], spacing: 0.25 mm, diffusivity: 0.1 mm^2/ms}}
stimuli: [{{at: {{left: 2 mm}}, duration: 2 ms, strength: 2 x threshold}}]
run: {{duration: {duration} ms, {run}}}
"""
WITHOUT = (
    "record: {probes: {p0: [6 mm, 64 mm]}, probe_interval: 0.1 ms}\n"  # so that the same steps are chosen
)
PROBES = ", ".join(f"p{k}: [{12 * k + 6} mm, 64 mm]" for k in range(10))
WITH = f"""
measure: [activation, apd50, apd90, upstroke, potentials, {{conduction_velocity: [p2, p7]}}]
record: {{frames: {{every: 1 ms}}, probes: {{{PROBES}}}, probe_interval: 0.1 ms}}
"""
SIZES = 512, 1024, 2048
FIXED = "dt: 0.01 ms, scheme: rush_larsen"
CASES = [  # model, steps, ms
    ("ten_tusscher_panfilov_2006", FIXED, 20),
    ("mitchell_schaeffer_2003", FIXED, 40),
    ("ten_tusscher_panfilov_2006", "accuracy: standard", 40),
    ("mitchell_schaeffer_2003", "accuracy: standard", 100),
]


def seconds(text: str, threads: int) -> float:
    """Wall time of a whole run, kernels compiled, the config assembled."""
    from cardiac import runner
    from cardiac.assembly import assemble
    from cardiac.config import loads

    assembly = assemble(loads(text))
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        runner.run(assembly, Path(folder) / "result.h5", threads=threads)
        return time.perf_counter() - begun


def checkpoints() -> Iterator[list[object]]:
    """What a checkpoint takes, of several sizes of sheets, and which part of the time that is."""
    from cardiac import models
    from cardiac.simulation import Simulation
    from cardiac.storage import checkpoint
    from cardiac.tissue import Grid

    for cells in SIZES:
        sheet = Simulation(models.load("ten_tusscher_panfilov_2006"), Grid(cells, cells, 0.25), 0.1)
        sheet.measure(-40.0)
        with tempfile.TemporaryDirectory() as folder:
            file, begun = Path(folder) / "checkpoint", time.perf_counter()
            checkpoint.write(file, sheet.changing())
            spent, size = time.perf_counter() - begun, file.stat().st_size
        yield [cells, f"{size / 1e6:.0f}", f"{spent:.2f}", f"{100 * min(spent / INTERVAL, SHARE):.2f} %"]


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield explained(__doc__, 0) + f" 512 x 512 cells, {options.threads} threads, best of {options.rounds}.\n"

    def rows() -> Iterator[list[object]]:
        for model, steps, duration in CASES:
            run = RUN.format(model=model, duration=duration, run=steps)
            seconds(RUN.format(model=model, duration=1, run=steps) + WITH, options.threads)  # compiles
            pairs = [
                (seconds(run + WITHOUT, options.threads), seconds(run + WITH, options.threads))
                for _ in range(options.rounds)
            ]
            bare, full = (min(column) for column in zip(*pairs, strict=True))
            more = full / bare - 1.0
            yield [
                model,
                f"`{steps}`",
                f"{duration} ms",
                f"{bare:.2f}",
                f"{full:.2f}",
                f"{100 * more:+.0f} %",
            ]

    yield from table(["model", "steps", "simulated", "without (s)", "with (s)", "more"], rows())
    yield "A checkpoint of a sheet of ten_tusscher_panfilov_2006, until it is on the disk; they are at least a minute"
    yield f"apart, and so far that they take less than {SHARE:.0%} of the time:\n"
    yield from table(["cells along a side", "MB", "s", "of the time"], checkpoints())


if __name__ == "__main__":
    main(section, __doc__)
