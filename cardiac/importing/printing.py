"""Formulas as Python text, broken into lines where they are long."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cardiac.importing import expressions as ex
from cardiac.importing.expressions import COMPARISONS, ONE, Call, Expression, Name, Number

WIDTH = 110
STRENGTH = {"if": 1, "or": 2, "and": 3, "not": 4, **dict.fromkeys(COMPARISONS, 5)} | {
    **dict.fromkeys("+-", 6),
    **dict.fromkeys("*/", 7),
}
SIGN, ATOM = 8, 9
ARITHMETIC = ("+", "-", "*", "/")
ELEMENTARY = {"exp", "exprel", "log", "power", "tanh", "sqrt", "abs", "squared", "cubed"}
GATES = {"Gate", "gate", "gate_from_rates", "gate_from_balance"}
GATES_OF_FRACTIONS = {"gate_from_fractions", "gate_from_rate_fractions"}
FUNCTIONS = ELEMENTARY | GATES | GATES_OF_FRACTIONS


def pythonic(tree: Expression) -> Expression:
    """The tree in terms of the functions that a model may use."""

    def change(part: Expression) -> Expression:
        match part:
            case Call("^", (base, Number(exponent))):
                return _power(base, exponent)
            case Call("^", (base, exponent)):
                return ex.call("power", base, exponent)
            case Call("*", (a, Call("*", (b, c)))):
                return change(ex.call("*", change(ex.call("*", a, b)), c))
        return part

    return ex.mapped(tree, change)


def _power(base: Expression, exponent: float) -> Expression:
    if exponent < 0.0:
        return ex.over(ONE, _power(base, -exponent))
    if exponent == 0.5:
        return ex.call("sqrt", base)
    if not exponent.is_integer() or exponent > 64:
        return ex.call("power", base, Number(exponent))
    return _whole_power(base, int(exponent))


def _whole_power(base: Expression, n: int) -> Expression:
    """Products of a name, or of `squared` and `cubed` anything else."""
    if n == 0:
        return ONE
    if n == 1:
        return base
    if isinstance(base, Name) and n <= 3:
        return ex.times(_whole_power(base, n - 1), base)
    if n % 2 == 0:
        return ex.call("squared", _whole_power(base, n // 2))
    if n % 3 == 0:
        return ex.call("cubed", _whole_power(base, n // 3))
    return ex.times(_whole_power(base, n - 1), base)


def number(value: float) -> str:
    """A number as Python reads it, short."""
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}1e999"
    text = repr(float(value))
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def strength(tree: Expression) -> int:
    """How strongly the parts of a formula hold together."""
    match tree:
        case Number(value) if value < 0.0:
            return SIGN
        case Call("neg"):
            return SIGN
        case Call(head) if head in STRENGTH:
            return STRENGTH[head]
    return ATOM


def _inner(part: Expression, least: int, written: Mapping[str, str]) -> str:
    """A part on one line, in brackets if it holds together less than `least`."""
    found = text(part, written)
    return found if strength(part) >= least else f"({found})"


def text(tree: Expression, written: Mapping[str, str]) -> str:
    """A formula on one line; `written`: key -> how a name is written."""

    def inner(part: Expression, least: int) -> str:
        return _inner(part, least, written)

    match tree:
        case Number(value):
            return number(value)
        case Name(key):
            return written[key]
        case Call("neg", (a,)):
            return f"-{inner(a, SIGN)}" if strength(a) != SIGN else f"-({text(a, written)})"
        case Call("not", (a,)):
            return f"not {inner(a, STRENGTH['not'])}"
        case Call("if", (condition, a, b)):
            least = STRENGTH["if"]
            return f"{inner(a, least + 1)} if {inner(condition, least + 1)} else {inner(b, least)}"
        case Call(head, (a, b)) if head in STRENGTH:
            own = STRENGTH[head]
            left = own + 1 if head in COMPARISONS else own
            return f"{inner(a, left)} {head} {inner(b, own + 1)}"
    assert isinstance(tree, Call)
    return f"{tree.head}({', '.join(text(a, written) for a in tree.args)})"


def assignment(name: str, tree: Expression, written: Mapping[str, str], comment: str = "") -> list[str]:
    """The lines of `name = formula`, indented by 4; the comment where there is room for it."""
    line = f"    {name} = {text(tree, written)}"
    if len(line) <= WIDTH:
        return [f"{line}  # {comment}" if comment and len(line) + len(comment) + 4 <= WIDTH else line]
    if isinstance(tree, Call) and tree.head not in STRENGTH and tree.head != "neg":
        return _called(f"    {name} = ", tree, written, 4)
    lead = f"    {name} = "
    short = _in_the_last_brackets(lead, tree, written) or _in_the_first_brackets(lead, tree, written)
    return short or [f"    {name} = (", *_broken("", tree, written, 8), "    )"]


def returned(tree: Expression, written: Mapping[str, str]) -> list[str]:
    """The lines of `return formula`, a function call."""
    line = f"    return {text(tree, written)}"
    assert isinstance(tree, Call)
    return [line] if len(line) <= WIDTH else _called("    return ", tree, written, 4)


def _in_the_last_brackets(lead: str, tree: Expression, written: Mapping[str, str]) -> list[str]:
    """The lines of a op (b), broken in those brackets; nothing where there are several operators like it."""
    line, inner, least = lead, tree, 0
    while isinstance(inner, Call) and inner.head in ARITHMETIC and strength(inner) >= least:
        own = STRENGTH[inner.head]
        a, b = inner.args
        if inner is tree and isinstance(a, Call) and STRENGTH.get(a.head) == own:
            return []
        line += f"{_inner(a, own, written)} {inner.head} "
        inner, least = b, own + 1
    if inner is tree or len(line) + 1 > WIDTH or strength(inner) >= least:
        return []
    return [f"{line}(", *_broken("", inner, written, 8), "    )"]


def _in_the_first_brackets(lead: str, tree: Expression, written: Mapping[str, str]) -> list[str]:
    """The lines of (a) op b, broken in those brackets."""
    if not isinstance(tree, Call) or tree.head not in ARITHMETIC:
        return []
    own = STRENGTH[tree.head]
    a, b = tree.args
    last = f"    ) {tree.head} {_inner(b, own + 1, written)}"
    if strength(a) >= own or len(last) > WIDTH:
        return []
    return [f"{lead}(", *_broken("", a, written, 8), last]


def _broken(lead: str, tree: Expression, written: Mapping[str, str], indent: int, room: int = 0) -> list[str]:
    """The lines of a formula inside brackets; `lead`: the operator before it, `room`: letters after it."""
    margin = " " * indent
    line = margin + lead + text(tree, written)
    if len(line) + room <= WIDTH:
        return [line]
    match tree:
        case Call("if", (condition, a, b)):
            lines = _operand(lead, a, written, indent, STRENGTH["if"] + 1)
            lines += _operand("if ", condition, written, indent, STRENGTH["if"] + 1)
            if isinstance(b, Call) and b.head == "if":
                return lines + _broken("else ", b, written, indent, room)
            return lines + _operand("else ", b, written, indent, STRENGTH["if"], room)
        case Call(head, (a, b)) if head in STRENGTH:
            return _chain(lead, tree, written, indent, room)
        case Call(head) if head not in ("neg", "not"):
            return _called(margin + lead, tree, written, indent)
    sign = "-" if isinstance(tree, Call) and tree.head == "neg" else "not "
    assert isinstance(tree, Call)
    return _operand(lead + sign, tree.args[0], written, indent, SIGN, room)


def _chain(lead: str, tree: Call, written: Mapping[str, str], indent: int, room: int = 0) -> list[str]:
    """The operands of a + b + c, or a * b / c, a line each."""
    own = STRENGTH[tree.head]
    a, b = tree.args
    if isinstance(a, Call) and STRENGTH.get(a.head) == own:
        lines = _chain(lead, a, written, indent)
    else:
        lines = _operand(lead, a, written, indent, own)
    return lines + _operand(f"{tree.head} ", b, written, indent, own + 1, room)


def _operand(
    lead: str, tree: Expression, written: Mapping[str, str], indent: int, least: int, room: int = 0
) -> list[str]:
    """An operand, in brackets if it holds together less than `least`."""
    margin = " " * indent
    if strength(tree) >= least:
        return _broken(lead, tree, written, indent, room)
    line = f"{margin}{lead}{_inner(tree, least, written)}"
    if len(line) + room <= WIDTH:
        return [line]
    return [f"{margin}{lead}(", *_broken("", tree, written, indent + 4), f"{margin})"]


def _called(lead: str, tree: Call, written: Mapping[str, str], indent: int) -> list[str]:
    """A function call, its arguments on lines of their own."""
    inside = " " * (indent + 4) + ", ".join(text(a, written) for a in tree.args)
    if len(inside) <= WIDTH:
        return [f"{lead}{tree.head}(", inside, " " * indent + ")"]
    comma = "," if len(tree.args) > 1 else ""
    lines = [f"{lead}{tree.head}("]
    for argument in tree.args:
        *body, last = _broken("", argument, written, indent + 4, room=len(comma))
        lines += [*body, last + comma]
    return [*lines, " " * indent + ")"]
