"""Every figure there is, of every kind of result: drawn, readable, saved, and without a trace in matplotlib."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import get_args

import matplotlib
import numpy as np
import pytest
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


def words(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(Text)}


def drawn(results: Results, name: str, kind: str) -> Figure:
    """The figure, or a skip where this kind of result has no such figure and says so."""
    try:
        return figures.draw(name, results[kind])
    except FigureError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", figures.names())
def test_nothing_sticks_out_of_a_figure(results: Results, name: str, kind: str) -> None:
    figure = drawn(results, name, kind)
    box, size = figure.get_tightbbox(), figure.get_size_inches()
    assert 6 <= size[0] <= 8
    assert size[1] <= 8
    tolerance = 0.02  # inch: half a tick label's side bearing
    assert min(box.x0, box.y0) >= -tolerance
    assert (np.array([box.x1, box.y1]) <= size + tolerance).all()


@pytest.mark.parametrize("name", figures.names())
def test_a_figure_says_what_it_shows(results: Results, name: str) -> None:
    found = words(figures.draw(name, results["sheet"]))
    assert any(word.startswith("A planar wave meets a strip") for word in found)
    assert any(word.startswith("BLOCKED at x = 9.5 mm") for word in found)
    assert {"x (mm)", "time (ms)", "membrane potential (mV)"} & found


@pytest.mark.parametrize("suffix", figures.FORMATS)
@pytest.mark.parametrize("name", figures.names())
def test_a_figure_is_saved_and_the_same_figure_is_the_same_file(
    results: Results, tmp_path: Path, name: str, suffix: str
) -> None:
    begin = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[suffix]
    for number in (1, 2):
        figures.save(figures.draw(name, results["sheet"]), tmp_path / f"{number}.{suffix}")
    first, second = ((tmp_path / f"{number}.{suffix}").read_bytes() for number in (1, 2))
    assert first.startswith(begin)
    assert first == second


def test_other_formats_are_refused(results: Results, tmp_path: Path) -> None:
    with pytest.raises(FigureError, match="a figure is saved as png, pdf, svg"):
        figures.save(figures.draw("traces", results["cell"]), tmp_path / "a.docx")


def test_drawing_leaves_no_trace_in_matplotlib(results: Results, tmp_path: Path) -> None:
    program = """
        import sys
        from cardiac import figures
        from cardiac.result import Result
        assert figures.names() and "matplotlib" not in sys.modules
        result = Result.open(sys.argv[1])
        import matplotlib
        before = dict(matplotlib.rcParams)
        for name in figures.names():
            figures.save(figures.draw(name, result), sys.argv[2] + "/a.png")
        assert dict(matplotlib.rcParams) == before
        assert "matplotlib.pyplot" not in sys.modules
    """
    package = str(Path(figures.__file__).parents[2])
    command = [sys.executable, "-c", dedent(program), str(results["sheet"].path), str(tmp_path)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": package}, check=True)


def test_a_figure_keeps_its_look_when_saved_by_matplotlib(results: Results, tmp_path: Path) -> None:
    figure = results["cell"].plot("traces")
    with matplotlib.rc_context({"xtick.labelsize": 30}):
        figure.savefig(tmp_path / "a.png")
    assert {label.get_fontsize() for axes in figure.axes for label in axes.get_xticklabels()} == {8.0}


def test_what_a_file_does_not_hold_is_named_with_the_line_that_keeps_it(results: Results) -> None:
    bare = results["bare"]
    for name, advice in {
        "activation_map": r'write "activation" in the list of "measure:"',
        "space_time": r'write "frames: {of: \[V\], every: 1 ms}" under "record:"',
        "frames": r'write "frames: {of: \[V\], every: 1 ms}" under "record:"',
        "traces": r'write "probes: {NAME: \[x mm, y mm\]}" under "record:"',
    }.items():
        with pytest.raises(FigureError, match=rf"{name}: .*bare\.h5 holds no .*{advice}"):
            bare.plot(name)
    with pytest.raises(FigureError, match=r'holds no frames of Ca_i - write "frames: {of: \[Ca_i\]'):
        results["sheet"].plot("frames", of="Ca_i")


def test_what_a_tissue_does_not_have_is_said(results: Results) -> None:
    for name in ("activation_map", "space_time", "frames"):
        with pytest.raises(FigureError, match=r'draw .*"traces"'):
            results["cell"].plot(name)
    with pytest.raises(FigureError, match='draw "space_time"'):
        results["cable"].plot("frames")
    with pytest.raises(FigureError, match=r"there is no beat 3, .*sheet\.h5 holds 2"):
        results["sheet"].plot("activation_map", beat=3)
    with pytest.raises(FigureError, match="x and y are two lines"):
        results["sheet"].plot("space_time", x=1.0, y=1.0)


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


def test_a_map_names_regions_and_probes_and_what_is_in_no_colour_bar(results: Results) -> None:
    found = words(results["sheet"].plot("activation_map"))
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


def test_space_time_runs_along_the_longer_side(results: Results) -> None:
    assert results["column"].plot("space_time").axes[0].get_ylabel() == "y (mm), at x = 5.75 mm"


def test_frames_are_those_nearest_to_the_asked_times(results: Results) -> None:
    figure = results["sheet"].plot("frames", times=(11.2, 20.7))
    titles = [axes.get_title() for axes in figure.axes if axes.images]
    assert titles == ["12 ms", "20 ms"]


def test_frames_cover_the_activity(results: Results) -> None:
    figure = results["sheet"].plot("frames")
    times = [float(axes.get_title().removesuffix(" ms")) for axes in figure.axes if axes.images]
    assert len(times) >= 6
    assert min(times) >= 10
    assert times == sorted(times)


def test_traces_of_a_cell_show_its_largest_currents(results: Results) -> None:
    potential, currents = results["cell"].plot("traces").axes
    assert potential.get_ylabel() == "membrane potential (mV)"
    legend = currents.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [f"I_{i}" for i in range(9, 1, -1)]
    assert legend.get_title().get_text() == "largest 8 of 10"


@pytest.mark.parametrize(("span", "expected"), [(14.9, 1), (15.1, 2), (31, 5), (76, 10), (0.8, 0.1)])
def test_isochrones_are_at_round_intervals(span: float, expected: float) -> None:
    assert step(span, 15) == pytest.approx(expected)
