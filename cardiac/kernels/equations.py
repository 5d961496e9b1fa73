"""The equations of a cell: those of a model, with what mechanisms add to them and change in them.

Everything is a template; `make_derivative` binds a model and its mechanisms into one function of

    V, s, p : potential [mV], state and parameters of the model
    q : the parameters of all mechanisms, one after the other
    weights : how strongly each mechanism acts here and now, 0 ... 1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from cardiac.kernels.compose import BOUND, bind
from cardiac.kernels.records import replaced, take, total

currents = rates = added = changed = balanced = BOUND  # the parts of `derivative`
previous = current = value = Parameters = INDEX = START = FIELD = COLUMN = BOUND
counted = potassium_rate = POTASSIUM = BOUND


class Part(NamedTuple):
    """A mechanism that has met a model: it adds a current, or changes one of the model's parameters."""

    Parameters: Any  # class: what it reads from q
    current: Callable[..., Any] | None  # (V, s, p, q) -> A/F, outward positive
    value: Callable[..., Any] | None = None  # (own, q) -> what the parameter becomes, from the model's own
    field: int = 0  # the number of that parameter
    counted: bool = False  # whether the current is K+ that leaves the cell


class Equations(Protocol):
    """What a kernel needs of a model (see `cardiac.models`)."""

    @property
    def currents(self) -> Callable[..., Any]: ...
    @property
    def rates(self) -> Callable[..., Any]: ...
    @property
    def State(self) -> Any: ...
    @property
    def potassium_rate(self) -> Callable[..., Any] | None: ...


def derivative(V, s, p, q, weights, I_stim):
    """dV/dt [mV/ms], d(added current)/dV [mS/uF], rates of the state."""
    p = changed(p, q, weights)
    I = currents(V, s, p)  # noqa: E741 - the field's own symbol
    I_added = added(V, s, p, q, weights)
    slope = added(V + 1.0, s, p, q, weights) - I_added
    return I_stim - total(I) - I_added, slope, balanced(rates(V, s, p, I), V, s, p, q, weights)


def no_current(V, s, p, q, weights):
    """The added current of a cell without mechanisms [A/F]."""
    return 0.0


def another_current(V, s, p, q, weights):
    """The added current of the mechanisms so far and of one more [A/F]."""
    return previous(V, s, p, q, weights) + weights[INDEX] * current(V, s, p, take(q, START, Parameters))


def unchanged(p, q, weights):
    """The parameters of a cell without mechanisms."""
    return p


def another_change(p, q, weights):
    """The parameters as the mechanisms so far leave them, with one more changed in part."""
    so_far = previous(p, q, weights)
    own = so_far[FIELD]
    full = value(own, take(q, START, Parameters))
    return replaced(so_far, FIELD, own + weights[INDEX] * (full - own))


def unbalanced(rates, V, s, p, q, weights):
    """The rates of a cell whose added currents change no concentration."""
    return rates


def with_potassium(rates, V, s, p, q, weights):
    """The rates with what the counted added currents take from the potassium of the cell."""
    K = rates[POTASSIUM] + potassium_rate(counted(V, s, p, q, weights), s, p)
    return replaced(rates, POTASSIUM, K)


def nothing_written(row, V, s, p, q, weights):
    """The first of the functions that write currents into columns."""


def another_column(row, V, s, p, q, weights):
    """The currents of the mechanisms so far and of one more, a column each [A/F]."""
    previous(row, V, s, p, q, weights)
    row[COLUMN] = weights[INDEX] * current(V, s, p, take(q, START, Parameters))


def make_derivative(model: Equations, parts: Sequence[Part]) -> Any:
    """`derivative` of a model with its mechanisms."""
    names = {"currents": model.currents, "rates": model.rates}
    return bind(
        derivative,
        **names,
        added=make_added(parts),
        changed=make_changed(parts),
        balanced=_balanced(model, parts),
    )


def make_added(parts: Sequence[Part]) -> Any:
    """(V, s, p, q, weights) -> the sum of all added currents."""
    return _folded(another_current, no_current, parts, [part.current is not None for part in parts])


def make_changed(parts: Sequence[Part]) -> Any:
    """(p, q, weights) -> the parameters of the model as the mechanisms change them."""
    return _folded(another_change, unchanged, parts, [part.value is not None for part in parts])


def make_columns(parts: Sequence[Part]) -> Any:
    """(row, V, s, p, q, weights) writes each added current into its column."""
    return _folded(another_column, nothing_written, parts, [part.current is not None for part in parts])


def _balanced(model: Equations, parts: Sequence[Part]) -> Any:
    if not any(part.counted for part in parts):
        return bind(unbalanced)
    leaving = _folded(another_current, no_current, parts, [part.counted for part in parts])
    names = {"potassium_rate": model.potassium_rate, "POTASSIUM": model.State._fields.index("K_i")}
    return bind(with_potassium, counted=leaving, **names)


def _folded(another: Any, first: Any, parts: Sequence[Part], chosen: Sequence[bool]) -> Any:
    """One function of the chosen parts: `another` for each of them, around what has been made so far."""
    made, start, column = bind(first), 0, 0
    for index, (part, is_chosen) in enumerate(zip(parts, chosen, strict=True)):
        if is_chosen:
            names = {"previous": made, "current": part.current, "value": part.value, "FIELD": part.field}
            names |= {"Parameters": part.Parameters, "INDEX": index, "START": start, "COLUMN": column}
            used = another.__code__.co_names
            made = bind(another, **{name: meant for name, meant in names.items() if name in used})
            column += 1
        start += len(part.Parameters._fields)
    return made
