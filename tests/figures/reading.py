"""What stands in a figure."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.text import Text


def words(figure: Figure) -> set[str]:
    """Every text of a figure, with plain spaces."""
    return {text.get_text().replace("\u00a0", " ") for text in figure.findobj(Text)}
