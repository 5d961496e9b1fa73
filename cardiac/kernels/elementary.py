"""Elementary functions that LLVM can vectorise: polynomials and bit arithmetic, to 3 ulp.

`math.exp` and its kin are calls into the C library, one number at a time; these are inlined into the loop over
cells and become packed instructions. Arguments outside the range of the precision saturate, NaN stays NaN (a
blow-up must stay visible). What depends on the format of a number is in `doubles` and `singles`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload

from cardiac.kernels import doubles, singles
from cardiac.kernels.compose import OPTIONS, inline


def _for_both(function: Callable[..., Any], double: Any, single: Any) -> None:
    """Compile `function` of a number as one of two, by the precision of the number."""
    overload(function, jit_options=OPTIONS)(lambda x: single if x == types.float32 else double)


def _reduced(x):
    """2^k and r with x = k ln 2 + r, abs(r) <= ln(2) / 2, of the nearest x in the range of the precision."""
    return singles.reduced(x) if isinstance(x, np.float32) else doubles.reduced(x)


def _expm1_reduced(x):
    """e^x - 1 on abs(x) <= ln(2) / 2."""
    return singles.expm1_reduced(x) if isinstance(x, np.float32) else doubles.expm1_reduced(x)


def log(x):
    """Natural logarithm of a normal number; NaN below 0, -inf at 0."""
    return singles.log(x) if isinstance(x, np.float32) else doubles.log(x)


_for_both(_reduced, doubles.reduced, singles.reduced)
_for_both(_expm1_reduced, doubles.expm1_reduced, singles.expm1_reduced)
_for_both(log, doubles.log, singles.log)


@inline
def exp(x):
    """e^x; saturates at e^-708 and e^709, in single precision at e^-87 and e^88."""
    power_of_two, r = _reduced(x)
    return power_of_two + power_of_two * _expm1_reduced(r)


@inline
def expm1(x):
    """e^x - 1, accurate near 0 too."""
    power_of_two, r = _reduced(x)
    return power_of_two * _expm1_reduced(r) + (power_of_two - 1.0)


@inline
def exprel(x):
    """(e^x - 1) / x, continued by 1 at x = 0: x / (e^x - 1) is 1 / exprel(x)."""
    return expm1(x) / x if x != 0.0 else 1.0


@inline
def tanh(x):
    """Hyperbolic tangent."""
    e = expm1(2.0 * min(max(x, -20.0), 20.0))
    return e / (e + 2.0)


@inline
def power(x, y):
    """x^y of a positive x (relative error about abs(y log x) ulp)."""
    return exp(y * log(x))
