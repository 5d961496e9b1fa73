"""Light-gated Cl- channel: I = g_max O (V - E_Cl), the open fraction O driven by light.

`when` is the light, 0 ... 1: dO/dt = light (1 - O) / tau_on - (1 - light) O / tau_off. E_Cl is given, or follows from
Cl_i and Cl_o as in `chloride_conductance`.

With the chloride of cardiac cells it depolarizes: GtACR1 stops rabbit myocytes at about -20 mV (Kopton et al. 2018,
Front. Physiol. 9:1806). It hyperpolarizes only where E_Cl lies below rest, below 6 mM inside for a ventricular
cell. The time constants of GtACR1 are orders of magnitude from memory, not fits to recordings.
"""

from typing import Literal, NamedTuple

from cardiac.kernels import BOUND, inline
from cardiac.mechanisms import _chloride, _light
from cardiac.units import duration, mS_per_uF, mV, positive_mM

DOI = "10.3389/fphys.2018.01806"
DOSE = "g_max"
Cl_i = Cl_o = BOUND

PRESETS = {"GtACR1": _light.Channel(2.0, 100.0)}


class Inputs(NamedTuple):
    """Conductance with all channels open, the channel, and either the reversal potential or the concentrations."""

    g_max: mS_per_uF
    preset: Literal["GtACR1"] = "GtACR1"
    reversal: mV | None = None
    Cl_i: positive_mM | None = None
    Cl_o: positive_mM | None = None
    tau_on: duration | None = None
    tau_off: duration | None = None


class Parameters(NamedTuple):
    """What of it concerns the current."""

    g_max: mS_per_uF
    reversal: mV | None
    Cl_i: positive_mM | None
    Cl_o: positive_mM | None


def resolve(inputs: Inputs, offered: frozenset[str]) -> Inputs:
    """As written, if E_Cl is known."""
    _chloride.check(inputs, offered)
    return inputs


def course(inputs, when):
    """The open fraction."""
    return _light.opening(PRESETS[inputs.preset], inputs, when)


@inline
def current(V, s, p, q):
    """I = g_max (V - E_Cl), all channels open."""
    return q.g_max * (V - _chloride.E_Cl(q.reversal, q.Cl_i, q.Cl_o, Cl_i(V, s, p), Cl_o(V, s, p)))
