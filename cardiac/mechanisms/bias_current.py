"""Constant injected current: shifts the resting potential without changing the membrane conductance.

An idealization of current drawn through an electrode or a virtual anode (Sepulveda, Roth & Wikswo 1989, Biophys. J.
55:987). Counted as an electrode counts it: a
positive strength depolarizes, a negative one hyperpolarizes. With a high membrane resistance (atrial cells) a
few A/F already lead to potentials that no membrane reaches; a conductance is bounded by its reversal
potential.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import A_per_F

DOI = "10.1016/S0006-3495(89)82897-8"
DOSE = "strength"


class Parameters(NamedTuple):
    """The injected current, positive when depolarizing."""

    strength: A_per_F


@inline
def current(V, s, p, q):
    """I = -strength."""
    return -q.strength
