"""The figures of a report: those that are asked for, as pictures that stand in the page itself."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardiac import figures
from cardiac.figures import MEDIA, FigureError
from cardiac.report.page import Picture
from cardiac.report.player import data_uri
from cardiac.report.wording import heading
from cardiac.storage import ResultError

if TYPE_CHECKING:
    from cardiac.config import FigureUse, PanelUse
    from cardiac.result import Result
    from cardiac.table import SweepTable

_WHOLE = MEDIA["screen"].width / 25.4  # inches, of a figure that is as wide as the page


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
        title, about = heading(use.name), " ".join(map(summary, use.figures))
        heads = [text.get_text() for text in figure.texts if text.get_fontweight() != "bold"]  # no title
        picture = _encoded(figure)
        width, height = struct.unpack(">II", picture[16:24])  # where a PNG tells
        alt = ". ".join(filter(None, (f"{title}: {about.rstrip('.')}", " ".join(heads).rstrip("."))))
        source, wide = data_uri(picture, "image/png"), figure.get_figwidth() / _WHOLE
        drawn.append(Picture(title, about, f"{alt}.", source, width, height, min(1.0, round(wide, 3))))
    return drawn, not_drawn


def _encoded(figure: Any) -> bytes:
    with tempfile.TemporaryDirectory(prefix="cardiac-") as folder:
        path = Path(folder) / "figure.png"
        figures.save(figure, path)
        return path.read_bytes()
