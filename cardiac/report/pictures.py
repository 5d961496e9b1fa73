"""The figures of a report: those that are asked for, as pictures that stand in the page itself."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardiac import figures
from cardiac.figures import FigureError
from cardiac.report.page import Picture
from cardiac.report.player import data_uri
from cardiac.report.wording import spoken
from cardiac.storage import ResultError

if TYPE_CHECKING:
    from cardiac.config import FigureUse, PanelUse
    from cardiac.result import Result
    from cardiac.table import SweepTable


def pictures(
    subject: Result | SweepTable, uses: Iterable[FigureUse | PanelUse], summary: Callable[[str], str]
) -> tuple[list[Picture], list[str]]:
    """Figures and panels, and of those that cannot be drawn why; `summary` tells what a figure shows."""
    drawn, not_drawn = [], []
    for use in uses:
        try:
            figure = use.drawn(subject)
        except (FigureError, ResultError) as error:
            not_drawn.append(str(error))
            continue
        title, about = spoken(use.name).capitalize(), " ".join(map(summary, use.figures))
        heads = [text.get_text() for text in figure.texts if text.get_text() != subject.title]
        picture = _encoded(figure)
        width, height = struct.unpack(">II", picture[16:24])  # where a PNG tells
        alt = ". ".join([f"{title}: {about.rstrip('.')}", *(head.rstrip(".") for head in heads)])
        drawn.append(Picture(title, about, f"{alt}.", data_uri(picture, "image/png"), width, height))
    return drawn, not_drawn


def _encoded(figure: Any) -> bytes:
    with tempfile.TemporaryDirectory(prefix="cardiac-") as folder:
        path = Path(folder) / "figure.png"
        figures.save(figure, path)
        return path.read_bytes()
