"""What cannot be, gathered until all of it can be told."""

from __future__ import annotations

from typing import TypeAlias

from cardiac.config import Config, ConfigError

Path: TypeAlias = tuple[str | int, ...]


class Faults:
    """The faults that assembling a config finds, each at the key path of what is at fault."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._found: list[tuple[str | Path, str]] = []

    def add(self, path: str | Path, text: str) -> None:
        self._found.append((path, text))

    def told(self) -> None:
        """Raises ConfigError with all of them, if there are any."""
        if self._found:
            raise self.error()

    def error(self) -> ConfigError:
        """All of them as one error."""
        return self._config.error(self._found)
