"""Acetylcholine-activated K+ current of Kneller et al. 2002, of atrial and nodal cells.

I = 10 / (1 + 9.13652 / ACh^0.477811) [0.0517 + 0.4516 / (1 + exp((V + 59.53) / 17.18))] (V - E_K) mS/uF, ACh in uM
(Circ. Res. 90:e73, dog atrium; the formula as in public codes of later atrial models). E_K is that of the cell model.

Beware of the unit: the formula wants uM, some public files say mM. Write "0.03 uM". Vagal effects are modelled
with 0.001 to 0.1 uM; 10 uM is the most that is accepted. In ventricle the channel is essentially absent: use none.
"""

from typing import NamedTuple

from cardiac.kernels import BOUND, exp, inline, power
from cardiac.mechanisms._offered import given
from cardiac.units import mM, mV

DOI = "10.1161/01.RES.0000019783.88094.BA"
DOSE = "acetylcholine"
LIMITS = (0.0, 0.01)
NEEDS = {"E_K": "reversal"}
ION = "K"
E_K = BOUND


class Parameters(NamedTuple):
    """Concentration of acetylcholine, and the reversal potential where it is not that of the model."""

    acetylcholine: mM
    reversal: mV | None = None


@inline
def current(V, s, p, q):
    """I = g(ACh) [0.0517 + 0.4516 / (1 + exp((V + 59.53) / 17.18))] (V - E_K)."""
    bound = power(1e3 * q.acetylcholine, 0.477811) if q.acetylcholine > 0.0 else 0.0
    g = 10.0 * bound / (bound + 9.13652) * (0.0517 + 0.4516 / (1.0 + exp((V + 59.53) / 17.18)))
    return g * (V - given(q.reversal, E_K(V, s, p)))
