"""What `assemble` will ask about the cells of many configs, found side by side: one cell takes as long as a few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress

from cardiac.assembly import layout
from cardiac.assembly.faults import Faults
from cardiac.cell import Cell, responses, rest, side_by_side
from cardiac.config import Config, ConfigError
from cardiac.simulation import NotFinite


def prepare(configs: Iterable[Config]) -> None:
    """Have remembered where cells rest and how they answer.

    Nothing depends on it but the time that it takes: what cannot be found is told when a config is assembled.
    """
    kinds: dict[str, list[Cell]] = defaultdict(list)
    typical: dict[str, list[Cell]] = defaultdict(list)
    for config in configs:
        with suppress(ConfigError):
            if config.experiment is not None:
                kinds[(cell := layout.cells(config)).equations].append(cell)
                continue
            made = layout.of(config, faults := Faults(config))
            faults.told()
            kinds[(cell := made.kinds.cell()).equations].append(cell)
            for cell in made.typical.values():
                typical[cell.equations].append(cell)
    with suppress(NotFinite):
        for alike in kinds.values():
            rest(side_by_side(alike))
        for alike in typical.values():
            responses(side_by_side(alike))
