"""Added ohmic Cl- conductance: I = g (V - E_Cl), E_Cl given, or -RT/F ln(Cl_o / Cl_i) at 37 C.

It hyperpolarizes only where E_Cl lies below the resting potential: with 150 mM outside, below 6 mM inside for
a ventricular cell at rest near -86 mV. At the usual 10 to 30 mM (E_Cl -72 to -43 mV) it depolarizes; it still
shunts the membrane and shortens the action potential. Where the cell model has Cl_i and Cl_o of its own they are
taken unless given. Such a current was found in heart by Harvey & Hume 1989, Science 244:983. Sizes from memory: 0.05
to 0.2 mS/uF (I_Cl,cAMP), 0.1 to 0.3 (I_Cl,swell).
"""

from typing import NamedTuple

from cardiac.kernels import BOUND, inline
from cardiac.mechanisms import _chloride
from cardiac.units import mS_per_uF, mV, positive_mM

DOI = "10.1126/science.2543073"
DOSE = "g"
Cl_i = Cl_o = BOUND


class Parameters(NamedTuple):
    """Conductance, and either the reversal potential or the concentrations."""

    g: mS_per_uF
    reversal: mV | None = None
    Cl_i: positive_mM | None = None
    Cl_o: positive_mM | None = None


def resolve(inputs: Parameters, offered: frozenset[str]) -> Parameters:
    """As written, if E_Cl is known."""
    _chloride.check(inputs, offered)
    return inputs


@inline
def current(V, s, p, q):
    """I = g (V - E_Cl)."""
    return q.g * (V - _chloride.E_Cl(q.reversal, q.Cl_i, q.Cl_o, Cl_i(V, s, p), Cl_o(V, s, p)))
