"""Scaled inward rectifier: the model's own I_K1, so many times (Kir2.1 overexpression, or block).

The resting potential moves little, since it already lies near that of potassium; threshold and velocity change
because the membrane conducts more. Below 1 it depolarizes. Regional gene transfer: Sekar et al. 2009, Circ. Res.
104:355; Kir2.1 in ventricular cells: Miake et al. 2003, J. Clin. Invest. 111:1529 (both from memory).
"""

from typing import NamedTuple

from cardiac.kernels import BOUND, inline
from cardiac.units import one

DOI = "10.1172/JCI17959"
DOSE = "factor"
LIMITS = (0.0, 100.0)
NEEDS = ("I_K1",)
ION = "K"
I_K1 = BOUND


class Parameters(NamedTuple):
    """How many times the model's own current."""

    factor: one


@inline
def current(V, s, p, q):
    """I = (factor - 1) I_K1, beside the I_K1 that the model has."""
    return (q.factor - 1.0) * I_K1(V, s, p)
