"""States that relax linearly, dx/dt = rate (inf - x): found by the form of their equations.

What counts is the equation, whatever the variables are called: dx/dt = a + b x, where neither a nor b depends on
x. Not taken are states that exchange with each other, such as those of a Markov chain: relaxed one by one they
would not keep their sum.
"""

from __future__ import annotations

from cardiac.importing import expressions as ex
from cardiac.importing.expressions import ONE, ZERO, Call, Expression, Name, Number
from cardiac.importing.variables import Variables, dependencies

Line = tuple[Expression, Expression]  # intercept and slope


def gates(variables: Variables) -> dict[str, Expression]:
    """Key of each state that is a gate -> the Gate, as a call."""
    own = {key: _in_terms_of(key, v.rhs, variables) for key, v in variables.items() if v.is_state}
    found: dict[str, Expression] = {}
    sources: dict[str, set[str]] = {}
    for key, rhs in own.items():
        relation = line(rhs, key, variables)
        form = gate(rhs, relation, key, variables) if relation is not None and relation[1] != ZERO else None
        if form is not None:
            found[key] = form
            sources[key] = set(dependencies(form, variables))
    return {key: form for key, form in found.items() if not _exchanges(key, sources)}


def _exchanges(key: str, sources: dict[str, set[str]]) -> bool:
    """Whether a gate depends on another that depends on it."""
    return any(key in sources.get(other, ()) for other in sources[key])


def _in_terms_of(key: str, rhs: Expression, variables: Variables) -> Expression:
    """The formula with every variable that depends on `key` replaced by its own formula."""
    while True:
        known = [name for name in ex.names(rhs) if name in variables and not variables[name].is_state]
        through = {n: variables[n].rhs for n in known if key in dependencies(Name(n), variables)}
        if not through:
            return rhs
        rhs = ex.substituted(rhs, through)


def line(tree: Expression, key: str, variables: Variables) -> Line | None:
    """Intercept and slope of a formula as a straight line in one variable; None if it is none."""
    if key not in dependencies(tree, variables):
        return tree, ZERO
    match tree:
        case Name():
            return ZERO, ONE
        case Call("+" | "-", (a, b)):
            left, right = line(a, key, variables), line(b, key, variables)
            if left is None or right is None:
                return None
            combine = ex.plus if tree.head == "+" else ex.minus
            return combine(left[0], right[0]), combine(left[1], right[1])
        case Call("neg", (a,)):
            found = line(a, key, variables)
            return None if found is None else (ex.negative(found[0]), ex.negative(found[1]))
        case Call("*", (a, b)):
            left, right = line(a, key, variables), line(b, key, variables)
            if left is None or right is None:
                return None
            if right[1] == ZERO:
                return ex.times(left[0], b), ex.times(left[1], b)
            if left[1] == ZERO:
                return ex.times(a, right[0]), ex.times(a, right[1])
        case Call("/", (a, b)):
            above = line(a, key, variables)
            if above is not None and key not in dependencies(b, variables):
                return ex.over(above[0], b), ex.over(above[1], b)
        case Call("if", (condition, a, b)):
            left, right = line(a, key, variables), line(b, key, variables)
            if left is not None and right is not None and key not in dependencies(condition, variables):
                return ex.choice(condition, left[0], right[0]), ex.choice(condition, left[1], right[1])
    return None


def gate(rhs: Expression, found: Line, key: str, variables: Variables) -> Expression | None:
    """The Gate of a state in the form closest to the file's own; None for a balance of something with a unit."""

    def free(*parts: Expression) -> bool:
        return not any(key in dependencies(part, variables) for part in parts)

    x = Name(key)
    match rhs:
        case Call("/", (Call("-", (inf, state)), tau)) if state == x and free(inf, tau):
            return _relaxing(inf, tau, variables)
        case Call("*", (Call("-", (inf, state)), rate)) if state == x and free(inf, rate):
            return ex.call("Gate", inf, rate)
        case Call("*", (rate, Call("-", (inf, state)))) if state == x and free(inf, rate):
            return ex.call("Gate", inf, rate)
        case Call("if", (condition, a, b)):
            first, second = _inf_and_rate(a, key, variables), _inf_and_rate(b, key, variables)
            if first is not None and second is not None:
                return Call("Gate", tuple(ex.choice(condition, *p) for p in zip(first, second, strict=True)))
    rates = _opening_and_closing(rhs, key, variables)
    if rates is not None and ZERO not in rates:
        return Call("gate_from_rates", rates)
    unit = variables[key].unit
    if unit is not None and unit.has_dimension:
        return None
    return ex.call("gate_from_balance", found[0], ex.negative(found[1]))


def _relaxing(inf: Expression, tau: Expression, variables: Variables) -> Expression:
    """The gate of (inf - x) / tau; without tau where that is the reciprocal of something."""
    rate = _reciprocal(tau, variables)
    if rate is None:
        return ex.call("gate", inf, tau)
    match rate, _formula(inf, variables):
        case Call("+", (a, b)), Call("/", (above, below)) if below == rate and above in (a, b):
            return ex.call("gate_from_rates", above, b if above == a else a)
    return ex.call("Gate", inf, rate)


def _reciprocal(tree: Expression, variables: Variables) -> Expression | None:
    """The reciprocal of a formula, if that is no quotient itself."""
    found = [(factor, -exponent) for factor, exponent in ex.factors(_formula(tree, variables))]
    plain = all(exponent > 0 or isinstance(factor, Number) for factor, exponent in found)
    several = any(not isinstance(factor, Number) for factor, _ in found)
    if not plain or not several:
        return None
    scale = ex.product((f, e) for f, e in found if isinstance(f, Number))
    rate = ex.product((f, e) for f, e in found if not isinstance(f, Number))
    below = 1.0 / scale.value if isinstance(scale, Number) else 1.0
    return ex.over(rate, Number(ex.rounded(below)))


def _formula(tree: Expression, variables: Variables) -> Expression:
    """What a name stands for, unless that is a parameter."""
    if isinstance(tree, Name) and tree.key in variables:
        variable = variables[tree.key]
        if not variable.is_state and not variable.is_literal:
            return _formula(variable.rhs, variables)
    return tree


def _inf_and_rate(rhs: Expression, key: str, variables: Variables) -> tuple[Expression, Expression] | None:
    """Steady state and rate, where they can be told without a division."""
    match rhs:
        case Call("/", (Call("-", (inf, state)), tau)) if state == Name(key):
            if not any(key in dependencies(part, variables) for part in (inf, tau)):
                return inf, ex.over(ONE, tau)
    match _opening_and_closing(rhs, key, variables):
        case (opening, closing) if closing == ZERO:
            return ONE, opening
        case (opening, closing) if opening == ZERO:
            return ZERO, closing
    return None


def _opening_and_closing(tree: Expression, key: str, variables: Variables) -> Line | None:
    """alpha and beta of alpha (1 - x) - beta x."""
    found = line(tree, key, variables)
    if found is None:
        return None
    if found[0] == ZERO:
        return ZERO, ex.negative(found[1])
    if ex.same(ex.negative(found[0]), found[1]):
        return found[0], ZERO
    match tree:
        case Call("+" | "-", (a, b)):
            left, right = _opening_and_closing(a, key, variables), _opening_and_closing(b, key, variables)
            if left is None or right is None:
                return None
            combine = ex.plus if tree.head == "+" else ex.minus
            return combine(left[0], right[0]), combine(left[1], right[1])
        case Call("*" | "/", (a, b)) if key not in dependencies(b, variables):
            above = _opening_and_closing(a, key, variables)
            join = ex.times if tree.head == "*" else ex.over
            return None if above is None else (join(above[0], b), join(above[1], b))
        case Call("*", (a, b)) if key not in dependencies(a, variables):
            below = _opening_and_closing(b, key, variables)
            return None if below is None else (ex.times(a, below[0]), ex.times(a, below[1]))
    return None
