"""Variables that depend on each other: what each follows from, in which order, and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cardiac.importing import expressions as ex
from cardiac.importing.expressions import Expression, Number
from cardiac.importing.quantities import FileUnit


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the file."""

    key: str  # component.name
    rhs: Expression  # of a state: its derivative
    unit: FileUnit | None = None
    initial: float | None = None  # of a state
    line: int | None = None
    label: str = ""  # what the file calls it, in words

    @property
    def component(self) -> str:
        """The component it stands in."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.key.rpartition(".")[2]

    @property
    def is_state(self) -> bool:
        """Whether `rhs` is its derivative."""
        return self.initial is not None

    @property
    def is_literal(self) -> bool:
        """Whether it is a number with a name."""
        return isinstance(self.rhs, Number) and not self.is_state

    def with_rhs(self, rhs: Expression) -> Variable:
        """The variable with another formula."""
        return replace(self, rhs=rhs)


Variables = Mapping[str, Variable]


def changed(variables: Variables, values: Mapping[str, Expression]) -> dict[str, Variable]:
    """The variables with names replaced in all formulas."""
    return {key: v.with_rhs(ex.substituted(v.rhs, values)) for key, v in variables.items()}


def dependencies(tree: Expression, variables: Variables) -> frozenset[str]:
    """The states, and whatever else is no variable of its own, from which a formula follows."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [*ex.names(tree)]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        if key not in variables or variables[key].is_state:
            found.add(key)
        else:
            waiting += ex.names(variables[key].rhs)
    return frozenset(found)


def needed(trees: Iterable[Expression], variables: Variables) -> set[str]:
    """The variables besides states that formulas need, directly or not."""
    found: set[str] = set()
    waiting = [key for tree in trees for key in ex.names(tree)]
    while waiting:
        key = waiting.pop()
        if key not in found and key in variables and not variables[key].is_state:
            found.add(key)
            waiting += ex.names(variables[key].rhs)
    return found


def ordered(keys: set[str], variables: Variables) -> list[str]:
    """Keys such that each follows what it needs; those of one component stay together where that is possible."""
    places = {key: place for place, key in enumerate(variables)}
    first: dict[str, int] = {}
    for key, place in places.items():
        first.setdefault(variables[key].component, place)
    waiting = {key: {n for n in ex.names(variables[key].rhs) if n in keys} for key in keys}
    done: list[str] = []
    component = ""
    while waiting:
        ready = [key for key, needs in waiting.items() if needs.isdisjoint(waiting)]

        def preference(key: str) -> tuple[bool, int, int]:
            own = variables[key].component
            return own != component, first[own], places[key]  # noqa: B023 - used at once

        key = min(ready, key=preference)
        component = variables[key].component
        del waiting[key]
        done.append(key)
    return done


def numbers(variables: Variables, given: Mapping[str, float]) -> dict[str, float]:
    """The value of every variable that can be computed in the initial state, or with other values `given`."""
    found = {key: v.initial for key, v in variables.items() if v.initial is not None}
    found.update(given)

    def number(key: str) -> float:
        if key not in found:
            rhs = variables[key].rhs
            found[key] = ex.value(rhs, {name: number(name) for name in ex.names(rhs)})
        return found[key]

    for key in variables:
        try:
            number(key)
        except (ArithmeticError, ValueError, KeyError):
            continue
    return found
