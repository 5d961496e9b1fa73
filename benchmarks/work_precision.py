"""What a conduction velocity costs: its error against the wall time, for spacings, orders and steps, in one run.

python benchmarks/work_precision.py [--model luo_rudy_1991] [--threads 2] [--rounds 2]

A plane wave crosses a sheet of 30 x 8 mm for 80 ms. The velocity that counts as exact is that of the finest case.
"""

from __future__ import annotations

import argparse
import statistics
import time

SHEET = """
title: A plane wave
model: {model}
tissue: {{size: [30 mm, 8 mm], spacing: {spacing} mm, diffusivity: 0.1 mm^2/ms}}
stimuli: [{{at: {{left: 2 mm}}, duration: 2 ms, strength: 2 x threshold}}]
run: {{duration: {duration} ms, space_order: {order}, {steps}}}
"""
DURATION = 80.0  # ms
LEVEL = -30.0  # mV, of activation
NEAR, FAR = 8.0, 20.0  # mm, between which the velocity is measured
FINEST = (0.0625, 4, "accuracy: fine")
SPACINGS = (0.4, 0.25, 0.2, 0.125, 0.1)  # mm
WAYS = [(2, "dt: 0.01 ms"), (2, "accuracy: fast"), (4, "accuracy: fast"), (4, "accuracy: standard")]


def crossed(model: str, spacing: float, order: int, steps: str, threads: int) -> tuple[float, float]:
    """The velocity [mm/ms], and the wall time [s] of the steps alone."""
    from cardiac.assembly import assemble
    from cardiac.config import loads

    text = SHEET.format(model=model, spacing=spacing, duration=DURATION, order=order, steps=steps)
    assembly = assemble(loads(text))
    assembly.simulation(threads).advance(2)  # compiled
    simulation = assembly.simulation(threads)
    simulation.measure(LEVEL)
    begun = time.perf_counter()
    simulation.advance(round(DURATION / simulation.dt))
    elapsed = time.perf_counter() - begun
    middle = simulation.grid.ny // 2
    times = simulation.activity.activation[0, middle]
    near, far = (simulation.grid.cell_at((at, 4.0))[1] for at in (NEAR, FAR))
    x = simulation.grid.x
    return float((x[far] - x[near]) / (times[far] - times[near])), elapsed


def main() -> None:
    """Print the table of a model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="luo_rudy_1991")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    exact, _ = crossed(arguments.model, *FINEST, arguments.threads)
    print(
        f"{arguments.model}, 30 x 8 mm, {DURATION:g} ms, {arguments.threads} threads, double precision;",
        end=" ",
    )
    print(f"velocity in the limit {exact:.4f} mm/ms; medians of {arguments.rounds} rounds\n")
    print("| spacing (mm) | order | steps | error (%) | wall time (s) |\n|---|---|---|---|---|")
    for spacing in SPACINGS:
        for order, steps in WAYS:
            rounds = [
                crossed(arguments.model, spacing, order, steps, arguments.threads)
                for _ in range(arguments.rounds)
            ]
            error = 100.0 * (rounds[0][0] / exact - 1.0)
            seconds = statistics.median(elapsed for _, elapsed in rounds)
            print(f"| {spacing:g} | {order} | {steps} | {error:+.2f} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
