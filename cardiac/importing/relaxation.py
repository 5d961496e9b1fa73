"""A function for each gate: its formulas, in one division where they have several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cardiac.importing import expressions as ex
from cardiac.importing.exponentials import Exponentials
from cardiac.importing.expressions import ONE, Call, Expression
from cardiac.importing.membrane import V
from cardiac.importing.quotients import Merger, cost, divisions
from cardiac.importing.variables import Variable, Variables, dependencies, needed, numbers, ordered

POTENTIALS = [float(x) for x in range(-200, 101, 5)]  # mV, at which a merged gate must be the gate it was


@dataclass(frozen=True, slots=True)
class GateFunction:
    """What the function of one gate computes."""

    state: Variable
    gate: Expression  # as the file has it
    local: list[Variable]
    result: Expression
    explained: list[Variable]  # those of the file that are merged into the result, in terms of its letters


def gate_function(
    state: Variable, gate: Expression, variables: Variables, exponentials: Exponentials
) -> GateFunction:
    """The function of a gate: with one division if the file has several, else as the file has it."""
    assert isinstance(gate, Call)

    def varies(part: Expression) -> bool:
        return bool(dependencies(part, variables))

    keys = {key for key in needed([gate], variables) if not variables[key].is_literal}
    own = ordered(keys, variables)
    plain = GateFunction(state, gate, [variables[key] for key in own], gate, [])
    formulas = (gate, *(variables[key].rhs for key in own))
    itself = gate.head in ("gate_from_rates", "gate_from_balance") or (
        gate.head == "gate" and varies(gate.args[1])
    )
    if itself + sum(divisions(tree, varies) for tree in formulas) < 2:
        return plain
    merger = Merger(varies, exponentials)
    inner: dict[str, Expression] = {}
    for key in own:
        formula = ex.substituted(variables[key].rhs, inner)
        choice = isinstance(formula, Call) and formula.head == "if" and cost(formula)
        if varies(formula) and (choice or merger.quotient(formula).below):
            inner[key] = formula
    merger = Merger(varies, exponentials)
    whole = ex.substituted(gate, inner)
    assert isinstance(whole, Call)
    result = merger.gate(whole)
    letters = {name.key: Variable(name.key, tree) for tree, name in merger.letters.items()}
    known = {**variables, **exponentials.variables, **letters}
    if not agree(_inf_and_rate(gate), _inf_and_rate(result), variables, known):
        return plain
    left = {key for key in needed([result], known) if not known[key].is_literal}
    used = {tree: name for tree, name in merger.letters.items() if name.key in left}
    explained = [
        variables[key].with_rhs(ex.mapped(variables[key].rhs, lambda part: used.get(part, part)))
        for key in own
        if key in inner
    ]
    own_local = [known[key] for key in ordered(left, known) if key not in exponentials.slopes]
    return GateFunction(state, gate, own_local, result, explained)


def shared_exponentials(gates: Iterable[Expression], variables: Variables) -> Exponentials:
    """The exponentials that the formulas of several gates share."""
    gates = list(gates)
    return Exponentials([*gates, *(variables[key].rhs for key in sorted(needed(gates, variables)))])


def agree(
    before: Sequence[Expression], after: Sequence[Expression], variables: Variables, known: Variables
) -> bool:
    """Whether formulas have the same values at all potentials as others that replace them, where those have any."""
    for x in POTENTIALS:
        try:
            old = _values(before, variables, x)
        except (ArithmeticError, ValueError, KeyError):
            continue
        try:
            new = _values(after, known, x)
        except (ArithmeticError, ValueError, KeyError):
            return False
        if not all(math.isclose(*pair, rel_tol=1e-9, abs_tol=1e-300) for pair in zip(old, new, strict=True)):
            return False
    return True


def _values(trees: Sequence[Expression], variables: Variables, x: float) -> list[float]:
    """The values of formulas at a potential, in the initial state."""
    keys = {*needed(trees, variables), *(name for tree in trees for name in ex.names(tree))}
    inner = {name for key in keys if key in variables for name in ex.names(variables[key].rhs)}
    values = numbers({key: variables[key] for key in sorted(keys | inner) if key in variables}, {V: x})
    return [ex.value(tree, values) for tree in trees]


def _inf_and_rate(gate: Call) -> tuple[Expression, Expression]:
    """The steady state and the rate that a call makes a gate of."""
    match gate:
        case Call("gate", (inf, tau)):
            return inf, ex.over(ONE, tau)
        case Call("Gate", (inf, rate)):
            return inf, rate
        case Call("gate_from_rates", (opening, closing)):
            return ex.over(opening, ex.plus(opening, closing)), ex.plus(opening, closing)
        case Call("gate_from_balance", (gain, loss)):
            return ex.over(gain, loss), loss
        case Call("gate_from_fractions", (a, A, b, B)):
            r = ex.over(ONE, ex.times(A, B))
            return ex.times(ex.times(a, B), r), ex.times(ex.times(b, A), r)
        case Call("gate_from_rate_fractions", (a, A, b, B)):
            aB, AB = ex.times(a, B), ex.times(A, B)
            both = ex.plus(aB, ex.times(b, A))
            return _inf_and_rate(ex.call("gate_from_fractions", aB, both, both, AB))
    raise AssertionError(gate.head)
