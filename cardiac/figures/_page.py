"""Pages: where a figure is drawn. A figure alone has one; one of several panels has a page for each."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cardiac.figures._style import (
    GREY,
    NARROW,
    SUBTITLE,
    TITLE,
    WIDTH,
    Medium,
    columns_of,
    style,
)
from cardiac.typesetting import typeset

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.gridspec import SubplotSpec
    from matplotlib.layout_engine import LayoutEngine

_LEADING = 1.3  # distance of lines, font sizes
_MARGIN = 0.08  # inches, around heads
_LETTERED = 0.2  # inches, right of the letter of a panel
_LOOKS = 5  # at a layout, at most
_KEY_LINE = 0.16  # inches, of a key below axes
_LEAST = 0.45  # of its height, what a graph keeps on a page of no width

Draw = Callable[["Page"], None]


class Page:
    """Where a figure is drawn; it is `width` inches wide."""

    def __init__(self, whole: Figure, place: SubplotSpec, width: float) -> None:
        self.width = width
        self.height = 0.0  # inches, once it is open
        self.finding = ""
        self._whole, self._place = whole, place

    @property
    def narrow(self) -> bool:
        """Whether there is no room for words beside axes."""
        return self.width < NARROW

    def open(self, height: float, finding: str = "", *, exact: bool = False) -> SubFigure:
        """The empty page, and what the figure has found, in words.

        It is `height` inches high where it has the full width, less where it is narrow; always if `exact`.
        """
        share = 1.0 if exact else _LEAST + (1 - _LEAST) * min(1.0, self.width / WIDTH)
        self.height, self.finding = height * share, finding
        self.figure = self._whole.add_subfigure(self._place)
        # Its final place is known only when all are drawn; till then it has its size.
        self._whole.set_size_inches(self._whole.get_figwidth(), self.height)
        self.figure.bbox_relative.p0 = (0.0, 0.0)
        self.figure.bbox_relative.p1 = (self.width / self._whole.get_figwidth(), 1.0)
        return self.figure

    def key(self, axes: Axes, handles: Sequence[Artist] | None = None, title: str | None = None) -> None:
        """Names the curves of `axes`, or `handles`: beside the axes, below them on a narrow page."""
        if handles is None:
            handles = axes.get_legend_handles_labels()[0]
        if not handles:
            return
        if not self.narrow:
            axes.legend(
                handles=handles, title=title, loc="upper left", bbox_to_anchor=(1.0, 1.0), alignment="left"
            )
            return
        columns = columns_of(handles, self.width, 5.0)
        title = title and title.replace("\n", " ")
        self.figure.legend(handles=handles, title=title, loc="outside lower center", ncols=columns)
        self.height += (-(-len(handles) // columns) + bool(title)) * _KEY_LINE

    def key_above(self, axes: Axes, handles: Sequence[Artist]) -> None:
        """Says above `axes` what is in no colour bar."""
        if not handles:
            return
        columns = columns_of(handles, self.width, 2.8)
        axes.legend(
            handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=columns, borderaxespad=0.2,
            columnspacing=1.0, handletextpad=0.4, handlelength=1.4,
        )  # fmt: skip
        self.height += (-(-len(handles) // columns) - 1) * _KEY_LINE

    def letter(self, letter: str, medium: Medium) -> None:
        """Names it among others, with what it has found if that is told."""
        told = _wrapped(self.finding, medium.text, self.width - _LETTERED) if medium.headed else []
        figure, left = self.figure, 0.02 / self.width
        self.height += max(1, len(told)) * medium.text * _LEADING / 72 + _MARGIN
        # The title keeps the room free; it says what was found, right of the letter.
        figure.suptitle(
            "\n".join(told) or " ", x=left + _LETTERED / self.width, ha="left", size=medium.text, color=GREY
        )
        figure.text(left, 0.98, letter, weight="bold", size=medium.text + 1, va="top")


def composed(rows: Sequence[Sequence[Draw]], title: str, said: str, medium: Medium, width: float) -> Figure:
    """A figure of one page, or of rows of panels with letters; `width` inches wide, in the style of all."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with style(medium):
        figure = Figure(figsize=(width, 1.0), dpi=medium.resolution)
        grid = figure.add_gridspec(len(rows), 1)
        pages = [_drawn(figure, grid[k], row, width) for k, row in enumerate(rows)]
        every = [page for row in pages for page in row]
        if len(every) > 1:
            for page, letter in zip(every, _letters(), strict=False):
                page.letter(letter, medium)
            findings = ""
        else:
            findings = every[0].finding
        heights = [max(page.height for page in row) for row in pages]
        grid.set_height_ratios(heights)
        subtitle = " · ".join(filter(None, (said, findings)))
        heads = _heads(title, subtitle, width) if medium.headed else []
        head = _MARGIN * (2 if heads else 0.5) + sum(size for _, size, _, _ in heads) * _LEADING / 72
        total = sum(heights) + head
        figure.set_size_inches(width, total)
        top = _MARGIN
        for line, size, weight, colour in heads:
            figure.text(
                _MARGIN / width, 1 - top / total, line, size=size, weight=weight, color=colour, va="top"
            )
            top += size * _LEADING / 72
        _settle(figure, medium, ConstrainedLayoutEngine(rect=(0, 0, 1, sum(heights) / total)))
    return figure


def _drawn(figure: Figure, place: Any, row: Sequence[Draw], width: float) -> list[Page]:
    """The pages of a row, drawn."""
    pages = []
    for cell, draw in zip(place.subgridspec(1, len(row)), row, strict=True):
        page = Page(figure, cell, width / len(row))
        draw(page)
        pages.append(page)
    return pages


def _letters() -> list[str]:
    return [chr(ord("a") + k) for k in range(26)]


def _heads(title: str, subtitle: str, width: float) -> list[tuple[str, float, str, str]]:
    """The lines above a figure: text, size, weight, colour."""
    return [(line, TITLE, "bold", "black") for line in _wrapped(title, TITLE, width)] + [
        (line, SUBTITLE, "normal", GREY) for line in _wrapped(subtitle, SUBTITLE, width)
    ]


def _wrapped(text: str, size: float, width: float) -> list[str]:
    """Lines of at most `width` inches, with units as in print; a letter is about 0.6 of its size wide."""
    return textwrap.wrap(typeset(text), max(10, int(width * 72 / (0.6 * size))))


def _settle(figure: Figure, medium: Medium, layout: LayoutEngine) -> None:
    """Puts everything in its final place, so that the figure looks the same wherever it is drawn later."""
    from matplotlib.axes import Axes

    for axes in figure.findobj(Axes):
        axes.tick_params(
            which="both", labelsize=medium.small
        )  # else later settings decide how many ticks fit
    layout.execute(figure)  # alone: to draw the figure for it would take twice as long
    if any(axes.get_aspect() != "auto" for axes in figure.axes):  # needs a second look, or more
        for _ in range(_LOOKS):
            layout.execute(figure)
            if _inside(figure):
                break


def _inside(figure: Figure) -> bool:
    """Whether nothing sticks out."""
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    return bool(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height)
