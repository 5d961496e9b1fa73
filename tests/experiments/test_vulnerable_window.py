"""Vulnerable window: its growth with the width of the electrode, its symmetry, and what cannot be done."""

import numpy as np
import pytest
from tissues import tissue, value

from cardiac.config.quantities import Strength
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments.vulnerable_window import Options, perform
from cardiac.preparation import Preparation
from cardiac.tissue.shapes import Right, Strip

WITHIN = 0.5  # ms
STRONG = Strength(40.0, False)


@pytest.fixture(scope="module")
def cable() -> Preparation:
    return tissue("[36 mm]")


def window(cable: Preparation, width: float, **more: object) -> Outcome:
    """That of an electrode of a width [mm] in the middle."""
    options = Options(s2=Strip(18.0, width), strength=STRONG, search=(320.0, 400.0), within=WITHIN)
    return perform(cable, options._replace(**more))


def test_the_window_grows_with_the_electrode_as_the_tail_passes_it(cable: Preparation) -> None:
    """By 1 / velocity (Starmer et al. 1993): the ends of wide electrodes do not know of each other.

    Each end is known to half of what it is bracketed to.
    """
    narrow, wide = window(cable, 4.0), window(cable, 8.0)
    longer = value(wide, "length") - value(narrow, "length")
    passage = value(wide, "passage") - value(narrow, "passage")
    assert longer == pytest.approx(passage, abs=2.0 * WITHIN)
    assert passage == pytest.approx(4.0 / 0.30, rel=0.01)
    assert value(narrow, "length") < value(narrow, "passage")


def test_the_wave_runs_back_in_the_window_and_both_ways_after_it(cable: Preparation) -> None:
    found = window(cable, 4.0)
    interval, back, onwards = (column.values for column in found.tables["tried"].values())
    inside = (interval > value(found, "start")) & (interval < value(found, "end"))
    assert back[inside].all()
    assert not onwards[inside].any()
    assert (back & onwards)[interval > value(found, "end")].all()
    assert not (back | onwards)[interval < value(found, "start")].any()
    assert "S2 runs back only" in found.sentences[0]


@pytest.mark.slow
def test_a_mirrored_cable_has_the_same_window(cable: Preparation) -> None:
    found, mirrored = window(cable, 4.0), window(cable, 4.0, at=Right(1.0))
    for name in ("start", "end", "length", "both_ways", "arrival", "passage"):
        assert value(found, name) == pytest.approx(value(mirrored, name), abs=1e-6)


@pytest.mark.slow
def test_lengths_scale_as_the_root_of_the_diffusivity(cable: Preparation) -> None:
    """The same medium at twice the size has the same window."""
    twice = tissue("[72 mm]", "0.5 mm", diffusivity="0.4 mm^2/ms")
    options = Options(s2=Strip(36.0, 8.0), strength=STRONG, search=(320.0, 400.0), within=WITHIN)
    large = perform(twice, options._replace(at=options.at._replace(width=2.0)))
    found = window(cable, 4.0)
    for name in ("start", "end", "arrival"):
        assert value(large, name) == pytest.approx(value(found, name), abs=1e-6)


def test_a_search_in_which_nothing_happens_says_so(cable: Preparation) -> None:
    early, late = (window(cable, 4.0, search=at) for at in ((150.0, 250.0), (450.0, 500.0)))
    assert "does not propagate at every S1-S2 interval from 150 to 250 ms" in early.sentences[0]
    assert "runs both ways" in late.sentences[0]
    assert np.isnan(value(early, "start"))
    assert "search elsewhere" in late.sentences[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(s2=Strip(3.0, 2.0)), "s2: leaves no room between the electrodes"),
        (Options(s2=Strip(34.0, 4.0)), "s2: leaves no tissue behind it"),
        (Options(s2=Strip(50.0, 4.0)), "s2: "),
        (Options(search=(300.0, 200.0)), "search: 300 ms is not before 200 ms"),
        (Options(search=(300.0, 310.0)), "step: 20 ms is not shorter than the window of 10 ms"),
        (Options(search=(2.0, 100.0)), "search: 2 ms is within the pulse of 2 ms"),
        (Options(within=30.0), "within: 30 ms is longer than the step"),
    ],
)
def test_what_cannot_be_done_is_told(cable: Preparation, options: Options, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        perform(cable, options)
