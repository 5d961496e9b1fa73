"""ATP-sensitive K+ current of Kazbanov et al. 2014, by the fraction of its channels that are open.

I = f_ATP 155 (K_o / 5.4)^0.3 (V - E_K) / (40 + 3.5 exp(0.025 V)) mS/uF: near rest 3.84 f_ATP mS/uF at 5.4 mM, less
above it. Made for ten Tusscher-Panfilov 2006 (PLoS Comput. Biol. 10:e1003891; the formula as in public code that
cites it); K_o and E_K are those of the cell model. In ischaemia f_ATP is taken as 0 ... 0.01 (from memory).

It shortens the action potential much, hyperpolarizes little, and alone does not block healthy Na+ tissue. The
formulation of Shaw & Rudy, by the ATP concentration, is `katp_current_shaw_rudy`: its dose is another quantity.
"""

from typing import NamedTuple

from cardiac.kernels import BOUND, exp, inline, power
from cardiac.mechanisms._offered import given
from cardiac.units import mV, one

DOI = "10.1371/journal.pcbi.1003891"
DOSE = "f_ATP"
LIMITS = (0.0, 1.0)
NEEDS = {"E_K": "reversal", "K_o": ""}
ION = "K"
E_K = K_o = BOUND


class Parameters(NamedTuple):
    """The fraction of open channels, and the reversal potential where it is not that of the model."""

    f_ATP: one
    reversal: mV | None = None


@inline
def current(V, s, p, q):
    """I = f_ATP 155 (K_o / 5.4)^0.3 (V - E_K) / (40 + 3.5 exp(0.025 V))."""
    g = q.f_ATP * 155.0 * power(K_o(V, s, p) / 5.4, 0.3)
    return g * (V - given(q.reversal, E_K(V, s, p))) / (40.0 + 3.5 * exp(0.025 * V))
