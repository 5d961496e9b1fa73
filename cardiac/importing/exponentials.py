"""Exponentials that are powers of one: exp((V + 35) / 5) and exp((13 - V) / 10) of q = exp(V / 20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cardiac.importing import expressions as ex
from cardiac.importing.expressions import Call, Expression, Name, Number
from cardiac.importing.membrane import V
from cardiac.importing.simplification import affine
from cardiac.importing.variables import Variable

SHARED = "shared exponentials."  # what the key of one begins with
HIGHEST = 4  # power: two multiplications

Line = tuple[Fraction, Fraction]  # slope and intercept


@dataclass(frozen=True, slots=True)
class Power:
    """exp(constant) * base^exponent."""

    constant: Expression  # exp(constant), or 1
    base: Name
    exponent: int


class Exponentials:
    """The exponentials of V that formulas share."""

    def __init__(self, trees: Iterable[Expression]) -> None:
        found = (_line(part) for tree in trees for part in ex.parts(tree))
        lines = sorted({line for line in found if line is not None})
        self.slopes: dict[str, Fraction] = {}
        while lines:
            families = {abs(base): [line for line in lines if _multiple(line[0], base)] for base, _ in lines}
            base = max(families, key=lambda base: (len(families[base]), base))
            if len(families[base]) < 2:
                break
            falling = sum(slope < 0 for slope, _ in families[base]) > len(families[base]) / 2
            self.slopes[f"{SHARED}{len(self.slopes)}"] = -base if falling else base
            lines = [line for line in lines if line not in families[base]]

    @property
    def variables(self) -> dict[str, Variable]:
        """The shared exponentials as variables."""
        return {key: Variable(key, ex.call("exp", _times_V(slope))) for key, slope in self.slopes.items()}

    def power(self, tree: Expression) -> Power | None:
        """An exponential as a power of a shared one."""
        line = _line(tree)
        for key, slope in self.slopes.items() if line is not None else ():
            assert line is not None
            if n := _multiple(line[0], slope):
                constant = ex.call("exp", _written(line[1], line[0])) if line[1] else ex.ONE
                return Power(constant, Name(key), n)
        return None


def _line(tree: Expression) -> Line | None:
    """Slope and intercept of the argument of an exponential of V."""
    match tree:
        case Call("exp", (argument,)):
            found = affine(argument)
            if found is not None and found[0] == V and found[1]:
                return found[1], found[2]
    return None


def _multiple(slope: Fraction, base: Fraction) -> int:
    """How many times the base the slope is; 0 if it is no low multiple."""
    n = slope / base
    return int(n) if n.denominator == 1 and abs(n) <= HIGHEST else 0


def _times_V(slope: Fraction) -> Expression:
    """slope V, as V / width if that is shorter."""
    factor, width = float(slope), float(1 / slope)
    if len(repr(width)) <= len(repr(factor)):
        return ex.over(Name(V), Number(width))
    return ex.times(Number(factor), Name(V))


def _written(intercept: Fraction, slope: Fraction) -> Expression:
    """A number, as the fraction that it is in (V + 26) / 7 if that is shorter."""
    whole, width, above = float(intercept), float(1 / abs(slope)), float(intercept / abs(slope))
    if len(repr(above)) + len(repr(width)) < len(repr(whole)):
        return ex.call("/", Number(above), Number(width))
    return Number(whole)
