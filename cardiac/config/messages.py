"""What the reader of a faulty config sees.

    strip.yaml:6:3: tissue.diffusivty: unknown key - did you mean "diffusivity"?
        diffusivty: 0.1 mm^2/ms
        ^

A validator raises `fault("...")`, or collects several with `Faults`. Pydantic carries them upwards and adds
the keys on the way, so that nobody needs to know where in the file he is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Path = tuple[str | int, ...]  # the keys and indices that lead to a value

# What a fault is about, which decides where the caret points: a value, a key, or a key that should be there.
Kind = Literal["value", "key", "missing"]

LIST_EXPECTED = 'a list is expected: begin each entry with "- "'

_WIDTH = 100  # of the source line shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a config, or worth a warning; `str` renders it with its source line."""

    path: str
    text: str
    file: str = ""
    line: int | None = None  # from 1
    column: int | None = None  # from 1
    source: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        text = f"warning: {self.text}" if self.warning else self.text
        message = ": ".join(part for part in (place, self.path, text) if part)
        return f"{message}\n{self._excerpt()}" if self.source and self.column else message

    def _excerpt(self) -> str:
        """The source line, shortened around the column, and a caret under it."""
        assert self.column is not None
        line = self.source.replace("\t", " ")
        indent = len(line) - len(line.lstrip())
        start = indent if self.column - indent < _WIDTH else self.column - _WIDTH // 2
        return f"    {line[start : start + _WIDTH].rstrip()}\n    {' ' * (self.column - 1 - start)}^"


class ConfigError(ValueError):
    """Everything that is wrong with a config, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line or 0, p.column or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[Problem, ...]]]:
        return ConfigError, (self.problems,)


def fault(text: str, kind: Kind = "value") -> PydanticCustomError:
    """The exception by which a validator refuses a value."""
    return PydanticCustomError(kind, "{text}", {"text": text})


class Faults:
    """Collects the faults of several parts, and raises them together at the end of a `with` block."""

    def __init__(self) -> None:
        self._lines: list[InitErrorDetails] = []

    def add(self, text: str, *path: str | int, kind: Kind = "value") -> None:
        """A fault of the part at `path`."""
        self._lines.append(InitErrorDetails(type=fault(text, kind), loc=path, input=None))

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """What is refused within belongs to the part at `path`; the block is left, the program goes on."""
        try:
            yield
        except PydanticCustomError as error:
            self._lines.append(InitErrorDetails(type=error, loc=path, input=None))
        except ValidationError as error:
            for at, text, kind in faults_of(error):
                self.add(text, *path, *at, kind=kind)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None and self._lines:
            raise ValidationError.from_exception_data("config", self._lines)


@contextmanager
def under(*path: str | int) -> Iterator[None]:
    """The faults raised within belong to the part at `path`."""
    with Faults() as faults, faults.at(*path):
        yield


def faults_of(error: ValidationError) -> Iterator[tuple[Path, str, Kind]]:
    """The faults that a pydantic error carries, as (path, text, kind)."""
    for line in error.errors(include_url=False, include_input=False):
        kind: Any = line["type"]
        match kind:
            case "value" | "key":
                yield line["loc"], line["msg"], kind
            case "missing" if "ctx" not in line:
                pass  # pydantic's own: sections report it in their words
            case "missing":
                yield line["loc"], line["msg"], kind
            case "tuple_type":
                yield line["loc"], LIST_EXPECTED, "value"
            case _:  # not reached by the types of this package; better an unpolished message than none
                yield line["loc"], line["msg"], "value"


def dotted(path: Path) -> str:
    """regions.strip.mechanisms[0].g"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
