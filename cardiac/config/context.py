"""What one section of a config needs to know of the others, as far as those can be read.

All problems of a file are reported at once, so a section cannot wait until the others are known to be right:
what it needs of them is looked up in the data as written, and left unchecked where they are wrong themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardiac.config.messages import choices, fault
from cardiac.units import UnitError, parse

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
    def regions(self) -> list[str]:
        """The names of the regions."""
        return list(self._section("regions"))

    @property
    def probes(self) -> list[str]:
        """The names of the probes; a single cell has one of its own."""
        return list(self._section("record", "probes")) or (["cell"] if self.cell else [])

    @property
    def recorded(self) -> set[str]:
        """What figures can count on: frames, probes, the names of measures."""
        measures = self.data.get("measure", [])
        names = {
            str(name)
            for measure in (measures if isinstance(measures, list) else [measures])
            for name in (measure if isinstance(measure, dict) else [measure])
        }
        frames = {"frames"} if "frames" in self._section("record") else set()
        return frames | names | ({"probes"} if self.probes else set())

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

    def _section(self, *keys: str) -> Mapping[str, Any]:
        found: Any = self.data
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}
