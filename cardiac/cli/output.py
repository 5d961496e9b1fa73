"""Where the result of a run goes, and what may lie there already."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardiac.cli.failures import BadInput
from cardiac.cli.terminal import counted
from cardiac.differences import differences

if TYPE_CHECKING:
    from cardiac.config import Config, FigureUse, PanelUse
    from cardiac.result import Result
    from cardiac.table import SweepTable

SUFFIXES = (".h5", ".hdf5", ".nc")
MOST_SHOWN = 12  # differences between two configs


def result_path(config_file: Path, out: Path | None) -> Path:
    """OUT, as a file of HDF5; by default the stem of the config, in the current folder."""
    default = Path(f"{config_file.stem}.h5")
    path = default if out is None else out / default if out.is_dir() else out
    if not path.suffix:
        path = path.with_suffix(".h5")
    if path.suffix not in SUFFIXES:
        raise BadInput(f"-o {out}: a result is an HDF5 file - write -o {path.with_suffix('.h5')}")
    return path


def figure_folder(result_file: Path) -> Path:
    """The folder of the figures of a result, beside it."""
    return result_file.with_name(f"{result_file.stem}_figures")


def check_writable(folder: Path) -> None:
    """Raises BadInput where no file can be written."""
    if not folder.is_dir():
        why = "is a file, not a folder" if folder.exists() else "there is no such folder - make it first"
        raise BadInput(f"{folder}: {why}")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BadInput(f"{folder}: nothing can be written there ({error.strerror})") from None


def check_targets(targets: Sequence[Path], force: bool) -> None:
    """Raises BadInput where a file, or files in a folder, cannot be written, or something is there already.

    Folders that are not there are no obstacle: they will be made.
    """
    there = [path for target in targets for path in _lying(target)]
    if there and not force:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise BadInput(
            f"{there[0]} is there already{more} - use -o for another place, or --force to replace it"
        )
    for target in targets:
        folder = target if target.is_dir() else target.parent
        while not folder.exists():
            folder = folder.parent
        check_writable(folder)


def _lying(target: Path) -> list[Path]:
    """The file that is there, or what is in the folder."""
    if target.is_dir():
        return sorted(target.iterdir())
    return [target] if target.exists() else []


OTHERWISE = "use -o for another file, or --force to replace it"


def check_free(path: Path, config: Config, otherwise: str = OTHERWISE) -> None:
    """Raises BadInput where a result is already at `path`, or an unfinished run of another config.

    The message tells how the config that made it differs, and what to do.
    """
    from cardiac.result import Result, ResultError
    from cardiac.storage import Unfinished

    if path.exists():
        try:
            result = Result.open(path)
            old, digest = result.config, result.provenance.get("digest")
        except ResultError as error:
            raise BadInput(f"{error} - {otherwise}") from None
        if digest == config.digest:
            raise BadInput(
                f"{path} is there already, made by this very experiment - look at it with "
                f'"cardiac info {path}" and "cardiac plot {path}", or use --force to run it again'
            )
        raise BadInput(_compared(f"{path} was made by a different config", old, config, otherwise))
    if kept := Unfinished(path):
        run = kept.run()
        if run["digest"] != config.digest:
            begun = f"{kept.folder} holds the unfinished run of a different config"
            raise BadInput(_compared(begun, run["resolved"], config, otherwise))


def _compared(begun: str, old: dict[str, Any], config: Config, otherwise: str) -> str:
    """A message about what another config has made."""
    found = list(differences(computed(old), computed(config.resolved())))
    count = counted(len(found), "difference") if found else "a file it refers to has changed"
    more = [f"  and {len(found) - MOST_SHOWN} more"] if len(found) > MOST_SHOWN else []
    return "\n".join([f"{begun} ({count}) - {otherwise}", *map(str, found[:MOST_SHOWN]), *more])


def same_experiment(path: Path, config: Config) -> Result | None:
    """The complete result of this very experiment at `path`, if there is one."""
    from cardiac.result import Result, ResultError

    try:
        result = Result.open(path)
    except ResultError:
        return None
    return result if result.provenance.get("digest") == config.digest else None


def computed(resolved: dict[str, Any]) -> dict[str, Any]:
    """What of a resolved config decides the result, as JSON keeps it."""
    from cardiac.config import DESCRIPTIVE

    data: dict[str, Any] = json.loads(json.dumps(resolved))
    return {key: value for key, value in data.items() if key not in DESCRIPTIVE}


def draw_figures(
    uses: Sequence[FigureUse | PanelUse], result: Result | SweepTable, folder: Path
) -> Iterator[Path | str]:
    """Draws the figures of a config or a sweep into `folder`: the path of each, or why it cannot be drawn."""
    from cardiac import figures

    folder.mkdir(exist_ok=True)
    for use, path in zip(uses, figure_paths(uses, folder), strict=True):
        try:
            figures.save(use.drawn(result), path)
        except figures.FigureError as error:
            yield str(error)
        else:
            yield path


def figure_paths(uses: Sequence[FigureUse | PanelUse], folder: Path, suffix: str | None = None) -> list[Path]:
    """The file of each figure in a folder: by its name, and a number where there are several of one name."""
    names = [use.name for use in uses]
    paths = []
    for i, use in enumerate(uses):
        number = f"_{names[:i].count(use.name) + 1}" if names.count(use.name) > 1 else ""
        usual = "pdf" if use.options.get("for_") == "print" else "png"
        paths.append(folder / f"{use.name}{number}.{suffix or usual}")
    return paths
