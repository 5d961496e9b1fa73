"""The pure core: numbers in, numbers out. What cell models and mechanisms may use is named here."""

from cardiac.kernels.compose import BOUND, inline
from cardiac.kernels.elementary import exp, expm1, exprel, log, power, tanh
from cardiac.kernels.reaction import FIXED, Pace
from cardiac.kernels.records import Gate, gate, gate_from_rates

__all__ = [
    "BOUND",
    "FIXED",
    "Gate",
    "Pace",
    "exp",
    "expm1",
    "exprel",
    "gate",
    "gate_from_rates",
    "inline",
    "log",
    "power",
    "tanh",
]
