"""This program as an adapter (see `jobs.py`). `own` may name a scheme, or accuracy and order for chosen steps."""

import json
import sys
import time

import numpy as np

from cardiac import models
from cardiac.simulation import Simulation
from cardiac.tissue import Grid, Tensor, faces

SHEET = """
title: A plane wave
model: {model}
tissue: {{size: [{x} mm, {y} mm], spacing: {spacing} mm, diffusivity: {diffusivity} mm^2/ms}}
run: {{duration: {duration} ms, {run}}}
"""
LEVEL = -30.0  # mV
RAISED = 20.0
WARM = 20  # steps


def of_fixed_steps(job, own) -> Simulation:
    """With the step of the job, in second order in space, as the peers are."""
    grid = Grid(job["nx"], job["ny"], job["spacing"])
    model = models.load(job["model"])
    values = model.Parameters()._asdict()
    fields = {name: np.full(grid.shape, float(values[name])) for name in list(values)[: own.get("fields", 0)]}
    D = job["diffusivity"]
    return Simulation(
        model, grid, job["dt"], parameters=fields, scheme=own["scheme"], threads=job["threads"],
        faces=faces(grid, Tensor(D, 0.0, D)), precision=own.get("precision", "double"),
    )  # fmt: skip


def of_chosen_steps(job, own) -> Simulation:
    """As a config asks for it."""
    from cardiac.assembly import assemble
    from cardiac.config import loads

    size = {"x": job["nx"] * job["spacing"], "y": job["ny"] * job["spacing"]}
    text = SHEET.format(**job, **size, duration=job["dt"] * job["steps"], run=own["run"])
    return assemble(loads(text)).simulation(job["threads"])


def main() -> None:
    job = json.loads(sys.argv[1])
    own = json.loads(job["own"])
    sheet = (of_fixed_steps if "scheme" in own else of_chosen_steps)(job, own)
    V = sheet.V
    V[:, : job["raised"]] = RAISED
    sheet.V = V
    if job["between"]:
        sheet.probe([(job["ny"] // 2, j) for j in job["between"]], every=1)
    duration = job["dt"] * job["steps"]
    sheet.advance(WARM)
    begun, worked = time.perf_counter(), time.process_time()
    samples = sheet.advance(round(duration / sheet.dt))
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    times = (WARM + 1 + np.arange(len(samples))) * sheet.dt
    seen = np.column_stack([times, samples[:, :, 0]]) if job["between"] else np.empty((0, 1))
    answer = {"seconds": seconds, "processors": worked / seconds, "samples": seen.tolist(), "level": LEVEL}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
