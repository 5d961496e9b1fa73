"""Formulas as trees: what is read from a file, rearranged, and written as Python.

A tree is a Number, a Name (of a variable, by its key), or a Call of an operator or function. Two trees that look
the same are equal. The functions that build a tree (`plus`, `times`, ...) leave out what changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """The value of the variable with this key."""

    key: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function of some arguments. "if": condition, value if it holds, value otherwise."""

    head: str
    args: tuple[Expression, ...]
    # Asked for so often that they are kept.
    names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = (name for argument in self.args for name in names(argument))
        object.__setattr__(self, "names", tuple(dict.fromkeys(found)))
        object.__setattr__(self, "hash", hash((self.head, self.args)))

    def __hash__(self) -> int:
        return self.hash


Expression = Number | Name | Call

ZERO, ONE, MINUS_ONE = Number(0.0), Number(1.0), Number(-1.0)


def call(head: str, *args: Expression) -> Call:
    """A function of some arguments."""
    return Call(head, args)


def plus(a: Expression, b: Expression) -> Expression:
    """a + b."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value + b.value)
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    if isinstance(b, Number):
        return _shifted(a, b.value)
    if isinstance(b, Call) and b.head == "neg":
        return minus(a, b.args[0])
    return call("+", a, b)


def _shifted(a: Expression, by: float) -> Expression:
    """a + by, one number in the place of two."""
    match a:
        case Call("+" | "-", (b, Number(before))):
            return _shifted(b, rounded(by + before if a.head == "+" else by - before))
    if by == 0.0:
        return a
    return call("-" if by < 0.0 else "+", a, Number(abs(by)))


def rounded(x: float) -> float:
    """To 15 digits: 0.04 / 0.01 is 4."""
    return float(f"{x:.15g}")


def minus(a: Expression, b: Expression) -> Expression:
    """a - b."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value - b.value)
    if a == ZERO:
        return negative(b)
    if b == ZERO:
        return a
    if isinstance(b, Number):
        return _shifted(a, -b.value)
    if isinstance(b, Call) and b.head == "neg":
        return plus(a, b.args[0])
    return call("-", a, b)


def negative(a: Expression) -> Expression:
    """-a, without a second sign."""
    match a:
        case Number(x):
            return Number(-x)
        case Call("neg", (b,)):
            return b
        case Call("*" | "/", (b, c)) if isinstance(b, Number) or _signed(b):
            return built(a.head, (negative(b), c))
        case Call("+" | "-", (b, c)) if _signed(b):
            return (minus if a.head == "+" else plus)(negative(b), c)
    return call("neg", a)


def _signed(a: Expression) -> bool:
    """Whether it begins with a minus."""
    match a:
        case Number(x):
            return x < 0.0
        case Call("neg"):
            return True
        case Call("*" | "/", (b, _)):
            return _signed(b)
    return False


def times(a: Expression, b: Expression) -> Expression:
    """a * b."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value * b.value)
    if ZERO in (a, b):
        return ZERO
    if a == ONE:
        return b
    if b == ONE:
        return a
    if MINUS_ONE in (a, b):
        return negative(b if a == MINUS_ONE else a)
    if isinstance(b, Call) and b.head == "/" and b.args[0] == ONE:
        return over(a, b.args[1])
    if isinstance(a, Call) and a.head == "/" and a.args[0] == ONE:
        return over(b, a.args[1])
    return call("*", a, b)


def over(a: Expression, b: Expression) -> Expression:
    """a / b."""
    if isinstance(a, Number) and isinstance(b, Number) and b.value != 0.0:
        return Number(a.value / b.value)
    if a == ZERO and b != ZERO:
        return ZERO
    if b == ONE:
        return a
    return call("/", a, b)


def choice(condition: Expression, a: Expression, b: Expression) -> Expression:
    """a if condition else b."""
    if isinstance(condition, Number):
        return a if condition.value else b
    return a if a == b else call("if", condition, a, b)


BUILDERS: dict[str, Callable[..., Expression]] = {
    "+": plus,
    "-": minus,
    "neg": negative,
    "*": times,
    "/": over,
    "if": choice,
}


def built(head: str, args: tuple[Expression, ...]) -> Expression:
    """A call, simplified."""
    if head in BUILDERS:
        return BUILDERS[head](*args)
    if head in VALUES and all(isinstance(a, Number) for a in args):
        try:
            return Number(value(Call(head, args), {}))
        except (ArithmeticError, ValueError):
            pass
    return Call(head, args)


def mapped(tree: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The tree, each of its parts changed from the leaves upwards, and simplified."""

    @cache
    def visit(part: Expression) -> Expression:
        if not isinstance(part, Call):
            return change(part)
        args = tuple(visit(a) for a in part.args)
        return change(part if args == part.args else built(part.head, args))

    return visit(tree)


def substituted(tree: Expression, values: Mapping[str, Expression]) -> Expression:
    """The tree with names replaced."""
    return mapped(tree, lambda part: values.get(part.key, part) if isinstance(part, Name) else part)


def parts(tree: Expression) -> Iterator[Expression]:
    """Every part of the tree, from the root, repeated ones once."""
    seen = {tree}
    waiting: list[Expression] = [tree]
    while waiting:
        part = waiting.pop()
        yield part
        new = [a for a in part.args if a not in seen] if isinstance(part, Call) else []
        seen.update(new)
        waiting += reversed(new)


def names(tree: Expression) -> tuple[str, ...]:
    """The keys of the variables in a tree, each once, in the order in which they are met."""
    match tree:
        case Name(key):
            return (key,)
        case Call():
            return tree.names
    return ()


def same(a: Expression, b: Expression) -> bool:
    """Whether two trees have the same value whatever the names in them mean, tried at some points."""
    keys = sorted({*names(a), *names(b)})
    for seed in (0.31, 0.47, 0.73):
        values = {key: 0.5 + (seed * (n + 1)) % 1.0 for n, key in enumerate(keys)}
        try:
            if not math.isclose(value(a, values), value(b, values), rel_tol=1e-12):
                return False
        except (ArithmeticError, ValueError):
            return False
    return True


def factors(tree: Expression) -> Iterator[tuple[Expression, int]]:
    """The factors of a product or quotient with their exponents 1 or -1; a sign is the factor -1."""
    if isinstance(tree, Call) and tree.head in ("*", "/"):
        sign = 1 if tree.head == "*" else -1
        yield from factors(tree.args[0])
        yield from ((factor, sign * exponent) for factor, exponent in factors(tree.args[1]))
    elif isinstance(tree, Call) and tree.head == "neg":
        yield Number(-1.0), 1
        yield from factors(tree.args[0])
    else:
        yield tree, 1


def product(found: Iterable[tuple[Expression, int]]) -> Expression:
    """Factors with exponents 1 or -1 as one quotient, numbers first; what stands on both sides is cancelled."""
    number, above, below = 1.0, list[Expression](), list[Expression]()
    for factor, exponent in found:
        if isinstance(factor, Number):
            number *= factor.value**exponent
        else:
            (above if exponent > 0 else below).append(factor)
    for factor in list(below):
        if factor in above:
            above.remove(factor)
            below.remove(factor)
            continue
        for place, other in enumerate(above):
            match other:
                case Call("^", (base, Number(n))) if base == factor:
                    above[place] = built("^", (base, Number(n - 1.0))) if n != 2.0 else base
                    below.remove(factor)
                    break
    top: Expression = Number(number)
    for factor in above:
        top = times(top, factor)
    bottom: Expression = ONE
    for factor in below:
        bottom = times(bottom, factor)
    return over(top, bottom)


def addends(
    tree: Expression, constant: Callable[[Expression], bool], whole: Callable[[Expression], bool]
) -> Iterator[Expression]:
    """The terms of a sum; a `constant` factor is multiplied out, but not with a sum that is to stay `whole`."""
    match tree:
        case Call("+" | "-", (a, b)):
            yield from addends(a, constant, whole)
            yield from (t if tree.head == "+" else negative(t) for t in addends(b, constant, whole))
        case Call("neg", (a,)):
            yield from map(negative, addends(a, constant, whole))
        case Call("*", (a, b)) if constant(a) and not whole(b):
            yield from (times(a, term) for term in addends(b, constant, whole))
        case Call("*" | "/", (a, b)) if constant(b) and not whole(a):
            combine = times if tree.head == "*" else over
            yield from (combine(term, b) for term in addends(a, constant, whole))
        case _:
            yield tree


VALUES: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "neg": lambda a: -a,
    "^": lambda a, b: a**b,
    "exp": lambda a: math.exp(min(max(a, -708.0), 709.0)),  # as ours
    "exprel": lambda a: math.expm1(a) / a if a else 1.0,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
}


def value(tree: Expression, values: Mapping[str, float]) -> float:
    """The number a tree stands for; only the branch of a choice that is taken is looked at."""
    match tree:
        case Number():
            return tree.value
        case Name():
            return values[tree.key]
        case Call("if", (condition, a, b)):
            return value(a if value(condition, values) else b, values)
    assert isinstance(tree, Call)
    return float(VALUES[tree.head](*(value(a, values) for a in tree.args)))
