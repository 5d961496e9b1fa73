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
import sys
from collections.abc import Callable, Iterator
from dis import get_instructions
from enum import Enum
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType, NoneType
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numba.core import config as numba_config
from numba.extending import register_jitable
from numba.np import linalg as numba_linalg

from cardiac.kernels import parts
from cardiac.kernels.parts import LoopCompiler, PartCompiler

# contract: fused multiply-add; nsz, arcp: cheap rewrites. Never reassoc (it breaks the rounding trick in `exp`) nor
# nnan / ninf (a blow-up would pass unseen).
FAST = {"contract", "nsz", "arcp"}
ARITHMETIC: dict[str, Any] = {"error_model": "numpy", "fastmath": FAST}
# Parts are never called from Python.
PART = {"pipeline_class": PartCompiler, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# Parts make no arrays, so they need not count who uses one: for views of tiles, threads would wait for each other.
OPTIONS: dict[str, Any] = {"forceinline": True, "_nrt": False, **ARITHMETIC, **PART}
ANY_ORDER = OPTIONS | {"fastmath": FAST | {"reassoc"}}  # for sums over lanes, several at a time
LOOP: dict[str, Any] = {**OPTIONS, "forceinline": False, "pipeline_class": LoopCompiler}


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


# What belongs to these changes only with their version.
LIBRARIES = {"cmath", "llvmlite", "math", "numba", "numpy", "operator"}
CONSTANTS = (bool, int, float, complex, str, bytes, Enum, NoneType, np.generic)


def _ingredients(value: Any, seen: dict[Any, int], where: str, names: tuple[str, ...] = ()) -> Iterator[str]:
    """A text for everything that `value` is made of, in a fixed order; comments and docstrings are not.

    `where` it is found is for messages; of a module or a class only the attributes with these `names` count.
    """
    if hasattr(value, "py_func"):  # compiled
        yield _settled(getattr(value, "targetoptions", {}))
        value = value.py_func
    value = getattr(value, "_defn", value)  # what an intrinsic consists of
    if isinstance(value, CONSTANTS):
        yield f"{type(value).__name__} {value!r}"
    elif isinstance(value, np.ndarray):
        yield f"array {value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    elif isinstance(value, tuple):
        yield f"{type(value).__name__} of {len(value)}"
        for part in value:
            yield from _ingredients(part, seen, where, names)
    elif isinstance(value, BuiltinFunctionType) or _home(value) in LIBRARIES:
        yield str(getattr(value, "__qualname__", getattr(value, "__name__", value)))
    elif isinstance(value, (FunctionType, ModuleType, type)):
        key = id(value), () if isinstance(value, FunctionType) else names
        if key in seen:  # say which: the same parts in other places are another composition
            yield f"again {seen[key]}"
            return
        seen[key] = len(seen)
        yield from _of_function(value, seen) if isinstance(value, FunctionType) else _read(value, seen, names)
    else:
        kinds = "numbers, texts, tuples, arrays, records, functions and modules"
        raise TypeError(f"{where} is a {type(value).__name__}: kernels can be told apart by {kinds} only")


def _of_function(function: FunctionType, seen: dict[Any, int]) -> Iterator[str]:
    """The codes of a function, its defaults, and what its closure and its global names mean."""
    codes = [function.__code__]
    for code in codes:
        codes += [c for c in code.co_consts if isinstance(c, CodeType)]
        constants = [c for c in code.co_consts if not isinstance(c, CodeType) and c != function.__doc__]
        yield repr((code.co_code, constants, code.co_names, code.co_varnames))
    names = tuple(dict.fromkeys(name for code in codes for name in code.co_names))
    defaults = (function.__defaults__, *(function.__kwdefaults__ or {}).items())
    yield from _ingredients(defaults, seen, f"a default of {function.__name__}")
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield from _ingredients(cell.cell_contents, seen, f"{name} in {function.__name__}", names)
    for name in names:
        if name in function.__globals__:
            yield name
            try:
                yield from _ingredients(
                    function.__globals__[name], seen, f"{name} in {function.__name__}", names
                )
            except TypeError:
                if any(name == i.argval for c in codes for i in get_instructions(c) if "GLOBAL" in i.opname):
                    raise  # otherwise an attribute of that name is meant


def _read(owner: ModuleType | type, seen: dict[Any, int], names: tuple[str, ...]) -> Iterator[str]:
    """A module or a class by name, and those of its attributes that are among `names`."""
    yield owner.__name__ if isinstance(owner, ModuleType) else f"{owner.__module__}.{owner.__qualname__}"
    defaults = getattr(owner, "_field_defaults", {})
    yield from _ingredients((getattr(owner, "_fields", ()), *defaults.items()), seen, str(owner))
    for name in names:
        if not hasattr(owner, name):
            continue
        value = inspect.getattr_static(owner, name)
        # What is a descriptor in a class is a field of its records, or a method.
        if isinstance(owner, ModuleType) or not hasattr(value, "__get__"):
            yield name
            yield from _ingredients(value, seen, f"{owner.__name__}.{name}", names)


def _home(value: Any) -> str:
    """The package that something comes from."""
    if isinstance(value, ModuleType):
        return value.__name__.partition(".")[0]
    if isinstance(value, FunctionType):  # what `exec` makes claims to be of builtins
        return str(value.__globals__.get("__name__")).partition(".")[0]
    return str(getattr(value, "__module__", type(value).__module__)).partition(".")[0]


def _settled(options: dict[str, Any]) -> str:
    """Options of a compilation, in an order that is the same in every process."""
    return repr(sorted((key, sorted(v) if isinstance(v, set) else v) for key, v in options.items()))


def fingerprint(function: Callable[..., Any]) -> str:
    """20 hexadecimal digits that change with any ingredient of `function`: what it is made of, options, versions.

    Raises TypeError where it uses something that cannot be told from others of its kind.
    """
    digest = hashlib.sha256()
    made_of = _ingredients(function, {}, function.__name__)
    options = _settled(OPTIONS), _settled(ANY_ORDER), _settled(LOOP)
    for text in (*made_of, *_makers(), *options, numba.__version__, sys.version):
        digest.update(text.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:20]


def _makers() -> tuple[str, ...]:
    """The sources of overloads that write code and of the compiler: in every kernel, but reached by no name."""
    from cardiac.kernels import records, sharing

    return tuple(inspect.getsource(module) for module in (records, sharing, parts))


def compile_cached(function: Callable[..., Any]) -> Any:
    """`function` compiled and cached on disk for exactly this composition."""
    if numba_config.DISABLE_JIT:
        return function
    function.__qualname__ = f"{function.__name__}_{fingerprint(function)}"
    return numba.njit(function, cache=True, nogil=True, **ARITHMETIC)


def loop(function: Callable[..., Any]) -> Any:
    """`function`, which goes through arrays, as a part of a kernel of its own: LLVM is told that none overlap."""
    return function if numba_config.DISABLE_JIT else numba.njit(function, **LOOP)
