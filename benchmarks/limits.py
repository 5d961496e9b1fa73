"""How far each model is from the limits of the machine: memory bandwidth and arithmetic, both measured here.

python benchmarks/limits.py [--threads 2] [--rounds 3]

Bytes are what a step has to move if every array is touched once: the state and V, read and written. Operations are
the floating-point instructions of one step of one cell in the machine code, a fused one counted twice. Diffusion is
that of the cubic medium, whose reaction takes next to nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import numba
import numpy as np
from node_updates import CELLS, STEPS, job, rate
from section import Options, main, side_by_side, table

from cardiac import models
from cardiac.kernels.compose import ARITHMETIC
from cardiac.kernels.equations import make_derivative
from cardiac.kernels.schemes import SCHEMES

N = 1 << 25
ARITHMETIC_LOOPS = 2_000_000
STEP_OF_DIFFUSION, DIFFUSED = 0.05, 20  # ms, steps that are timed at once


@numba.njit(parallel=True)
def triad(a, b, c):
    """a = b + 2 c."""
    for i in numba.prange(a.shape[0]):
        a[i] = b[i] + 2.0 * c[i]


@numba.njit(parallel=True, **ARITHMETIC)
def multiply_add(x, n):
    """`n` dependent multiply-adds of each number, many side by side."""
    for k in numba.prange(x.shape[0]):
        row = x[k]
        for _ in range(n):
            for i in range(128):
                row[i] = row[i] * 0.999 + 0.001


def bandwidth() -> float:
    """GB/s."""
    a, b, c = (np.zeros(N) for _ in range(3))
    return 24.0 * N / best(triad, a, b, c) / 1e9


def arithmetic(threads: int) -> float:
    """G operations/s in double precision."""
    x = np.ones((threads, 128))
    return 2.0 * 128 * threads * ARITHMETIC_LOOPS / best(multiply_add, x, ARITHMETIC_LOOPS) / 1e9


def best(function, *arguments) -> float:
    """The least time of five calls [s]."""
    function(*arguments)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - begun)
    return min(times)


def operations(name: str) -> int:
    """Floating-point operations of a step of one cell."""
    from cardiac.kernels.compose import bind

    model = models.load(name)
    step = bind(SCHEMES["rush_larsen"], derivative=make_derivative(model, ()))
    p = model.Parameters()

    @numba.njit(**ARITHMETIC)
    def one(V, s, p, dt):
        return step(V, s, p, (0.0,), (0.0,), 0.0, dt)

    one(model.V_initial, model.State(), p, 0.01)
    (code,) = one.inspect_asm().values()
    plain = len(re.findall(r"\tv(?:add|sub|mul|div|sqrt|min|max)[sp]d\t", code))
    return plain + 2 * len(re.findall(r"\tvfn?m(?:add|sub)\w*[sp]d\t", code))


def cost(order: int, oblique: bool, threads: int) -> float:
    """What a step of the cubic medium, which is diffusion for the most part, takes [ns a cell]."""
    from cardiac.simulation import Simulation
    from cardiac.tissue import Grid, bends, faces, tensor

    grid, D = Grid(CELLS, CELLS, 0.25), tensor(0.1, 0.03, 30.0 if oblique else 0.0)
    sheet = Simulation(
        models.load("nagumo"),
        grid,
        STEP_OF_DIFFUSION,
        faces=faces(grid, D),
        bends=bends(grid, D) if order == 4 else None,
        threads=threads,
    )
    return 1e9 * best(sheet.advance, DIFFUSED) / (DIFFUSED * CELLS * CELLS)


def section(options: Options) -> Iterator[str]:
    """The section of the report."""
    numba.set_num_threads(options.threads)
    moved, computed = bandwidth(), arithmetic(options.threads)
    yield f"{options.threads} threads: {moved:.0f} GB/s (triad), {computed:.0f} G operations/s (fused multiply-adds),"
    yield "double precision. Bytes: the state and V, read and written once; operations: of one step of one cell.\n"

    def rows() -> Iterator[list[object]]:
        for model in STEPS:
            found = side_by_side(
                {"": ("cardiac", job(model, options.threads, scheme="rush_larsen"))}, options.rounds
            )[""]
            assert not isinstance(found, str)
            done = max(map(rate, found)) * 1e6
            volume, count = 16.0 * (1 + len(models.load(model).State._fields)), operations(model)
            shares = (volume * done / moved / 1e9, count * done / computed / 1e9)
            yield [
                model,
                f"{done / 1e6:.1f}",
                f"{volume:.0f}",
                count,
                *(f"{100 * share:.0f} %" for share in shares),
            ]

    head = ["model", "M updates/s", "bytes", "operations", "of the bandwidth", "of the arithmetic"]
    yield from table(head, rows())
    yield f"A step of {STEP_OF_DIFFUSION} ms of diffusion, ns a cell:\n"
    costs = (
        [f"order {order}", *(f"{cost(order, oblique, options.threads):.1f}" for oblique in (False, True))]
        for order in (2, 4)
    )
    yield from table(["", "fibres along the grid", "oblique fibres"], costs)


if __name__ == "__main__":
    main(section, __doc__)
