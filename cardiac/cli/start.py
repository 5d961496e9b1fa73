"""Verbs to begin with: demo, new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cardiac.cli import output, simulate
from cardiac.cli.failures import BadInput
from cardiac.cli.templates import FLAGSHIP, base, template, templates, title
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


def _config_path(usual: str, out: Path | None) -> Path:
    """OUT, as a file of YAML; by default `usual`, in the current folder."""
    from cardiac.storage.format import CONFIGS

    path = Path(usual) if out is None else out / usual if out.is_dir() else out
    if not path.suffix:
        path = path.with_suffix(CONFIGS[0])
    if path.suffix not in CONFIGS:
        raise BadInput(f"-o {out}: a config is a YAML file - write -o {path.with_suffix(CONFIGS[0])}")
    return path


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="TEMPLATE", help="A config to start from (without: a list).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A file or a folder (default: TEMPLATE.yaml).")
    ] = None,
) -> None:
    """Write a config to start from, or a sweep with the config that it varies."""
    if name is None:
        say(table([(known, title(path)) for known, path in templates().items()]))
        return
    source = template(name)
    file, varied = _config_path(source.name, out), base(source)
    written = {file: source} | ({file.with_name(varied.name): varied} if varied else {})
    output.check_writable(file.parent)
    for target, origin in written.items():
        if target.exists() and (target == file or target.read_bytes() != origin.read_bytes()):
            where = "in another folder" if target != file else "for another file"
            raise BadInput(f"{target} is there already - use -o {where}")
    for target, origin in written.items():
        target.write_bytes(origin.read_bytes())
    if varied:
        say(f"{file}\n{file.with_name(varied.name)}\n\n    cardiac sweep {file}")
    else:
        say(f"{file}\n\n    cardiac check {file}\n    cardiac run {file}")
