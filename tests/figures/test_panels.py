"""Several figures as one: letters, sizes, the same contents as alone; in Python, in configs, of sweeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from reading import words
from sweep_tables import grid
from test_figures import DRAWN, shown

from cardiac import figures
from cardiac.config import ConfigError, loads
from cardiac.figures import FigureError
from cardiac.result import Result

CONFIG = """\
title: A strip
tissue: {size: [40 mm, 10 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}
run: {duration: 400 ms}
record: {frames: {}, probes: {here: [10 mm, 5 mm]}}
measure: [activation]
figures:
"""


def letters(figure: Figure) -> str:
    return "".join(
        text.get_text()
        for text in figure.findobj(Text)
        if text.get_weight() == "bold" and len(text.get_text()) == 1
    )


def inside(figure: Figure) -> bool:
    box, size = figure.get_tightbbox(), figure.get_size_inches()
    return min(box.x0, box.y0) >= 0 and bool((np.array([box.x1, box.y1]) <= size).all())


FIRST = dict(reversed(DRAWN))  # figure -> the first result that it shows; the others take long


@pytest.mark.parametrize(
    ("name", "result"),
    [pytest.param(*d, marks=() if FIRST[d[0]] == d[1] else pytest.mark.slow) for d in DRAWN],
)
def test_a_figure_fits_into_a_column_of_a_journal(results: dict[str, Result], name: str, result: str) -> None:
    """So it does into half of a page; letters are as large as journals ask for."""
    figure = results[result].plot(name, for_="print", width=85.0)
    assert inside(figure)
    assert figure.get_figheight() < 10
    written = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    assert min(text.get_size() for text in written) >= 7
    titles = [axes.title.get_window_extent() for axes in figure.axes if axes.get_title()]
    assert not any(a.overlaps(b) for i, a in enumerate(titles) for b in titles[:i])


@pytest.fixture(scope="module")
def panel(results: dict[str, Result]) -> Figure:
    rows = [
        ["activation_map", "traces"],
        [{"space_time": {"x": 3.1}}, "velocity"],
        ["map", "frames", "trace_stack"],
    ]
    return results["sheet"].panel(rows, for_="print")


def test_panels_have_letters_and_nothing_sticks_out(panel: Figure) -> None:
    assert letters(panel) == "abcdefg"
    assert inside(panel)
    assert 25.4 * panel.get_figwidth() == pytest.approx(180)


def test_a_panel_shows_what_the_figure_shows_alone(panel: Figure, results: dict[str, Result]) -> None:
    sheet = results["sheet"]
    (image,) = (axes.images[0] for axes in panel.axes if axes.get_ylabel().startswith("y at x = 3.25"))
    assert np.array_equal(np.ma.filled(image.get_array(), np.nan), sheet["V"][:, :, 6].T, equal_nan=True)
    curve = next(axes.lines[0] for axes in panel.axes if axes.get_ylabel() == "membrane potential (mV)")
    assert np.array_equal(curve.get_ydata(), sheet.probes["before"].V)


def test_panels_do_not_overlap(panel: Figure) -> None:
    boxes = [part.get_tightbbox().padded(-0.02) for part in panel.subfigs]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_every_figure_of_a_tissue_is_a_panel_and_is_saved_in_every_format(
    results: dict[str, Result], tmp_path: Path
) -> None:
    names = shown("sheet")
    figure = results["sheet"].panel([names[k : k + 2] for k in range(0, len(names), 2)])
    assert len(letters(figure)) == len(names)
    assert inside(figure)
    assert "no phase singularity lasts for 20 ms" in words(figure)
    figure.dpi = 50  # which is soon written
    for suffix, begin in {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}.items():
        figures.save(figure, tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes().startswith(begin)


def test_a_sweep_has_panels_too(tmp_path: Path) -> None:
    figure = grid(tmp_path / "a.sweep.h5").panel([["phase_diagram", "heat_map"], ["line_family"]])
    assert letters(figure) == "abc"
    assert inside(figure)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "a panel is rows of figures"),
        ([["traces"], []], "a panel is rows of figures"),
        ([["tracs"]], 'unknown figure "tracs" - did you mean "traces"'),
        ([[{"space_time": {"z": 1.0}}]], 'space_time: unknown option "z"'),
        ([[("space_time", {})]], "is no figure of a panel"),
        ([["traces", "rest"]], "rest shows a single cell, this is a sheet"),
        ([["traces"] * 27], "a panel of 27 figures: at most 26"),
    ],
)
def test_what_is_no_panel_is_refused(results: dict[str, Result], rows: list[list[str]], message: str) -> None:
    with pytest.raises(FigureError, match=message):
        results["sheet"].panel(rows)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 20.0}, "width: 20 mm, 40 to 500 mm make a figure"),
        ({"for_": "paper"}, 'for "paper": a figure is for screen or print'),
    ],
)
def test_impossible_sizes_are_refused(
    results: dict[str, Result], options: dict[str, object], message: str
) -> None:
    with pytest.raises(FigureError, match=message):
        results["cable"].plot("traces", **options)


def test_a_config_asks_for_panels() -> None:
    text = CONFIG + "  - panel: [[activation_map, traces], space_time]\n"
    text += (
        "  - panel: {rows: [traces, {space_time: {y: 2 mm}}], name: figure_2, for: print, width: 170 mm}\n"
    )
    first, second = loads(text).figures
    assert [[use.name for use in row] for row in first.rows] == [["activation_map", "traces"], ["space_time"]]
    assert (second.name, dict(second.options)) == ("figure_2", {"for_": "print", "width": 170.0})
    assert [(use.name, dict(use.options)) for use in second.rows[0]] == [
        ("traces", {}),
        ("space_time", {"y": 2.0}),
    ]


def test_a_panel_is_written_back_as_it_was_meant() -> None:
    written = loads(
        CONFIG + "  - panel: {rows: [[traces]], name: b, width: 85 mm}\n  - {traces: {for: print}}\n"
    )
    assert written.resolved()["figures"] == [
        {"panel": {"rows": [["traces"]], "name": "b", "width": "85 mm"}},
        {"traces": {"for": "print"}},
    ]


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (
            "panel: [[activation_map, tracs]]",
            'figures[0].panel[0][1]: unknown figure "tracs" - did you mean "traces"?',
        ),
        ("panel: [[space_time: {y: 90 mm}]]", "panel[0][0].space_time.y: lies outside the tissue"),
        ("panel: [[space_time: {y: 1 mV}]]", '"1 mV": mV is a voltage'),
        ("panel: [[traces: {width: 85 mm}]]", "panel[0][0].traces.width: unknown key"),
        ("panel: [[apd_dispersion]]", "shows apd90, which this config does not keep - add measure: [apd90]"),
        ("panel: [[traces], []]", "figures[0].panel[1]: is empty - name a figure, or remove it"),
        ("panel: []", "rows of figures are expected: [[activation_map, traces], [space_time]]"),
        ("panel: traces", "rows of figures are expected: [[activation_map, traces], [space_time]]"),
        ("panel: {name: a}", "panel.rows: is missing"),
        ("panel: {rows: [traces], nam: a}", 'unknown key - did you mean "name"?'),
        ("panel: {rows: [traces], name: a/b}", "a name of letters, digits, - and _ is expected"),
        ("panel: {rows: [traces], width: 10 mm}", "panel.width: 10 mm, 40 to 500 mm make a figure"),
        ("traces: {for: paper}", 'traces.for: unknown word "paper" (screen, print)'),
        ("pannel: [[traces]]", 'unknown figure "pannel" - did you mean "panel"?'),
    ],
)
def test_a_mistake_in_a_panel_is_told_with_its_place(figure: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        loads(f"{CONFIG}  - {figure}\n", "strip.yaml")
    (problem,) = error.value.problems
    assert message in str(problem)
    assert str(problem).startswith("strip.yaml:7:")


def test_families_of_several_results_are_drawn_together(results: dict[str, Result]) -> None:
    """A baseline and a treatment, each with marks or lines of its own, and its name in the key."""
    baseline, treated = results["restitution"], results["restitution-dosed"]
    for name in ("restitution", "strength_duration", "refractory", "rest"):
        alone = results[name].plot(name)
        both = results[name].plot(name, beside=(results[f"{name}-dosed"].path,))
        count = [sum(len(axes.lines) for axes in figure.axes) for figure in (alone, both)]
        assert count[1] > count[0]
        assert inside(both)
    found = words(baseline.plot("restitution", beside=[treated.path]))
    assert "restitution" in found  # the names of the files tell apart what has the same title
    with pytest.raises(
        FigureError, match=r"cell\.h5 holds no table S1S2 - an experiment with the table S1S2"
    ):
        baseline.plot("restitution", beside=[results["cell"].path])


def test_a_map_is_that_of_the_file_or_computed(results: dict[str, Result]) -> None:
    sheet = results["sheet"]
    for of, values in {"apd90": sheet["apd90"][0], "repolarization": sheet.analysis.repolarization()}.items():
        image = sheet.plot("map", of=of).axes[0].images[0].get_array()
        assert np.array_equal(np.ma.filled(image, np.nan), values, equal_nan=True)
    curvature = sheet.plot("map", of="curvature").axes[0].images[0]
    assert -curvature.norm.vmin == curvature.norm.vmax
    with pytest.raises(FigureError, match='holds no map "apd80" - did you mean "apd90"'):
        sheet.plot("map", of="apd80")
    with pytest.raises(FigureError, match="map: there is no beat 3"):
        sheet.plot("map", of="apd90", beat=3)


def test_a_stack_shows_the_traces_of_its_places(results: dict[str, Result]) -> None:
    """Undone of its place and scale, a curve is the potential there."""
    cable = results["cable"]
    axes = cable.plot("trace_stack", count=10).axes[0]
    V = cable["V"][:, 0]
    curves = [line for line in axes.lines if len(line.get_xdata()) == len(cable.time)]
    assert len(curves) == 10
    for k, curve in enumerate(curves):
        cell = np.abs(cable.x - 2.0 * (k + 0.5)).argmin()
        shown = curve.get_ydata() - curve.get_ydata().min()
        expected = V[:, cell] - V[:, cell].min()
        assert shown == pytest.approx(expected * 1.8 * 2.0 / (V.max() - V.min()), rel=0.05, abs=1e-6)
    assert figures.options("trace_stack")["count"].default == 20
