"""The report of a sweep, and its tables for a spreadsheet."""

import csv
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sweep_examples import FIND, GRID, Counting, carried_out, outcome, planned

from cardiac import SweepTable, report
from cardiac.exports import load
from cardiac.sweeps import records, results
from cardiac.sweeps.records import Record

HEAD = "title: Where <b>it</b> blocks\nabout: Two axes, `g` and width\nfigures: [phase_diagram]\n"


def swept(text, folder, perform=outcome, head=HEAD):
    """The table of a sweep whose cases are stand-ins."""
    with ThreadPoolExecutor(2) as pool:
        coordinator = carried_out(planned(head + text), Counting(perform), pool)
    path = folder / "sweep.sweep.h5"
    results.write(path, coordinator.plan, coordinator.strategy, coordinator.records)
    return SweepTable.open(path)


def failing(task):
    """Every case of the widest strip fails."""
    if "2 mm" not in str(task.settings):
        return outcome(task)
    return Record(task.case, task.digest, records.FAILED, "V became NaN <somewhere>", {}, 0.01, task.at)


def text_of(html):
    body = re.sub(r"<(style|script).*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).replace("\u00a0", " ").split())


def test_a_grid_is_reported_with_axes_figures_and_cases(folder):
    table = swept(GRID, folder)
    html = report.html(table)
    text = text_of(html)
    for part in (
        "Where &lt;b&gt;it&lt;/b&gt; blocks",
        "12 runs",
        "width 0.5 mm 2 mm 3 regions.strip.shape.strip.width",
        "g 0.1 mS/µF 0.8 mS/µF 4, logarithmic regions.strip.mechanisms[0].potassium_conductance.g",
        "This was repeated with other values of width (regions.strip.shape.strip.width)",
        "Mitchell-Schaeffer 2003",
        "base: strip.yaml",
        "title: A strip of added conductance",
    ):
        assert part in text
    assert "<code>g</code>" in html
    assert html.count("<img") == 1  # as it asks for
    assert 'alt="Phase diagram: ' in html
    rows = re.findall(r"<th scope=\"row\">([\d.]+)</th><td>([\d.]+)</td><td>(conducted|blocked)</td>", html)
    said = table["block.strip.outcome"]
    assert rows == [
        (f"{width:.5g}", f"{g:.5g}", said[i, j])
        for i, width in enumerate(table["width"])
        for j, g in enumerate(table["g"])
    ]


def test_a_panel_is_one_picture(folder):
    drawn = "figures: [{panel: [[phase_diagram, heat_map]]}, {phase_diagram: {for: print}}]"
    html = report.html(swept(GRID, folder, head=HEAD.replace("figures: [phase_diagram]", drawn)))
    assert re.findall(r'alt="([^:]*): ', html) == ["Panel", "Phase diagram"]


def test_a_search_is_reported_with_its_boundary_and_how_much_it_saved(folder):
    table = swept(FIND, folder, head=HEAD.replace("figures: [phase_diagram]\n", ""))
    html = report.html(table)
    text = text_of(html)
    assert re.findall(r'alt="([^:]*): ', html) == ["Phase diagram"]  # where none is asked for
    assert "Not drawn" not in text
    runs, full = table.attributes["runs"], table.attributes["runs_of_full_grid"]
    assert f"{runs} runs; a full grid of this resolution has {full}" in text
    assert "Where block.strip.outcome changes along g was found by bisection, to 1 %." in text
    assert "g 0.1 mS/µF 4 mS/µF searched" in text
    for width, found in zip(table["width"], table["boundary"], strict=True):
        assert f" {width:.5g} {found:.5g} " in text


def test_failed_cases_are_told_once_with_their_number(folder):
    text = text_of(report.html(swept(GRID, folder, failing)))
    assert "Failed cases V became NaN &lt;somewhere&gt; (4 cases)" in text


def test_many_cases_are_cut_short_and_said_to_be(folder):
    table = swept(GRID.replace("count: 4", "count: 40"), folder)
    text = text_of(report.html(table))
    assert "60 more rows in summary.csv and in the file." in text


def test_a_table_that_does_not_tell_how_it_was_written_shows_what_it_means(folder):
    """As tables of before: all figures there are, and the definition."""
    table = swept(GRID, folder)
    del table.attributes["written"], table.attributes["about"]
    html = report.html(table)
    assert html.count("<img") == 3
    assert "collect:" in text_of(html)


def test_spreadsheets_of_a_grid_have_every_case(folder):
    table = swept(GRID, folder)
    (path,) = load("csv").export(table, Path("csv"))
    assert path.name == "cases.csv"
    with path.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head[:4] == ["width (mm)", "g (mS/uF)", "block.strip.outcome", "block.strip.delay (ms)"]
    assert len(rows) == 12
    for row, (i, j) in zip(rows, ((i, j) for i in range(3) for j in range(4)), strict=True):
        assert (float(row[0]), float(row[1])) == (table["width"][i], table["g"][j])
        assert row[2] == table["block.strip.outcome"][i, j]
        assert float(row[3]) == table["block.strip.delay"][i, j]


def test_spreadsheets_of_a_search_have_boundary_and_cases(folder):
    table = swept(FIND, folder)
    boundary, cases = load("csv").export(table, Path("csv"))
    assert (boundary.name, cases.name) == ("boundary.csv", "cases.csv")
    with boundary.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["boundary (mS/uF)"]) for row in rows] == table["boundary"].tolist()
    assert len(cases.read_text().splitlines()) == 1 + table["runs"].sum()


def test_a_sweep_has_no_tissue_for_paraview(folder):
    with pytest.raises(ValueError, match="table of a sweep: it has no tissue"):
        load("paraview").export(swept(GRID, folder), Path("x.vtkhdf"))
