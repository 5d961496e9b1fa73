"""Every model becomes packed instructions, several cells at a time."""

import platform
import re
from pathlib import Path

import numba
import numpy as np
import pytest

from cardiac import models, tissue
from cardiac.kernels import diffusion, sharing
from cardiac.kernels.compose import bind
from cardiac.kernels.reaction import FIXED, Cells, make_react
from cardiac.kernels.schemes import SCHEMES
from cardiac.kernels.tiling import BORDER, LANES, Tiling
from cardiac.tissue import Grid, faces

# Products of two or more doubles at once, and of one.
PACKED, SINGLE = {
    "x86_64": (r"\bv?f?n?m(?:ul|add|sub)(?:\d+)?pd\b.*[xyz]mm", r"\bv?f?n?m(?:ul|add|sub)(?:\d+)?sd\b.*xmm"),
    "aarch64": (r"\bfm(?:ul|la|ls)(?:\.2d\b|\s+v\d+\.2d)", r"\bf(?:n?mul|n?madd|n?msub)\s+d\d+"),
}[{"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())]


PACKED_SINGLE = PACKED.replace("pd", "ps").replace("2d", "4s")
GATHERED = r"\bv?gatherq?p[ds]\b|\bv?scatterq?p[ds]\b"

react = None


def one_step(*arguments):
    react(*arguments)


@pytest.mark.parametrize("name", models.names())
def test_the_machine_code_of_a_model_is_packed(name: str) -> None:
    model = models.load(name)
    large = len(model.State._fields) > 30  # twice the equations would take a minute to compile
    scheme = SCHEMES["rush_larsen" if large else "rush_larsen_2"]
    kernel = numba.njit(bind(one_step, react=make_react(model, (), scheme, LANES)))
    variables = len(model.State._fields)
    V = np.full((1 + 2 * BORDER, LANES + 2 * BORDER), model.V_initial)
    cells = Cells(
        active=np.arange(1),
        states=np.repeat(np.array(model.State(), dtype=float), LANES).reshape(1, variables * LANES),
        I_stim=np.zeros((1, LANES)),
        place=np.zeros(1, dtype=np.int64),
        waited=np.zeros(1, dtype=np.int64),
        change=np.zeros(1),
        steps=np.zeros(1, dtype=np.int64),
    )
    arguments = (cells, V, V.copy(), model.Parameters(), (0.0,), (0.0,), np.zeros(1), 0.01, 1, True, FIXED)
    kernel(0, sharing.team(1), *arguments)
    (text,) = kernel.inspect_asm().values()
    packed, single = (len(re.findall(pattern, text)) for pattern in (PACKED, SINGLE))
    # The loop over a tile is written twice, packed (and unrolled or not) and cell by cell for tiles that overlap in
    # memory; where it is not vectorised nothing is packed.
    assert packed > 0.1 * single > 0.0


@pytest.mark.parametrize("real", [np.float64, np.float32])
@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize("smooth", [False, True])
def test_neighbours_are_loaded_several_at_once(
    tensor: bool, smooth: bool, real: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))  # code from the disk cannot be read
    tiling, grid = Tiling(12, 64, real=real), Grid(64, 12, 0.2)
    conductances = faces(grid, tissue.tensor(0.1, 0.03, 30.0 if tensor else 0.0))
    edges = diffusion.edges([tiling.framed_faces(part) for part in conductances if part is not None])
    bends = diffusion.Bends(*(real(0.0) for _ in range(5)))
    plan = diffusion.plan(0.1, 0.2, real=real)
    diffuse = diffusion.make_diffuse(tensor, smooth)
    V = tiling.framed(1.0)
    diffuse(0, sharing.team(1), V, diffusion.scratch(2, V.shape[1], smooth, [plan], real), edges, bends, plan)
    text = "".join(diffuse.inspect_asm(signature) for signature in diffuse.signatures)
    assert len(re.findall(PACKED if real is np.float64 else PACKED_SINGLE, text)) > 10
    assert not re.findall(GATHERED, text)
    # Where it is inlined LLVM would forget that its arrays do not overlap.
    assert re.search(r"define [^\n]*sweep_parts[^\n]*\(ptr noalias", "".join(diffuse.inspect_llvm().values()))
    np.testing.assert_array_equal(V, tiling.framed(1.0))
