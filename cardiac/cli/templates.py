"""The configs that come with the program."""

from __future__ import annotations

from pathlib import Path

from cardiac.cli.failures import BadInput
from cardiac.spelling import choices

FLAGSHIP = "hyperpolarized_strip"
KINDS = (".", "studies", "sweeps")  # folders of configs, in the order in which they are listed


def templates() -> dict[str, Path]:
    """The files by name: in the package once installed, in `configs` of a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_configs"
    folder = installed if installed.is_dir() else package.parent / "configs"
    return {path.stem: path for kind in KINDS for path in sorted(folder.glob(f"{kind}/*.yaml"))}


def template(name: str) -> Path:
    """The file of a template."""
    known = templates()
    if name not in known:
        raise BadInput(f'unknown template "{name}"{choices(name, known)}')
    return known[name]


def title(path: Path) -> str:
    """The title of a config, without judging the rest of it."""
    return _told(path, "title")


def base(path: Path) -> Path | None:
    """The config that a sweep varies, which lies beside it; None if it is no sweep."""
    name = _told(path, "base")
    return path.with_name(name) if name else None


def _told(path: Path, key: str) -> str:
    """The text of a key of the first level, on one line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    mark = f"{key}:"
    found = (line.removeprefix(mark).strip().strip("\"'") for line in lines if line.startswith(mark))
    return next(found, "")
