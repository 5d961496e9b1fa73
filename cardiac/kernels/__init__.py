"""The pure core: numbers in, numbers out. What a cell model may use is named here."""

from cardiac.kernels.compose import inline
from cardiac.kernels.elementary import exp, expm1, exprel, log, power, tanh
from cardiac.kernels.records import Gate, gate, gate_from_rates

__all__ = ["Gate", "exp", "expm1", "exprel", "gate", "gate_from_rates", "inline", "log", "power", "tanh"]
