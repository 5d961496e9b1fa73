"""The figures of a report: those that are asked for, as pictures that stand in the page itself."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardiac import figures
from cardiac.figures import FigureError
from cardiac.report.page import Picture
from cardiac.report.player import data_uri
from cardiac.report.wording import spoken
from cardiac.storage import ResultError

if TYPE_CHECKING:
    from cardiac.result import Result
    from cardiac.table import SweepTable

Uses = Iterable[tuple[str, Mapping[str, Any]]]


def pictures(
    subject: Result | SweepTable, uses: Uses, summary: Callable[[str], str]
) -> tuple[list[Picture], list[str]]:
    """Figures by name and options, and of those that cannot be drawn why."""
    drawn, not_drawn = [], []
    for name, options in uses:
        try:
            figure = subject.plot(name, **options)
        except (FigureError, ResultError) as error:
            not_drawn.append(str(error))
            continue
        title = spoken(name).capitalize()
        heads = [text.get_text() for text in figure.texts if text.get_text() != subject.title]
        picture = _encoded(figure)
        width, height = struct.unpack(">II", picture[16:24])  # where a PNG tells
        alt = ". ".join([f"{title}: {summary(name).rstrip('.')}", *(head.rstrip(".") for head in heads)])
        drawn.append(Picture(title, summary(name), f"{alt}.", data_uri(picture, "image/png"), width, height))
    return drawn, not_drawn


def _encoded(figure: Any) -> bytes:
    with tempfile.TemporaryDirectory(prefix="cardiac-") as folder:
        path = Path(folder) / "figure.png"
        figures.save(figure, path)
        return path.read_bytes()
