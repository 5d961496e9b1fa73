"""Every model becomes packed instructions, several cells at a time."""

import platform
import re

import numba
import numpy as np
import pytest

from cardiac import models
from cardiac.kernels.compose import bind
from cardiac.kernels.reaction import FIXED, Cells, make_react
from cardiac.kernels.schemes import SCHEMES
from cardiac.kernels.tiling import BORDER, LANES

# Products of two or more doubles at once, and of one.
PACKED, SINGLE = {
    "x86_64": (r"\bv?f?n?m(?:ul|add|sub)(?:\d+)?pd\b.*[xyz]mm", r"\bv?f?n?m(?:ul|add|sub)(?:\d+)?sd\b.*xmm"),
    "aarch64": (r"\bfm(?:ul|la|ls)(?:\.2d\b|\s+v\d+\.2d)", r"\bf(?:n?mul|n?madd|n?msub)\s+d\d+"),
}[{"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())]


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
        waited=np.zeros(1, dtype=np.int64),
        change=np.zeros(1),
        steps=np.zeros(1, dtype=np.int64),
    )
    arguments = (cells, V, V.copy(), model.Parameters(), (0.0,), (0.0,), np.zeros(1), 0.01, 1, FIXED)
    kernel(*arguments)
    (text,) = kernel.inspect_asm().values()
    packed, single = (len(re.findall(pattern, text)) for pattern in (PACKED, SINGLE))
    # The loop over a tile is written twice, packed (and unrolled or not) and cell by cell for tiles that overlap in
    # memory; where it is not vectorised nothing is packed.
    assert packed > 0.1 * single > 0.0
