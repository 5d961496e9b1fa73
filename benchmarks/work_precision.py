"""What a velocity costs: its error against the wall time, for spacings, orders and steps.

python benchmarks/work_precision.py [--threads 2] [--rounds 2] [--figures FOLDER]

A plane wave crosses a sheet of 30 x 8 mm for 80 ms. Exact is the velocity of the finest case: 0.0625 mm, fourth
order, `accuracy: fine`.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

from section import Job, Options, explained, main, side_by_side, table

LENGTH, WIDTH, DURATION = 30.0, 8.0, 80.0  # mm, mm, ms
NEAR, FAR = 8.0, 20.0  # mm, between which the velocity is measured
MODELS = "ten_tusscher_panfilov_2006", "luo_rudy_1991", "mitchell_schaeffer_2003"
SPACINGS = (0.4, 0.25, 0.2, 0.125, 0.1)  # mm
FINEST = 0.0625, "space_order: 4, accuracy: fine"
WAYS = {
    "order 2, fixed 0.01 ms": "space_order: 2, dt: 0.01 ms",
    "order 2, fast": "space_order: 2, accuracy: fast",
    "order 4, fast": "space_order: 4, accuracy: fast",
    "order 4, standard": "space_order: 4, accuracy: standard",
    "order 4, fast, single": "space_order: 4, accuracy: fast, precision: single",
}
Points = dict[str, list[tuple[float, float]]]


def wave(model: str, spacing: float, run: str, threads: int) -> Job:
    """The sheet with a wave."""
    between = (round(NEAR / spacing), round(FAR / spacing))
    return Job(
        model, round(LENGTH / spacing), round(WIDTH / spacing), spacing, 0.01, round(DURATION / 0.01), threads,
        raised=round(2.0 / spacing), between=between, own=json.dumps({"run": run}),
    )  # fmt: skip


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    yield explained(__doc__) + f" {options.threads} threads.\n"
    for model in MODELS:
        spacing, run = FINEST
        (finest,) = side_by_side({"": ("cardiac", wave(model, spacing, run, options.threads))}, 1)[""]
        points: Points = {way: [] for way in WAYS}

        def rows(
            model: str = model, exact: float = finest.velocity, points: Points = points
        ) -> Iterator[list[object]]:
            for spacing in SPACINGS:
                jobs = {
                    way: ("cardiac", wave(model, spacing, run, options.threads)) for way, run in WAYS.items()
                }
                found = side_by_side(jobs, options.rounds)
                row: list[object] = [spacing]
                for way in WAYS:
                    error = 100.0 * (found[way][0].velocity / exact - 1.0)
                    seconds = statistics.median(outcome.seconds for outcome in found[way])
                    points[way].append((abs(error), seconds))
                    row.append(f"{error:+.1f} %, {seconds:.1f} s")
                yield row

        yield f"{model}, {finest.velocity:.4f} mm/ms:\n"
        yield from table(["spacing (mm)", *WAYS], rows())
        if options.figures is not None:
            figure = options.figures / f"work_precision_{model}.png"
            draw(model, points, figure)
            yield f"![Error of the velocity against wall time]({figure.parent.name}/{figure.name})\n"


def draw(model: str, points: Points, path: Path) -> None:
    """Errors against seconds, a line for each way."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.5, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for way, found in points.items():
        errors, seconds = zip(*found, strict=True)
        axes.loglog(seconds, errors, "o-", label=way)
    axes.axhline(2.0, color="0.6", linewidth=0.8, linestyle="--")
    axes.set(xlabel="wall time (s)", ylabel="velocity error (%)", title=model)
    axes.legend(fontsize="x-small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main(section, __doc__)
