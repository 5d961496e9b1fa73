"""The reversal potential of chloride: given, or from concentrations that are given or the model's own."""

from __future__ import annotations

from typing import Any

from cardiac.kernels import inline, log
from cardiac.mechanisms._offered import RT_F, given


def check(inputs: Any, offered: frozenset[str]) -> None:
    """Refuse what leaves E_Cl unknown, or says it twice."""
    written = [name for name in ("Cl_i", "Cl_o") if getattr(inputs, name) is not None]
    if inputs.reversal is not None and written:
        raise ValueError(f"reversal is given, and {' and '.join(written)} too - leave out one or the other")
    if inputs.reversal is None and not {"Cl_i", "Cl_o"} <= {*written, *offered}:
        raise ValueError("needs the reversal potential, or both Cl_i and Cl_o (for instance 5 mM and 150 mM)")


@inline
def E_Cl(reversal, inside, outside, own_inside, own_outside):
    """-RT/F ln(Cl_o / Cl_i), unless the reversal potential is given [mV]."""
    return given(reversal, -RT_F * log(given(outside, own_outside) / given(inside, own_inside)))
