"""Models of others, from CellML and Myokit files, as model files of our own.

`imported` reads a file (through Myokit, an optional dependency), takes its membrane equation apart, recognises
gates, and returns the text of a Python file on the contract of `cardiac.models`.
"""

from __future__ import annotations

from pathlib import Path


def imported(
    file: str | Path, potential: str | None = None, rest: float | None = None, span: float | None = None
) -> str:
    """The model in a .cellml or .mmt file as the text of a Python file; raises ModelError.

    Parameters
    ----------
    potential : the variable that is the membrane potential, where the file leaves that open
    rest, span : V = rest + span x potential [mV], for a potential without unit
    """
    from cardiac.importing import membrane, reading, translation, writing

    source = reading.read(Path(file))
    cell = membrane.cell(source, potential, rest, span)
    return writing.text(source, cell, translation.translation(source, cell))


def default_name(file: Path) -> str:
    """The name of the model in a file: what Python can call it, without what a repository adds after "__"."""
    from cardiac.importing.naming import identifier

    return identifier(file.stem.partition("__")[0] or file.stem)
