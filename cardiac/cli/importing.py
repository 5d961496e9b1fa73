"""The verb below `models` that writes a model file of our own from one of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cardiac.cli import reference
from cardiac.cli.failures import BadInput
from cardiac.cli.output import check_writable
from cardiac.cli.terminal import counted, say

SHOW = "show"  # the verb that is meant where none is written


class Models(TyperGroup):
    """`models`: nothing, or the NAME of a model, or a verb."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no verb is the name of a model."""
        written = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, list(args) if written else [SHOW, *args])


models = typer.Typer(
    name="models",
    cls=Models,
    help=reference.models.__doc__,
    subcommand_metavar="[NAME | import FILE]",
    add_completion=False,
    rich_markup_mode=None,
)
models.command(SHOW, hidden=True)(reference.models)


def _voltage(option: str, text: str | None) -> float | None:
    """The number [mV] given with an option."""
    from cardiac.units import UnitError, parse

    try:
        return None if text is None else parse(text, "voltage")
    except UnitError as error:
        raise BadInput(f"{option}: {error}") from None


@models.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .cellml or .mmt file.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write (default: the stem of FILE, .py).")
    ] = None,
    potential: Annotated[
        str | None, typer.Option("--V", help="The membrane potential in FILE, where it is not plain.")
    ] = None,
    rest: Annotated[
        str | None,
        typer.Option(help='Where a potential without unit is 0 (default: as in FILE, or "-80 mV").'),
    ] = None,
    span: Annotated[
        str | None, typer.Option(help='What its unit is (default: as in FILE, or "100 mV").')
    ] = None,
) -> None:
    """Write a model file from a CellML or Myokit file."""
    from cardiac.importing import default_name, imported
    from cardiac.models import load

    target = out or Path(f"{default_name(file)}.py")
    target = target / f"{default_name(file)}.py" if target.is_dir() else target
    if target.suffix != ".py":
        raise BadInput(f"-o {out}: a model is a Python file - write -o {target.with_suffix('.py')}")
    check_writable(target.parent)
    if target.exists():
        raise BadInput(f"{target} is there already - use -o for another file")
    text = imported(file, potential, _voltage("--rest", rest), _voltage("--span", span))
    target.write_text(text, encoding="utf-8")
    model = load(target)
    variables, currents = (
        counted(len(model.State._fields) + 1, "variable"),
        counted(len(model.Currents._fields), "current"),
    )
    say(f"{target}  ({variables}, {currents})\n\n    cardiac models {_path(target)}\n")
    say(f"and in a config\n\n    model: {_path(target)}")


def _path(file: Path) -> str:
    """A file such that it cannot be taken for the name of a model."""
    return str(file) if file.is_absolute() or len(file.parts) > 1 else f"./{file}"
