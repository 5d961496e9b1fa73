"""Verbs to begin with: demo, new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cardiac.cli import output, simulate
from cardiac.cli.failures import BadInput
from cardiac.cli.templates import FLAGSHIP, template, templates, title
from cardiac.cli.terminal import say, table

EDITED = "regions.strip.mechanisms[0].potassium_conductance.g"  # what the demo proposes to change
TRIED = "1.7 mS/uF"


def demo(force: simulate.Force = False, threads: simulate.Threads = None) -> None:
    """Write a config into the current folder, run it, draw it, tell how to go on."""
    output.check_writable(Path())
    file = Path(f"{FLAGSHIP}.yaml")
    if not file.exists():
        file.write_bytes(template(FLAGSHIP).read_bytes())
    config, path = simulate.loaded(file, None), output.result_path(file, None)
    result = None if force else output.same_experiment(path, config)
    if result is not None:
        simulate.told(result)
        simulate.drawn(config, result)
    else:
        if not force:
            output.check_free(path, config, f"use --force, or cardiac run {file} -o another.h5")
        simulate.simulated(config, path, threads, force)
    say(f"config  {file}")
    say(f"\nNow change g in line {config.warning(EDITED, '').line} of {file} to {TRIED}, and\n")
    say(f"    cardiac run {file} --force\n")
    say("or leave the file alone:\n")
    say(f"    cardiac run {file} --set '{EDITED}={TRIED}' -o another.h5")


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="TEMPLATE", help="A config to start from (without: a list).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write (default: TEMPLATE.yaml).")
    ] = None,
) -> None:
    """Write a config to start from."""
    if name is None:
        say(table([(known, title(path)) for known, path in templates().items()]))
        return
    source = template(name)
    file = out or Path(source.name)
    output.check_writable(file.parent)
    if file.exists():
        raise BadInput(f"{file} is there already - use -o for another file")
    file.write_bytes(source.read_bytes())
    say(f"{file}\n\n    cardiac check {file}\n    cardiac run {file}")
