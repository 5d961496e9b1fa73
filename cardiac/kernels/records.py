"""Records in kernels: named tuples of scalars, gathered from and scattered to arrays.

Each function exists twice: in plain Python, and as an overload that writes straight-line code from the fields of
the record class, so that a compiled kernel sees nothing but scalars at compile-time distances.

A *tile* holds `lanes` neighbouring cells: variable k of cell x is `tile[x + k * lanes]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba.core import types
from numba.extending import overload

from cardiac.kernels.compose import OPTIONS, inline
from cardiac.kernels.elementary import exp


class Gate(NamedTuple):
    """The rate of a variable x that relaxes linearly: dx/dt = rate * (inf - x)."""

    inf: float
    rate: float  # 1/ms


@inline
def gate(inf, tau):
    """A Gate from its steady state and time constant [ms]."""
    return Gate(inf, 1.0 / tau)


@inline
def gate_from_rates(alpha, beta):
    """A Gate from its opening and closing rates [1/ms]."""
    return Gate(alpha / (alpha + beta), alpha + beta)


def _write(signature: str, body: str, **names: Any) -> Callable[..., Any]:
    """The function `def signature: return body`."""
    scope: dict[str, Any] = dict(names)
    exec(f"def {signature}: return {body}", scope)
    written: Callable[..., Any] = scope[signature.split("(")[0]]
    return written


def _call(terms: list[str], name: str = "") -> str:
    return f"{name}({''.join(f'{term}, ' for term in terms)})"


def load(tile: Any, x: int, Record: Any, lanes: int) -> Any:
    """The record of cell `x` of a tile."""
    return Record(*(tile[x + k * lanes] for k in range(len(Record._fields))))


@overload(load, jit_options=OPTIONS)
def _load(tile, x, Record, lanes):
    terms = [f"tile[x + {k} * lanes]" for k in range(len(Record.instance_class._fields))]
    return _write("load(tile, x, Record, lanes)", _call(terms, "Record"))


def store(tile: Any, x: int, record: Any, lanes: int) -> None:
    """Write the record of cell `x` of a tile."""
    for k, value in enumerate(record):
        tile[x + k * lanes] = value


@overload(store, jit_options=OPTIONS)
def _store(tile, x, record, lanes):
    lines = [f"    tile[x + {k} * lanes] = record[{k}]" for k in range(len(record.types))]
    scope: dict[str, Any] = {}
    exec("\n".join(["def store(tile, x, record, lanes):", *lines, "    return"]), scope)
    return scope["store"]


def at(fields: Any, b: int, x: int) -> Any:
    """`fields` in cell `x` of tile `b`: an array (tiles, lanes) is read there, a number is the same everywhere."""
    values = (f[b, x] if np.ndim(f) else f for f in fields)
    return type(fields)(*values) if hasattr(fields, "_fields") else tuple(values)


@overload(at, jit_options=OPTIONS)
def _at(fields, b, x):
    terms = [
        f"fields[{k}][b, x]" if isinstance(t, types.Array) else f"fields[{k}]"
        for k, t in enumerate(fields.types)
    ]
    Record = getattr(fields, "instance_class", None)
    return _write("at(fields, b, x)", _call(terms, "Record" if Record else ""), Record=Record)


def take(values: Any, start: int, Record: Any) -> Any:
    """A record from consecutive `values` of a tuple."""
    return Record(*values[start : start + len(Record._fields)])


@overload(take, jit_options=OPTIONS)
def _take(values, start, Record):
    terms = [f"values[start + {k}]" for k in range(len(Record.instance_class._fields))]
    return _write("take(values, start, Record)", _call(terms, "Record"))


def unpack(row: Any, like: Any) -> Any:
    """The leading numbers of an array as a tuple as long as `like`."""
    return tuple(row[k] for k in range(len(like)))


@overload(unpack, jit_options=OPTIONS)
def _unpack(row, like):
    return _write("unpack(row, like)", _call([f"row[{k}]" for k in range(len(like.types))]))


def products(a: Any, b: Any) -> Any:
    """Two tuples multiplied term by term."""
    return tuple(x * y for x, y in zip(a, b, strict=True))


@overload(products, jit_options=OPTIONS)
def _products(a, b):
    return _write("products(a, b)", _call([f"a[{k}] * b[{k}]" for k in range(len(a.types))]))


def replaced(record: Any, index: int, value: Any) -> Any:
    """`record` with another value in the field of this number."""
    return type(record)(*record[:index], value, *record[index + 1 :])


@overload(replaced, jit_options=OPTIONS, prefer_literal=True)
def _replaced(record, index, value):
    terms = ["value" if k == index.literal_value else f"record[{k}]" for k in range(len(record.types))]
    return _write("replaced(record, index, value)", _call(terms, "Record"), Record=record.instance_class)


def total(record: Any) -> Any:
    """The sum of the fields of a record."""
    result = record[0]
    for value in record[1:]:
        result = result + value
    return result


@overload(total, jit_options=OPTIONS)
def _total(record):
    return _write("total(record)", " + ".join(f"record[{k}]" for k in range(len(record.types))))


def _is_gate(rate: Any) -> bool:
    return isinstance(rate, Gate) or getattr(rate, "instance_class", None) is Gate


def euler(x: Any, rate: Any, dt: float) -> Any:
    """One forward Euler step of one variable."""
    return x + dt * rate.rate * (rate.inf - x) if _is_gate(rate) else x + dt * rate


@overload(euler, jit_options=OPTIONS)
def _euler(x, rate, dt):
    body = "x + dt * rate.rate * (rate.inf - x)" if _is_gate(rate) else "x + dt * rate"
    return _write("euler(x, rate, dt)", body)


def relax(x: Any, rate: Any, dt: float) -> Any:
    """One step of one variable: exact for a gate at constant V (Rush-Larsen), forward Euler for anything else."""
    return rate.inf + (x - rate.inf) * exp(-dt * rate.rate) if _is_gate(rate) else x + dt * rate


@overload(relax, jit_options=OPTIONS)
def _relax(x, rate, dt):
    body = "rate.inf + (x - rate.inf) * exp(-dt * rate.rate)" if _is_gate(rate) else "x + dt * rate"
    return _write("relax(x, rate, dt)", body, exp=exp)


def euler_all(state: Any, rates: Any, dt: float) -> Any:
    """`euler` of every variable of a state."""
    return type(state)(*(euler(x, rate, dt) for x, rate in zip(state, rates, strict=True)))


@overload(euler_all, jit_options=OPTIONS)
def _euler_all(state, rates, dt):
    terms = [f"euler(state[{k}], rates[{k}], dt)" for k in range(len(state.types))]
    return _write(
        "euler_all(state, rates, dt)", _call(terms, "State"), State=state.instance_class, euler=euler
    )


def relax_all(state: Any, rates: Any, dt: float) -> Any:
    """`relax` of every variable of a state."""
    return type(state)(*(relax(x, rate, dt) for x, rate in zip(state, rates, strict=True)))


@overload(relax_all, jit_options=OPTIONS)
def _relax_all(state, rates, dt):
    terms = [f"relax(state[{k}], rates[{k}], dt)" for k in range(len(state.types))]
    return _write(
        "relax_all(state, rates, dt)", _call(terms, "State"), State=state.instance_class, relax=relax
    )
