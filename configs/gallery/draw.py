"""Rewrites the pictures of the gallery that are not of the configs as they are: python configs/gallery/draw.py

With names, those pictures; with --all, every one. A picture holds a digest of the files it was drawn from. Sweeps are
carried out in the current folder, or continued, or taken from it.
"""

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import cardiac
from cardiac.sweeps import plan

HERE = Path(__file__).parent
FOLDERS = [HERE.parent / folder for folder in (".", "studies", "sweeps")]
WIDTH = 760  # pixels
COLOURS = 256
MARK = "drawn from"  # the key of the digest in a picture

# What a picture shows, if not the first figure that its file asks for: the name of another, and what differs from the
# config. A picture is called after its file, or that and "-" and more.
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "hyperpolarized_strip": ("space_time", {}),
    "hyperpolarized_strip-conducts": (
        "space_time",
        {
            "title": "The same with g = 1.7 mS/uF",
            "regions.strip.mechanisms[0].potassium_conductance.g": "1.7 mS/uF",
        },
    ),
    "disk_and_electrograms-electrograms": ("electrograms", {}),
    "graded_border": ("space_time", {"title": "From the left, over the gradual border"}),
    "graded_border-back": (
        "space_time",
        {"title": "From the right, over the sharp border", "stimuli[0].at": "{right: 1 mm}"},
    ),
}


def varied(path: Path) -> Path | None:
    """What a sweep varies; None of a config."""
    base = next((line.split()[1] for line in path.read_text().splitlines() if line.startswith("base:")), None)
    return path.parent / base if base else None


FILES = {path.stem: path for folder in FOLDERS for path in sorted(folder.glob("*.yaml"))}
BASES = {varied(path) for path in FILES.values()}
NAMES = list(dict.fromkeys([*(name for name, path in FILES.items() if path not in BASES), *OTHERS]))


def sources(name: str) -> list[Path]:
    """What a picture is drawn from: a config; a sweep and what it varies; only this, if the sweep has no figures."""
    path = FILES[name.split("-")[0]]
    base = varied(path)
    if base is None:
        return [path]
    return [path, base] if plan.figures(path) else [base]


def digest(name: str) -> str:
    """Of all that decides what a picture shows, but the program."""
    told = [*(path.read_text() for path in sources(name)), repr(OTHERS.get(name))]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def current(name: str) -> bool:
    """Whether the picture is of the files as they are."""
    file = HERE / f"{name}.png"
    if not file.exists():
        return False
    with Image.open(file) as image:
        return bool(image.info.get(MARK) == digest(name))


def drawn(name: str) -> Figure:
    """Runs the config of a picture, or the sweep, and draws the figure."""
    path, *base = sources(name)
    if base:
        return plan.figures(path)[0].drawn(cardiac.sweep(path))
    kind, changes = OTHERS.get(name, (None, {}))
    config = cardiac.load(path, set=changes)
    figure = next(figure for figure in config.figures if kind in (None, figure.name))
    return figure.drawn(cardiac.run(config))


def picture(figure: Figure) -> Image.Image:
    """A figure, small and with few colours."""
    memory = io.BytesIO()
    figure.savefig(memory, format="png")
    large = Image.open(memory).convert("RGB")
    small = large.resize((WIDTH, round(large.height * WIDTH / large.width)), Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def save(image: Image.Image, name: str) -> Path:
    """Write a picture with the digest of what it was drawn from."""
    file, told = HERE / f"{name}.png", PngInfo()
    told.add_text(MARK, digest(name))
    image.save(file, optimize=True, pnginfo=told)
    return file


if __name__ == "__main__":
    asked = sys.argv[1:] or [name for name in NAMES if not current(name)]
    for name in NAMES if asked == ["--all"] else asked:
        file = save(picture(drawn(name)), name)
        print(f"{file} {file.stat().st_size / 1000:.0f} kB")
