"""The verbs and their order in `cardiac --help`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cardiac import __version__
from cardiac.cli import doctor, importing, reference, results, sharing, simulate, start, sweeping
from cardiac.cli.failures import reported

SECTIONS: dict[str, tuple[Callable[..., None], ...]] = {
    "Begin": (start.demo, start.new),
    "Simulate": (simulate.check, simulate.run, simulate.resume),
    "Sweep": (sweeping.sweep, sweeping.status),
    "Look at results": (results.info, results.plot, results.movie, sharing.report, sharing.export),
    "Look up": (
        reference.models,
        reference.mechanisms,
        reference.experiments,
        reference.measures,
        reference.schema,
        doctor.doctor,
    ),
}


class Verbs(TyperGroup):
    """The verbs in sections; what goes wrong in one becomes a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a verb."""
        with reported():
            return super().invoke(ctx)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of `--help`."""
        for section, verbs in SECTIONS.items():
            with formatter.section(section):
                named = [(verb.__name__, self.commands[verb.__name__]) for verb in verbs]
                formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in named])


# Plain help: rich would double the time it takes.
app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
for _verbs in SECTIONS.values():
    for _verb in _verbs:
        if _verb is not reference.models:
            app.command()(_verb)
app.add_typer(importing.models)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"cardiac {__version__}")
        raise typer.Exit


@app.callback(epilog='"cardiac VERB --help" tells more. Begin with "cardiac demo".')
def _cardiac(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Excitable cardiac tissue in two dimensions: from a YAML file to an HDF5 result and figures."""
