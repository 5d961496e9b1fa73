"""Configs: what a user writes, as frozen, validated data.

    config = load("strip.yaml", set={"tissue.spacing": "0.05 mm"})
    config.run.duration, config.regions["strip"].edge          # ms, mm: internal units

The attributes are the keys of the file. All problems of a file are raised together as one `ConfigError`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from cardiac.config.cell_model import ModelChoice
from cardiac.config.context import Context
from cardiac.config.document import Document, dumps, key_path, read_text
from cardiac.config.experiment import ExperimentUse
from cardiac.config.messages import ConfigError, Problem, faults_of
from cardiac.config.named import SHAPE, FigureUse, MeasureUse, MechanismUse, ShapeReader
from cardiac.config.quantities import Change, Strength
from cardiac.config.schema import ACCURACIES, Experiment, Hyperpolarize, Region, Stimulus, Stored
from cardiac.config.sections import plain
from cardiac.config.space import Diffusivity, DiffusivityChange, FibreFile, Tissue

__all__ = [
    "ACCURACIES",
    "Change",
    "Config",
    "ConfigError",
    "Diffusivity",
    "DiffusivityChange",
    "ExperimentUse",
    "FibreFile",
    "FigureUse",
    "Hyperpolarize",
    "MeasureUse",
    "MechanismUse",
    "ModelChoice",
    "Problem",
    "Region",
    "Stimulus",
    "Stored",
    "Strength",
    "Tissue",
    "dumps",
    "json_schema",
    "load",
    "loads",
    "validated",
]

# Keys that say nothing about what is computed.
DESCRIPTIVE = ("title", "about", "reference", "figures")


class Config(Experiment):
    """An experiment. Equal if everything in it is; its hash and `digest` tell experiments apart."""

    _document: Document = PrivateAttr()
    _context: Context = PrivateAttr()

    @property
    def text(self) -> str:
        """The file as it was written, without overrides."""
        return self._document.text

    @property
    def path(self) -> Path:
        """The file, as it was named."""
        return Path(self._document.name)

    @property
    def source(self) -> dict[str, Any]:
        """What `loads` takes to make this config again."""
        document, folder = self._document, str(self._context.folder.resolve())
        return {"text": document.text, "name": document.name, "set": document.overridden, "folder": folder}

    @property
    def model_source(self) -> str | Path:
        """What `cardiac.models.load` takes: the name of the model, or the file that holds it."""
        return self._context.source(self.model.name)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed, but probably not meant."""
        return tuple(self.warning(path, text) for path, text in _oddities(self))

    @property
    def digest(self) -> str:
        """The same for the same experiment, however it is written and described."""
        data = {key: part for key, part in plain(self).items() if key not in DESCRIPTIVE}
        # Later regions act on earlier ones: their order counts.
        data["regions"] = [[name, region] for name, region in data["regions"].items()]
        text = json.dumps(_replaced(data, self._context.contents), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def resolved(self) -> dict[str, Any]:
        """The config as plain data with every default filled in, quantities with their units."""
        resolved: dict[str, Any] = _replaced(plain(self), self._context.files)
        if self.experiment:
            del resolved["run"]["duration"]
        return {key: part for key, part in resolved.items() if key not in self.without}

    def error(self, problems: Iterable[tuple[str | tuple[str | int, ...], str]]) -> ConfigError:
        """(key path, text) pairs as the error that shows them at their place in the file."""
        return ConfigError(self._problem(path, text) for path, text in problems)

    def warning(self, path: str | tuple[str | int, ...], text: str) -> Problem:
        """A warning about the value at a key path, with its place in the file."""
        return self._problem(path, text, warning=True)

    def _problem(self, path: str | tuple[str | int, ...], text: str, warning: bool = False) -> Problem:
        keys = key_path(path)
        return self._document.problem(keys, text, "value" if keys in self._document else "missing", warning)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self.resolved() == other.resolved()

    def __hash__(self) -> int:
        return hash(self.digest)


def load(path: str | os.PathLike[str], set: Mapping[str, Any] | None = None) -> Config:
    """The config in a file; `set` overrides values by key path. Raises ConfigError."""
    return loads(read_text(Path(path)), str(path), set, Path(path).parent)


def loads(
    text: str,
    name: str = "config",
    set: Mapping[str, Any] | None = None,
    folder: str | os.PathLike[str] = ".",
) -> Config:
    """The config in `text`; messages call it `name`, files are relative to `folder`. Raises ConfigError."""
    document = Document(text, name)
    document.override(set or {})
    return validated(document, Path(folder))


def validated(document: Document, folder: Path) -> Config:
    """The config that a document means; files are relative to `folder`. Raises ConfigError."""
    if {"base", "sweep"} <= document.data.keys():
        text = f'is a sweep of a config - "cardiac sweep {document.name}" carries it out'
        raise ConfigError([Problem("", text, document.name)])
    context = Context(document.data, folder)
    problems = list(document.problems)
    try:
        config = Config.model_validate(document.data, context=context)
    except ValidationError as error:
        found = [document.problem(path, text, kind) for path, text, kind in faults_of(error)]
        known = {(p.file, p.line, p.column) for p in problems if p.line}
        # An empty value has been reported as such; what else can be said of it adds nothing.
        problems += dict.fromkeys(p for p in found if (p.file, p.line, p.column) not in known)
    if problems:
        raise ConfigError(problems)
    config._document, config._context = document, context
    return config


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a config file, for editors."""
    schema = Experiment.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "cardiac config"
    schema["$defs"]["shape"] = ShapeReader().definition()
    described: dict[str, Any] = _with_references(schema)
    return described


def _with_references(schema: Any) -> Any:
    """`schema` with a reference wherever a shape is meant."""
    if schema == ShapeReader().described():
        return SHAPE
    if isinstance(schema, dict):
        return {key: _with_references(part) for key, part in schema.items()}
    return [_with_references(part) for part in schema] if isinstance(schema, list) else schema


def _replaced(data: Any, names: Mapping[str, str]) -> Any:
    """`data` with other names for files."""
    if isinstance(data, dict):
        return {key: _replaced(part, names) for key, part in data.items()}
    if isinstance(data, list):
        return [_replaced(part, names) for part in data]
    return names.get(data, data) if isinstance(data, str) else data


def _oddities(config: Config) -> Iterable[tuple[tuple[str | int, ...], str]]:
    end = config.run.duration
    for i, stimulus in enumerate(config.stimuli):
        if stimulus.start >= end:
            yield ("stimuli", i, "start"), f"begins at {stimulus.start:g} ms, the run ends at {end:g} ms"
        elif stimulus.last >= end:
            text = f"the last pulse begins at {stimulus.last:g} ms, the run ends at {end:g} ms"
            yield ("stimuli", i, "count"), text
        elif stimulus.s2 is not None and stimulus.last + stimulus.s2.after >= end:
            onset = stimulus.last + stimulus.s2.after
            yield ("stimuli", i, "s2", "after"), f"S2 begins at {onset:g} ms, the run ends at {end:g} ms"
