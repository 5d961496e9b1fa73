"""The page of a report: its contents as plain data, and how they become HTML."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, NamedTuple

from cardiac.citations import Citation
from cardiac.report.player import Player
from cardiac.typesetting import symbol, typeset

LARGEST = 10_000_000  # characters of a page, of which frames take what figures leave


class Finding(NamedTuple):
    """What came out, in a sentence; a verdict has a name and a tone: conducted, delayed or blocked."""

    text: str
    name: str = ""
    tone: str = ""


class Picture(NamedTuple):
    """A figure."""

    title: str
    about: str  # what it shows, in words
    alt: str
    source: str  # data URI
    width: int  # pixels
    height: int
    share: float  # of the width of the page, so that letters are of one size


class Rows(NamedTuple):
    """A table: heads, rows of texts; `note` says what is left out."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    folded: bool = False


class Text(NamedTuple):
    """Something written, such as a config."""

    title: str
    text: str
    folded: bool = False


class Page(NamedTuple):
    """What stands on a page, in this order."""

    kind: str  # "run", "experiment", "sweep"
    title: str
    about: str
    reference: str
    file: str
    findings: Sequence[Finding]
    player: Player | None
    pictures: Sequence[Picture]
    not_drawn: Sequence[str]  # figures that were asked for, and why they are not there
    tables: Sequence[Rows]  # of what came out
    failures: Sequence[str]
    warnings: Sequence[str]
    texts: Sequence[Text]
    numerics: Rows
    provenance: Rows
    methods: Sequence[str]
    citations: Sequence[Citation]


def rendered(page: Page) -> str:
    """The page as HTML that needs nothing else: styles, script and pictures are in it."""
    import jinja2
    from markupsafe import Markup, escape

    def own(name: str) -> str:
        return files("cardiac.report").joinpath(name).read_text(encoding="utf-8")

    # Whatever a config says becomes text, never markup.
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

    def prose(text: str) -> Markup:
        """Text as it may stand in a config: quantities, and `code` between backticks."""
        parts = re.split(r"`([^`\n]+)`", text)
        return Markup("").join(
            Markup("<code>{}</code>").format(part) if k % 2 else escape(typeset(part))
            for k, part in enumerate(parts)
        )

    environment.filters |= {"prose": prose, "symbol": symbol}
    style, script = own("page.css"), own("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    values: dict[str, Any] = page._asdict() | {
        "style": Markup(style),  # ours, as it stands
        "script": Markup(script),
        "script_digest": digest,
        "bibtex": "\n\n".join(citation.bibtex for citation in page.citations),
    }
    return environment.from_string(own("page.html")).render(values)
