"""Experiments on single cells: from a Config to a result file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from cardiac import experiments, mechanisms
from cardiac.assembly import cells
from cardiac.cell import Cell
from cardiac.config import Config, Problem
from cardiac.experiments.dose_response import added_at_each
from cardiac.references import Doses
from cardiac.result import Result
from cardiac.runner.account import warn
from cardiac.runner.place import make_way
from cardiac.simulation import NotFinite
from cardiac.storage import Writer, locked


def perform(config: Config, out: str | os.PathLike[str], *, overwrite: bool = False) -> Result:
    """Perform the experiment of a config on a single cell, into the file `out`; otherwise as `run`."""
    begun = time.perf_counter()
    use, path = config.experiment, Path(out)
    assert use is not None
    with ExitStack() as stack:
        stack.enter_context(locked(path))
        make_way(path, config, overwrite)
        writer = stack.enter_context(Writer(path, title=config.title, overwrite=overwrite))
        try:
            cell = cells(config)
            found = experiments.load(use.name).perform(cell, use.options)
        except experiments.ExperimentError as error:
            raise config.error([(("experiment",), str(error))]) from None
        except NotFinite as failure:
            text = (
                f"V becomes NaN within {failure.t:g} ms - a parameter, dose or strength is far outside the "
            )
            raise config.error([(("experiment",), text + "range of the model")]) from None
        writer.coordinates(y=[0.5], x=[0.5])
        for name, table in found.tables.items():
            writer.rows(name, table)
        writer.outcome(use.name, found.sentences)
        warn(writer, [*config.warnings, *pitfalls(config, cell)])
        writer.provenance(config, {"wall_time": (time.perf_counter() - begun, "s")})
        writer.complete()
    return Result.open(path)


def pitfalls(config: Config, cell: Cell) -> Iterator[Problem]:
    """What goes wrong below rest in the cell of the experiment of a config, at any of its doses."""
    assert config.experiment is not None
    options = config.experiment.options
    doses = [option for option in options if isinstance(option, Doses)]
    added = [*cell.mechanisms, *(added_at_each(cell, use) for use in doses)]
    if text := mechanisms.pitfall(cell.model, cell.parameters, added):
        own = ("mechanisms", 0) if config.mechanisms else ("hyperpolarize",)
        yield config.warning(own if cell.mechanisms else ("experiment",), text)
