"""What is cited, and where each citation stands: `citations.bib`, an entry for every paper, which LaTeX can read too.

A model, a mechanism or a method names the paper it rests on by its DOI (or its key), and is found here by that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".bib")
FEW = 3  # authors that are all named
_ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "c": "\u0327"}


class CitationError(KeyError):
    """No such entry."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A paper, as BibTeX has it."""

    key: str
    fields: Mapping[str, str]
    bibtex: str  # the entry as it stands in the file

    @property
    def doi(self) -> str:
        """Empty of a paper that has none."""
        return self.fields.get("doi", "")

    @property
    def url(self) -> str:
        """Where to find it."""
        return f"https://doi.org/{self.doi}" if self.doi else self.fields.get("url", "")

    @property
    def short(self) -> str:
        """As in running text: "Luo & Rudy 1991", "Kneller et al. 2002", or the DOI of what is known by no more."""
        names = [name.partition(",")[0] for name in self._authors]
        if not names:
            return f"doi:{self.doi}"
        who = " & ".join(names) if len(names) < FEW else f"{names[0]} et al."
        return f"{who} {self.fields['year']}"

    @property
    def text(self) -> str:
        """As in a list of references, without the address."""
        if not self._authors:
            return f"doi:{self.doi}"
        found = {name: _plain(value) for name, value in self.fields.items()}
        number = f"({found['number']})" if "number" in found else ""
        place = f"{found['journal']} {found['volume']}{number}:{found['pages']}"
        title = found["title"].rstrip(".")
        return f"{_listed(self._authors)} ({found['year']}). {title}. {place}."

    @property
    def _authors(self) -> list[str]:
        """ "Last, First" of each."""
        authors = _plain(self.fields.get("author", ""))
        return authors.split(" and ") if authors else []


@cache
def entries() -> Mapping[str, Citation]:
    """All citations by their key."""
    return {citation.key: citation for citation in _read(FILE.read_text(encoding="utf-8"))}


def cited(name: str) -> Citation:
    """The citation with this key or DOI; raises CitationError."""
    same = name.casefold()
    for citation in entries().values():
        if same in (citation.key, citation.doi.casefold()):
            return citation
    raise CitationError(name)


def by_doi(doi: str, key: str) -> Citation:
    """The citation with this DOI; of one that is not known, such as that of a user's own model, the DOI alone."""
    try:
        return cited(doi)
    except CitationError:
        return Citation(key, {"doi": doi}, f"@misc{{{key},\n  doi = {{{doi}}},\n}}")


def _read(text: str) -> Iterator[Citation]:
    for entry in re.findall(r"^@\w+\{.*?^\}", text, re.MULTILINE | re.DOTALL):
        key = entry[entry.index("{") + 1 : entry.index(",")]
        found = re.findall(r"^  (\w+) = \{(.*?)\},$", entry, re.MULTILINE | re.DOTALL)
        yield Citation(key, {name: " ".join(value.split()) for name, value in found}, entry)


def _plain(text: str) -> str:
    """Text without the marks of LaTeX."""
    text = re.sub(
        r"""\{?\\(['`"^~]|c(?=\{))\{?(\w)\}*""",
        lambda found: unicodedata.normalize("NFC", found[2] + _ACCENTS[found[1]]),
        text,
    )
    return re.sub(r"[{}]", "", text).replace("--", "–").replace(r"\&", "&")


def _listed(authors: list[str]) -> str:
    """ "Luo C-H, Rudy Y"."""
    names = []
    for author in authors:
        last, _, first = author.partition(", ")
        initials = "".join(re.sub(r"\B\w+\.?|[. ]", "", first))
        names.append(f"{last} {initials}".strip())
    return ", ".join(names)
