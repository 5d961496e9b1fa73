"""A model file, read by Myokit, as formulas and what the file says about itself."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from cardiac.importing.expressions import Call, Expression, Name, Number, built
from cardiac.importing.quantities import CONVERTED, FileUnit
from cardiac.importing.variables import Variable
from cardiac.models import ModelError

SUFFIXES = (".cellml", ".mmt")
DERIVATIVE = ".derivative"  # what the key of a variable ends with that is the derivative of a state
MISSING = 'to read a model file takes Myokit, which is not installed - pip install "cardiac-tissue[import]"'


@dataclass(frozen=True, slots=True)
class Source:
    """What a model file says."""

    path: Path
    variables: dict[str, Variable]
    time: str  # key, "" if there is none
    inputs: frozenset[str]  # keys of what the outside sets: the stimulus
    potential: str  # key of the variable labelled as membrane potential, "" if none is
    name: str
    title: str
    authors: str
    description: str
    pubmed: str
    doi: str
    species: str
    sha256: str
    reader: str

    def where(self, key: str) -> str:
        """FILE:LINE: KEY."""
        line = self.variables[key].line if key in self.variables else None
        return f"{self.path}{f':{line}' if line else ''}: {key.removesuffix(DERIVATIVE)}"

    def refused(self, key: str, why: str) -> ModelError:
        """The error that says what of the file cannot be translated, and where it stands."""
        return ModelError(f"{self.where(key)} {why}")


def read(path: Path) -> Source:
    """The model in a file; raises ModelError."""
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file")
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError(f"{path}: a model file ends in {' or '.join(SUFFIXES)}")
    try:
        import myokit
        import myokit.formats
    except ImportError:
        raise ModelError(MISSING) from None
    cellml = path.suffix.lower() == ".cellml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about units and unconnected variables; what matters is checked here
        try:
            read = myokit.formats.importer("cellml").model if cellml else myokit.load_model
            model = read(str(path))
            model.validate()
            _convert(model)
        except myokit.MyokitError as error:
            raise ModelError(f"{path}: {_one_line(error)}") from None
    text = path.read_bytes()
    about = _about_cellml(text) if cellml else {}
    meta = {key: str(text) for key, text in model.meta.items()}
    return Source(
        path=path,
        variables=_variables(myokit, model, _cellml_lines(path) if cellml else {}),
        time=_key(model.time()),
        inputs=frozenset(v.qname() for b, v in model.bindings() if b != "time"),
        potential=_labelled(model),
        name=meta.get("name", path.stem),
        title=about.get("title", ""),
        authors=about.get("authors", "") or meta.get("author", ""),
        description=_reference(meta.get("documentation") or meta.get("desc") or ""),
        pubmed=about.get("pubmed", "") or _pubmed(meta.get("documentation", "")),
        doi=_doi(text.decode(errors="replace")),
        species=about.get("species", ""),
        sha256=hashlib.sha256(text).hexdigest(),
        reader=f"Myokit {myokit.__version__}",
    )


def derivative_of(key: str) -> str:
    """The key of a variable that is the derivative of a state."""
    return key + DERIVATIVE


def _key(variable: Any) -> str:
    return variable.qname() if variable is not None else ""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _labelled(model: Any) -> str:
    """The key of the variable that a label or an annotation names as the membrane potential."""
    if (variable := model.label("membrane_potential")) is not None:
        return str(variable.qname())
    marks = ("membrane_voltage", "membrane_potential")
    found = [v.qname() for v in model.variables(deep=True) if v.meta.get("oxmeta") in marks]
    return found[0] if len(found) == 1 else ""


def _convert(model: Any) -> None:
    """Let every variable with one of our quantities be in our unit of it: mV, ms, mM, ..."""
    import myokit

    time = model.time()
    for variable in [time, *model.variables(deep=True)] if time is not None else model.variables(deep=True):
        unit = variable.unit()
        for ours in map(myokit.parse_unit, CONVERTED) if unit is not None else ():
            if myokit.Unit.close_exponent(unit, ours) and not myokit.Unit.close(unit, ours):
                variable.convert_unit(ours)


# Translation ---------------------------------------------------------------------------------------------

_HEADS = {
    "Plus": "+",
    "Minus": "-",
    "Multiply": "*",
    "Divide": "/",
    "Power": "^",
    "PrefixMinus": "neg",
    "Quotient": "//",
    "Remainder": "%",
    "More": ">",
    "Less": "<",
    "MoreEqual": ">=",
    "LessEqual": "<=",
    "Equal": "==",
    "NotEqual": "!=",
    "If": "if",
}


def _variables(myokit: ModuleType, model: Any, lines: dict[tuple[str, str], int]) -> dict[str, Variable]:
    """Every variable, in the order of the file; derivatives that are referred to, as variables of their own."""
    found: dict[str, Variable] = {}
    derivatives: set[str] = set()
    for v in sorted(model.variables(deep=True), key=lambda v: _line(v, lines) or 0):
        unit = v.unit()
        found[v.qname()] = Variable(
            key=v.qname(),
            rhs=_translated(v.rhs(), derivatives),
            unit=FileUnit.of(unit) if unit is not None else None,
            initial=v.initial_value(as_float=True) if v.is_state() else None,
            line=_line(v, lines),
            label=str(v.meta.get("desc") or v.meta.get("oxmeta") or v.label() or "").replace("_", " "),
        )
    for key in derivatives:
        state = found[key]
        rate = Variable(derivative_of(key), state.rhs, line=state.line)
        found[rate.key] = rate
        found[key] = Variable(key, Name(rate.key), state.unit, state.initial, state.line, state.label)
    return found


def _line(variable: Any, lines: dict[tuple[str, str], int]) -> int | None:
    if variable._token is not None:
        return int(variable._token[2])
    component, _, name = variable.qname().partition(".")
    return lines.get((component, name)) or lines.get((component, name.rstrip("_")))


def _translated(formula: Any, derivatives: set[str]) -> Expression:
    """A formula of Myokit as a tree; what is met as a derivative is noted."""
    kind = type(formula).__name__
    if kind == "Number":
        return Number(float(formula.value()))
    if kind == "Name":
        return Name(formula.var().qname())
    if kind == "Derivative":
        derivatives.add(formula.var().qname())
        return Name(derivative_of(formula.var().qname()))
    args = tuple(_translated(operand, derivatives) for operand in formula)
    if kind == "PrefixPlus":
        return args[0]
    if kind == "Piecewise":
        result = args[-1]
        for k in range(len(args) - 3, -1, -2):
            result = built("if", (args[k], args[k + 1], result))
        return result
    if kind == "Log" and len(args) == 2:
        return built("/", (built("log", args[:1]), built("log", args[1:])))
    if kind == "Log10":
        return built("/", (Call("log", args), Call("log", (Number(10.0),))))
    return built(_HEADS.get(kind, kind.lower()), args)


# What the file says about itself -------------------------------------------------------------------------


def _elements(root: Any, name: str) -> Iterator[Any]:
    """The elements of this name, in whatever namespace."""
    return (e for e in root.iter() if isinstance(e.tag, str) and e.tag.rpartition("}")[2] == name)


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _cellml_lines(path: Path) -> dict[tuple[str, str], int]:
    """(component, variable) -> the line of its equation or, without one, of its declaration."""
    from lxml import etree

    found: dict[tuple[str, str], int] = {}
    root = etree.parse(str(path), parser=etree.XMLParser(huge_tree=True)).getroot()
    for component in _elements(root, "component"):
        name = component.get("name")
        for declared in _elements(component, "variable"):
            found[name, declared.get("name")] = declared.sourceline
        for equation in _elements(component, "apply"):
            children = [e for e in equation if isinstance(e.tag, str)]
            if len(children) == 3 and children[0].tag.endswith("}eq"):
                left = children[1] if children[1].tag.endswith("}ci") else children[1][-1]
                if equation.getparent().tag.endswith("}math"):
                    found[name, _words(left)] = equation.sourceline
    return found


def _about_cellml(text: bytes) -> dict[str, str]:
    """Title, authors, species and PubMed number, where a CellML file has them."""
    from lxml import etree

    root = etree.fromstring(text, parser=etree.XMLParser(huge_tree=True))
    information = next(_elements(root, "articleinfo"), None)
    about = {}
    if information is not None:
        about["title"] = next(map(_words, _elements(information, "title")), "")
        about["authors"] = ", ".join(
            " ".join(_words(part) for tag in ("firstname", "surname") for part in _elements(author, tag))
            for author in _elements(information, "author")
        )
    about["species"] = next(filter(None, map(_words, _elements(root, "species"))), "")
    numbers = {_words(e) for e in _elements(root, "Pubmed_id")} - {""}
    about["pubmed"] = min(numbers) if len(numbers) == 1 else ""
    return about


def _pubmed(text: str) -> str:
    """The number of the one paper that the documentation cites."""
    found = set(re.findall(r"PubMed\s+ID:\s*(\d+)", text))
    return found.pop() if len(found) == 1 else ""


def _doi(text: str) -> str:
    """The DOI in the file, if there is exactly one."""
    found = {match.rstrip(".,;)") for match in re.findall(r"\b10\.\d{4,9}/[^\s\"'<>]+", text)}
    return found.pop() if len(found) == 1 else ""


def _reference(text: str) -> str:
    """The paragraph that cites the paper, or the first one."""
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text.strip())]
    paragraphs = [re.sub(r" +([,.;:])", r"\1", p) for p in paragraphs]
    for before, after in pairwise(paragraphs):
        if before.endswith("cited below:"):
            return after
    return next((p for p in paragraphs if len(p.split()) > 3), "")
