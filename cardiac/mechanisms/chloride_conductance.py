"""Added ohmic Cl- conductance: I = g (V - E_Cl), E_Cl given, or -RT/F ln(Cl_o / Cl_i) at 37 C.

It hyperpolarizes only where E_Cl lies below the resting potential: with 150 mM outside, below 6 mM inside for
a ventricular cell at rest near -86 mV. At the usual 10 to 30 mM (E_Cl -72 to -43 mV) it depolarizes; it still
shunts the membrane and shortens the action potential.
"""

import math
from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.units import mM, mS_per_uF, mV

DOSE = "g"
RT_F = 8.314462618 * 310.15 / 96.48533212  # mV, at 37 C


class Inputs(NamedTuple):
    """Conductance, and either the reversal potential or both concentrations."""

    g: mS_per_uF
    reversal: mV | None = None
    Cl_i: mM | None = None
    Cl_o: mM | None = None


class Parameters(NamedTuple):
    """Conductance and reversal potential."""

    g: mS_per_uF
    reversal: mV


def resolve(inputs: Inputs) -> Parameters:
    """The reversal potential from the concentrations, unless it is given."""
    given = [name for name in ("Cl_i", "Cl_o") if getattr(inputs, name) is not None]
    if inputs.reversal is not None:
        if given:
            raise ValueError(f"reversal is given, and {' and '.join(given)} too - leave out one or the other")
        return Parameters(inputs.g, inputs.reversal)
    if inputs.Cl_i is None or inputs.Cl_o is None:
        raise ValueError("needs the reversal potential, or both Cl_i and Cl_o (for instance 5 mM and 150 mM)")
    if min(inputs.Cl_i, inputs.Cl_o) <= 0.0:
        raise ValueError("Cl_i and Cl_o must be positive")
    return Parameters(inputs.g, -RT_F * math.log(inputs.Cl_o / inputs.Cl_i))


@inline
def current(V, s, p, q):
    """I = g (V - E_Cl)."""
    return q.g * (V - q.reversal)
