"""Rewrites the pictures of the gallery: python configs/gallery/draw.py [NAME ...]

Sweeps are carried out in the current folder, or continued, or taken from it.
"""

import io
import sys
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

import cardiac

HERE = Path(__file__).parent
WIDTH = 760  # pixels
COLOURS = 256

# Picture -> the figure that it shows, and what differs from the config of that name (or of the name before "-").
PICTURES = {
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
    "tuned_velocities": ("conduction", {}),
    "electrode_threshold": ("activation_map", {}),
    "liminal_length": ("activation_map", {}),
    "safety_factor": ("safety_factor", {}),
    "isthmus": ("isthmus", {}),
    "refractoriness_map": ("s1s2", {}),
    "cable_restitution": ("cable_restitution", {}),
    "one_way_block": ("block", {}),
    "vulnerable_window": ("vulnerable_window", {}),
    "cross_field_reentry": ("reentry", {}),
}
SWEEPS = {"block_phase_diagram": "phase_diagram"}


def drawn(name: str) -> Figure:
    """Runs the config of a picture, or the sweep, and draws the figure."""
    if name in SWEEPS:
        return cardiac.sweep(HERE.parent / "sweeps" / f"{name}.yaml").plot(SWEEPS[name])
    kind, changes = PICTURES[name]
    config = cardiac.load(HERE.parent / f"{name.split('-')[0]}.yaml", set=changes)
    figure = next(figure for figure in config.figures if figure.name == kind)
    return cardiac.run(config).plot(kind, **figure.options)


def picture(name: str) -> Image.Image:
    """A figure, small and with few colours."""
    memory = io.BytesIO()
    drawn(name).savefig(memory, format="png")
    large = Image.open(memory).convert("RGB")
    small = large.resize((WIDTH, round(large.height * WIDTH / large.width)), Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    for asked in sys.argv[1:] or [*PICTURES, *SWEEPS]:
        file = HERE / f"{asked}.png"
        picture(asked).save(file, optimize=True)
        print(f"{file} {file.stat().st_size / 1000:.0f} kB")
