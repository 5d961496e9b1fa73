"""ATP-sensitive K+ current of Shaw & Rudy 1997, by the ATP concentration: the less, the more current.

I = 3.9 (K_o / 4)^0.24 (V - E_K) / (1 + (ATP / K_ATP)^2) mS/uF: ohmic (Cardiovasc. Res. 35:256, guinea-pig ventricle;
constants as in the public code of that model: K_ATP 0.25 mM). K_o and E_K are those of the cell model. At normal
6.8 mM 0.13 % of the channels are open by that; human variants in public code have K_ATP 0.042 mM at 6.8 mM of ATP,
0.306 mM at 4 mM (0.68314 - 0.09429 ATP), which opens 0.004 % and 0.6 %.
"""

from typing import NamedTuple

from cardiac.kernels import BOUND, inline, power
from cardiac.mechanisms._offered import given
from cardiac.units import mM, mV, positive_mM

DOI = "10.1016/S0008-6363(97)00093-X"
DOSE = "ATP"
LIMITS = (0.0, 20.0)
NEEDS = {"E_K": "reversal", "K_o": ""}
ION = "K"
E_K = K_o = BOUND


class Parameters(NamedTuple):
    """Concentration in the cell, that of half activation, and the reversal potential if not that of the model."""

    ATP: mM
    K_ATP: positive_mM = 0.25
    reversal: mV | None = None


@inline
def current(V, s, p, q):
    """I = 3.9 (K_o / 4)^0.24 (V - E_K) / (1 + (ATP / K_ATP)^2)."""
    ratio = q.ATP / q.K_ATP
    g = 3.9 * power(K_o(V, s, p) / 4.0, 0.24) / (1.0 + ratio * ratio)
    return g * (V - given(q.reversal, E_K(V, s, p)))
