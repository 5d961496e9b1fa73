"""The membrane equation of a file: its potential, its stimulus, and the currents it is a sum of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from cardiac.importing import expressions as ex
from cardiac.importing.capacitance import per_capacitance
from cardiac.importing.expressions import MINUS_ONE, ZERO, Expression, Name, Number
from cardiac.importing.gates import line
from cardiac.importing.quantities import MILLIVOLT
from cardiac.importing.reading import Source
from cardiac.importing.simplification import simplified
from cardiac.importing.variables import Variable, Variables, changed, dependencies, needed, numbers
from cardiac.models import ModelError
from cardiac.spelling import nearest

V = "V"  # the key of the potential in mV
CURRENT = "I."  # what the key of a current begins with
REST, SPAN = -80.0, 100.0  # mV, of a potential without unit about which the file says nothing
REST_KEY, SPAN_KEY = "scale.V_rest", "scale.span"
USUAL = ("V", "Vm", "v", "vm", "V_m", "E", "Em", "u")
# What a constant current is called if it is the stimulus.
STIMULUS = re.compile(r"stim|^[ij]_?(app|ext|inj|diff)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scale:
    """How V follows from a potential without unit: rest + span x it."""

    width: Expression  # the span as a formula
    rest: float  # mV
    span: float  # mV
    source: str  # who says so


@dataclass(frozen=True, slots=True)
class Cell:
    """The equations of a file, the membrane equation taken apart. V and the currents are names without variable."""

    variables: Variables
    potential: Variable  # as in the file
    V_initial: float  # mV
    currents: dict[str, Expression]  # name -> current [A/F], outward positive
    carried: dict[str, Expression]  # key of a current of the file -> what it is in terms of our currents
    stimulus: list[str]  # keys of what was removed
    capacitance: str  # key of what the currents were divided by, or ""
    scale: Scale | None


def cell(source: Source, potential: str | None, rest: float | None, span: float | None) -> Cell:
    """The equations of a file, the membrane equation taken apart; raises ModelError."""
    key = _potential(source, potential)
    state = source.variables[key]
    variables: Variables
    variables, terms, stimulus = _without_stimulus(source, key)
    scale = None
    if _has_no_unit(state):
        variables, scale = _scaled(variables, state, rest, span)
    elif (rest, span) == (None, None):
        variables = changed(variables, {key: Name(V)})
        terms = [ex.substituted(term, {key: Name(V)}) for term in terms]
    else:
        raise ModelError(f"{source.where(key)} is in mV - a rest and a span are for a potential without unit")
    variables = simplified({name: v for name, v in variables.items() if name != key or scale is not None})
    terms = _split_where_parts_are_needed(terms, variables)
    return _with_currents(state, variables, terms, stimulus, scale)


# The potential -------------------------------------------------------------------------------------------


def _has_no_unit(state: Variable) -> bool:
    """Whether a potential is a number between rest and peak."""
    if state.unit is None:
        return abs(state.initial or 0.0) < 5.0  # the file has no units: nobody starts at 5 mV
    return not state.unit.has_dimension


def _potential(source: Source, wanted: str | None) -> str:
    """The key of the state that is the membrane potential, or stands for it."""
    variables = source.variables
    if wanted is not None:
        found = [key for key, v in variables.items() if wanted in (key, v.name)]
        if len(found) != 1:
            which = f"stands for {', '.join(found)}" if found else "is not in this file"
            raise ModelError(f"{source.path}: {wanted} {which}{nearest(wanted, variables)}")
        return _state_behind(source, found[0])
    if source.potential:
        return _state_behind(source, source.potential)
    states = [v for v in variables.values() if v.is_state]
    in_volt = [v for v in states if v.unit is not None and v.unit.exponents == MILLIVOLT.exponents]
    pure = [v for v in states if v not in in_volt and _has_no_unit(v)]
    mapped = [v for v in pure if _mappings(variables, v.key)]
    bare = [v for v in states if v.unit is None]
    for candidates in (in_volt, mapped):
        if len(candidates) == 1:
            return candidates[0].key
    for candidates in (in_volt, mapped, bare, pure):
        usual = [v for v in candidates if v.name in USUAL]
        if len(usual) == 1:
            return usual[0].key
    known = ", ".join(v.key for v in in_volt or states)
    raise ModelError(
        f"{source.path}: which variable is the membrane potential? - name it with --V (states: {known})"
    )


def _state_behind(source: Source, key: str) -> str:
    """The state of which a variable is a straight line."""
    if source.variables[key].is_state:
        return key
    behind = dependencies(Name(key), source.variables)
    for state in behind if len(behind) == 1 else ():
        if state in source.variables and line(source.variables[key].rhs, state, source.variables) is not None:
            return state
    raise source.refused(key, "is no state, so it cannot be the membrane potential - name another with --V")


def _mappings(variables: Variables, key: str) -> list[tuple[Expression, Expression]]:
    """Intercept and slope of each variable in mV that is a straight line of a state."""
    return [
        found
        for v in variables.values()
        if not v.is_state and v.unit == MILLIVOLT and dependencies(v.rhs, variables) == {key}
        if (found := line(v.rhs, key, variables)) is not None
    ]


def _scaled(
    variables: Variables, state: Variable, rest: float | None, span: float | None
) -> tuple[dict[str, Variable], Scale]:
    """The variables with the potential as (V - rest) / span, and that scale."""
    found = _mappings(variables, state.key)
    low, width = found[0] if len(found) == 1 else (Name(REST_KEY), Name(SPAN_KEY))
    low, width = low if rest is None else Name(REST_KEY), width if span is None else Name(SPAN_KEY)
    result = dict(variables)
    for name, given, default in ((REST_KEY, rest, REST), (SPAN_KEY, span, SPAN)):
        if Name(name) in (low, width):
            result[name] = Variable(name, Number(default if given is None else given), MILLIVOLT)
    u = ex.over(ex.minus(Name(V), low), width)
    result[state.key] = Variable(state.key, u, state.unit, line=state.line)
    values = numbers(result, {V: 0.0})
    who = "as asked for" if (rest, span) != (None, None) else "as the file has it"
    if (rest, span) == (None, None) and SPAN_KEY in result:
        who = "by default: the file does not say"
    return result, Scale(width, ex.value(low, values), ex.value(width, values), who)


# The stimulus --------------------------------------------------------------------------------------------


def _without_stimulus(source: Source, key: str) -> tuple[dict[str, Variable], list[Expression], list[str]]:
    """The variables without stimulus, the other terms of dV/dt, and the keys of what was removed."""
    outside = {source.time, *source.inputs}
    variables = {name: v for name, v in source.variables.items() if name not in outside}
    removed: list[str] = []
    terms: list[Expression] = []
    for term in _terms(source.variables[key].rhs, variables, outside):
        behind = dependencies(term, variables)
        core = _core(term, variables)[1]
        name = core.key if isinstance(core, Name) else ""
        if behind & outside and behind - outside:
            raise source.refused(name or key, "changes with time other than through the state")
        if behind & outside or (not behind and _is_stimulus(name)):
            removed.append(name or next(iter(behind & outside)))
        else:
            terms.append(term)
    nothing: dict[str, Expression] = {name: ZERO for name in (*removed, *source.inputs)}
    return changed(variables, nothing), terms, [name for name in removed if name in variables]


def _terms(tree: Expression, variables: Variables, outside: set[str]) -> list[Expression]:
    """The terms of dV/dt, the sums of currents in it taken apart."""
    terms = list(_addends(tree, variables))
    while True:
        for place, term in enumerate(terms):
            constant, core = _core(term, variables)
            parts = _parts_of_a_total(core, variables, alone=len(terms) == 1, outside=outside)
            if parts:
                terms[place : place + 1] = [ex.times(constant, part) for part in parts]
                break
        else:
            return terms


def _addends(tree: Expression, variables: Variables) -> Iterator[Expression]:
    """The terms of a sum of currents; not those of a driving force V - E."""

    def whole(part: Expression) -> bool:
        terms = ex.addends(part, lambda _: False, lambda _: True)
        keys = (t.key for t in terms if isinstance(t, Name))
        return any(key == V or (key in variables and variables[key].is_state) for key in keys)

    return ex.addends(tree, lambda part: not dependencies(part, variables), whole)


def _core(term: Expression, variables: Variables) -> tuple[Expression, Expression]:
    """A term as a constant factor and what varies; of a constant term the stimulus, if it is one."""
    found = list(ex.factors(term))
    core = [f for f in found if dependencies(f[0], variables)]
    if not core:
        core = [f for f in found if isinstance(f[0], Name) and f[1] > 0 and _is_stimulus(f[0].key)]
    return ex.product(f for f in found if f not in core), ex.product(core)


def _is_stimulus(key: str) -> bool:
    return STIMULUS.search(key.rpartition(".")[2]) is not None


def _parts_of_a_total(
    core: Expression, variables: Variables, alone: bool, outside: set[str]
) -> list[Expression]:
    """The terms of a variable that is a sum of currents of other components, or contains the stimulus."""
    if not _is_variable(core, variables):
        return []
    own = variables[core.key]
    parts = list(_addends(own.rhs, variables))
    cores = [_core(part, variables)[1] for part in parts]
    if not all(_is_variable(c, variables) for c in cores):
        mixed = len(parts) > 1 and dependencies(core, variables) & outside
        return parts if mixed else []
    elsewhere = {variables[c.key].component for c in cores if _is_variable(c, variables)} - {own.component}
    return parts if alone or elsewhere or dependencies(core, variables) & outside else []


def _is_variable(tree: Expression, variables: Variables) -> TypeGuard[Name]:
    """Whether it is the name of a variable that is no state."""
    return isinstance(tree, Name) and tree.key in variables and not variables[tree.key].is_state


def _split_where_parts_are_needed(terms: list[Expression], variables: Variables) -> list[Expression]:
    """The terms, those taken apart whose parts the rates of other states ask for."""
    cores = {core.key for term in terms if isinstance(core := _core(term, variables)[1], Name)}
    without = {key: v for key, v in variables.items() if key not in cores}
    wanted = needed((v.rhs for v in variables.values() if v.is_state), without)
    result: list[Expression] = []
    for term in terms:
        constant, core = _core(term, variables)
        parts = list(_addends(variables[core.key].rhs, variables)) if _is_variable(core, variables) else []
        pieces = [_core(part, variables)[1] for part in parts]
        keys = [piece.key for piece in pieces if _is_variable(piece, variables)]
        apart = len(pieces) > 1 and len(keys) == len(pieces) and any(key in wanted for key in keys)
        result += [ex.times(constant, part) for part in parts] if apart else [term]
    return result


# The currents --------------------------------------------------------------------------------------------


def _with_currents(
    state: Variable, variables: Variables, terms: list[Expression], stimulus: list[str], scale: Scale | None
) -> Cell:
    """The cell with every term of dV/dt as a current in A/F."""
    split = [_core(term, variables) for term in terms]
    names = _current_names([core for _, core in split])
    capacitance = _capacitance([constant for constant, _ in split], variables)
    own = {
        core.key: name for (_, core), name in zip(split, names, strict=True) if _is_variable(core, variables)
    }
    divided: dict[str, str] = {}
    if capacitance:
        divided, variables = per_capacitance(own, variables, capacitance)
    sign: Expression = MINUS_ONE if scale is None else ex.negative(scale.width)
    currents: dict[str, Expression] = {}
    carried: dict[str, Expression] = {}
    for (constant, core), name in zip(split, names, strict=True):
        factor = ex.times(sign, constant)
        if isinstance(core, Name) and core.key in own:
            if core.key in divided:
                factor = ex.product([f for f in ex.factors(factor) if f != (Name(capacitance), -1)])
                core = Name(divided[core.key])
            carried[core.key] = ex.over(Name(CURRENT + name), factor)
        currents[name] = ex.times(factor, core)
    assert state.initial is not None
    return Cell(
        variables=variables,
        potential=state,
        V_initial=state.initial if scale is None else scale.rest + scale.span * state.initial,
        currents=currents,
        carried=carried,
        stimulus=stimulus,
        capacitance=capacitance,
        scale=scale,
    )


def _capacitance(constants: list[Expression], variables: Variables) -> str:
    """The key of what all currents are divided by, or nothing."""
    below = [
        [f.key for f, exponent in ex.factors(constant) if exponent < 0 and isinstance(f, Name)]
        for constant in constants
    ]
    common = [key for key in below[0] if all(key in keys for keys in below)] if below else []
    values = numbers(variables, {V: 0.0})
    return next((key for key in common if values.get(key)), "")


def _current_names(cores: list[Expression]) -> list[str]:
    """A name I_... for each current: that of the file without its own I, i or J."""
    found: list[str] = []
    for core in cores:
        component, _, name = core.key.rpartition(".") if isinstance(core, Name) else ("", "", "")
        own = re.sub(r"^[iIjJ]_?(?=[A-Za-z])", "", name)
        own = own or ("ion" if len(cores) == 1 else str(len(found) + 1))
        full = f"I_{own}" if f"I_{own}" not in found else f"I_{own}_{component.replace('.', '_')}"
        found.append(full)
    return found
