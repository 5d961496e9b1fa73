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

HERE = Path(__file__).parent
FOLDERS = [HERE.parent / folder for folder in (".", "studies", "sweeps")]
WIDTH = 760  # pixels
COLOURS = 256
MARK = "drawn from"  # the key of the digest in a picture

# Picture -> the figure that it shows, and what differs from the config of that name (or of the name before "-").
PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "hyperpolarized_strip": ("space_time", {}),
    "hyperpolarized_strip-conducts": (
        "space_time",
        {
            "title": "The same with g = 1.7 mS/uF",
            "regions.strip.mechanisms[0].potassium_conductance.g": "1.7 mS/uF",
        },
    ),
    "planar_wave": ("activation_map", {}),
    "spiral_wave": ("frames", {}),
    "hyperpolarized_disk": ("activation_map", {}),
    "anisotropic_scar": ("activation_map", {}),
    "refractory_wave": ("frames", {}),
    "single_cell": ("traces", {}),
    "statement_1_more_negative": ("rest", {}),
    "statement_1_chloride": ("rest", {}),
    "statement_2_more_stimulus": ("shift_and_shunt", {}),
    "statement_3_sign": ("rest", {}),
    "statement_3_potassium_and_sodium": ("rest", {}),
    "statement_4_resting_potential": ("rest", {}),
    "statement_4_extracellular_potassium": ("rest", {}),
    "statement_5_refractory_period": ("recovery_from_inactivation", {}),
    "statement_5_shorter_by_hyperpolarization": ("refractory", {}),
    "shift_and_shunt": ("shift_and_shunt", {}),
    "disk_and_electrograms": ("activation_map", {}),
    "disk_and_electrograms-electrograms": ("electrograms", {}),
    "graded_border": ("space_time", {"title": "From the left, over the gradual border"}),
    "graded_border-back": (
        "space_time",
        {"title": "From the right, over the sharp border", "stimuli[0].at": "{right: 1 mm}"},
    ),
    "refractory_island": ("space_time", {}),
    "rotor_and_island": ("tip_trajectories", {}),
    "light_gated_block": ("space_time", {}),
    "niederer_cut": ("activation_map", {}),
    "tuned_velocities": ("conduction", {}),
    "electrode_threshold": ("activation_map", {}),
    "liminal_length": ("activation_map", {}),
    "safety_factor": ("safety_factor", {}),
    "narrowest_channel": ("isthmus", {}),
    "refractoriness_map": ("s1s2", {}),
    "cable_restitution": ("cable_restitution", {}),
    "one_way_block": ("block", {}),
    "vulnerable_window": ("vulnerable_window", {}),
    "cross_field_reentry": ("reentry", {}),
}
# Of sweeps; where a config has its name too, with "_cable" or "_sheet", that is what the sweep varies.
SWEEPS = {
    "velocity_and_rest": "against",
    "adenosine_paradox": "against",
    "node_like_block": "against",
    "sodium_depressed_block": "phase_diagram",
    "isthmus": "phase_diagram",
    "chloride_sign_flip": "against",
    "block_phase_diagram": "phase_diagram",
}
# Pictures of what a sweep varies.
BASE_OF = {"refractory_island": "refractory_island_cable", "graded_border": "graded_border_cable"}


def source(name: str) -> Path:
    """The file of a picture."""
    stem = name.split("-")[0]
    stem = BASE_OF.get(stem, stem)
    return next(path for folder in FOLDERS if (path := folder / f"{stem}.yaml").exists())


def digest(name: str) -> str:
    """Of all that decides what a picture shows, but the program."""
    path = source(name)
    told = [path.read_text(), repr(PICTURES.get(name, SWEEPS.get(name)))]
    base = next((line.split()[1] for line in told[0].splitlines() if line.startswith("base:")), None)
    told += [(path.parent / base).read_text()] if base else []
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def current(name: str) -> bool:
    """Whether the picture is of the files as they are."""
    file = HERE / f"{name}.png"
    return file.exists() and Image.open(file).info.get(MARK) == digest(name)


def drawn(name: str) -> Figure:
    """Runs the config of a picture, or the sweep, and draws the figure."""
    if name in SWEEPS:
        from cardiac.sweeps import plan

        kind = SWEEPS[name]
        options = next(figure.options for figure in plan.figures(source(name)) if figure.name == kind)
        return cardiac.sweep(source(name)).plot(kind, **options)
    kind, changes = PICTURES[name]
    config = cardiac.load(source(name), set=changes)
    figure = next(figure for figure in config.figures if figure.name == kind)
    return cardiac.run(config).plot(kind, **figure.options)


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
    known = [*PICTURES, *SWEEPS]
    asked = sys.argv[1:] or [name for name in known if not current(name)]
    for name in known if asked == ["--all"] else asked:
        file = save(picture(drawn(name)), name)
        print(f"{file} {file.stat().st_size / 1000:.0f} kB")
