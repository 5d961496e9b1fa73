"""A YAML file as plain data that remembers where everything was written.

YAML 1.2 by ruamel.yaml's composer: its nodes know their lines and columns, from which the data are built
here. So duplicate keys, keys that are not text and empty values are reported with their place, and more than
one at a time.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, NamedTuple, Self

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cardiac.config.messages import ConfigError, Kind, Path, Problem, dotted
from cardiac.spelling import choices
from cardiac.units import shown

_MOST_VALUES = 100_000  # a file with aliases of aliases can unfold without end
_DEEPEST = 50
_TAG = "tag:yaml.org,2002:"
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_KEY = re.compile(r"[^.\[\]]+(\[\d+\])*(\.[^.\[\]]+(\[\d+\])*)*")


class Mark(NamedTuple):
    """A place in the file, counted from 1."""

    line: int
    column: int


class Document:
    """The data of a file, the places of its keys and values, and what was overridden from outside."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.data: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self._keys: dict[Path, Mark] = {}
        self._values: dict[Path, Mark] = {}
        self.overridden: dict[str, Any] = {}  # as it was given
        self._overrides: dict[Path, tuple[str, Any]] = {}  # path -> the key as it was given, the value
        self._read()

    def copy(self) -> Self:
        """The same file, to be overridden in another way."""
        twin = copy.copy(self)
        twin.data, twin.problems = copy.deepcopy(self.data), list(self.problems)
        twin.overridden, twin._overrides = dict(self.overridden), dict(self._overrides)
        return twin

    def problem(self, path: Path, text: str, kind: Kind = "value", warning: bool = False) -> Problem:
        """A problem with the value (or the key, or the missing key) at `path`, placed as well as known."""
        for override, (key, value) in sorted(self._overrides.items(), key=lambda item: -len(item[0])):
            n = min(len(path), len(override))
            if path[:n] == override[:n] and (n < len(path) or n == len(override) or path not in self._values):
                inner = dotted(path) if path != override and isinstance(value, (dict, list)) else ""
                return Problem(inner, text, f"--set {key}", warning=warning)
        known: Path = ()
        for part in path:
            # Keys that a shorthand leaves out ("model: NAME" for its name) are not in the file: passed over.
            known = (*known, part) if (*known, part) in self._values else known
        on_key = kind == "key" or (kind == "missing" and known != ())
        mark = self._keys.get(known, self._values[known]) if on_key else self._values[known]
        return self._placed(mark, path if kind != "value" else known, text, warning)

    def __contains__(self, path: Path) -> bool:
        """Whether there is a value at `path`, from the file or from outside."""
        return path in self._values or any(path[: len(override)] == override for override in self._overrides)

    def override(self, values: Mapping[str, Any]) -> None:
        """Replace or add the value at each key ("regions.strip.mechanisms[0].g"); texts are read as YAML."""
        self.overridden |= values
        for key, value in values.items():
            try:
                path = key_path(key)
                new = _flow(value) if isinstance(value, str) else _own(value)
                self._set(path, new)
                self._overrides[path] = key, new
            except KeyError as error:
                self.problems.append(Problem("", str(error.args[0]), f"--set {key}"))

    def _set(self, path: Path, value: Any) -> None:
        """Put `value` at `path`; KeyError with the reason where there is nothing to put it into."""
        parent: Any = self.data
        for depth, part in enumerate(path[:-1]):
            missing = isinstance(parent, dict) and part not in parent
            if missing and isinstance(path[depth + 1], int):
                raise KeyError(f'there is no list "{dotted(path[: depth + 1])}"{choices(part, parent)}')
            if missing and dotted(path[:depth]) == "regions":
                raise KeyError(f'there is no region "{part}"{choices(part, parent)}')
            if missing:
                parent[part] = {}
            parent = _member(parent, part, path[:depth])
            if isinstance(parent, str) and path[: depth + 1] in _SHORT:
                parent = self._unfold(path[: depth + 1])
        if isinstance(parent, list) or isinstance(path[-1], int):
            _member(parent, path[-1], path[:-1])
        elif not isinstance(parent, dict):
            raise KeyError(f"{dotted(path[:-1])} is {shown(parent)}, which has no keys")
        parent[path[-1]] = value

    def _unfold(self, path: Path) -> dict[str, Any]:
        """`model: NAME` as `model: {name: NAME}`."""
        holder = self.data[str(path[0])] = {_SHORT[path]: self.data[str(path[0])]}
        return holder

    def _read(self) -> None:
        if odd := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", self.text):
            line = self.text[: odd.start()].count("\n") + 1
            text = f"contains the control character {odd[0]!r} - save it as plain text"
            raise ConfigError([Problem("", text, self.name, line)])
        self._values[()] = Mark(1, 1)
        node = self._compose()
        if node is None:
            text = 'is empty - "cardiac new" writes a config to start from'
            raise ConfigError([Problem("", text, self.name)])
        if not isinstance(node, MappingNode):
            text = f'"key: value" lines are expected, found {shown(self._built(node, (), ()))}'
            raise ConfigError([self._placed(_mark(node), (), text)])
        self.data = self._built(node, (), ())

    def _compose(self) -> Node | None:
        try:
            node: Node | None = YAML(typ="safe", pure=True).compose(io.StringIO(self.text))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
            raise ConfigError([self._placed(place, (), self._syntax(error, place))]) from error
        except YAMLError as error:
            text = f"is not YAML: {' '.join(str(error).split())}"
            raise ConfigError([Problem("", text, self.name)]) from error
        except RecursionError as error:
            raise ConfigError([Problem("", "is nested too deeply", self.name)]) from error
        return node

    def _syntax(self, error: MarkedYAMLError, place: Mark) -> str:
        """What YAML does not understand, and the usual cause."""
        line = self._line(place.line)
        if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in (error.problem or ""):
            return "is not YAML: a tab in the indentation - use spaces"
        hints = {
            "mapping values": 'a second ":" in this line - put the text into "quotes"',
            "expected ',' or": "a list or mapping is not closed",
            "unexpected end of stream": "a quote is not closed",
            "could not find expected ':'": 'a key without ":"',
            "another document": 'a second document begins here - remove the "---"',
            "undefined alias": f'{error.problem} - "*name" needs an earlier "&name"',
            "expected <block end>": "the indentation differs from the lines above",
            "that cannot start any token": f'{error.problem} - put the text into "quotes"',
        }
        problem = error.problem or str(error)
        return f"is not YAML: {next((hint for words, hint in hints.items() if words in problem), problem)}"

    def _built(self, node: Node, path: Path, above: tuple[int, ...]) -> Any:
        """The data under `node`, whose places are noted; `above` are the nodes that contain it."""
        for wrong, why in {
            "refers to itself": id(node) in above,
            "is nested too deeply": len(path) > _DEEPEST,
            f"unfolds to more than {_MOST_VALUES} values": len(self._values) > _MOST_VALUES,
        }.items():
            if why:
                raise ConfigError([self._placed(_mark(node), path[:_DEEPEST], wrong)])
        self._values[path] = _mark(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        above = (*above, id(node))
        if isinstance(node, SequenceNode):
            return [self._built(item, (*path, i), above) for i, item in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, value in node.value:
            name = self._key(key, path)
            if name is None:
                continue
            if name in data:
                first, second = self._keys[*path, name].line, _mark(key).line
                where = f"lines {first} and {second}" if first != second else "in this line"
                self._note(_mark(key), (*path, name), f"given twice ({where}) - remove one")
                continue
            self._keys[*path, name] = _mark(key)
            data[name] = self._built(value, (*path, name), above)
            if data[name] is None:
                if not value.value:  # nothing is there to point at
                    self._values[*path, name] = _mark(key)
                self._note(
                    self._values[*path, name], (*path, name), "is empty - give it a value or remove the key"
                )
        return data

    def _key(self, node: Node, path: Path) -> str | None:
        """The text of a key; None, noted, where it is something else."""
        key = self._scalar(node, path) if isinstance(node, ScalarNode) else node
        if isinstance(key, str):
            return key
        what = "a list or mapping" if isinstance(key, Node) else str(node.value)
        self._note(
            _mark(node), path, f'a key must be a word, not {what} - put it into "quotes" if it is a name'
        )
        return None

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        tag, text = str(node.tag), str(node.value)
        if tag.startswith("!"):
            self._note(_mark(node), path, f'tags such as "{tag}" mean nothing here - remove it')
        try:
            match tag.removeprefix(_TAG):
                case "null":
                    return None
                case "bool":
                    return text.lower() in ("true", "yes", "on")
                case "int":
                    return int(text, 0) if re.match(r"[-+]?0[xo]", text) else int(text)
                case "float":
                    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:  # a number of thousands of digits, or a tag that does not fit: judged as text
            return text
        return text

    def _note(self, mark: Mark, path: Path, text: str) -> None:
        self.problems.append(self._placed(mark, path, text))

    def _placed(self, mark: Mark, path: Path, text: str, warning: bool = False) -> Problem:
        return Problem(dotted(path), text, self.name, mark.line, mark.column, self._line(mark.line), warning)

    def _line(self, number: int) -> str:
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if number <= len(lines) else ""


# Sections that may be written as the value of one of their keys.
_SHORT: dict[Path, str] = {("model",): "name", ("start",): "state"}


def read_text(path: FilePath) -> str:
    """The text of a config file; ConfigError where there is none."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        names = [near.name for near in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        text = f"there is no such file{choices(path.name, sorted(names)) if names else ''}"
        raise ConfigError([Problem("", text, str(path))]) from None
    except OSError as error:
        raise ConfigError([Problem("", f"cannot be read: {error.strerror}", str(path))]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        text = "is not text in UTF-8 - save it as UTF-8"
        raise ConfigError([Problem("", text, str(path), line)]) from error


def dumps(data: Mapping[str, Any]) -> str:
    """Plain data as YAML text."""
    yaml, stream = YAML(typ="safe", pure=True), io.StringIO()
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = _WIDE
    yaml.dump(dict(data), stream)
    return stream.getvalue()


_WIDE = 110


def key_path(key: str | Iterable[str | int]) -> Path:
    """The parts of "regions.strip.mechanisms[0]"; KeyError where it is not a key."""
    if not isinstance(key, str):
        return tuple(key)
    if not _KEY.fullmatch(key):
        raise KeyError("is not a key - write it like regions.strip.mechanisms[0].bias_current.strength")
    return tuple(name or int(index) for name, index in _PART.findall(key))


def _flow(text: str) -> Any:
    """The value that `text` means in a YAML file."""
    return copy.deepcopy(_parsed(text))


@lru_cache(maxsize=1024)  # the cases of a sweep have many in common
def _parsed(text: str) -> Any:
    try:
        return Document(f"value: {text}", "").data.get("value")
    except ConfigError:
        return text


def _own(value: Any) -> Any:
    """A copy of nested data as a file would give it: the keys are texts, the sequences lists."""
    if isinstance(value, Mapping):
        return {str(key): _own(part) for key, part in value.items()}
    return [_own(part) for part in value] if isinstance(value, (list, tuple)) else value


def _member(parent: Any, part: str | int, path: Path) -> Any:
    """parent[part]; KeyError with the reason where there is none."""
    where = dotted(path) or "the config"
    if isinstance(part, int):
        if not isinstance(parent, list):
            raise KeyError(f"{where} is {shown(parent)}, not a list")
        if part >= len(parent):
            raise KeyError(f"{where} has {len(parent)} entries, counted from 0")
    elif not isinstance(parent, dict):
        raise KeyError(f"{where} is {shown(parent)}, which has no keys")
    return parent[part]


def _mark(node: Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)
