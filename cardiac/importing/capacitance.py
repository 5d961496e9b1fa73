"""Currents of a file per membrane area, or of a whole cell, divided by their capacitance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cardiac.importing import expressions as ex
from cardiac.importing.expressions import MINUS_ONE, ONE, Call, Expression, Name, Number
from cardiac.importing.quantities import A_PER_F, PER_MS, FileUnit
from cardiac.importing.variables import Variable, Variables, needed, numbers

DIVIDED = "/"  # what the key of a divided variable begins with while formulas are divided


def per_capacitance(
    currents: Mapping[str, str], variables: Variables, capacitance: str
) -> tuple[dict[str, str], Variables]:
    """The variables with currents (key -> name here) divided where that is possible inside their formulas.

    A factor that is the capacitance is cancelled; conductances and maximal currents become those per
    capacitance. Returned first: key of each divided current -> its key as a current per capacitance; the key
    itself then means the capacitance times that.
    """
    kept: set[str] = set()  # what must stay, for it is needed as it is
    rates = [v.rhs for v in variables.values() if v.is_state]
    used = needed([*rates, *map(Name, currents)], variables)
    while True:
        division = _Division(currents, variables, capacitance, kept)
        for key in currents:
            division.divides(key)
        moved = division.formulas.keys() | division.parameters
        others = [v.rhs for key, v in variables.items() if (key in used and key not in moved) or v.is_state]
        wrong = {name for rhs in others for name in ex.names(rhs) if name in moved and name not in currents}
        if not wrong:
            return division.new, division.result()
        kept |= wrong


class _Division:
    """One attempt: the formulas that could be divided."""

    def __init__(
        self, currents: Mapping[str, str], variables: Variables, capacitance: str, kept: set[str]
    ) -> None:
        self.currents, self.variables, self.capacitance, self.kept = currents, variables, capacitance, kept
        self.value = numbers(variables, {"V": 0.0})[capacitance]
        self.formulas: dict[str, Expression] = {}
        self.parameters: set[str] = set()
        self._impossible: set[str] = set()

    def divides(self, key: str) -> bool:
        """Whether the variable can be divided; if so, it is."""
        if key in self.formulas or key in self.parameters:
            return True
        if key in self.kept or key in self._impossible or key not in self.variables:
            return False
        variable = self.variables[key]
        if variable.is_state or (key not in self.currents and not self._per_area(variable)):
            return False
        if variable.is_literal:
            self.parameters.add(key)
            return True
        formula = self.divided(variable.rhs, exact=True) or self.divided(variable.rhs)
        if formula is None:
            self._impossible.add(key)
            return False
        self.formulas[key] = formula
        return True

    def _per_area(self, variable: Variable) -> bool:
        """Whether it is a current or conductance in the file's measure."""
        own, unit = self.variables[self.capacitance].unit, variable.unit
        return own is not None and unit is not None and unit.over(own) in (A_PER_F, PER_MS)

    def divided(self, tree: Expression, exact: bool = False) -> Expression | None:
        """The formula over the capacitance, without a division; `exact`: no number takes it up."""
        match tree:
            case Name(key):
                if key == self.capacitance:
                    return ONE
                return Name(DIVIDED + key) if self.divides(key) else None
            case Call("neg", (a,)):
                inner = self.divided(a, exact)
                return None if inner is None else ex.negative(inner)
            case Call("+" | "-", (a, b)):
                left, right = self.divided(a, exact), self.divided(b, exact)
                return None if left is None or right is None else ex.built(tree.head, (left, right))
            case Call("if", (condition, a, b)):
                left, right = self.divided(a, exact), self.divided(b, exact)
                return None if left is None or right is None else ex.choice(condition, left, right)
            case Call("*" | "/"):
                return self._product(tree, exact)
        return None

    def _product(self, tree: Call, exact: bool) -> Expression | None:
        """A product over the capacitance: one of its factors is divided."""
        factors = [factor for factor, exponent in ex.factors(tree) if exponent > 0]
        for factor in sorted(factors, key=lambda f: f != Name(self.capacitance)):
            inner = self.divided(factor, exact=True)
            if inner is not None and (result := _with_factor(tree, factor, inner)) is not None:
                return result
        for factor in factors if not exact else ():
            if isinstance(factor, Number) and factor != MINUS_ONE:
                return _with_factor(tree, factor, Number(ex.rounded(factor.value / self.value)))
            if isinstance(factor, Call) and (inner := self.divided(factor)) is not None:
                return _with_factor(tree, factor, inner)
        return None

    @property
    def new(self) -> dict[str, str]:
        """Key of each divided current -> its key as a current per capacitance."""
        return {
            key: f"{self.variables[key].component}.per_capacitance.{name}"
            for key, name in self.currents.items()
            if key in self.formulas
        }

    def result(self) -> Variables:
        """All variables, those divided and those that use them."""
        new = self.new
        own: dict[str, Expression] = {
            DIVIDED + key: Name(new.get(key, key)) for key in self.formulas.keys() | self.parameters
        }
        found: dict[str, Variable] = {}
        for key, v in self.variables.items():
            rhs = ex.substituted(self.formulas.get(key, v.rhs), own)
            if key in self.parameters and isinstance(rhs, Number):
                rhs = Number(ex.rounded(rhs.value / self.value))
            if key in self.parameters or key in self.formulas:
                found[new.get(key, key)] = replace(v, key=new.get(key, key), rhs=rhs, unit=self._unit(v))
            if key in new:
                found[key] = v.with_rhs(ex.times(Name(self.capacitance), Name(new[key])))
            elif key not in found:
                found[key] = v.with_rhs(rhs)
        return found

    def _unit(self, variable: Variable) -> FileUnit | None:
        """The unit of a divided variable."""
        own, unit = self.variables[self.capacitance].unit, variable.unit
        if own is None or unit is None:
            return None
        return {A_PER_F: A_PER_F, PER_MS: PER_MS}.get(unit.over(own))


def _with_factor(tree: Expression, old: Expression, new: Expression) -> Expression | None:
    """A product with its first factor `old` replaced; None where that stands in a denominator."""
    if tree == old:
        return new
    match tree:
        case Call("*" | "/" | "neg", (a, *others)):
            left = _with_factor(a, old, new)
            if left is not None:
                return ex.built(tree.head, (left, *others))
            right = _with_factor(others[0], old, new) if tree.head == "*" else None
            return None if right is None else ex.times(a, right)
    return None
