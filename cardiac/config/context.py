"""What one section of a config needs to know of the others, as far as those can be read.

All problems of a file are reported at once, so a section cannot wait until the others are known to be right:
what it needs of them is looked up in the data as written, and left unchecked where they are wrong themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cardiac import recorders
from cardiac.config.messages import fault
from cardiac.spelling import choices
from cardiac.units import UnitError, middle, parse

if TYPE_CHECKING:  # models import numba
    from cardiac.models import Model

DEFAULT_MODEL = "mitchell_schaeffer_modified"


class Context:
    """The data of a config as written, and the folder its file names are relative to."""

    def __init__(self, data: Mapping[str, Any], folder: Path) -> None:
        self.data = data
        self.folder = folder
        self.files: dict[str, str] = {}  # path -> as written
        self.contents: dict[str, str] = {}  # path, and as written -> hash of what is in the file

    def __getstate__(self) -> dict[str, Any]:
        """Without the model, whose functions cannot be pickled: it is loaded again."""
        return {name: value for name, value in vars(self).items() if name != "model"}

    @property
    def cell(self) -> bool:
        """Whether this is a single cell."""
        return self.data.get("tissue") == "cell"

    @cached_property
    def size(self) -> tuple[float, ...] | None:
        """Size of the tissue [mm]; None where it is not to be read."""
        size = self._section("tissue").get("size")
        try:
            lengths = tuple(parse(part, "length") for part in (size if isinstance(size, list) else [size]))
        except UnitError:
            return None
        return lengths if len(lengths) in (1, 2) and min(lengths) > 0 else None

    @property
    def kind(self) -> Literal["cell", "cable", "sheet"] | None:
        """What is simulated; None where it is not to be read."""
        if self.cell or self.size is None:
            return "cell" if self.cell else None
        return "cable" if len(self.size) == 1 else "sheet"

    @property
    def middle(self) -> str:
        """A place in the tissue, as it is written: an example."""
        return middle(() if self.cell else self.size or (20.0, 10.0))

    @property
    def experiment(self) -> bool:
        """Whether this is an experiment, not a run."""
        return "experiment" in self.data

    @property
    def end(self) -> float:
        """When the run ends [ms]; 0 where that is not to be read."""
        try:
            return parse(self._section("run").get("duration"), "time")
        except UnitError:
            return 0.0

    @property
    def regions(self) -> list[str]:
        """The names of the regions."""
        return list(self._section("regions"))

    @property
    def record(self) -> dict[str, Any]:
        """What is recorded, as written or taken for granted."""
        return {**(recorders.of_a_cell() if self.cell else {}), **self._section("record")}

    @property
    def probes(self) -> list[str]:
        """The names of the probes."""
        probes = self.record.get("probes")
        return list(probes) if isinstance(probes, dict) else []

    @property
    def recorded(self) -> set[str]:
        """What figures can count on: keys of `record:`, names of measures; of an experiment, its own."""
        measures = self.data.get("measure", [])
        names = {
            str(name)
            for measure in (measures if isinstance(measures, list) else [measures])
            for name in (measure if isinstance(measure, dict) else [measure])
        }
        if self.experiment:
            return _kept(_names(self.data["experiment"]))
        return names | self.record.keys() - (set() if self.probes else {"probes"})

    @property
    def framed(self) -> list[str]:
        """The variables that frames show, as written or taken for granted."""
        frames = self.record.get("frames")
        of = frames.get("of", "V") if isinstance(frames, dict) else []
        return [str(name) for name in (of if isinstance(of, list) else [of])]

    @property
    def model_name(self) -> object:
        """The name of the model, as written."""
        model = self.data.get("model", DEFAULT_MODEL)
        return model.get("name", DEFAULT_MODEL) if isinstance(model, dict) else model

    @cached_property
    def model(self) -> Model | None:
        """The model; None where there is none of this name, which is reported there."""
        from cardiac import models

        try:
            return models.load(self.source(self.model_name)) if isinstance(self.model_name, str) else None
        except ValueError:
            return None

    def source(self, name: str) -> str | Path:
        """What to load for a model's `name`: itself, or the file it means."""
        return self.file(name) if name.endswith(".py") else name

    def file(self, name: str) -> Path:
        """The file `name`, relative to the folder of the config; raises a fault where there is none."""
        path = self.folder / Path(name).expanduser()
        if not path.is_file():
            names = sorted(near.name for near in path.parent.iterdir()) if path.parent.is_dir() else []
            raise fault(f'there is no file "{path}"{choices(path.name, names, "relative to the config")}')
        with path.open("rb") as file:
            self.contents[str(path)] = self.contents[name] = hashlib.file_digest(file, "sha256").hexdigest()
        self.files[str(path)] = name
        return path

    def _section(self, key: str) -> Mapping[str, Any]:
        found = self.data.get(key)
        return found if isinstance(found, dict) else {}


def _kept(names: Iterable[str]) -> set[str]:
    """What experiments of these names keep: what they are about, and what else their maps show."""
    from cardiac import experiments

    given = set(names)
    return given.union(*(experiments.load(name).keeps for name in given & set(experiments.names())))


def _names(experiment: Any) -> Iterator[str]:
    """The name of an experiment, and of another inside it."""
    if isinstance(experiment, str):
        yield experiment
    elif isinstance(experiment, dict):
        for name, options in experiment.items():
            yield str(name)
            yield from _names(options.get("of") if isinstance(options, dict) else None)
