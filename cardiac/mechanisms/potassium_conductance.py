"""Added ohmic K+ conductance: pulls towards its reversal potential and shunts the membrane.

I = g (V - reversal), ohmic as in Hodgkin & Huxley 1952, J. Physiol. 117:500: opened or expressed potassium channels
without rectification. In most cells the resting potential is already close to that of potassium: it moves little,
and excitability falls because the same axial current now meets a larger conductance.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import mS_per_uF, mV

DOI = "10.1113/jphysiol.1952.sp004764"
DOSE = "g"
ION = "K"


class Parameters(NamedTuple):
    """Conductance and reversal potential."""

    g: mS_per_uF
    reversal: mV = -90.0


@inline
def current(V, s, p, q):
    """I = g (V - reversal)."""
    return q.g * (V - q.reversal)
