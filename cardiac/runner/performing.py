"""Experiments on single cells and on tissue: from a Config to a result file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from cardiac import experiments, mechanisms
from cardiac.assembly import Assembly, assemble, cells
from cardiac.cell import Cell
from cardiac.config import Config, Problem
from cardiac.experiments import Obstacles, Outcome
from cardiac.experiments.dose_response import added_at_each
from cardiac.preparation import Preparation
from cardiac.references import Doses
from cardiac.result import Result
from cardiac.runner.account import describe, numerics, warn
from cardiac.runner.place import make_way
from cardiac.runner.stopping import Interrupted, how_to_go_on
from cardiac.runner.trials import Trials, Trying
from cardiac.simulation import NotFinite
from cardiac.storage import Unfinished, Writer, locked


class Subject(NamedTuple):
    """What the experiment of a config is performed on."""

    it: Cell | Preparation
    assembly: Assembly | None  # of tissue
    warnings: list[Problem]


def subject(config: Config, threads: int | None = None, trials: Trials | None = None) -> Subject:
    """The cell or the tissue of an experiment; raises ConfigError where the experiment cannot be performed on it."""
    use = config.experiment
    assert use is not None
    if config.tissue is None:
        cell = cells(config)
        return Subject(cell, None, [*config.warnings, *pitfalls(config, cell)])
    assembly = assemble(config)
    tissue = assembly.preparation(threads, trials)
    in_the_way = experiments.load(use.name).obstacles(tissue, use.options)
    if found := [(("experiment", use.name, key), text) for key, text in in_the_way]:
        raise config.error(found)
    return Subject(tissue, assembly, assembly.warnings)


def perform(
    config: Config,
    out: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Callable[[Trying], None] = lambda _: None,
) -> Result:
    """Perform the experiment of a config, into the file `out`; otherwise as `run`."""
    begun = time.perf_counter()
    use, path = config.experiment, Path(out)
    assert use is not None
    with ExitStack() as stack:
        stack.enter_context(locked(path))
        make_way(path, config, overwrite)
        writer = stack.enter_context(Writer(path, title=config.title, overwrite=overwrite))
        try:
            on = subject(config, threads, Trials(config, path, progress))
            found = experiments.load(use.name).perform(on.it, use.options)
        except (experiments.ExperimentError, NotFinite) as error:
            Unfinished(path).remove()  # its trials lead nowhere
            raise config.error(_problems(use.name, error)) from None
        except KeyboardInterrupt:
            if not Unfinished(path):
                raise
            raise Interrupted(f"interrupted, its trials are kept: {how_to_go_on(path)}") from None
        if on.assembly is None:
            writer.coordinates(y=[0.5], x=[0.5])
            warn(writer, on.warnings)
        else:
            writer.coordinates(y=on.assembly.grid.y, x=on.assembly.grid.x)
            describe(on.assembly, writer)
        _write(writer, use.name, found)
        numbers = {**(numerics(on.assembly) if on.assembly else {}), **found.numerics}
        writer.provenance(config, numbers | {"wall_time": (time.perf_counter() - begun, "s")})
        writer.complete()
    return Result.open(path)


def _problems(name: str, error: experiments.ExperimentError | NotFinite) -> list[tuple[tuple[str, ...], str]]:
    """Why an experiment cannot be performed, as (path of the key, text)."""
    if isinstance(error, Obstacles):
        return [(("experiment", name, key), text) for key, text in error.found]
    if isinstance(error, NotFinite):
        far = "a parameter, dose or strength is far outside the range of the model"
        return [(("experiment",), f"V becomes NaN within {error.t:g} ms - {far}")]
    return [(("experiment",), str(error))]


def _write(writer: Writer, name: str, found: Outcome) -> None:
    for table, columns in found.tables.items():
        writer.rows(table, columns)
    for place, column in found.maps.items():
        writer.field(place, column.values, column.unit, column.about or place)
    for place, verdict in found.verdicts.items():
        writer.verdict(place, verdict.written)
    writer.outcome(name, found.sentences)


def pitfalls(config: Config, cell: Cell) -> Iterator[Problem]:
    """What goes wrong below rest in the cell of the experiment of a config, at any of its doses."""
    assert config.experiment is not None
    options = config.experiment.options
    doses = [option for option in options if isinstance(option, Doses)]
    added = [*cell.mechanisms, *(added_at_each(cell, use) for use in doses)]
    if text := mechanisms.pitfall(cell.model, cell.parameters, added):
        own = ("mechanisms", 0) if config.mechanisms else ("hyperpolarize",)
        yield config.warning(own if cell.mechanisms else ("experiment",), text)
