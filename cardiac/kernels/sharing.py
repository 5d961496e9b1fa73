"""How threads share work: each begins with its own part of it, and helps the others when that is done.

All threads walk through the same *rounds* of work. What is to be done in a round is cut into stretches, and is done
when all stretches are, whoever did them: on a busy machine a thread is put aside now and then, and nobody waits for
one that holds no stretch. Threads wait by looking for a moment and then by sleeping: they take no processor from
those that work.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, NamedTuple

import llvmlite.binding
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from cardiac.kernels.compose import BOUND, OPTIONS, bind, inline

work = BOUND

LINE = 8  # numbers in a line of the cache: counters of different threads lie as far apart
EVER = 2**62  # no count comes so far
LOOKS = 100_000  # about 150 us, before a thread sleeps
SLEEP = "cardiac_sleep"  # what kernels call
A_MOMENT = 1 if sys.platform == "win32" else 50  # ms there, the least there is, and us elsewhere


class Team(NamedTuple):
    """What threads know of each other; all zero before they begin."""

    given: npt.NDArray[np.int64]  # (threads, LINE) stretches given so far, of each thread's parts
    done: npt.NDArray[np.int64]  # (3, LINE) stretches done so far, in the middle, alone in its line
    passed: npt.NDArray[np.int64]  # (threads, threads + LINE) stretches in the rounds that a thread has left


def team(threads: int) -> Team:
    """A team of so many threads."""
    sizes = (threads, LINE), (3, LINE), (threads, threads + LINE)
    return Team(*(np.zeros(size, dtype=np.int64) for size in sizes))


def read(counts: Any, k: int) -> int:
    """counts[k, 0] as it is now, with all that was done before it was written."""
    return int(counts[k, 0])


def swap(counts: Any, k: int, old: int, new: int) -> int:
    """counts[k, 0], which becomes `new` if it is `old`."""
    found = int(counts[k, 0])
    counts[k, 0] = new if found == old else found
    return found


def sleep() -> None:
    """Leave the processor to others for a moment; in plain Python there is one thread, which never waits."""
    raise RuntimeError("one thread waits for others")


def _place(context: Any, builder: Any, counts: Any, arguments: Any) -> Any:
    array = context.make_array(counts)(context, builder, arguments[0])
    indices = arguments[1], context.get_constant(types.intp, 0)
    return cgutils.get_item_pointer(context, builder, counts, array, indices)


@intrinsic
def _read(typing_context, counts, k):
    def write(context, builder, signature, arguments):
        return builder.load_atomic(_place(context, builder, counts, arguments), "acquire", 8)

    return types.int64(counts, types.intp), write


@intrinsic
def _swap(typing_context, counts, k, old, new):
    def write(context, builder, signature, arguments):
        place = _place(context, builder, counts, arguments)
        found = builder.cmpxchg(place, *arguments[2:], "acq_rel", "acquire")
        return builder.extract_value(found, 0)

    return types.int64(counts, types.intp, types.int64, types.int64), write


@intrinsic
def _sleep(typing_context):
    def write(context, builder, signature, arguments):
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [number])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, SLEEP), [number(A_MOMENT)])
        return context.get_dummy_value()

    return types.void(), write


@overload(read, jit_options=OPTIONS)
def _compiled_read(counts, k):
    return lambda counts, k: _read(counts, k)


@overload(swap, jit_options=OPTIONS)
def _compiled_swap(counts, k, old, new):
    return lambda counts, k, old, new: _swap(counts, k, old, new)


@overload(sleep, jit_options=OPTIONS)
def _compiled_sleep():
    return lambda: _sleep()


def _name_the_sleeper() -> None:
    """Let kernels, those kept on disk too, find what they call to sleep."""
    if sys.platform == "win32":
        sleeper = ctypes.windll.kernel32.Sleep
    else:
        sleeper = ctypes.CDLL(None).usleep
    llvmlite.binding.add_symbol(SLEEP, ctypes.cast(sleeper, ctypes.c_void_p).value)


_name_the_sleeper()


@inline
def claim(counts, k, bound):
    """The number of counts[k, 0], which becomes one more, if it is below the bound; else -1."""
    number = read(counts, k)
    while number < bound:
        found = swap(counts, k, number, number + 1)
        if found == number:
            return number
        number = found
    return -1


@inline
def wait(counts, k, bound):
    """Until counts[k, 0] has reached the bound."""
    looks = 0
    while read(counts, k) < bound:
        looks += 1
        if looks > LOOKS:
            sleep()


def share(me, team, n, most, arguments):
    """A round of work on `n` things, up to `most` in a stretch: `work(first, end, *arguments)` for each stretch.

    Returns when all of it is done, by thread `me` of the team or by others.
    """
    threads, passed = team.given.shape[0], team.passed[me]
    for turn in range(threads):
        owner = (me + turn) % threads
        first, end = owner * n // threads, (owner + 1) * n // threads
        before = passed[owner]
        after = before + (end - first + most - 1) // most
        number = claim(team.given, owner, after)
        while number >= 0:
            here = first + (number - before) * most
            work(here, min(here + most, end), *arguments)
            claim(team.done, 1, EVER)
            number = claim(team.given, owner, after)
        passed[owner] = after
        passed[threads] += after - before
    wait(team.done, 1, passed[threads])


def shared(function: Any) -> Any:
    """`share` for a function whose first two arguments say on which things it works, from one to before another."""
    return bind(share, work=function)
