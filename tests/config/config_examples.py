"""Valid configs that use every feature between them, and files they refer to."""

from pathlib import Path

TISSUE = Path(__file__).with_name("full.yaml").read_text()
CELL = Path(__file__).with_name("cell.yaml").read_text()

# The least that is needed, to which a test adds what it is about.
SMALL = """\
title: Small
tissue: {size: [40 mm, 10 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}
run: {duration: 400 ms}
"""


def touch_files(folder: Path) -> Path:
    """`folder`, with the files that TISSUE names; what they contain is not a matter of the config."""
    for name in ("field.npy", "drawing.png"):
        (folder / name).write_bytes(name.encode())
    return folder
