"""The verb that looks after the installation, and after what killed runs have left: doctor."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from cardiac.cli.failures import RUN_FAILED
from cardiac.cli.terminal import counted, note, pace, say, size, span

if TYPE_CHECKING:
    from cardiac.simulation import Simulation

LIBRARIES = [
    "numba",
    "llvmlite",
    "numpy",
    "scipy",
    "h5py",
    "matplotlib",
    "pydantic",
    "ruamel.yaml",
    "typer",
    "rich",
]
EXTRAS = {"xarray": ["xarray", "h5netcdf"]}
WIDTHS = {"avx512f": 512, "avx2": 256, "avx": 256, "neon": 128, "sse2": 128}  # bits; the widest come first
EDGE = 256  # cells, of the sheet that is timed
STEPS = 200


class Finding(NamedTuple):
    """What was looked at, what was found, and whether it is as it should be."""

    what: str
    text: str
    fine: bool = True


def doctor() -> None:
    """Check the installation: versions, processor, caches, leftovers of killed runs, speed."""
    sick = []
    for look in (_versions, _extras, _processor, _caches, _leftovers, _speed):
        for finding in look():
            say(f"{finding.what:<14}{finding.text}", "" if finding.fine else "red")
            sick += [] if finding.fine else [finding.what]
    if sick:
        note(f"needs attention: {', '.join(sick)}", "red")
        raise typer.Exit(RUN_FAILED)


def _versions() -> Iterator[Finding]:
    import platform

    from cardiac import __version__

    yield Finding("cardiac", f"{__version__} in {Path(__file__).parent.parent}")
    yield Finding("python", f"{platform.python_version()} on {platform.platform()}")
    for library in LIBRARIES:
        yield Finding(library, _version(library) or "not installed", _version(library) is not None)


def _extras() -> Iterator[Finding]:
    for extra, libraries in EXTRAS.items():
        found = [f"{library} {_version(library) or 'not installed'}" for library in libraries]
        missing = not all(map(_version, libraries))
        how = f' - pip install "cardiac-tissue[{extra}]"' if missing else ""
        yield Finding(f"extra {extra}", ", ".join(found) + how)


def _version(library: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> Iterator[Finding]:
    import llvmlite.binding
    import numba

    from cardiac.storage import environment

    features = llvmlite.binding.get_host_cpu_features()
    name, bits = next(((f, bits) for f, bits in WIDTHS.items() if features.get(f)), ("none", 64))
    yield Finding("processor", str(environment()["cpu"]))
    yield Finding("vectors", f"{bits} bit ({name}), {bits // 64} numbers at a time")
    yield Finding("threads", str(numba.config.NUMBA_NUM_THREADS))


def _caches() -> Iterator[Finding]:
    """Where kernels and searches are kept, and whether a kernel compiled once is found again."""
    from cardiac.cell import cache_folder

    searches = cache_folder()
    yield Finding("searches", *_writable(searches))
    first, _ = _small_kernel()
    if not hasattr(first, "stats"):
        yield Finding("kernels", "compilation is switched off (NUMBA_DISABLE_JIT)")
        return
    folder = Path(first.stats.cache_path)
    yield Finding("kernels", *_writable(folder))
    yield Finding("", _filling(folder))
    second, compilations = _small_kernel()
    found = (
        "a kernel compiled once is found again" if not compilations else "kernels are compiled anew each time"
    )
    yield Finding("kernel cache", found, not compilations and bool(second.stats.cache_hits))


def _filling(folder: Path) -> str:
    """How much a folder of kernels holds; none is ever removed, as no program knows which others still need."""
    indices = list(folder.glob("*.nbi"))
    text = f"{counted(len(indices), 'kernel')}, {size(_bytes(indices))}"
    return f"{text} - to start anew, rm -r {folder}: what is needed is compiled again"


def _bytes(indices: list[Path]) -> int:
    """Bytes of kernels: an index and the code that it lists."""
    files = (file for index in indices for file in index.parent.glob(f"{index.stem}.*"))
    return sum(file.stat().st_size for file in files)


def _leftovers() -> Iterator[Finding]:
    """Unfinished files in the current folder whose run is no more."""
    from cardiac.storage import Unfinished, leftovers

    left = [file for file in leftovers(Path()) if not _running(file.name.rpartition("-")[2])]
    if left:
        names = " ".join(file.name for file in left)
        yield Finding("left behind", f"by killed runs, to be removed: rm {names}")
    for part in sorted(Path().glob("*.part")):
        if Unfinished(Path(part.stem)):
            yield Finding(
                "unfinished", f'{part.name} - go on with "cardiac resume {part.stem}", or remove it'
            )


def _running(process: str) -> bool:
    """Whether there is a process of this number on this machine; True where that cannot be told."""
    if not process.isdigit() or os.name == "nt":  # on Windows, to ask would end it
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _writable(folder: Path) -> tuple[str, bool]:
    """What to say of a cache folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror}) - everything is found anew each time", False
    return str(folder), True


def _small_kernel() -> tuple[Any, int]:
    """A kernel, and how often the compiler ran before it had run."""
    import numpy as np

    from cardiac import models
    from cardiac.cli.compilation import compilation
    from cardiac.kernels.tabulation import make_tabulate

    model, begun = models.load("nagumo"), [0]
    kernel, V, variables = make_tabulate(model, ()), np.zeros(1), np.zeros((1, len(model.State._fields)))
    out = np.zeros((1, len(model.Currents._fields)))

    def count() -> None:
        begun[0] += 1

    with compilation(count, lambda: None):
        kernel(V, variables, model.Parameters(), (0.0,), np.zeros((1, 1)), out, np.zeros((1, 0)))
    return kernel, begun[0]


def _speed() -> Iterator[Finding]:
    """The default model on a small sheet, with one thread and with all."""
    import numba

    from cardiac.cli.watching import watching

    for threads in sorted({1, numba.config.NUMBA_NUM_THREADS}):
        with watching(0.0):
            sheet, begun = _sheet(threads), time.perf_counter()
            sheet.advance(1)
            first = time.perf_counter() - begun
        begun = time.perf_counter()
        sheet.advance(STEPS)
        rate = pace(EDGE * EDGE * STEPS / (time.perf_counter() - begun))
        yield Finding("speed", f"{rate} with {counted(threads, 'thread')}, first step after {span(first)}")


def _sheet(threads: int) -> Simulation:
    from cardiac import models, tissue
    from cardiac.simulation import Simulation

    grid = tissue.Grid(EDGE, EDGE, 0.1)
    faces = tissue.faces(grid, tissue.tensor(0.1, 0.1))
    return Simulation(models.load("mitchell_schaeffer_modified"), grid, 0.05, faces=faces, threads=threads)
