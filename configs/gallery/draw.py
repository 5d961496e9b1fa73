"""Rewrites the pictures of the gallery: python configs/gallery/draw.py [NAME ...]"""

import io
import sys
from pathlib import Path

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
}


def picture(name: str) -> Image.Image:
    """Runs the config of a picture and draws the figure, small and with few colours."""
    kind, changes = PICTURES[name]
    config = cardiac.load(HERE.parent / f"{name.split('-')[0]}.yaml", set=changes)
    figure = next(figure for figure in config.figures if figure.name == kind)
    memory = io.BytesIO()
    cardiac.run(config).plot(kind, **figure.options).savefig(memory, format="png")
    drawn = Image.open(memory).convert("RGB")
    small = drawn.resize((WIDTH, round(drawn.height * WIDTH / drawn.width)), Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    for asked in sys.argv[1:] or PICTURES:
        file = HERE / f"{asked}.png"
        picture(asked).save(file, optimize=True)
        print(f"{file} {file.stat().st_size / 1000:.0f} kB")
