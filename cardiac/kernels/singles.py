"""What exp and expm1 are made of, and log, in single precision: the methods of `doubles` with fewer terms.

Constants become single where the argument is (see `parts`).
"""

import numpy as np

from cardiac.kernels.compose import inline

LOG2_E = 1.4426950408889634
LN2_HI = 0.693359375  # 9 bits of ln 2, so that k * LN2_HI is exact
LN2_LO = -2.12194440054690583e-4
ROUNDING = 12582912.0  # 1.5 * 2**23: adding it rounds to an integer, kept in the low bits
SQRT_2 = 1.4142135623730951
MANTISSA = 0x007FFFFF
ONE_BITS = 0x3F800000
INFINITE, UNDEFINED = float("inf"), float("nan")


@inline
def reduced(x):
    """2^k and r with x = k ln 2 + r, abs(r) <= ln(2) / 2; beyond -87 and 88 those of the bound."""
    x = np.float32(min(max(x, -87.0), 88.0))
    shifted = x * LOG2_E + ROUNDING
    k = shifted - ROUNDING
    power_of_two = np.int32((np.float32(shifted).view(np.int32) + 127) << 23).view(np.float32)
    return power_of_two, (x - k * LN2_HI) - k * LN2_LO


@inline
def expm1_reduced(x):
    """exp(x) - 1 on abs(x) <= ln(2) / 2: the Taylor series, whose next term is below 2**-27."""
    g = x * x
    even = 1.0 / 720.0
    even = even * g + 1.0 / 24.0
    even = even * g + 0.5
    odd = 1.0 / 5040.0
    odd = odd * g + 1.0 / 120.0
    odd = odd * g + 1.0 / 6.0
    return (odd * x + even) * g + x


@inline
def log(x):
    """Natural logarithm of a normal number; NaN below 0, -inf at 0."""
    bits = np.float32(x).view(np.int32)
    m = np.int32((bits & MANTISSA) | ONE_BITS).view(np.float32)
    large = m > SQRT_2
    m = 0.5 * m if large else m
    k = np.float32((bits >> 23) - 127) + (1.0 if large else 0.0)
    f = (m - 1.0) / (m + 1.0)
    g = f * f
    p = g * (2.0 / 11.0) + 2.0 / 9.0
    p = p * g + 2.0 / 7.0
    p = p * g + 2.0 / 5.0
    p = p * g + 2.0 / 3.0
    y = k * LN2_HI + (f * (g * p) + (2.0 * f + k * LN2_LO))
    finite = y if x > 0.0 else (-INFINITE if x == 0.0 else UNDEFINED)
    return finite if x < INFINITE else x
