"""What exp and expm1 are made of, and log, in double precision (see `elementary`)."""

import numpy as np

from cardiac.kernels.compose import inline

LOG2_E = 1.4426950408889634
LN2_HI = 6.93147180369123816490e-01  # the leading 32 bits of ln 2, so that k * LN2_HI is exact
LN2_LO = 1.90821492927058770002e-10
ROUNDING = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer, kept in the low bits
SQRT_2 = 1.4142135623730951
MANTISSA = 0x000FFFFFFFFFFFFF
ONE_BITS = 0x3FF0000000000000


@inline
def reduced(x):
    """2^k and r with x = k ln 2 + r, abs(r) <= ln(2) / 2; beyond -708 and 709 those of the bound."""
    x = min(max(x, -708.0), 709.0)
    shifted = x * LOG2_E + ROUNDING
    k = shifted - ROUNDING
    power_of_two = np.int64((np.float64(shifted).view(np.int64) + 1023) << 52).view(np.float64)
    return power_of_two, (x - k * LN2_HI) - k * LN2_LO


@inline
def expm1_reduced(x):
    """exp(x) - 1 on abs(x) <= ln(2) / 2: the Taylor series, whose next term is below 2**-54.

    Even and odd terms are separate chains: half the latency of one Horner chain.
    """
    g = x * x
    even = 1.0 / 479001600.0
    even = even * g + 1.0 / 3628800.0
    even = even * g + 1.0 / 40320.0
    even = even * g + 1.0 / 720.0
    even = even * g + 1.0 / 24.0
    even = even * g + 0.5
    odd = 1.0 / 6227020800.0
    odd = odd * g + 1.0 / 39916800.0
    odd = odd * g + 1.0 / 362880.0
    odd = odd * g + 1.0 / 5040.0
    odd = odd * g + 1.0 / 120.0
    odd = odd * g + 1.0 / 6.0
    return (odd * x + even) * g + x


@inline
def log(x):
    """Natural logarithm of a normal number; NaN below 0, -inf at 0."""
    bits = np.float64(x).view(np.int64)
    m = np.int64((bits & MANTISSA) | ONE_BITS).view(np.float64)
    large = m > SQRT_2
    m = 0.5 * m if large else m
    k = ((bits >> 52) - 1023) + (1.0 if large else 0.0)
    f = (m - 1.0) / (m + 1.0)
    g = f * f
    p = 2.0 / 23.0
    p = p * g + 2.0 / 21.0
    p = p * g + 2.0 / 19.0
    p = p * g + 2.0 / 17.0
    p = p * g + 2.0 / 15.0
    p = p * g + 2.0 / 13.0
    p = p * g + 2.0 / 11.0
    p = p * g + 2.0 / 9.0
    p = p * g + 2.0 / 7.0
    p = p * g + 2.0 / 5.0
    p = p * g + 2.0 / 3.0
    y = k * LN2_HI + (f * (g * p) + (2.0 * f + k * LN2_LO))
    finite = y if x > 0.0 else (-np.inf if x == 0.0 else np.nan)
    return finite if x < np.inf else x
