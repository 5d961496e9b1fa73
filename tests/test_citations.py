"""What is cited: every model and mechanism has a whole entry, and entries agree with what stands elsewhere."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from cardiac import citations, experiments, figures, measures, mechanisms, models, recorders

REGISTRIES = {
    "models": models, "mechanisms": mechanisms, "measures": measures, "recorders": recorders,
    "figures": figures, "experiments": experiments,
}  # fmt: skip
MODULES = [
    import_module(f"cardiac.{package}.{name}") for package, of in REGISTRIES.items() for name in of.names()
]
CITING = [module for module in MODULES if hasattr(module, "DOI")]
BASED = [m for m in MODULES if m.__name__.split(".")[1] in ("models", "mechanisms")]
ENTRIES = list(citations.entries().values())
CELLML = Path(__file__).parent / "data" / "models"


def short(module):
    return module.__name__.removeprefix("cardiac.")


@pytest.mark.parametrize("module", BASED, ids=short)
def test_every_model_and_mechanism_has_a_whole_entry(module):
    entry = citations.cited(module.DOI)
    assert {"author", "title", "journal", "year", "volume", "pages", "doi"} <= entry.fields.keys()
    assert all(entry.fields.values())
    assert entry.bibtex.startswith(f"@article{{{entry.key},\n")


@pytest.mark.parametrize("module", CITING, ids=short)
def test_what_a_file_names_is_there(module):
    entry = citations.cited(module.DOI)
    assert module.DOI in (entry.doi, entry.key)


@pytest.mark.parametrize("module", BASED, ids=short)
def test_the_entry_agrees_with_the_documentation(module):
    """Volume, first page, year and first author were written down twice, independently."""
    entry = citations.cited(module.DOI)
    page = entry.fields["pages"].partition("--")[0]
    words = " ".join(module.__doc__.split())
    assert re.search(rf"\b{entry.fields['volume']}:{page}\b", words)
    assert entry.fields["year"] in words
    assert entry.fields["author"].partition(",")[0] in words


def articles():
    """Title, volume and pages of the papers, as the authors of published CellML files have them."""
    for file in sorted(CELLML.glob("*.cellml")):
        text = " ".join(file.read_text().split())
        found = re.search(
            r"<dc:title[^>]*>([^<]+)</dc:title> ?<bqs:volume[^>]*>(\d+)[^<]*</bqs:volume>"
            r" ?<bqs:first_page[^>]*>\D*(\d+)</bqs:first_page>.*?<bqs:last_page[^>]*>\D*(\d+)</bqs:last_page>",
            text,
        )
        if found and words(found[1]) in [words(entry.fields["title"]) for entry in ENTRIES]:
            yield pytest.param(*found.groups(), id=file.stem)


def words(text):
    return re.findall(r"\w+", text.lower())


@pytest.mark.parametrize(("title", "volume", "first", "last"), list(articles()))
def test_the_entry_agrees_with_published_files(title, volume, first, last):
    (entry,) = (entry for entry in ENTRIES if words(entry.fields["title"]) == words(title))
    assert entry.fields["volume"] == volume
    assert re.findall(r"\d+", entry.fields["pages"]) == [first, last]


def test_published_files_were_found():
    assert len(list(articles())) >= 5


def test_no_entry_stands_twice_and_none_is_left_over():
    dois = [entry.doi for entry in ENTRIES if entry.doi]
    assert len(set(dois)) == len(dois)
    assert citations.FILE.read_text().count("\n@") == len(ENTRIES)
    package = citations.FILE.parent
    code = "".join(file.read_text() for file in package.rglob("*.py"))
    assert [
        e.key for e in ENTRIES if f'"{e.doi}"' not in code and not re.search(rf"\b{e.key}['\"]", code)
    ] == []


def test_braces_are_balanced():
    for entry in ENTRIES:
        assert entry.bibtex.count("{") == entry.bibtex.count("}")
        assert entry.bibtex.endswith("\n}")


def test_text():
    luo = citations.cited("luo_rudy_1991")
    assert luo is citations.cited("10.1161/01.res.68.6.1501")  # a DOI has no case
    assert luo.short == "Luo & Rudy 1991"
    assert luo.text == (
        "Luo C-H, Rudy Y (1991). A model of the ventricular cardiac action potential. Depolarization, "
        "repolarization, and their interaction. Circulation Research 68(6):1501–1526."
    )
    assert luo.url == "https://doi.org/10.1161/01.RES.68.6.1501"
    ohara = citations.cited("10.1371/journal.pcbi.1002061")
    assert ohara.text.startswith("O'Hara T, Virág L, Varró A, Rudy Y (2011). ")
    assert citations.cited("govorunova_2022").text.count("St-Pierre F, Xue M") == 1
    assert citations.cited("perego_veneziani_2009").url.startswith("https://etna.")


def test_what_is_not_known_is_cited_by_its_doi():
    with pytest.raises(citations.CitationError):
        citations.cited("10.1000/example")
    mine = citations.by_doi("10.1000/example", "mine")
    assert (mine.short, mine.text) == ("doi:10.1000/example", "doi:10.1000/example")
    assert mine.url == "https://doi.org/10.1000/example"
    assert "doi = {10.1000/example}" in mine.bibtex
