"""Adapter of TorchCor (see `../jobs.py`): Crank-Nicolson, consistent-mass linear triangles, single precision."""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torchcor as tc
from torchcor.ionic import AlievPanfilov, BuenoOrovio, MitchellSchaeffer, TenTusscherPanfilov
from torchcor.simulator import Monodomain

REQUIREMENTS = ["torch==2.13.0", "torchcor==1.0.6"]
MODELS = {
    "aliev_panfilov_1996": AlievPanfilov,
    "bueno_orovio_2008": BuenoOrovio,
    "mitchell_schaeffer_2003": MitchellSchaeffer,
    "ten_tusscher_panfilov_2006": TenTusscherPanfilov,
}
TOLERANCE, MOST = 1e-5, 100  # of its linear solver, as in its examples
RAISED, LEVEL = 20.0, -30.0  # mV
AREA, CAPACITANCE = 140.0, 0.01  # 1/mm, uF/mm^2


def triangles(nx: int, ny: int):
    """The two triangles of each square of a grid of nodes, with the diagonals in turn one way and the other."""
    i, j = np.mgrid[: ny - 1, : nx - 1]
    a, b, c, d = (k.ravel() for k in (i * nx + j, i * nx + j + 1, (i + 1) * nx + j, (i + 1) * nx + j + 1))
    even = ((i + j) % 2 == 0).ravel()
    first = np.where(even, [a, b, d], [a, b, c])
    second = np.where(even, [a, d, c], [b, d, c])
    return np.concatenate([first.T, second.T])


def write_mesh(folder: Path, nx: int, ny: int, spacing: float) -> None:
    """The mesh in the files that it reads; lengths in um."""
    y, x = np.mgrid[:ny, :nx] * spacing * 1000.0
    nodes = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    elements = triangles(nx, ny)
    np.savetxt(folder / "sheet.pts", nodes, fmt="%.4f", header=str(len(nodes)), comments="")
    lines = [f"Tr {a} {b} {c} 1" for a, b, c in elements]
    (folder / "sheet.elem").write_text("\n".join([str(len(lines)), *lines]) + "\n")
    fibres = np.tile([1.0, 0.0, 0.0], (len(elements), 1))
    np.savetxt(folder / "sheet.lon", fibres, fmt="%g", header="1", comments="")


def main() -> None:
    job = json.loads(sys.argv[1])
    nx, ny, dt = job["nx"], job["ny"], job["dt"]
    torch.set_num_threads(job["threads"])
    tc.set_device("cpu", verbose=False)
    cells = MODELS[job["model"]](dt=dt, dtype=torch.float32)
    sheet = Monodomain([cells], T=dt * job["steps"], dt=dt, dtype=torch.float32)
    with tempfile.TemporaryDirectory() as folder:
        write_mesh(Path(folder), nx, ny, job["spacing"])
        sheet.load_mesh(folder, unit_conversion=1000)
    sheet.add_conductivity(None, *[job["diffusivity"] * AREA * CAPACITANCE] * 2)
    sheet.assemble()
    rest = cells.initialize(sheet.n_nodes)
    u = rest.clone().to(torch.float32)
    raised = torch.arange(sheet.n_nodes) % nx < job["raised"]
    u[raised] = RAISED
    sheet.cg.initialize(x=u, linear_guess=True)
    probes = [(ny // 2) * nx + j for j in job["between"]]
    t, warm, seen = 0.0, 20, []
    with torch.no_grad():
        for n in range(warm + job["steps"]):
            if n == warm:
                begun = time.perf_counter()
            t += dt
            u = sheet.step(u, t, TOLERANCE, TOLERANCE, MOST)[0]
            if n % job["every"] == 0:
                seen.append((t, *(u[k].item() for k in probes)))
    seconds = time.perf_counter() - begun
    assert torch.isfinite(u).all()
    print(json.dumps({"seconds": seconds, "samples": seen, "level": LEVEL}))


if __name__ == "__main__":
    main()
