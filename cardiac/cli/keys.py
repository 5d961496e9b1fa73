"""The keys of an experiment, and a config that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardiac import experiments, figures
from cardiac.config.context import Context
from cardiac.config.quantities import Reader
from cardiac.config.records import KeysReader, defaults_written, fields_of, reader_of
from cardiac.config.references import Name
from cardiac.experiments import Experiment
from cardiac.units import accepted, unit_of

_REGION = (
    "{strip: {shape: {strip: {center: 10 mm, width: 3 mm}}, hyperpolarize: {to: -90 mV, by: bias_current}}}"
)
_CONTEXT = Context({"regions": {"strip": {}}}, Path())


def described(record: Any, within: str = "") -> Iterator[tuple[str, str, str]]:
    """Each key of a record of options, those of records in it too: what it takes, and its default."""
    defaults = defaults_written(record)
    for name, (hint, default) in fields_of(record).items():
        key, reader = name.rstrip("_"), reader_of(hint)
        if isinstance(reader, KeysReader):
            yield from described(reader.record, f"{within}{key}.")
            continue
        unit = unit_of(hint)
        units = f" ({accepted(unit.quantity)})" if unit else ""
        known = "required" if default is ... else _flow(defaults[key]) if key in defaults else "optional"
        yield f"{within}{key}", f"{_taken(reader.described())}{units}", known


def example(experiment: Experiment) -> str:
    """A config with what must be written, and one of the defaults."""
    needed = _needed(experiment)
    body = {key: reader.example(_CONTEXT) for key, reader in needed.items()}
    body |= dict(list(defaults_written(experiment.Options).items())[-1:])
    kind = experiment.of[0]
    lines = [
        f"title: {experiment.summary.partition(':')[0]}",
        f"tissue: {'cell' if kind == 'cell' else experiments.EXAMPLE[kind]}",
    ]
    if any(isinstance(reader, Name) for reader in needed.values()):
        lines.append(f"regions: {_REGION}")
    lines.append(f"experiment: {_flow({experiment.name: body})}")
    if experiment.name in figures.names():
        lines.append(f"figures: [{experiment.name}]")
    return "\n".join(lines) + "\n"


def _needed(experiment: Experiment) -> dict[str, Reader]:
    """How the keys are read that have no default."""
    return {
        key: reader_of(hint)
        for key, (hint, default) in fields_of(experiment.Options).items()
        if default is ...
    }


def _taken(schema: Any) -> str:
    """What may be written, in words."""
    match schema:
        case {"description": text}:
            return str(text)
        case {"anyOf": [first, *_]}:
            return _taken(first)
        case {"$comment": name}:
            return f"a {name}"
        case {"type": "array", "items": item}:
            return f"a list, each {_taken(item)}"
        case {"enum": words}:
            return " or ".join(map(str, words))
        case {"type": "integer"}:
            return "a whole number"
    return "a text"


def _flow(value: Any) -> str:
    """Plain data as it is written on one line of YAML."""
    match value:
        case dict():
            return f"{{{', '.join(f'{key}: {_flow(part)}' for key, part in value.items())}}}"
        case list():
            return f"[{', '.join(map(_flow, value))}]"
    return str(value)
