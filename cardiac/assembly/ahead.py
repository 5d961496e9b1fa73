"""What `assemble` will ask about the cells of many configs, found side by side: one cell takes as long as a few.

That is where they rest, and how those typical of a region answer to a pulse; their thresholds fill a row alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from cardiac.assembly import layout
from cardiac.assembly.faults import Faults
from cardiac.cell import Cell, responses, rest, side_by_side
from cardiac.config import Config, ConfigError
from cardiac.simulation import NotFinite


def prepare(configs: Iterable[Config]) -> None:
    """Have it remembered.

    Nothing depends on it but the time that it takes: what cannot be found is told when a config is assembled.
    """
    kinds: list[Cell] = []
    typical: list[Cell] = []
    for config in configs:
        with suppress(ConfigError, NotFinite):
            if config.experiment is not None and config.tissue is None:
                kinds.append(layout.cells(config))
                continue
            made = layout.of(config, faults := Faults(config))
            faults.told()
            kinds.append(made.kinds.cell())
            typical += made.typical.values()
    _together(rest, kinds)
    _together(responses, typical)


def _together(find: Callable[[Cell], Any], cells: Iterable[Cell]) -> None:
    """Find something for all cells, those with the same equations at once."""
    alike: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        alike[cell.equations].append(cell)
    for some in alike.values():
        with suppress(NotFinite):
            find(side_by_side(some))
