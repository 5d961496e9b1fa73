"""Formulas over one denominator.

A division costs as much as an exponential, and the formulas of gates are full of them: alpha = a / A, tau = alpha
beta + c / C. Here all that varies is brought to a common denominator, as one would by hand; the denominators A,
B, ... become variables of their own. Of two cases of which each takes exponentials, those are computed once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from cardiac.importing import expressions as ex
from cardiac.importing.exponentials import Exponentials
from cardiac.importing.expressions import ONE, Call, Expression, Name, Number

LETTER = "letter."  # what the key of a denominator begins with
FUNCTIONS = ("exp", "exprel", "log", "sqrt", "^", "tanh")


@dataclass(frozen=True, slots=True)
class Quotient:
    """above / (the product of below); nothing in `above` is divided by what varies."""

    above: Expression
    below: tuple[Expression, ...] = ()

    @property
    def denominator(self) -> Expression:
        """The product of what is below."""
        return _product(self.below)


def _product(factors: tuple[Expression, ...]) -> Expression:
    result: Expression = ONE
    for factor, times in Counter(factors).items():
        result = ex.times(result, factor if times == 1 else ex.call("^", factor, Number(float(times))))
    return result


class Merger:
    """Brings formulas to one denominator; `letters`: what it called the denominators and conditions it met."""

    def __init__(self, varies: Callable[[Expression], bool], exponentials: Exponentials) -> None:
        self.varies, self.exponentials = varies, exponentials
        self.letters: dict[Expression, Name] = {}

    def gate(self, gate: Call) -> Call:
        """A gate with one division, as a call of one of the functions that make gates."""
        first, second = (self.quotient(argument) for argument in gate.args)
        head = "gate_from_fractions"
        match gate.head:
            case "gate":  # inf and tau
                second = Quotient(second.denominator, (second.above,))
            case "gate_from_balance":  # gain and loss
                first = self._ratio(first, second)
            case "gate_from_rates":
                head = "gate_from_rate_fractions"
        args = first.above, first.denominator, second.above, second.denominator
        return ex.call(head, *(ex.mapped(a, lambda part: self.letters.get(part, part)) for a in args))

    def quotient(self, tree: Expression) -> Quotient:
        """A formula over one denominator; divisions by constants stay where they are."""
        if not self.varies(tree):
            return Quotient(tree)
        match tree:
            case Call("neg", (a,)):
                inner = self.quotient(a)
                return Quotient(ex.negative(inner.above), inner.below)
            case Call("+" | "-", (a, b)):
                return self._sum(tree.head, a, b)
            case Call("*", (a, b)):
                left, right = self.quotient(a), self.quotient(b)
                return Quotient(ex.times(left.above, right.above), left.below + right.below)
            case Call("/", (a, b)) if not self.varies(b):
                inner = self.quotient(a)
                return Quotient(ex.over(inner.above, b), inner.below)
            case Call("/", (a, b)):
                return self._ratio(self.quotient(a), self.quotient(b))
            case Call("^", (base, Number(n))) if n.is_integer() and 0 < n <= 4:
                inner = self.quotient(base)
                return Quotient(ex.built("^", (inner.above, Number(n))), inner.below * int(n))
            case Call("if", (condition, a, b)):
                return self._choice(condition, a, b)
            case Call("exp"):
                power = self.exponentials.power(tree)
                if power is not None and power.exponent > 0:
                    return Quotient(ex.times(power.constant, _product((power.base,) * power.exponent)))
                if power is not None:
                    return Quotient(power.constant, (power.base,) * -power.exponent)
        return Quotient(ex.mapped(tree, self._in_powers))

    def _in_powers(self, part: Expression) -> Expression:
        """Inside another function: a shared exponential where that takes no division."""
        power = self.exponentials.power(part)
        if power is None or power.exponent < 0:
            return part
        return ex.times(power.constant, _product((power.base,) * power.exponent))

    def _sum(self, head: str, a: Expression, b: Expression) -> Quotient:
        """Two terms over the least denominator that both divide."""
        match a, b:
            case Call("if", (condition, a1, a2)), Call("if", (other, b1, b2)) if condition == other:
                return self._choice(condition, ex.built(head, (a1, b1)), ex.built(head, (a2, b2)))
        left, right = self.quotient(a), self.quotient(b)
        mine, yours = Counter(left.below), Counter(right.below)
        for_left, for_right = tuple((yours - mine).elements()), tuple((mine - yours).elements())
        terms = ex.times(left.above, _product(for_left)), ex.times(right.above, _product(for_right))
        return Quotient(ex.built(head, terms), left.below + for_left)

    def _ratio(self, above: Quotient, below: Quotient) -> Quotient:
        """One quotient divided by another."""
        top, bottom = above.above, list[Expression]()
        left = list(above.below)
        for factor in below.below:  # those on both sides cancel
            if factor in left:
                left.remove(factor)
            else:
                top = ex.times(top, factor)
        for factor, exponent in ex.factors(below.above):
            if self.varies(factor) and exponent > 0:
                bottom.append(self._letter(factor))
            else:
                top = ex.over(top, factor) if exponent > 0 else ex.times(top, factor)
        return Quotient(top, tuple(left + bottom))

    def _choice(self, condition: Expression, a: Expression, b: Expression) -> Quotient:
        """One of two, their exponentials computed once: exp(-2 x if condition else 3 x)."""
        name = self._letter(condition)
        first, second = self.quotient(a), self.quotient(b)
        pairs = (first.above, second.above), (first.denominator, second.denominator)
        written = [tuple(self.written_out(part) for part in pair) for pair in pairs]
        above, below = (_blended(name, *pair) for pair in written)
        if cost(above) + cost(below) > max(sum(map(cost, parts)) for parts in zip(*written, strict=True)):
            above, below = self._paired(name, written)
        return Quotient(above, () if below == ONE else (self._letter(below),))

    def _paired(self, condition: Expression, written: list[tuple[Expression, ...]]) -> list[Expression]:
        """Numerator and denominator of two cases that share what exponentials they can."""
        mine, yours = (_exponentials(parts) for parts in zip(*written, strict=True))
        only_mine, only_yours = [e for e in mine if e not in yours], [e for e in yours if e not in mine]
        here: dict[Expression, Expression] = {}
        there: dict[Expression, Expression] = {}
        for e, other in zip(only_mine, only_yours, strict=False):
            assert isinstance(e, Call)
            assert isinstance(other, Call)
            shared = self._letter(ex.call("exp", ex.choice(condition, e.args[0], other.args[0])))
            here[e], there[other] = shared, shared
        return [
            ex.choice(
                condition,
                ex.mapped(a, lambda part: here.get(part, part)),
                ex.mapped(b, lambda part: there.get(part, part)),
            )
            for a, b in written
        ]

    def _letter(self, tree: Expression) -> Expression:
        """The name of a denominator or condition."""
        if not isinstance(tree, Call):
            return tree
        return self.letters.setdefault(tree, Name(f"{LETTER}{len(self.letters)}"))

    def written_out(self, tree: Expression) -> Expression:
        """The tree without letters."""
        meanings: dict[str, Expression] = {name.key: meaning for meaning, name in self.letters.items()}
        while True:
            inner = ex.substituted(tree, meanings)
            if inner == tree:
                return tree
            tree = inner


def in_one_division(tree: Expression, varies: Callable[[Expression], bool]) -> Expression:
    """A formula with one division by what varies where it has several; log(a / x) as a difference, a constant."""

    def change(part: Expression) -> Expression:
        match part:
            case Call("log", (Call("/", (a, b)),)) if varies(a) != varies(b):
                return ex.minus(ex.call("log", a), ex.call("log", b))
        return part

    tree = ex.mapped(tree, change)
    heads = {part.head for part in ex.parts(tree) if isinstance(part, Call)}
    if divisions(tree, varies) < 2 or "if" in heads:
        return tree
    merger = Merger(varies, Exponentials([]))
    found = merger.quotient(tree)
    whole = merger.written_out(ex.over(found.above, found.denominator))
    return whole if divisions(whole, varies) == 1 else tree


def divisions(tree: Expression, varies: Callable[[Expression], bool]) -> int:
    """How many divisions by what varies there are."""
    return sum(isinstance(p, Call) and p.head == "/" and varies(p.args[1]) for p in ex.parts(tree))


def _blended(condition: Expression, a: Expression, b: Expression) -> Expression:
    """The common form of two formulas, the choice made where they differ."""
    if a == b:
        return a
    if isinstance(a, Call) and isinstance(b, Call) and a.head == b.head and len(a.args) == len(b.args):
        pairs = zip(a.args, b.args, strict=True)
        return Call(a.head, tuple(_blended(condition, *pair) for pair in pairs))
    return ex.choice(condition, a, b)


def _exponentials(trees: tuple[Expression, ...]) -> list[Expression]:
    found = dict.fromkeys(part for tree in trees for part in ex.parts(tree))
    return [part for part in found if isinstance(part, Call) and part.head == "exp" and part.names]


def cost(tree: Expression) -> int:
    """How many functions there are."""
    return sum(isinstance(part, Call) and part.head in FUNCTIONS for part in ex.parts(tree))
