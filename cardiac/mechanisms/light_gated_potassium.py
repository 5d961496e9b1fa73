"""Light-gated K+ channel: I = g_max O (V - E_rev), the open fraction O driven by light.

`when` is the light, 0 ... 1: dO/dt = light (1 - O) / tau_on - (1 - light) O / tau_off. E_rev is that of Goldman,
Hodgkin and Katz for K+ and Na+, RT/F ln[(K_o + r Na_o) / (K_i + r Na_i)] with r = P_Na / P_K (`permeability`),
unless `reversal` is given.

The kalium channelrhodopsins let some Na+ through: E_rev is about -66 mV (HcKCR1) or -62 mV (HcKCR2), above the rest
of a ventricular cell, which they depolarize and shunt; they hyperpolarize cells with a less negative rest. The more
selective WiChR reverses at -79 mV, PAC-K (the channel SthK opened by a light-activated cyclase) at E_K.

Of r, that of HcKCR1 is published (1/23: Govorunova et al. 2022, Nat. Neurosci. 25:967); of HcKCR2 (same paper), WiChR
(Vierock et al. 2022, Sci. Adv. 8:eadd7729) and PAC-K (Bernal Sierra et al. 2018, Nat. Commun. 9:4611) it is
quoted from memory. The time constants are orders of magnitude, not fits to recordings; so is 0.05 ... 2 mS/uF for
g_max. The current is not K+ alone, so it is not counted in K_i.
"""

from typing import Literal, NamedTuple

from cardiac.kernels import BOUND, inline, log
from cardiac.mechanisms import _light
from cardiac.mechanisms._offered import RT_F, given
from cardiac.units import duration, mS_per_uF, mV, one

DOI = "10.1038/s41593-022-01094-6"
DOSE = "g_max"
NEEDS = dict.fromkeys(("K_o", "K_i", "Na_o", "Na_i"), "reversal")
K_o = K_i = Na_o = Na_i = BOUND

PRESETS = {
    "HcKCR1": _light.Channel(2.0, 30.0, 1.0 / 23.0),
    "HcKCR2": _light.Channel(2.0, 60.0, 1.0 / 17.0),
    "WiChR": _light.Channel(5.0, 200.0, 1.0 / 80.0),
    "PAC-K": _light.Channel(1000.0, 30_000.0, 0.0),
}
PRESETS["PAC_K"] = PRESETS["PAC-K"]  # the name of its construct


class Inputs(NamedTuple):
    """Conductance with all channels open, the channel, and what differs from it."""

    g_max: mS_per_uF
    preset: Literal["HcKCR1", "HcKCR2", "WiChR", "PAC-K", "PAC_K"] = "HcKCR1"
    permeability: one | None = None
    reversal: mV | None = None
    tau_on: duration | None = None
    tau_off: duration | None = None


class Parameters(NamedTuple):
    """Conductance with all channels open, P_Na / P_K, and the reversal potential where it is given."""

    g_max: mS_per_uF
    permeability: one
    reversal: mV | None


def resolve(inputs: Inputs, offered: frozenset[str]) -> Parameters:
    """The permeability of the preset, unless it is given."""
    r = PRESETS[inputs.preset].permeability if inputs.permeability is None else inputs.permeability
    if not 0.0 <= r <= 1.0:
        raise ValueError(f"permeability: {r:g} is outside 0 ... 1 - it is P_Na / P_K")
    return Parameters(inputs.g_max, r, inputs.reversal)


def course(inputs, when):
    """The open fraction."""
    return _light.opening(PRESETS[inputs.preset], inputs, when)


@inline
def current(V, s, p, q):
    """I = g_max (V - E_rev), all channels open."""
    outside = K_o(V, s, p) + q.permeability * Na_o(V, s, p)
    inside = K_i(V, s, p) + q.permeability * Na_i(V, s, p)
    return q.g_max * (V - given(q.reversal, RT_F * log(outside / inside)))
