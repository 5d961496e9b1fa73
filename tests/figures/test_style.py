"""The style of all figures: colours for the colour-blind, sizes for screen and print, units with a fitting prefix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from colours import VISION, closest, lab
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.text import Text

from cardiac.analysis.outcome import NUMBERED
from cardiac.figures import _style
from cardiac.figures._intervals import COLOURS
from cardiac.figures._style import OUTCOMES, PALETTE, name_axis, prefixed
from cardiac.figures.sweeps._axes import NOT_RUN
from cardiac.result import Result
from cardiac.typesetting import symbol

EVERYONE = pytest.mark.parametrize("vision", VISION)


def test_colours_are_measured_as_the_standard_has_it() -> None:
    """CIE 15:2004: sRGB white, red and black."""
    expected = [[100, 0, 0], [53.24, 80.09, 67.20], [0, 0, 0]]
    assert lab(["#FFFFFF", "#FF0000", "#000000"]) == pytest.approx(np.array(expected), abs=0.05)


@EVERYONE
def test_curves_can_be_told_apart(vision: str) -> None:
    """A difference of 2.3 is just noticeable (Mahy et al. 1994); thin lines need several times that."""
    assert closest(PALETTE, vision) > 15
    assert closest([*OUTCOMES.values(), NOT_RUN], vision) > 10
    assert closest(list(OUTCOMES.values())[:3], vision) > 15  # conducted, delayed, blocked


@EVERYONE
@pytest.mark.parametrize("name", [_style.POTENTIAL_MAP, _style.TIME_MAP, _style.DURATION_MAP])
def test_a_sequential_map_is_ordered_by_lightness(vision: str, name: str) -> None:
    """So it is in print without colours. No step is much larger than another, so nothing looks like an edge."""
    seen = lab(colormaps[name](np.linspace(0, 1, 256)), vision)
    steps = np.diff(seen[:, 0])
    assert (steps > 0).all() or (steps < 0).all()
    assert abs(seen[-1, 0] - seen[0, 0]) > 65
    lengths = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    assert lengths.max() < 2.5 * lengths.mean()


@EVERYONE
def test_a_signed_map_is_brightest_at_zero_and_its_sides_differ(vision: str) -> None:
    seen = lab(colormaps[_style.SIGNED_MAP](np.linspace(0, 1, 257)), vision)
    assert seen[:, 0].argmax() == pytest.approx(128, abs=2)
    assert np.linalg.norm(seen[:100] - seen[:156:-1], axis=1).min() > 25


@EVERYONE
def test_a_cyclic_map_closes_and_shows_opposite_phases_apart(vision: str) -> None:
    seen = lab(colormaps[_style.PHASE_MAP](np.linspace(0, 1, 257)), vision)
    assert np.linalg.norm(seen[0] - seen[-1]) < 1
    assert np.linalg.norm(seen[:128] - seen[128:256], axis=1).min() > 30


@pytest.mark.parametrize(
    ("unit", "largest", "expected"),
    [
        ("mV", 40.0, (1.0, "mV")),
        ("mV", 0.002, (1e3, "uV")),
        ("mV", 2e-8, (1e6, "nV")),  # there is no smaller one
        ("ms", 30_000.0, (1e-3, "s")),
        ("mM", 1e-4, (1e3, "uM")),
        ("A/F", 0.05, (1e3, "mA/F")),
        ("mS/uF", 0.02, (1e3, "uS/uF")),
        ("mm^2/ms", 0.001, (1.0, "mm^2/ms")),  # a prefix would be squared
        ("1", 1e-5, (1.0, "1")),
        ("mV", 0.0, (1.0, "mV")),
    ],
)
def test_a_unit_has_the_prefix_that_fits_its_numbers(
    unit: str, largest: float, expected: tuple[float, str]
) -> None:
    factor, found = prefixed(unit, largest)
    assert (factor, found) == (pytest.approx(expected[0]), expected[1])


def test_an_axis_shows_numbers_in_that_unit() -> None:
    axes = Figure().subplots()
    axes.plot([0, 1], [0, 0.004])
    name_axis(axes.yaxis, "extracellular potential", "mV")
    axes.figure.draw_without_rendering()
    assert axes.get_ylabel() == "extracellular potential (µV)"
    assert {"0", "2", "4"} <= {text.get_text() for text in axes.get_yticklabels()}


def test_units_are_set_as_in_print() -> None:
    assert [symbol(u) for u in ("mS/uF", "mm^2/ms", "kOhm uF", "um^3")] == [
        "mS/µF",
        "mm²/ms",
        "kΩ\u00a0µF",
        "µm³",
    ]


@pytest.mark.parametrize(
    ("options", "width", "resolution"),
    [({}, 178, 200), ({"for_": "print"}, 180, 600), ({"for_": "print", "width": 85.0}, 85, 600)],
)
def test_a_figure_has_the_size_that_is_asked_for(
    results: dict[str, Result], options: dict[str, Any], width: float, resolution: int
) -> None:
    figure = results["cable"].plot("space_time", **options)
    assert 25.4 * figure.get_figwidth() == pytest.approx(width)
    assert figure.dpi == resolution
    # In print the title is that of the caption.
    titled = any("A planar wave" in text.get_text() for text in figure.findobj(Text))
    assert titled == ("for_" not in options)


def test_an_outcome_has_one_colour_in_all_figures() -> None:
    """Of bars over intervals, where it is a number of the table, as of sweeps, where it is a word."""
    told = {number: words for number, words in NUMBERED.items() if words in OUTCOMES}
    assert set(told) == {0, 1, 2}
    assert {number: COLOURS[number] for number in told} == {n: OUTCOMES[words] for n, words in told.items()}
