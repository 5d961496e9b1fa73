"""Every figure there is, of every kind of result: drawn, readable, saved, without a trace in matplotlib."""

from __future__ import annotations

import os
import re
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
from matplotlib.axis import Axis
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.text import Text
from reading import words

from cardiac import experiments, figures
from cardiac.figures import FigureError
from cardiac.figures._style import plain_numbers, step
from cardiac.result import Result
from cardiac.storage import Array, Writer
from cardiac.tissue import Grid
from cardiac.units import Unit

RUNS = {"sheet": "sheet", "column": "sheet", "cable": "cable", "cell": "cell"}  # result -> its kind
ON_CELLS = [name for name in experiments.names() if "cell" in experiments.load(name).of]
ON_TISSUE = [name for name in experiments.names() if name not in ON_CELLS and name in figures.names()]
EXPERIMENTS = [name + doses for name in ON_CELLS for doses in ("", "-dosed")] + ON_TISSUE


def shown(result: str) -> list[str]:
    """The figures of a result, as their files say."""
    name = result.removesuffix("-dosed")
    if result in RUNS:
        return [
            n
            for n in figures.names()
            if not figures.shows(n).of_experiment and RUNS[result] in figures.shows(n).of
        ]
    return [n for n in figures.names() if figures.shows(n).of_experiment and figures.shows(n).what == name]


DRAWN = [(name, result) for result in [*RUNS, *EXPERIMENTS] for name in shown(result)]
# A sheet that is higher than wide is another shape of a sheet: on request.
EACH = [pytest.param(*d, marks=pytest.mark.slow if d[1] == "column" else ()) for d in DRAWN]

Results = dict[str, Result]
Draw = Callable[[str, str], Figure]


def tick_labels(axis: Axis) -> list[Text]:
    """Those that are drawn."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


def settings() -> dict[str, object]:
    """Those of matplotlib; to ask for the backend would import pyplot."""
    return {key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}


@pytest.fixture(scope="module")
def draw(results: Results) -> Draw:
    """The figure of a result, drawn once, which leaves no trace in matplotlib."""

    @cache
    def drawn(name: str, result: str) -> Figure:
        before = settings()
        figure = figures.draw(name, results[result])
        assert settings() == before
        return figure

    return drawn


def test_every_figure_is_drawn_here() -> None:
    assert {name for name, _ in DRAWN} == set(figures.names())


@pytest.mark.parametrize(("name", "result"), EACH)
def test_nothing_sticks_out_of_a_figure(draw: Draw, name: str, result: str) -> None:
    figure = draw(name, result)
    box, size = figure.get_tightbbox(), figure.get_size_inches()
    assert 6 <= size[0] <= 8
    assert size[1] <= 8
    assert min(box.x0, box.y0) >= 0
    assert (np.array([box.x1, box.y1]) <= size).all()


@pytest.mark.parametrize(("name", "result"), EACH)
def test_no_label_is_printed_on_another(draw: Draw, name: str, result: str) -> None:
    figure = draw(name, result)
    figure.draw_without_rendering()  # puts the labels of axes beside those of their ticks
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += [axes.xaxis.label, axes.yaxis.label, *tick_labels(axes.xaxis), *tick_labels(axes.yaxis)]
    boxes = [text.get_window_extent() for text in texts if text.get_text() and text.get_visible()]
    inner = [box.padded(-1) for box in boxes]
    assert not any(a.overlaps(b) for i, a in enumerate(inner) for b in inner[:i])


@pytest.mark.parametrize(("name", "result"), [d for d in DRAWN if d[1] in EXPERIMENTS])
def test_a_figure_of_an_experiment_speaks_in_words(draw: Draw, name: str, result: str) -> None:
    assert not any("potassium_conductance" in word for word in words(draw(name, result)))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rest", "resting potential from undefined to"),
        ("strength_duration", "rheobase by Lapicque-Blair from"),
    ],
)
def test_what_was_found_is_said_in_the_words_of_the_field(draw: Draw, name: str, said: str) -> None:
    assert said in " ".join(text.get_text() for text in draw(name, name).texts)


@pytest.mark.parametrize("name", shown("sheet"))
def test_a_figure_says_what_it_shows(draw: Draw, name: str) -> None:
    found = words(draw(name, "sheet"))
    assert any(word.startswith("A planar wave meets a strip") for word in found)
    assert any(word.startswith("BLOCKED at x = 9.5 mm") for word in found)
    assert {"x (mm)", "time (ms)", "membrane potential (mV)"} & found


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


def test_figures_import_matplotlib_when_they_are_drawn_and_never_pyplot(
    results: Results, tmp_path: Path
) -> None:
    program = """
        import sys
        from cardiac import figures
        from cardiac.result import Result
        assert [figures.options(name) for name in figures.names()] and "matplotlib" not in sys.modules
        result = Result.open(sys.argv[1])
        for name in ("velocity", "traces"):
            figures.save(figures.draw(name, result), sys.argv[2] + "/a.png")
        assert "matplotlib.figure" in sys.modules and "matplotlib.pyplot" not in sys.modules
    """
    package = Path(figures.__file__).parents[2]
    command = [sys.executable, "-c", dedent(program), str(results["sheet"].path), str(tmp_path)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(package)}, check=True)
    files = Path(figures.__file__).parent.rglob("*.py")
    assert not any(re.search("(from|import) matplotlib.*pyplot", file.read_text()) for file in files)


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
        "phase": ("frames", "record: {frames: {every: 1 ms}}"),
        "tip_trajectories": ("frames", "record: {frames: {every: 1 ms}}"),
        "dominant_frequency": ("frames", "record: {frames: {every: 1 ms}}"),
        "velocity": ("activation", "measure: [activation]"),
        "apd_dispersion": ("apd90", "measure: [apd90]"),
        "electrograms": ("electrograms", "record: {electrograms: {at: {here: [2.5 mm, 2.5 mm]}}}"),
        "traces": ("probes", "record: {probes: {here: [2.5 mm, 2.5 mm]}}"),
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
    with pytest.raises(FigureError, match=r"y = 500 mm lies outside the tissue \(20 mm x 8 mm\)"):
        results["sheet"].plot("space_time", y=500.0)
    with pytest.raises(FigureError, match="there is none at 900 ms, they are from 0 to 58 ms"):
        results["sheet"].plot("frames", times=(10.0, 900.0))


@pytest.mark.parametrize("result", [*RUNS, *EXPERIMENTS, "bare"])
def test_what_can_be_drawn_is_known_without_drawing(results: Results, draw: Draw, result: str) -> None:
    for name in figures.names():
        if why := figures.obstacle(name, results[result]):
            assert (name, result) not in DRAWN
            with pytest.raises(FigureError) as error:
                results[result].plot(name)
            assert str(error.value) == why
        elif result != "column":  # another sheet
            assert draw(name, result).axes


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
    assert {"strip", "before", "after", "never activated", "scar", "region", "isochrones every 2 ms"} <= found
    assert "all" not in found  # a region without a border


@pytest.mark.parametrize("rows", [1, 5])
def test_where_no_wave_came_all_is_grey_and_no_time_is_told(tmp_path: Path, rows: int) -> None:
    with Writer(tmp_path / "a.h5", title="No wave") as out:
        out.coordinates(y=np.arange(rows) + 0.5, x=np.arange(5) + 0.5)
        out.field("activation_time", np.full((1, rows, 5), np.nan), "ms", "activation time")
        out.complete()
    figure = Result.open(tmp_path / "a.h5").plot("activation_map")
    assert {"never activated", "no cell was activated"} <= words(figure)
    assert len(figure.axes) == 1  # no colour bar
    assert rows > 1 or not tick_labels(figure.axes[0].yaxis)


def arriving(path: Path, times: Array, stimulated: bool = False) -> Result:
    """A result with these activation times (ny, nx) [ms], of cells of 0.5 mm."""
    centres = [np.arange(n) * 0.5 + 0.25 for n in times.shape]
    with Writer(path, title="A wave") as out:
        out.coordinates(y=centres[0], x=centres[1])
        out.field("activation_time", times[None], "ms", "activation time")
        if stimulated:
            out.event(0.0, "29.3 A/F for 2 ms", "stimulus")
        out.complete()
    return Result.open(path)


def test_a_label_of_an_isochrone_is_not_cut_by_the_border(tmp_path: Path) -> None:
    """A long number, and isochrones that are nowhere far from a border."""
    times = 12000.0 + np.arange(40)[None] / 0.25 + np.zeros((8, 1))
    figure = arriving(tmp_path / "a.h5", times).plot("activation_map", width=60.0)
    frame = figure.axes[0].get_window_extent()
    for label in isochrones(figure).labelTexts:
        box = label.get_window_extent()
        assert frame.containsx(box.x0)
        assert frame.containsx(box.x1)


@pytest.mark.parametrize(("name", "options"), [("velocity", {}), ("map", {"of": "speed"})])
def test_cells_at_an_electrode_do_not_stretch_the_scale_of_velocities(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    """0.5 m/s, and ten times that under an electrode: these cells are clipped, which the colour bar shows."""
    x = np.arange(40) * 0.5 + 0.25
    times = np.where(x < 5.0, x / 5.0, 1.0 + (x - 5.0) / 0.5) + np.zeros((20, 1))
    figure = arriving(tmp_path / "a.h5", times, stimulated=True).plot(name, **options)
    image = figure.axes[0].images[0]
    assert image.norm.vmax < 1.0
    assert image.norm.vmax > 0.45
    assert image.colorbar.extend in ("max", "both")


def test_space_time_shows_the_asked_line(results: Results) -> None:
    sheet = results["sheet"]
    for options, index in [
        ({}, (8, slice(None))),
        ({"y": 1.3}, (2, slice(None))),
        ({"x": 3.1}, (slice(None), 6)),
    ]:
        (image,) = sheet.plot("space_time", **options).axes[0].images
        shown, expected = np.ma.filled(image.get_array(), np.nan), sheet["V"][:, *index].T
        assert np.array_equal(shown, expected, equal_nan=True)


def test_space_time_runs_along_the_longer_side_through_the_region_of_the_verdict(draw: Draw) -> None:
    """The column is 12 mm wide and 20 mm high; its strip begins at x = 9.5 mm, beyond the middle."""
    assert draw("space_time", "column").axes[0].get_ylabel() == "y at x = 10.8 mm (mm)"
    assert draw("space_time", "sheet").axes[0].get_ylabel() == "x at y = 4.25 mm (mm)"


def test_a_point_between_cells_belongs_to_the_cell_in_which_a_probe_would_be(results: Results) -> None:
    grid, label = Grid(40, 16, 0.5), results["sheet"].plot("space_time", y=2.0).axes[0].get_ylabel()
    assert label == f"x at y = {grid.y[grid.cell_at((1.0, 2.0))[0]]:.3g} mm (mm)"


def test_names_of_regions_at_one_place_stand_together(draw: Draw, tmp_path: Path) -> None:
    centres = np.arange(40) * 0.5 + 0.25
    with Writer(tmp_path / "a.h5", title="One inside another") as out:
        out.coordinates(y=[0.25], x=centres)
        out.series("h", "1", long_name="inactivation")
        for time in (0.0, 1.0):
            out.append(time, {"h": centres[None] / 20 + time})
        out.field("activation_time", centres[None, None] / 0.5, "ms", "activation time")
        masks = {"outer": abs(centres - 10) < 3, "inner": abs(centres - 10) < 1, "far": centres < 2}
        out.regions({name: mask[None] * 1.0 for name, mask in masks.items()})
        out.complete()
    result = Result.open(tmp_path / "a.h5")
    for figure in (result.plot("activation_map"), result.plot("space_time", of="h")):
        assert {"inner, outer", "far"} <= words(figure)
    assert "inactivation" in words(result.plot("space_time", of="h"))  # without a unit


def test_times_at_which_s2_fails_stand_outside_the_axes(draw: Draw) -> None:
    """They have no time between waves that could be read off."""
    axes = draw("s1s2", "s1s2").axes[1]
    (failed,) = (line for line in axes.lines if line.get_label() == "S2 fails")
    assert failed.get_transform().transform(failed.get_xydata())[:, 1].min() > axes.get_window_extent().y1


def test_a_key_among_curves_covers_none_of_them(draw: Draw) -> None:
    axes = draw("s1s2", "s1s2").axes[0]
    key = axes.get_legend().get_window_extent()
    for line in axes.lines:
        assert axes.transData.transform(line.get_xydata())[:, 1].max() < key.y0


def test_a_reentry_that_ended_is_no_map_of_tissue_at_rest(draw: Draw, results: Results) -> None:
    assert results["reentry"].tables["reentry"].columns["sustained"].max() == 0
    figure = draw("reentry", "reentry")
    assert "no wave in the end" in words(figure)
    assert not figure.axes[0].images


@pytest.mark.parametrize("limits", [(0.3, 0.45), (0.11, 0.7), (0.012, 0.6), (0.01, 50.0), (1e-4, 1e4)])
def test_numbers_at_a_logarithmic_axis_are_apart(limits: tuple[float, float]) -> None:
    axes = Figure(figsize=(2.6, 2.0)).subplots()
    axes.set(xscale="log", xlim=limits)
    plain_numbers(axes.xaxis)
    axes.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in tick_labels(axes.xaxis)]
    assert len(boxes) >= 2
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_units_in_what_was_found_are_as_in_print(draw: Draw) -> None:
    told = " ".join(words(draw("conduction", "conduction")))
    assert "mm²/ms" in told
    assert "mm^2" not in told


def test_logarithmic_axes_have_plain_numbers(draw: Draw) -> None:
    left = draw("strength_duration", "strength_duration").axes[0]
    labels = [
        text.get_text() for axis in (left.xaxis, left.yaxis) for text in axis.get_ticklabels(which="both")
    ]
    assert len([float(label) for label in labels if label]) >= 4  # none is "6 x 10^0"


def test_a_key_says_how_many_of_the_curves_it_names(draw: Draw) -> None:
    legend = draw("strength_duration", "strength_duration-dosed").axes[1].get_legend()
    assert len(legend.get_texts()) == 12
    assert legend.get_title().get_text().endswith("(12 of 15 named)")


def test_a_file_that_is_no_figure_is_named_with_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_a_figure.py").write_text('"""Half a figure."""\n\ndraw = 3\n')
    monkeypatch.setattr(figures, "__path__", [*figures.__path__, str(tmp_path)])
    with pytest.raises(FigureError) as error:
        figures.shows("half_a_figure")
    first, second = str(error.value).splitlines()
    assert first.startswith(f"{tmp_path}/half_a_figure.py: SHOWS is missing: SHOWS = Shows(...)")
    assert "draw is 3, expected def draw(page, result, *, option: unit = default)" in second


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
