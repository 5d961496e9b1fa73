"""Formulas as a model would have them: removable singularities removed, tanh found again.

What is x / (exp(x) - 1) in the file becomes 1 / exprel(x), which is exact everywhere; a case of its own for
x = 0 is dropped then.
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

from cardiac.importing import expressions as ex
from cardiac.importing.expressions import ONE, Call, Expression, Name, Number
from cardiac.importing.variables import Variables, dependencies, numbers

Powers = tuple[float, Counter[Expression]]  # a number, and exponents

NEARBY = 1e-3  # of an exception about one point: how far from it, in the unit of the variable
MISPRINT = 0.01  # relative difference of the value given for that point that is put down to rounding


def simplified(variables: Variables) -> Variables:
    """The variables, their formulas simplified."""

    def change(part: Expression) -> Expression:
        if not isinstance(part, Call):
            return part
        match part:
            case Call("^", (base, Number(-1.0))):
                return ex.over(ONE, base)
            case Call("^", (base, Number(1.0))):
                return base
            case Call("if", (condition, at, elsewhere)):
                return _without_exception(condition, at, elsewhere, variables)
            case Call("/" | "*"):
                return _with_tanh(part) or _with_exprel(part, variables)
        return part

    return {key: v.with_rhs(ex.mapped(v.rhs, change)) for key, v in variables.items()}


def _with_tanh(tree: Call) -> Expression | None:
    """tanh(x) for (exp(2 x) - 1) / (exp(2 x) + 1)."""
    match tree:
        case Call("/", (Call("-", (Call("exp", (a,)), one)), Call("+", (Call("exp", (b,)), also_one)))) if (
            a == b and one == also_one == ONE
        ):
            half = a.args[1] if isinstance(a, Call) and a.head == "*" and a.args[0] == Number(2.0) else None
            return ex.call("tanh", half if half is not None else ex.times(Number(0.5), a))
    return None


def _exponent(tree: Expression) -> tuple[Expression, float] | None:
    """a and the sign s, where tree is s (exp(a) - 1)."""
    match tree:
        case Call("-", (Call("exp", (a,)), Number(1.0))):
            return a, 1.0
        case Call("-", (Number(1.0), Call("exp", (a,)))):
            return a, -1.0
        case Call("+", (Number(-1.0), Call("exp", (a,)))):
            return a, 1.0
    return None


def _with_exprel(tree: Call, variables: Variables) -> Expression:
    """The product with (exp(k x) - 1) / x, or its reciprocal, written as k exprel(k x)."""
    found = list(ex.factors(tree))
    for i, (factor, exponent) in enumerate(found):
        if (matched := _exponent(factor)) is None:
            continue
        a, sign = matched
        for j, (other, opposite) in enumerate(found):
            if opposite != -exponent or isinstance(other, Number):
                continue
            if (k := _constant_ratio(a, other, variables)) is not None:
                number, powers = k
                rest = [f for n, f in enumerate(found) if n not in (i, j)]
                rest.append((Number(sign * number), exponent))
                for atom, n in powers.items():
                    rest += [(atom, exponent if n > 0 else -exponent)] * abs(n)
                rest.append((ex.call("exprel", a), exponent))
                return ex.mapped(ex.product(rest), _rounded)
    return tree


def _rounded(part: Expression) -> Expression:
    return Number(ex.rounded(part.value)) if isinstance(part, Number) else part


def _constant_ratio(a: Expression, b: Expression, variables: Variables) -> Powers | None:
    """a / b, if it is a product of powers of constants although neither is constant."""
    if not dependencies(b, variables):
        return None
    (x, above), (y, below) = _powers(a, variables), _powers(b, variables)
    above.subtract(below)
    left = Counter({atom: n for atom, n in above.items() if n})
    if y == 0.0 or any(dependencies(atom, variables) for atom in left):
        return None
    return x / y, left


def _powers(tree: Expression, variables: Variables) -> Powers:
    """A product as a number and powers; variables that are products themselves are taken apart."""
    match tree:
        case Number(number):
            return number, Counter()
        case Name(key) if key in variables and not variables[key].is_state:
            rhs = variables[key].rhs
            if dependencies(rhs, variables) and isinstance(rhs, Call) and rhs.head in ("*", "/", "neg"):
                return _powers(rhs, variables)
        case Call("neg", (a,)):
            number, powers = _powers(a, variables)
            return -number, powers
        case Call("^", (a, Number(n))) if n.is_integer():
            number, powers = _powers(a, variables)
            return number**n, Counter({atom: int(n) * m for atom, m in powers.items()})
        case Call("*" | "/", (a, b)):
            (x, above), (y, below) = _powers(a, variables), _powers(b, variables)
            sign = 1 if tree.head == "*" else -1
            if y == 0.0:
                return 0.0, Counter()
            for atom, n in below.items():
                above[atom] += sign * n
            return x * y**sign, above
        case Call("+" | "-"):
            if (line := affine(tree)) is not None and line[1]:
                key, slope, intercept = line
                return float(slope), Counter({ex.plus(Name(key), Number(float(intercept / slope))): 1})
    return 1.0, Counter({tree: 1})


def affine(tree: Expression) -> tuple[str, Fraction, Fraction] | None:
    """(x, slope, intercept) of a formula in one variable x and decimal numbers, if it is a straight line; exact."""
    match tree:
        case Name(key):
            return key, Fraction(1), Fraction(0)
        case Call("neg", (a,)):
            found = affine(a)
            return found and (found[0], -found[1], -found[2])
        case Call("+" | "-" | "*" | "/", (a, b)):
            left, right = _number(a), _number(b)
            found = affine(a) if right is not None else affine(b) if left is not None else None
            if found is None:
                return None
            key, slope, intercept = found
            match tree.head, left, right:
                case "+", _, _:
                    return key, slope, intercept + (right if right is not None else left or 0)
                case "-", None, _:
                    return key, slope, intercept - (right or 0)
                case "-", _, None:
                    return key, -slope, (left or 0) - intercept
                case "*", _, _:
                    factor = right if right is not None else left or Fraction(0)
                    return key, slope * factor, intercept * factor
                case "/", None, _ if right:
                    return key, slope / right, intercept / right
    return None


def _number(tree: Expression) -> Fraction | None:
    """A number as the decimal that was written."""
    match tree:
        case Number(x) if math.isfinite(x):
            return Fraction(repr(x))
        case Call("neg", (Number(x),)):
            return -Fraction(repr(x))
    return None


def _without_exception(
    condition: Expression, at: Expression, elsewhere: Expression, variables: Variables
) -> Expression:
    """The choice, unless it makes an exception of one point that has become unnecessary."""
    tree = ex.choice(condition, at, elsewhere)
    point = _point(condition)
    if point is None:
        return tree
    key, x = point
    match at, elsewhere:
        case Number(beside), Name(name) if name == key and abs(beside - x) <= NEARBY:
            return elsewhere
    removed = any(isinstance(p, Call) and p.head == "exprel" for p in ex.parts(elsewhere))
    if removed and _agree(at, elsewhere, numbers(variables, {key: x})):
        return elsewhere
    return tree


def _point(condition: Expression) -> tuple[str, float] | None:
    """x and c of the condition x == c, or abs(x - c) < something tiny."""
    match condition:
        case Call("==", (a, b)):
            line = affine(ex.minus(a, b))
        case Call("<" | "<=", (Call("abs", (a,)), Number(tiny))) if tiny <= NEARBY:
            line = affine(a)
        case _:
            return None
    return (line[0], float(-line[2] / line[1])) if line is not None and line[1] else None


def _agree(a: Expression, b: Expression, values: dict[str, float]) -> bool:
    try:
        x, y = ex.value(a, values), ex.value(b, values)
    except (ArithmeticError, ValueError, KeyError):
        return False
    return math.isclose(x, y, rel_tol=MISPRINT)
