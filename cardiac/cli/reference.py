"""Verbs that say what there is: models, mechanisms, experiments, measures, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer

from cardiac.cli.output import check_writable
from cardiac.cli.terminal import counted, say, table

if TYPE_CHECKING:
    from cardiac.models import Model

Rows = list[tuple[str, ...]]


def models(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A model, or a file that holds one.")
    ] = None,
) -> None:
    """List the cell models, or describe one."""
    from cardiac import models

    if name is None:
        found = [models.load(known) for known in models.names()]
        for m in found:
            say(f"{m.name}: {m.species}, {counted(len(m.State._fields) + 1, 'variable')}")
            say(f"    {_first_paragraph(m.doc)}")
        return
    model = models.load(name)
    say(model.name, "bold")
    say(f"{model.doc}\n\nDOI {model.doi}; {model.species}; {model.file}")
    _say_sections(_sections(model))


def mechanisms(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A mechanism.")] = None,
) -> None:
    """List the mechanisms of hyperpolarization, or describe one."""
    from cardiac import mechanisms

    if name is None:
        found = [mechanisms.load(known) for known in mechanisms.names()]
        for m in found:
            say(f"{m.name}: its dose is {m.dose}")
            say(f"    {_first_paragraph(m.doc)}")
        return
    mechanism = mechanisms.load(name)
    say(mechanism.name, "bold")
    say(f"{mechanism.doc}\n\n{mechanism.file}")
    needs: Rows = [
        (need, f"or give {instead}" if instead else "") for need, instead in mechanism.needs.items()
    ]
    _say_sections([("parameters", _fields(mechanism.Inputs)), ("needs of the cell model", needs)])
    say(f"\nIt meets {', '.join(mechanism.meets()) if mechanism.needs else 'every model'}.")
    if mechanism.pattern is None:
        say(f"`hyperpolarize: {{to: ..., by: {mechanism.name}}}` solves for {mechanism.dose}.")


def experiments(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="An experiment.")] = None,
) -> None:
    """List the experiments, or describe one: its keys, and a config."""
    from cardiac import experiments
    from cardiac.cli import keys
    from cardiac.registry import WORDS

    if name is None:
        for e in map(experiments.load, experiments.names()):
            say(f"{e.name}: about {' or '.join(WORDS[kind] for kind in e.of)}")
            say(f"    {_first_paragraph(e.doc)}")
        return
    experiment = experiments.load(name)
    say(experiment.name, "bold")
    say(experiment.doc)
    _say_sections([("keys", list(keys.described(experiment.Options)))])
    say("\na config", "bold")
    for line in keys.example(experiment).splitlines():
        say(f"  {line}")


def measures() -> None:
    """List what can be measured during a run."""
    from cardiac import measures

    for known in map(measures.load, measures.names()):
        say(known.name + "".join(f", {option}" for option in known.Options._fields))
        say(f"    {_first_paragraph(known.doc)}")


def schema(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write (default: stdout).")
    ] = None,
) -> None:
    """The JSON Schema of configs, for editors."""
    from cardiac.config import json_schema

    text = json.dumps(json_schema(), indent=1, ensure_ascii=False)
    if out is None:
        say(text)
        return
    check_writable(out.parent)
    out.write_text(f"{text}\n", encoding="utf-8")
    say(f"{out}\n\nMany editors read it from the first line of a config:\n")
    say(f"# yaml-language-server: $schema={out}")


def _sections(model: Model) -> list[tuple[str, Rows]]:
    """The tables that describe a model."""
    first = next(iter(model.variants), None)
    variants: Rows = [
        (
            f"{variant} (default)" if variant == first else variant,
            ", ".join(f"{k} {v:g}" for k, v in p.items()),
        )
        for variant, p in model.variants.items()
    ]
    behaviour: Rows = [(name, unit) for name, _, unit in _fields(model.Behaviour)] if model.Behaviour else []
    return [
        ("parameters", _fields(model.Parameters)),
        ("variants", variants),
        ("can be asked for (see `model` in a config)", behaviour),
        ("state", [("V", f"{model.V_initial:g}", "mV"), *_fields(model.State)]),
        ("currents", [(", ".join(model.Currents._fields),)]),
    ]


def _fields(record: Any) -> Rows:
    """Name, default and unit of every field; of a word, all there are."""
    hints = get_type_hints(record, include_extras=True)
    rows = ((name, record._field_defaults.get(name, "required"), hints[name]) for name in record._fields)
    return [(name, _default(default), _unit(hint)) for name, default, hint in rows]


def _default(value: Any) -> str:
    return "optional" if value is None else value if isinstance(value, str) else f"{value:g}"


def _unit(hint: Any) -> str:
    """The symbol of the unit in an annotation; nothing for a pure number; the words of a choice."""
    from cardiac.units import unit_of

    unit = unit_of(hint)
    if unit is None:
        return ", ".join(get_args(hint))
    return "" if unit.symbol == "1" else unit.symbol


def _first_paragraph(doc: str) -> str:
    """The first paragraph of a documentation on one line."""
    return " ".join(doc.partition("\n\n")[0].split())


def _say_sections(sections: list[tuple[str, Rows]]) -> None:
    for heading, rows in sections:
        if rows:
            say(f"\n{heading}", "bold")
            say(table(rows, indent="  "))
