"""Tissue with everything in it at once, and what it does, as bytes.

Run as a program with a number of threads, it prints a digest of the result, for comparison between processes.
"""

import hashlib
import sys

import numpy as np
from media import Leak, medium

from cardiac.protocol import Pulses, Window
from cardiac.simulation import Simulation, Stimulus
from cardiac.tissue import Grid, faces, tensor

GRID = Grid(nx=70, ny=33, spacing=0.2)
STEPS = 900


def sheet(threads: int = 1, mirrored: bool = False) -> Simulation:
    """A wave from a corner through scars, crossing fibres and a hyperpolarized disk."""
    rng = np.random.default_rng(7)
    x, y = GRID.x, GRID.y[:, None]
    disk = 1.0 * ((x - 9.0) ** 2 + (y - 3.0) ** 2 < 1.5**2)
    conducting = (rng.random(GRID.shape) > 0.05) | (x < 2.0)
    angle = 20.0 + 30.0 * np.sin(x + y)
    corner = 1.0 * ((x < 1.0) & (y < 2.0))
    later = 1.0 * ((x > 11.0) & (y > 5.0))
    if mirrored:
        disk, conducting, corner, later = (field[:, ::-1] for field in (disk, conducting, corner, later))
        angle = -angle[:, ::-1]
    return medium(
        GRID,
        0.02,
        0.0,
        k=8.0,
        leak=Leak(1.5 * disk, -0.1, 0.02),
        D=faces(GRID, tensor(1.0, 0.25, angle), conducting),
        conducting=conducting,
        threads=threads,
        stimuli=[Stimulus(corner, 4.0, Pulses(0.303, 1.0)), Stimulus(later, 1.5, Window(2.01, 5.5))],
    )


def observed(
    threads: int = 1, chunks: tuple[int, ...] = (STEPS,), mirrored: bool = False
) -> dict[str, np.ndarray]:
    """V, samples and all measurements after running the sheet in chunks of so many steps."""
    simulation = sheet(threads, mirrored)
    simulation.measure(0.4)
    simulation.probe([(3, 5), (20, 40), (32, 69)], 7)
    samples = [simulation.advance(n) for n in chunks]
    activity = simulation.activity
    fields = {name: getattr(activity, name) for name in activity.__slots__}
    return {"V": simulation.V, "samples": np.concatenate(samples), **fields}


def digest(result: dict[str, np.ndarray]) -> str:
    """The same for the same bits."""
    return hashlib.sha256(
        b"".join(np.ascontiguousarray(field).tobytes() for field in result.values())
    ).hexdigest()


if __name__ == "__main__":
    print(digest(observed(int(sys.argv[1]))))
