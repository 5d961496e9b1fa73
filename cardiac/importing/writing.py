"""The text of the file of an imported model."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count

from cardiac import __version__, units
from cardiac.importing import expressions as ex
from cardiac.importing import printing, quantities
from cardiac.importing.expressions import Call, Number
from cardiac.importing.membrane import Cell
from cardiac.importing.quotients import LETTER
from cardiac.importing.reading import Source
from cardiac.importing.relaxation import GateFunction
from cardiac.importing.translation import MOST_PARAMETERS, Function, Translation, arguments
from cardiac.importing.variables import Variable, needed

KERNELS = ("Gate", "exp", "exprel", "gate", "gate_from_rates", "inline", "log", "power", "tanh")
HELPERS = {  # name: arguments, docstring, body
    "gate_from_rate_fractions": (
        "a, A, b, B",
        "The gate with the opening rate a / A and the closing rate b / B.",
        ["aB, AB = a * B, A * B", "both = aB + b * A", "return gate_from_fractions(aB, both, both, AB)"],
    ),
    "gate_from_fractions": (
        "a, A, b, B",
        "The gate with the steady state a / A and the rate b / B, in one division.",
        ["r = 1.0 / (A * B)", "return Gate(a * B * r, b * A * r)"],
    ),
    "gate_from_balance": (
        "gain, loss",
        "The gate with dx/dt = gain - loss x.",
        ["return Gate(gain / loss, loss)"],
    ),
    "squared": ("x", "x^2.", ["return x * x"]),
    "cubed": ("x", "x^3.", ["return x * x * x"]),
}
NAMES = {"<": "low", "<=": "low", ">": "high", ">=": "high", "==": "case", "and": "case", "exp": "e"}
THROUGH = "The currents through the membrane."
LETTERS = "ABCDEGHJKLMNPQSTUWXYZ"
INDENT, QUOTES = "    ", '"""'
AMBIGUOUS = "noqa: E741"  # the letters l, O and I, about which linters complain


def text(source: Source, cell: Cell, model: Translation) -> str:
    """The file."""
    functions = [
        _function("currents(V, s, p)", "Currents", THROUGH, model.currents, model),
        _function("rates(V, s, p, I)", "State", "The rates of the state.", model.rates, model),
        *(_gate_function(key, function, model) for key, function in model.gate_functions.items()),
    ]
    for key, helper in HELPERS.items():
        if any(f"{key}(" in f for f in functions):
            functions.append(_helper(key, *helper))
    records = [
        _record("State", "The state and its initial values.", model.states, model),
        _record("Parameters", "The constants of the file.", model.parameters, model),
        "\n".join([*_class("Currents", THROUGH),
                   *(f"{INDENT}{current}: A_per_F" for current in cell.currents)]),
    ]  # fmt: skip
    body = "\n\n\n".join([*records, *functions])
    constants, foreign = _constants(source, cell, model)
    head = [_docstring(source, cell, model), _imports(body, "\n".join(constants), bool(foreign))]
    return "\n\n".join([*head, "\n".join([*constants, *foreign])]) + f"\n\n\n{body}\n"


# Head ----------------------------------------------------------------------------------------------------


def _docstring(source: Source, cell: Cell, model: Translation) -> str:
    """Where the model comes from, and what was changed."""
    paragraphs = [_sentence(source.description)] if source.description else []
    if source.title and source.title not in source.description:
        paragraphs.insert(0, _sentence(source.title))
    origin = [f"Source: {source.path.name}"]
    if source.authors:
        origin.append(f"by {source.authors}")
    if source.pubmed:
        origin.append(f"PubMed {source.pubmed}")
    read = f"Read with {source.reader}, written by cardiac {__version__}."
    paragraphs.append(f"{', '.join(origin)}; SHA-256 {source.sha256}. {read}")
    changes = [_wrapped(f"* {change}", hanging="  ") for change in _changes(source, cell, model)]
    told = [*map(_wrapped, paragraphs), "\n".join(["What the import changed:", *changes])]
    first = _wrapped(f"{source.name}, imported from a model file.", room=len(QUOTES))
    return QUOTES + "\n\n".join([first, *told]) + f"\n{QUOTES}"


def _changes(source: Source, cell: Cell, model: Translation) -> Iterable[str]:
    """What is not as in the file, in words."""
    key, scale = cell.potential.key, cell.scale
    if scale is None:
        yield f"V is {key}."
    else:
        yield (
            f"V is {scale.rest:g} mV + {scale.span:g} mV x {key} ({scale.source}), since {key} has no unit. Currents "
            f"are those of the file times {scale.span:g} mV."
        )
    if cell.stimulus:
        own = {key, *cell.stimulus}
        fed = [
            model.fields[v.key]
            for v in source.variables.values()
            if v.is_state and v.key not in own and own & needed([v.rhs], source.variables)
        ]
        left_out = "is left out" if len(cell.stimulus) == 1 else "are left out"
        also = f" (also of the rate of {_listed(fed)})" if fed else ""
        yield f"The stimulus {_listed(cell.stimulus)} {left_out}{also}, and time with it."
    if cell.capacitance:
        size = source.variables[cell.capacitance]
        unit = quantities.symbol(size.unit)
        value = f" = {size.rhs.value:g} {unit}".rstrip() if isinstance(size.rhs, Number) else ""
        yield (
            f"Currents, and the conductances that only they need, are per capacitance: divided by "
            f"{cell.capacitance}{value}."
        )
    plain = [model.fields[v.key] for v in model.states if v.key not in model.gates]
    if model.gates and plain:
        linear = "whose rate is not linear in it" if len(plain) == 1 else "whose rates are not linear in them"
        yield f"Every state is a Gate except {_listed(plain)}, {linear}."
    if len(model.parameters) == MOST_PARAMETERS:
        fixed = [model.written[v.key] for v in model.constants]
        constants = "is a constant" if len(fixed) == 1 else "are constants"
        many = f"more than {MOST_PARAMETERS} parameters are too many"
        yield f"{_listed(fixed)} {constants} of the module: {many}."
    yield "Formulas of gates are brought to one denominator, log(a / x) is written as log(a) - log(x)."


def _listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _wrapped(paragraph: str, hanging: str = "", room: int = 0) -> str:
    """The paragraph in lines, the first of them shorter by `room`."""
    safe = paragraph.replace("\\", "\\\\").replace(QUOTES, "'" * 3)
    whole = textwrap.fill(
        "x" * room + safe,
        printing.WIDTH,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return whole[room:]


def _imports(body: str, constants: str, annotated: bool) -> str:
    """What the file imports."""
    lines = ["from math import sqrt"] if re.search(r"\bsqrt\(", body) else []
    lines.append(f"from typing import {'Annotated, ' if annotated else ''}NamedTuple")
    code = re.sub(r'""".*?"""', "", body, flags=re.DOTALL)
    used = [name for name in KERNELS if re.search(rf"(?<![\w.]){name}(?=\(|\n)", code)]
    kernels = f"from cardiac.kernels import {', '.join(_sorted(used))}"
    hints = {match for match in re.findall(r"^    \w+: (\w+)", body, re.MULTILINE)} & {*vars(units)}
    names = _sorted(hints | ({"Unit"} if annotated else set()))
    return "\n".join([*lines, "", kernels, *_import_lines("cardiac.units", names)])


def _import_lines(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= printing.WIDTH:
        return [line]
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]


def _sorted(names: Iterable[str]) -> list[str]:
    """As in any import: classes, then the rest."""
    return sorted(names, key=lambda name: (not name[0].isupper(), name.lower(), name))


def _constants(source: Source, cell: Cell, model: Translation) -> tuple[list[str], list[str]]:
    """The constants of the module, and the units that only this file has."""
    doi = source.doi or (f"unknown, PubMed {source.pubmed}" if source.pubmed else "unknown")
    lines = [
        f"DOI = {_quoted(doi)}",
        f"SPECIES = {_quoted(source.species or 'unknown')}",
        f"V_INITIAL = {printing.number(cell.V_initial)}",
    ]
    for v in model.constants:
        assert isinstance(v.rhs, Number)
        unit = quantities.symbol(v.unit, v.name)
        comment = f"  # {unit}" if unit else ""
        lines.append(f"{model.written[v.key]} = {printing.number(v.rhs.value)}{comment}")
    symbols = {quantities.symbol(v.unit, v.name) for v in (*model.states, *model.parameters)}
    foreign = sorted(symbol for symbol in symbols if not quantities.is_known(symbol))
    return lines, [f'{quantities.alias(s)} = Annotated[float, Unit("{s}", "{s}")]' for s in foreign]


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


# Records -------------------------------------------------------------------------------------------------


def _class(name: str, doc: str) -> list[str]:
    return [f"class {name}(NamedTuple):", f'{INDENT}"""{doc}"""', ""]


def _record(name: str, doc: str, variables: list[Variable], model: Translation) -> str:
    """State or Parameters, grouped by component."""
    if not variables:
        return "\n".join(_class(name, "Nothing.")[:2])
    lines = _class(name, doc)
    component = ""
    for v in sorted(variables, key=lambda v: [w.component for w in variables].index(v.component)):
        if v.component != component:
            component = v.component
            lines.append(f"{INDENT}# {component}")
        lines.append(_field(v, model.fields[v.key]))
    return "\n".join(lines)


def _field(variable: Variable, name: str) -> str:
    value = variable.initial if variable.is_state else None
    if value is None:
        assert isinstance(variable.rhs, Number)
        value = variable.rhs.value
    unit = quantities.alias(quantities.symbol(variable.unit, variable.name))
    line = f"{INDENT}{name}: {unit} = {printing.number(value)}"
    own = "" if name == variable.name else f"{variable.name} in the file"
    comment = AMBIGUOUS if name in "lOI" else "; ".join(filter(None, (own, " ".join(variable.label.split()))))
    return f"{line}  # {comment}" if comment and len(line) + len(comment) + 4 <= printing.WIDTH else line


# Functions -----------------------------------------------------------------------------------------------


def _function(signature: str, record: str, doc: str, function: Function, model: Translation) -> str:
    """`currents` or `rates`."""
    noqa = f"  # {AMBIGUOUS}" if ", I)" in signature else ""
    lines = ["@inline", f"def {signature}:{noqa}", f'{INDENT}"""{doc}"""']
    component = ""
    for v in function.local:
        if v.component != component:
            component = v.component
            lines.append(f"{INDENT}# {component}")
        lines += _assignment(v, model.written)
    if not function.fields:
        return "\n".join([*lines, f"{INDENT}return {record}()"])
    lines.append(f"{INDENT}return {record}(")
    for name, tree in function.fields.items():
        lines.append(f"{INDENT * 2}{name}={printing.text(printing.pythonic(tree), model.written)},")
    return "\n".join([*lines, f"{INDENT})"])


def _assignment(variable: Variable, written: Mapping[str, str]) -> list[str]:
    """The lines that compute a variable."""
    name = written[variable.key]
    comment = AMBIGUOUS if name in "lOI" else quantities.symbol(variable.unit, variable.name)
    return printing.assignment(name, printing.pythonic(variable.rhs), written, comment)


def _gate_function(name: str, function: GateFunction, model: Translation) -> str:
    """The function of one gate. What was brought to one denominator is told as the file has it."""
    written = {**model.written, **_letters(function, model)}
    gate = printing.text(printing.pythonic(function.gate), written)
    title = f'"""{function.state.component}: {gate}.'
    if len(title) > printing.WIDTH - 8:
        title = f'"""{function.state.component}.'
    signature = ", ".join(written[key] for key in arguments(function, written))
    lines = ["@inline", f"def {name}({signature}):"]
    if function.explained:
        told = [line for v in function.explained for line in _assignment(v, written)]
        lines += [f"{INDENT}{title}", "", *told, f'{INDENT}"""']
    else:
        lines.append(f'{INDENT}{title}"""')
    for v in function.local:
        lines += _assignment(v, written)
    return "\n".join([*lines, *printing.returned(printing.pythonic(function.result), written)])


def _letters(function: GateFunction, model: Translation) -> dict[str, str]:
    """How the denominators and conditions of a gate are written."""
    formulas = [function.result, *(v.rhs for v in (*function.local, *function.explained))]
    taken = {model.written[key] for tree in formulas for key in ex.names(tree) if key in model.written}
    taken |= {model.written[v.key] for v in model.constants}
    more = (f"A{n}" for n in count(1))
    free = (letter for letter in chain(LETTERS, more) if letter not in taken)
    found: dict[str, str] = {}
    for v in function.local:
        if v.key.startswith(LETTER):
            head = v.rhs.head if isinstance(v.rhs, Call) else ""
            name = NAMES.get(head) or next(free)
            found[v.key] = name if name not in {*found.values(), *taken} else f"{name}_{len(found)}"
    return found


def _helper(name: str, arguments: str, doc: str, body: list[str]) -> str:
    lines = [f"def {name}({arguments}):", f'{INDENT}"""{doc}"""', *(INDENT + line for line in body)]
    return "\n".join(["@inline", *lines])
