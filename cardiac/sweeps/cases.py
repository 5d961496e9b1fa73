"""Cases: a point of every axis, and the config that this makes of the base."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from cardiac.config import Config, validated
from cardiac.config.document import Document, key_path
from cardiac.config.messages import ConfigError, Kind, Problem
from cardiac.config.messages import Path as KeyPath
from cardiac.sweeps.axes import Axis, Value, amount
from cardiac.units import NUMBER, UNITS

_LONGEST = 120  # letters of a file name, which may have 255 bytes
# Names that can be read from those of their files: of numbers with their units, and of words in small letters, as
# some file systems do not tell large ones from them.
_UNIT = "|".join(map(re.escape, (*sorted(UNITS), "x", "x threshold")))
_VALUE = rf"\w+=(?:(?:{NUMBER})(?: (?:{_UNIT}))?|[a-z_][a-z0-9_.+-]*)"
_PLAIN = re.compile(rf"{_VALUE}(?:, {_VALUE})*")
_TOLD = 20  # different problems of cases, after which no more are looked for


class Case(NamedTuple):
    """A point of every axis."""

    axes: tuple[Axis, ...]
    values: tuple[Value, ...]

    @property
    def name(self) -> str:
        """Its values: "width=0.5 mm, g=0.3 mS/uF"."""
        pairs = zip(self.axes, self.values, strict=True)
        return ", ".join(f"{axis.name}={value.label}" for axis, value in pairs)

    @property
    def stem(self) -> str:
        """Its name as that of a file, without a suffix."""
        return stem_of(self.name)

    @property
    def at(self) -> dict[str, float | str]:
        """Its coordinate on each axis."""
        return {axis.name: value.at for axis, value in zip(self.axes, self.values, strict=True)}

    @property
    def kind(self) -> str:
        """The same for cases that differ in numbers alone, and so, nearly always, share their kernels."""
        words = {key: part for key, part in self.settings.items() if amount(part) is None}
        return re.sub(NUMBER, "#", json.dumps(words))

    @property
    def settings(self) -> dict[str, Any]:
        """What each key path of the base is set to."""
        pairs = zip(self.axes, self.values, strict=True)
        return {
            key: part for axis, value in pairs for key, part in zip(axis.keys, value.written, strict=True)
        }


def stem_of(name: str) -> str:
    """The name of a case as that of a file: with a digest, where another name could come to the same."""
    text = re.sub(r"[^\w.=,+-]", "", name.replace("/", "per"))
    if len(text) <= _LONGEST and _PLAIN.fullmatch(name):
        return text
    return f"{text[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def varied(base: Document, settings: Mapping[str, Any], folder: Path) -> Config:
    """The config of a case: the base with some keys set, its file names relative to a folder; raises ConfigError."""
    document = base.copy()
    document.override(settings)
    return validated(document, folder)


class Base:
    """The config that is varied."""

    def __init__(self, document: Document, folder: Path) -> None:
        self.document, self.folder = document, folder
        self.config = validated(document.copy(), folder)
        self._digests: dict[str, str] = {}  # by case

    def digest_of(self, case: Case) -> str:
        """The digest of the config of a case."""
        if case.name not in self._digests:
            self._digests[case.name] = self.config_of(case).digest
        return self._digests[case.name]

    def config_of(self, case: Case) -> Config:
        """The config of a case; raises ConfigError."""
        return varied(self.document, case.settings, self.folder)

    def problems(self, cases: Iterable[Case], sweep: Document) -> list[Problem]:
        """What is wrong with any of the cases, at its place in the file of the sweep."""
        found: dict[tuple[Any, ...], Problem] = {}
        for case in cases:
            try:
                config = validated(_Varied(self.document, case, sweep), self.folder)
            except ConfigError as error:
                for problem in error.problems:
                    found.setdefault((problem.file, problem.line, problem.column, problem.path), problem)
            else:
                self._digests[case.name] = config.digest
            if len(found) >= _TOLD:
                break
        return list(found.values())


class _Varied(Document):
    """The base of a case, whose problems are those of the sweep where it sets something."""

    def __init__(self, base: Document, case: Case, sweep: Document) -> None:
        vars(self).update(vars(base.copy()))
        self._case, self._sweep, self._places = case, sweep, dict(_places(case, sweep))
        for key, value in case.settings.items():
            before = len(self.problems)
            self.override({key: value})
            if len(self.problems) > before:  # there is nothing of that name to be set
                named, _ = self._places[key_path(key)]
                self.problems.append(sweep.problem(named, self.problems.pop().text))

    def problem(self, path: KeyPath, text: str, kind: Kind = "value", warning: bool = False) -> Problem:
        for own, (key, value) in self._places.items():
            if path[: len(own)] == own:
                if path == own:
                    return self._sweep.problem(key if kind == "key" else value, text)
                inner = f"{'.'.join(map(str, path[len(own) :]))}: {text}"
                return self._sweep.problem(value, inner)
        found = super().problem(path, text, kind, warning)
        return replace(found, text=f"{found.text} (in the case {self._case.name})")


def _places(case: Case, sweep: Document) -> Iterator[tuple[KeyPath, tuple[KeyPath, KeyPath]]]:
    """For each key path that a case sets, where the sweep names it, and where it gives the value."""
    for axis, value in zip(case.axes, case.values, strict=True):
        own: KeyPath = ("sweep", axis.name)
        if axis.span is None:
            given: KeyPath = (*own, "values", axis.values.index(value))
        else:
            given = (*own, "to" if value.at == axis.span[1] else "from")
        for i, key in enumerate(axis.keys):
            listed = (*own, "set", i)
            yield key_path(key), (listed if listed in sweep else (*own, "set"), given)
