"""Virtual anode: a cathodal disc flanked by two anodal lobes along the fibre, as injected current.

What a cathode outside the cells does to a tissue whose conductivities differ along and across the fibre inside and
outside: depolarized under the electrode, hyperpolarized on both sides along the fibre (Sepulveda, Roth & Wikswo
1989, Biophys. J. 55:987; measured by Wikswo, Lin & Abbas 1995, Biophys. J. 69:2195). It takes two domains to
compute; here the shape is prescribed: three discs side by side, the lobes with minus half the current of the middle
one, so that no net current enters the cells, as none does from outside.

Counted as in `bias_current`: a positive strength depolarizes the middle and hyperpolarizes the lobes; a negative one
makes the middle the anode. With a high membrane resistance it leads as far from the potentials of real cells.
"""

import math
from typing import NamedTuple

import numpy as np

from cardiac.kernels import inline
from cardiac.units import A_per_F, deg, extent, one, point

DOI = "10.1016/S0006-3495(89)82897-8"
DOSE = "strength"


class Inputs(NamedTuple):
    """Current in the middle, where it is, radius of each disc, part of the current in each lobe, fibre direction."""

    strength: A_per_F
    center: point
    radius: extent = 1.0
    lobe: one = 0.5
    fibre_angle: deg = 0.0


class Parameters(NamedTuple):
    """The current injected in the middle, positive when depolarizing."""

    strength: A_per_F


def pattern(inputs, x, y):
    """1 in the middle disc, -lobe in the two beside it."""
    angle = math.radians(inputs.fibre_angle)
    at_x, at_y = inputs.center if len(inputs.center) == 2 else (*inputs.center, np.mean(y))
    along = (x - at_x) * math.cos(angle) + (y - at_y) * math.sin(angle)
    across = (y - at_y) * math.cos(angle) - (x - at_x) * math.sin(angle)
    beside = np.hypot(np.abs(along) - 2.0 * inputs.radius, across) < inputs.radius
    return 1.0 * (np.hypot(along, across) < inputs.radius) - inputs.lobe * beside


@inline
def current(V, s, p, q):
    """I = -strength."""
    return -q.strength
