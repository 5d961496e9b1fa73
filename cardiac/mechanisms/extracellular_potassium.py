"""Extracellular potassium: another K_o, which acts through the Nernst and conductance laws of the model itself.

Low K_o hyperpolarizes and raises the threshold; a little more than normal depolarizes and speeds conduction
(supernormal); much more blocks by inactivation of the sodium current (Kagiyama, Hill & Gettes 1982, Circ. Res.
51:614). In a window or a ramp of time K_o goes from the model's own value to this one and back.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import mM

PARAMETER = "K_o"
DOI = "10.1161/01.RES.51.5.614"
DOSE = "K_o"
LIMITS = (0.5, 30.0)


class Parameters(NamedTuple):
    """The extracellular concentration."""

    K_o: mM


@inline
def value(own, q):
    """K_o as given, whatever that of the model is."""
    return q.K_o
