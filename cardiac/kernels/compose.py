"""Composition: small scalar functions become one compiled kernel that Numba keeps on disk.

A *template* is an ordinary function with free global names (`currents`, `scheme`, ...). `bind` copies it with
those names meaning other functions: no closure (Numba never finds those on disk again) and no generated source.
`compile_cached` compiles such a composition under a name that contains a fingerprint of everything it is made
of, so that a cache entry is found by a second process, never taken for another composition, and never stale.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numba.core import config as numba_config
from numba.extending import register_jitable
from numba.np import linalg as numba_linalg

# contract: fused multiply-add; nsz, arcp: cheap rewrites. Never reassoc (it breaks the rounding trick in `exp`) nor
# nnan / ninf (a blow-up would pass unseen).
FAST = {"contract", "nsz", "arcp"}
OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": FAST, "forceinline": True}


def _without_linear_algebra() -> None:
    """Import Numba's array functions without the look for a BLAS that they begin with: no kernel here needs one.

    It imports scipy.linalg, which takes a fifth of the time to the first step. Code that does need one looks again.
    """
    look, numba_linalg.ensure_blas = numba_linalg.ensure_blas, lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        numba_linalg.ensure_blas = look


_without_linear_algebra()

# Waiting threads sleep instead of spinning: on a busy machine they would take the processor from those that work.
# Read when the first parallel kernel runs.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def _widest_vectors() -> None:
    """Let LLVM use 512-bit vectors where it would shy at 256 (its tuning of the first AVX-512 processors).

    Measured on such a processor: 1.5 to 2 times the rate. A user's NUMBA_CPU_FEATURES stands.
    """
    if numba_config.CPU_NAME is None and numba_config.CPU_FEATURES is None:
        features = llvmlite.binding.get_host_cpu_features()
        if features.get("avx512f"):
            numba_config.CPU_NAME = llvmlite.binding.get_host_cpu_name()
            numba_config.CPU_FEATURES = features.flatten() + ",-prefer-256-bit"


_widest_vectors()


def inline(function: Callable[..., Any]) -> Any:
    """Mark a scalar function as a part of kernels: inlined where compiled, itself in plain Python."""
    return register_jitable(**OPTIONS)(function)


BOUND: Any = None  # what a template calls a global name that `bind` will give a meaning


def bind(template: Callable[..., Any], /, **names: Any) -> Any:
    """A copy of `template` in which the global `names` mean the given objects."""
    assert isinstance(template, FunctionType)
    unknown = set(names) - set(template.__code__.co_names)
    if unknown:
        raise TypeError(f"{template.__name__} does not use {', '.join(sorted(unknown))}")
    copy = FunctionType(template.__code__, {**template.__globals__, **names}, template.__name__)
    copy.__module__, copy.__qualname__, copy.__doc__ = (
        template.__module__,
        template.__qualname__,
        template.__doc__,
    )
    return inline(copy)


def _ingredients(function: Any, seen: set[int]) -> Iterator[str]:
    """A text for everything `function` is composed of, in a fixed order; comments and docstrings are not."""
    function = getattr(function, "py_func", function)
    if id(function) in seen:
        return
    seen.add(id(function))
    codes = [function.__code__]
    for code in codes:
        constants = [c for c in code.co_consts if not isinstance(c, CodeType) and c != function.__doc__]
        codes += [c for c in code.co_consts if isinstance(c, CodeType)]
        yield repr((code.co_code, constants, code.co_names, code.co_varnames))
        for name in code.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, ModuleType):
                yield f"{name}={value.__name__}"
                for attribute in code.co_names:  # reached as module.attribute
                    if isinstance(getattr(value, attribute, None), FunctionType):
                        yield from _ingredients(getattr(value, attribute), seen)
            elif isinstance(getattr(value, "py_func", value), FunctionType):
                yield name
                yield from _ingredients(value, seen)
            elif inspect.isclass(value):
                yield f"{name}={value.__module__}.{value.__qualname__}{getattr(value, '_fields', ())}"
            elif isinstance(value, (bool, int, float, str, tuple, np.generic)):
                yield f"{name}={value!r}"


def fingerprint(function: Callable[..., Any]) -> str:
    """20 hexadecimal digits that change with any ingredient of `function`: code, constants, bound names, versions."""
    digest = hashlib.sha256()
    flags = repr((sorted(FAST), sorted(OPTIONS)))
    for text in (*_ingredients(function, set()), _overloads(), flags, numba.__version__, sys.version):
        digest.update(text.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:20]


def _overloads() -> str:
    """The source of the module whose overloads write code: it is part of every kernel, but reached by no name."""
    from cardiac.kernels import records

    return inspect.getsource(records)


def compile_cached(function: Callable[..., Any], parallel: bool = True) -> Any:
    """`function` compiled and cached on disk for exactly this composition.

    Without `parallel` loops of its own it compiles faster; with them Numba tells LLVM that arrays do not overlap.
    """
    if numba_config.DISABLE_JIT:
        return function
    function.__qualname__ = f"{function.__name__}_{fingerprint(function)}"
    return numba.njit(function, cache=True, parallel=parallel, nogil=True, error_model="numpy", fastmath=FAST)
