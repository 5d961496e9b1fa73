"""A package as a registry: what its folder contains, how a file is loaded, what it must define.

Shared by models, mechanisms, experiments, measures and recorders.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_origin, get_type_hints

from cardiac.spelling import nearest
from cardiac.units import unit_of

Kind = Literal["cell", "cable", "sheet"]  # what experiments and figures are about
WORDS: dict[Kind, str] = {"cell": "a single cell", "cable": "a cable", "sheet": "a sheet"}


class EntryError(ValueError):
    """No such entry, or a file that is none; the message names the file and what is wrong."""


class Documented:
    """Something whose documentation begins with a line that says what it is."""

    __slots__ = ()
    doc: str

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.doc.splitlines()[0]


def names(package: str) -> list[str]:
    """The names registered in a package: its Python files, except those that begin with an underscore."""
    folders = importlib.import_module(package).__path__
    return sorted(path.stem for folder in folders for path in Path(folder).glob("[!_]*.py"))


def is_path(name: str | Path) -> bool:
    """Whether `name` means a file rather than an entry of the registry."""
    return isinstance(name, Path) or name.endswith(".py") or "/" in name or "\\" in name


def name_of(module: ModuleType) -> str:
    """The name of an entry: that of its file."""
    return Path(str(module.__file__)).stem


def module_at(path: Path) -> ModuleType:
    """The module in a file outside the package.

    Its name follows from where it is and what it contains: another process gives it the same name, so that
    pickled records and cached kernels find their classes again, and an edited file is another module.
    """
    path = path.resolve()
    source = path.read_bytes()
    digest = hashlib.sha256(str(path).encode() + b"\0" + source).hexdigest()[:16]
    name = f"{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def module_of(name: str | Path, package: str, kind: str, error: type[EntryError]) -> ModuleType:
    """The module registered under `name` in `package`, or in the file `name`; raises `error`."""
    if is_path(name):
        path = Path(name)
        if not path.is_file():
            raise error(f"{path}: there is no such file")
        try:
            return module_at(path)
        except Exception as cause:
            raise error(f"{path}{_line(cause, path)}: {type(cause).__name__}: {cause}") from cause
    if name not in names(package):
        known = f'"cardiac {package.rsplit(".", 1)[1]}" lists all'
        raise error(f'unknown {kind} "{name}"{nearest(str(name), names(package))} ({known})')
    return importlib.import_module(f"{package}.{name}")


def _line(cause: BaseException, path: Path) -> str:
    """:LINE of the file's own line that failed, if it is known."""
    if isinstance(cause, SyntaxError):
        return f":{cause.lineno}"
    lines, trace = [], cause.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path.resolve()):
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return f":{lines[-1]}" if lines else ""


class Contract:
    """What a module must define; collects everything that is missing or wrong in it."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.problems: list[str] = []
        self.doc = (module.__doc__ or "").strip()
        if not self.doc:
            self.problems.append("needs a docstring that says what it is and where it comes from")

    def problem(self, name: str, text: str) -> None:
        """Note what is wrong with `name`."""
        self.problems.append(f"{name} {text}")

    def get(self, name: str, kind: type, what: str) -> Any:
        """The attribute `name`, which must be a `kind`; None if it is not."""
        value = getattr(self.module, name, None)
        if value is None:
            present = [n for n in vars(self.module) if not n.startswith("_")]
            self.problem(name, f"is missing: {what}{nearest(name, present)}")
        elif not isinstance(value, kind):
            self.problem(name, f"is {value!r}, expected {what}")
            return None
        return value

    def record(self, name: str, what: str, defaults: type | None = None, words: bool = False) -> Any:
        """The record class `name`: a NamedTuple whose fields name their units, with defaults of this type.

        Where `words` make sense a field may also be one of some: Literal["a", "b"].
        """
        record = self.get(name, type, f"class {name}(NamedTuple) with {what}")
        if record is None or not hasattr(record, "_fields"):
            if record is not None:
                self.problem(name, f"is not a NamedTuple: write class {name}(NamedTuple)")
            return None
        hints = get_type_hints(record, include_extras=True)
        for field in record._fields:
            if unit_of(hints[field]) is None and not (words and get_origin(hints[field]) is Literal):
                self.problem(f"{name}.{field}", f"names no unit: annotate it, for instance {field}: mV")
            default = record._field_defaults.get(field)
            if defaults is not None and not isinstance(default, defaults):
                expected = "a number such as 1.0" if defaults is float else "None"
                self.problem(f"{name}.{field}", f"is {default} by default, expected {expected}")
        return record

    def function(self, name: str, arguments: str) -> Any:
        """The function `name` taking exactly `arguments`."""
        function = self.get(name, object, f"def {name}({arguments})")
        if function is None:
            return None
        if not callable(function):
            self.problem(name, f"is {function!r}, expected def {name}({arguments})")
            return None
        found = ", ".join(inspect.signature(function).parameters)
        if found != arguments:
            self.problem(name, f"takes ({found}), expected ({arguments})")
        return function

    def optional(self, name: str, arguments: str, default: Any = None) -> Any:
        """The function `name` taking exactly `arguments`, or `default` if there is none."""
        return self.function(name, arguments) if hasattr(self.module, name) else default

    def check(self, error: type[EntryError]) -> None:
        """Raise `error` with all problems, if there are any."""
        if self.problems:
            raise error("\n".join(f"{self.module.__file__}: {problem}" for problem in self.problems))
