"""Courtemanche 1998 from a state paced at 1 Hz: Na_i 13.8 and K_i 136.4 mM instead of 11.17 and 139.

The equations are those of `courtemanche_1998`. The state is the one that the file c/courtemanche-1998.mmt of the
Myokit model library begins with (M. Clerx, version 20230323), from which the prototypes' numbers were computed.
"""

from typing import NamedTuple

from cardiac.kernels import inline
from cardiac.models.courtemanche_1998 import DOI, SPECIES, Currents, Parameters, currents
from cardiac.models.courtemanche_1998 import rates as published_rates
from cardiac.units import mM, one

__all__ = ["DOI", "SPECIES", "V_INITIAL", "Currents", "Parameters", "State", "currents", "rates"]

V_INITIAL = -81.9463303822


class State(NamedTuple):
    """As published, elsewhere."""

    m: one = 0.00256385228667
    h: one = 0.970298907063
    j: one = 0.981123905023
    o_a: one = 0.0291755626557
    o_i: one = 0.999342865333
    u_a: one = 0.0045883803824
    u_i: one = 0.991468962753
    x_r: one = 0.000833819909884
    x_s: one = 0.0186683180787
    d: one = 0.000124231529594
    f: one = 0.951907788168
    f_Ca: one = 0.73968283846
    u: one = 0.0
    v: one = 1.0
    w: one = 0.999233799248
    Na_i: mM = 13.8169746305
    Ca_i: mM = 0.00012309224789
    K_i: mM = 136.355229902
    Ca_rel: mM = 1.0765074058
    Ca_up: mM = 1.54668119199


@inline
def rates(V, s, p, I):  # noqa: E741
    """As published."""
    r = published_rates(V, s, p, I)
    return State(
        m=r.m,
        h=r.h,
        j=r.j,
        o_a=r.o_a,
        o_i=r.o_i,
        u_a=r.u_a,
        u_i=r.u_i,
        x_r=r.x_r,
        x_s=r.x_s,
        d=r.d,
        f=r.f,
        f_Ca=r.f_Ca,
        u=r.u,
        v=r.v,
        w=r.w,
        Na_i=r.Na_i,
        Ca_i=r.Ca_i,
        K_i=r.K_i,
        Ca_rel=r.Ca_rel,
        Ca_up=r.Ca_up,
    )
