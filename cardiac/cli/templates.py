"""The configs that come with the program."""

from __future__ import annotations

from pathlib import Path

from cardiac.cli.failures import BadInput
from cardiac.spelling import choices

FLAGSHIP = "hyperpolarized_strip"


def templates() -> dict[str, Path]:
    """The files by name: in the package once installed, in `configs` of a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_configs"
    folder = installed if installed.is_dir() else package.parent / "configs"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def template(name: str) -> Path:
    """The file of a template."""
    known = templates()
    if name not in known:
        raise BadInput(f'unknown template "{name}"{choices(name, known)}')
    return known[name]


def title(path: Path) -> str:
    """The title of a config, without judging the rest of it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = (line.removeprefix("title:").strip().strip("\"'") for line in lines if line.startswith("title:"))
    return next(found, "")
