"""Every figure there is, of every kind of result: drawn, readable, saved, without a trace in matplotlib."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import get_args

import matplotlib
import numpy as np
import pytest
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.text import Text

from cardiac import figures
from cardiac.figures import FigureError
from cardiac.figures._style import step
from cardiac.result import Result
from cardiac.storage import Writer
from cardiac.units import Unit

KINDS = ["sheet", "column", "cable", "cell"]

Results = dict[str, Result]
Draw = Callable[[str, str], Figure]


def words(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(Text)}


@pytest.fixture(scope="module")
def draw(results: Results) -> Draw:
    """The figure of a kind of result, drawn once; a skip where there is said to be none."""

    @cache
    def drawn(name: str, kind: str) -> Figure:
        if why := figures.obstacle(name, results[kind]):
            pytest.skip(why)
        return figures.draw(name, results[kind])

    return drawn


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", figures.names())
def test_nothing_sticks_out_of_a_figure(draw: Draw, name: str, kind: str) -> None:
    figure = draw(name, kind)
    box, size = figure.get_tightbbox(), figure.get_size_inches()
    assert 6 <= size[0] <= 8
    assert size[1] <= 8
    assert min(box.x0, box.y0) >= 0
    assert (np.array([box.x1, box.y1]) <= size).all()


@pytest.mark.parametrize("name", figures.names())
def test_a_figure_says_what_it_shows(draw: Draw, name: str) -> None:
    found = words(draw(name, "sheet"))
    assert any(word.startswith("A planar wave meets a strip") for word in found)
    assert any(word.startswith("BLOCKED at x = 9.5 mm") for word in found)
    assert {"x (mm)", "time (ms)", "membrane potential (mV)"} & found


@pytest.mark.parametrize("name", figures.names())
def test_a_figure_is_saved_in_every_format(draw: Draw, tmp_path: Path, name: str) -> None:
    for suffix, begin in {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}.items():
        figures.save(draw(name, "sheet"), tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes().startswith(begin)


def test_the_same_figure_is_the_same_file(results: Results, tmp_path: Path) -> None:
    for number in (1, 2):
        figure = results["cable"].plot("activation_map")
        for suffix in figures.FORMATS:
            figures.save(figure, tmp_path / f"{number}.{suffix}")
    for suffix in figures.FORMATS:
        assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"2.{suffix}").read_bytes()


def test_other_formats_are_refused(draw: Draw, tmp_path: Path) -> None:
    with pytest.raises(FigureError, match="a figure is saved as png, pdf, svg"):
        figures.save(draw("traces", "cell"), tmp_path / "a.docx")


def test_drawing_leaves_no_trace_in_matplotlib(results: Results, tmp_path: Path) -> None:
    program = """
        import sys
        from cardiac import figures
        from cardiac.result import Result
        assert figures.names() and "matplotlib" not in sys.modules
        result = Result.open(sys.argv[1])
        import matplotlib
        settings = [key for key in matplotlib.rcParams if key != "backend"]  # to ask for that imports pyplot
        before = [matplotlib.rcParams[key] for key in settings]
        for name in figures.names():
            if figures.obstacle(name, result):
                continue
            figures.save(figures.draw(name, result), sys.argv[2] + "/a.png")
        assert [matplotlib.rcParams[key] for key in settings] == before
        assert "matplotlib.pyplot" not in sys.modules
    """
    package = str(Path(figures.__file__).parents[2])
    command = [sys.executable, "-c", dedent(program), str(results["sheet"].path), str(tmp_path)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": package}, check=True)


def test_a_figure_looks_the_same_in_other_settings(draw: Draw) -> None:
    figure = draw("activation_map", "sheet")
    before = figure.get_tightbbox().extents
    with matplotlib.rc_context({"font.size": 30, "xtick.labelsize": 30, "ytick.labelsize": 30}):
        figure.draw_without_rendering()
        assert np.array_equal(figure.get_tightbbox().extents, before)


def test_what_a_file_does_not_hold_is_named_with_the_line_that_keeps_it(results: Results) -> None:
    bare = results["bare"]
    for name, (what, advice) in {
        "activation_map": ("activation", "measure: [activation]"),
        "space_time": ("frames", "record: {frames: {every: 1 ms}}"),
        "frames": ("frames", "record: {frames: {every: 1 ms}}"),
        "traces": ("probes", "record: {probes: {here: [10 mm, 5 mm]}}"),
    }.items():
        with pytest.raises(FigureError) as error:
            bare.plot(name)
        lacking = f"{name} shows {what}, which {bare.path} does not hold - add {advice} and run again"
        assert str(error.value) == lacking
    with pytest.raises(FigureError, match=r"holds no frames of Ca_i - add record: {frames: {of: \[Ca_i\]"):
        results["sheet"].plot("frames", of="Ca_i")


def test_what_a_tissue_does_not_have_is_said(results: Results) -> None:
    for name in ("activation_map", "space_time"):
        with pytest.raises(
            FigureError, match=f'{name} shows a tissue, this is a single cell - draw "traces"'
        ):
            results["cell"].plot(name)
    with pytest.raises(FigureError, match='frames shows a sheet, this is a single cell - draw "traces"'):
        results["cell"].plot("frames")
    with pytest.raises(FigureError, match='frames shows a sheet, this is a cable - draw "space_time"'):
        results["cable"].plot("frames")
    with pytest.raises(FigureError, match=r"there is no beat 3, .*sheet\.h5 holds 2"):
        results["sheet"].plot("activation_map", beat=3)
    with pytest.raises(FigureError, match="x and y are two lines"):
        results["sheet"].plot("space_time", x=1.0, y=1.0)


@pytest.mark.parametrize("kind", [*KINDS, "bare"])
@pytest.mark.parametrize("name", figures.names())
def test_what_can_be_drawn_is_known_without_drawing(
    results: Results, draw: Draw, name: str, kind: str
) -> None:
    if why := figures.obstacle(name, results[kind]):
        with pytest.raises(FigureError) as error:
            results[kind].plot(name)
        assert str(error.value) == why
    else:
        assert draw(name, kind).axes


def test_a_misspelt_figure_or_option_is_answered_with_the_nearest(results: Results) -> None:
    with pytest.raises(FigureError, match='unknown figure "activation_mop" - did you mean "activation_map"'):
        results["sheet"].plot("activation_mop")
    with pytest.raises(FigureError, match='frames: unknown option "time" - did you mean "times"'):
        results["sheet"].plot("frames", time=(1.0,))


def test_physical_options_carry_their_unit() -> None:
    y = figures.options("space_time")["y"]
    assert y.default is None
    assert Unit("mm", "length") in get_args(get_args(y.hint)[0])
    assert figures.options("activation_map")["beat"] == (int, 1)


def test_a_map_names_regions_and_probes_and_what_is_in_no_colour_bar(draw: Draw) -> None:
    found = words(draw("activation_map", "sheet"))
    assert {"strip", "before", "after", "never activated", "scar", "isochrones every 2 ms"} <= found
    assert "all" not in found  # a region without a border


def test_a_map_of_a_wave_that_never_came_is_grey(tmp_path: Path) -> None:
    with Writer(tmp_path / "a.h5", title="No wave") as out:
        out.coordinates(y=np.arange(5) + 0.5, x=np.arange(5) + 0.5)
        out.field("activation_time", np.full((1, 5, 5), np.nan), "ms", "activation time")
        out.complete()
    assert "never activated" in words(Result.open(tmp_path / "a.h5").plot("activation_map"))


def test_space_time_shows_the_asked_line(results: Results) -> None:
    sheet = results["sheet"]
    for options, index in [
        ({}, (7, slice(None))),
        ({"y": 1.3}, (2, slice(None))),
        ({"x": 3.1}, (slice(None), 6)),
    ]:
        (image,) = sheet.plot("space_time", **options).axes[0].images
        shown, expected = np.ma.filled(image.get_array(), np.nan), sheet["V"][:, *index].T
        assert np.array_equal(shown, expected, equal_nan=True)


def test_space_time_runs_along_the_longer_side(draw: Draw) -> None:
    assert draw("space_time", "column").axes[0].get_ylabel() == "y (mm), at x = 5.75 mm"


def test_frames_are_those_nearest_to_the_asked_times(results: Results) -> None:
    figure = results["sheet"].plot("frames", times=(11.2, 20.7))
    titles = [axes.get_title() for axes in figure.axes if axes.images]
    assert titles == ["12 ms", "20 ms"]


def test_frames_cover_the_activity(draw: Draw) -> None:
    figure = draw("frames", "sheet")
    times = [float(axes.get_title().removesuffix(" ms")) for axes in figure.axes if axes.images]
    assert len(times) >= 6
    assert min(times) >= 10
    assert times == sorted(times)


def test_traces_of_a_cell_show_its_largest_currents(draw: Draw) -> None:
    potential, currents = draw("traces", "cell").axes
    assert potential.get_ylabel() == "membrane potential (mV)"
    legend = currents.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [f"I_{i}" for i in range(9, 1, -1)]
    assert legend.get_title().get_text() == "largest 8 of 10"


def isochrones(figure: Figure) -> ContourSet:
    """The isochrones of an activation map; the borders of regions are the contours of one level."""
    (found,) = (c for c in figure.axes[0].findobj(ContourSet) if len(c.levels) > 1)
    return found


@pytest.mark.parametrize("kind", ["sheet", "column"])
def test_labels_of_isochrones_are_upright_and_whole(draw: Draw, kind: str) -> None:
    figure = draw("activation_map", kind)
    labels, frame = isochrones(figure).labelTexts, figure.axes[0].get_window_extent()
    assert len(labels) >= 3
    assert all(label.get_rotation() == 0 for label in labels)
    assert all(frame.containsx(x) for label in labels for x in label.get_window_extent().intervalx)
    assert all(frame.containsy(y) for label in labels for y in label.get_window_extent().intervaly)


def test_isochrones_do_not_pile_up_at_a_line_of_block(tmp_path: Path) -> None:
    """The wave comes to the middle at 40 ms, and from behind at 240 ms: no isochrone between is anywhere."""
    centres = np.arange(40) * 0.5 + 0.25
    x, _ = np.meshgrid(centres, centres)
    with Writer(tmp_path / "a.h5", title="Blocked") as out:
        out.coordinates(y=centres, x=centres)
        times = np.where(x < 10, x / 0.25, 200 + (20 - x) / 0.25)
        out.field("activation_time", times[None], "ms", "activation time")
        out.complete()
    found = isochrones(Result.open(tmp_path / "a.h5").plot("activation_map"))
    drawn = {level for level, path in zip(found.levels, found.get_paths(), strict=True) if len(path.vertices)}
    assert drawn == {20, 220}
    assert len(found.levels) == 11


@pytest.mark.parametrize(("span", "expected"), [(14.9, 1), (15.1, 2), (31, 5), (76, 10), (0.8, 0.1)])
def test_isochrones_are_at_round_intervals(span: float, expected: float) -> None:
    assert step(span, 15) == pytest.approx(expected)
