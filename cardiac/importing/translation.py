"""A cell in the shape of a model: states, parameters, and the functions with their local variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count

from cardiac import units
from cardiac.importing import expressions as ex
from cardiac.importing import naming, printing, quantities
from cardiac.importing.exponentials import SHARED
from cardiac.importing.expressions import Call, Expression, Name
from cardiac.importing.gates import gates
from cardiac.importing.membrane import CURRENT, Cell, V
from cardiac.importing.quantities import OF_NATURE
from cardiac.importing.quotients import in_one_division
from cardiac.importing.reading import Source, derivative_of
from cardiac.importing.relaxation import GateFunction, agree, gate_function, shared_exponentials
from cardiac.importing.variables import Variable, Variables, dependencies, needed, ordered

LONG_FIELD = printing.WIDTH - 9  # letters of `field=formula` from which on that is one
MOST_PARAMETERS = 100  # Numba refuses longer tuples in parallel loops
STATE, PARAMETERS = "s", "p"  # keys of the arguments of functions


@dataclass(frozen=True, slots=True)
class Function:
    """`currents` or `rates`: what it computes first, in this order, and the fields of the record it returns."""

    local: list[Variable]
    fields: dict[str, Expression]


@dataclass(frozen=True, slots=True)
class Translation:
    """Everything that is written into the file."""

    states: list[Variable]
    gates: list[str]  # keys of the states that are gates
    parameters: list[Variable]
    constants: list[Variable]  # those of nature, and what is too much for parameters
    fields: dict[str, str]  # key of a state or parameter -> its name in the record
    written: dict[str, str]  # key -> how it is written in a formula
    currents: Function
    rates: Function
    gate_functions: dict[str, GateFunction]  # name -> function


def translation(source: Source, cell: Cell) -> Translation:
    """The cell in the shape of a model; raises ModelError for what cannot be translated."""
    found = gates(cell.variables)
    cell = _with_few_divisions(cell)
    variables = cell.variables
    rate_variables = _with_our_currents(cell)
    rates = {v.key: _in_our_currents(found.get(v.key, v.rhs), cell) for v in variables.values() if v.is_state}
    _check(source, cell, [*_formulas(cell.currents, variables), *_formulas(rates, rate_variables)])
    functions, shared = _gate_functions(rates, found.keys(), rate_variables)
    rates, rate_variables = _with_long_ones_apart(rates, functions.keys(), {**rate_variables, **shared})

    known = {**variables, **rate_variables}
    keys = needed(cell.currents.values(), variables) | needed(rates.values(), rate_variables)
    used = [v for key, v in known.items() if key in keys]
    states = [v for v in known.values() if v.is_state]
    parameters, constants = _parameters_and_constants([v for v in used if v.is_literal])
    fields = {
        **naming.standard(states, naming.unique(v.key for v in states), cell.currents),
        **naming.standard(parameters, naming.unique(v.key for v in parameters), cell.currents),
    }
    calls = {key: f"{fields[key].rstrip('_')}_gate" for key in functions}
    taken = {*naming.TAKEN, *vars(units), *calls.values()}
    local = [v.key for v in (*constants, *used) if not v.is_literal or v in constants]
    written = {V: V, STATE: STATE, PARAMETERS: PARAMETERS, **naming.unique(dict.fromkeys(local), taken)}
    written |= {CURRENT + name: CURRENT + name for name in cell.currents}
    written |= {v.key: f"s.{fields[v.key]}" for v in states}
    written |= {v.key: f"p.{fields[v.key]}" for v in parameters}
    more = (f"q{n}" for n in count(1))
    free = (letter for letter in chain("qwxyz", more) if letter not in written.values())
    written |= {key: next(free) for key in shared}
    for key, name in calls.items():
        rates[key] = Call(name, tuple(map(Name, arguments(functions[key], written))))
    return Translation(
        states=states,
        gates=list(found),
        parameters=parameters,
        constants=constants,
        fields=fields,
        written=written,
        currents=_currents_function(cell.currents, variables, written),
        rates=_function({fields[v.key]: rates[v.key] for v in states}, rate_variables),
        gate_functions={name: functions[key] for key, name in calls.items()},
    )


def _parameters_and_constants(literals: list[Variable]) -> tuple[list[Variable], list[Variable]]:
    """What a user may change, and what is fixed: constants of nature, and the least tangible of too many."""
    of_nature = [v for v in literals if v.unit is not None and v.unit.exponents in OF_NATURE]
    others = [v for v in literals if v not in of_nature]

    def tangible(v: Variable) -> int:
        symbol = quantities.symbol(v.unit, v.name)
        return 2 if symbol and quantities.is_known(symbol) else 0 if symbol else 1

    surplus = sorted(reversed(others), key=tangible)[: max(len(others) - MOST_PARAMETERS, 0)]
    fixed = [v for v in literals if v in of_nature or v in surplus]
    return [v for v in others if v not in surplus], fixed


def _with_few_divisions(cell: Cell) -> Cell:
    """The cell, formulas with several divisions in one."""

    def varies(tree: Expression) -> bool:
        return bool(dependencies(tree, cell.variables))

    found = dict(cell.variables)
    for key, v in cell.variables.items():
        tree = in_one_division(v.rhs, varies)
        if tree != v.rhs and agree([v.rhs], [tree], cell.variables, cell.variables):
            found[key] = v.with_rhs(tree)
    return replace(cell, variables=found)


def _function(fields: dict[str, Expression], variables: Variables) -> Function:
    """The function of these fields."""
    keys = {key for key in needed(fields.values(), variables) if not variables[key].is_literal}
    return Function([variables[key] for key in ordered(keys, variables)], fields)


def _currents_function(
    currents: Mapping[str, Expression], variables: Variables, written: Mapping[str, str]
) -> Function:
    """`currents`: what is needed once and short stands in the record itself."""
    keys = needed(currents.values(), variables)
    uses = [name for key in keys for name in ex.names(variables[key].rhs)]
    uses += [name for tree in currents.values() for name in ex.names(tree)]
    fields = dict(currents)
    for name, tree in currents.items():
        if isinstance(tree, Name) and uses.count(tree.key) == 1 and tree.key in keys:
            if variables[tree.key].is_literal:
                continue
            rhs = variables[tree.key].rhs
            if len(f"{name}={printing.text(printing.pythonic(rhs), written)}") < LONG_FIELD:
                fields[name] = rhs
    return _function(fields, variables)


# Rates ---------------------------------------------------------------------------------------------------


def _with_our_currents(cell: Cell) -> dict[str, Variable]:
    """The variables for rates, which are given the currents of the model and need not compute those of the file."""
    found = {key: v.with_rhs(_in_our_currents(v.rhs, cell)) for key, v in cell.variables.items()}
    for key, current in cell.carried.items():
        if isinstance(current, Name):
            del found[key]
        else:
            found[key] = found[key].with_rhs(current)
    return found


def _in_our_currents(tree: Expression, cell: Cell) -> Expression:
    """The formula with currents of the file that are currents of the model replaced."""
    return ex.substituted(tree, {key: c for key, c in cell.carried.items() if isinstance(c, Name)})


def _gate_functions(
    rates: Mapping[str, Expression], gates: Iterable[str], variables: Variables
) -> tuple[dict[str, GateFunction], dict[str, Variable]]:
    """Key -> function of each gate with formulas of its own, apart from currents and balances; what these share."""
    balances = needed((tree for key, tree in rates.items() if key not in gates), variables)
    shared = {*_varying(balances, variables)}
    apart: dict[str, Expression] = {}
    for key in gates:
        own = {name for name in needed([rates[key]], variables) if not variables[name].is_literal}
        formulas = [rates[key], *(variables[name].rhs for name in own)]
        names = {name for tree in formulas for name in ex.names(tree)}
        if any(name.startswith(CURRENT) for name in names) or own & shared:
            continue
        if own or _length(rates[key]) > LONG_FIELD:
            apart[key] = rates[key]
    found = shared_exponentials(apart.values(), variables)
    functions = {key: gate_function(variables[key], gate, variables, found) for key, gate in apart.items()}
    used = {name for function in functions.values() for tree in _trees(function) for name in ex.names(tree)}
    return functions, {key: v for key, v in found.variables.items() if key in used}


def _trees(function: GateFunction) -> list[Expression]:
    return [function.result, *(v.rhs for v in function.local)]


def _varying(keys: Iterable[str], variables: Variables) -> Iterator[str]:
    """Those that depend on more than constants."""
    return (key for key in keys if dependencies(Name(key), variables))


def arguments(function: GateFunction, written: Mapping[str, str]) -> list[str]:
    """The keys of what the function of a gate is given: V, s, p, shared exponentials."""
    names = {name for tree in _trees(function) for name in ex.names(tree)}
    texts = {written.get(name, "") for name in names}
    first = [
        argument
        for argument in (V, STATE, PARAMETERS)
        if argument in texts or any(text.startswith(f"{argument}.") for text in texts)
    ]
    return first + sorted(name for name in names if name.startswith(SHARED))


def _with_long_ones_apart(
    rates: Mapping[str, Expression], done: Iterable[str], variables: Variables
) -> tuple[dict[str, Expression], dict[str, Variable]]:
    """The rates, those too long for a line as variables of their own."""
    result, known = dict(rates), dict(variables)
    for key, tree in rates.items():
        state = variables[key]
        if key not in done and len(state.name) + 1 + _length(tree) >= LONG_FIELD:
            own = f"{state.component}.d{state.name}"
            known[own] = Variable(own, tree)
            result[key] = Name(own)
    return result, known


def _length(tree: Expression) -> int:
    """About how many letters a formula has."""
    names = {key: f"p.{key.rpartition('.')[2]}" for key in ex.names(tree)}
    return len(printing.text(printing.pythonic(tree), names))


# What cannot be translated -------------------------------------------------------------------------------


def _formulas(trees: Mapping[str, Expression], variables: Variables) -> Iterator[tuple[str, Expression]]:
    """Formulas and all that they need, with the keys of the variables they define."""
    yield from trees.items()
    yield from ((key, variables[key].rhs) for key in sorted(needed(trees.values(), variables)))


def _check(source: Source, cell: Cell, formulas: Iterable[tuple[str, Expression]]) -> None:
    """Refuse formulas that use time, dV/dt, or a function for which there is none here."""
    outside = {source.time, *source.inputs}
    known = {*printing.STRENGTH, *printing.FUNCTIONS, "neg"}
    for key, tree in formulas:
        of = key if key in source.variables else cell.potential.key
        names = ex.names(tree)
        if outside & {*names}:
            raise source.refused(of, "changes with time other than through the state")
        if derivative_of(cell.potential.key) in names:
            raise source.refused(of, "needs dV/dt, which in tissue is not the cell's own")
        for part in ex.parts(printing.pythonic(tree)):
            if isinstance(part, Call) and part.head not in known:
                raise source.refused(of, f"uses {part.head}(), which cannot be translated")
