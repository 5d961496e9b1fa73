"""Block in both directions: symmetry, one-way windows and their mirror images, what cannot be done."""

import numpy as np
import pytest
from tissues import stretch, tissue

from cardiac.config.quantities import Strength
from cardiac.experiments import ExperimentError, Outcome
from cardiac.experiments.block import Options, perform
from cardiac.preparation import Preparation
from cardiac.tissue.shapes import Left, Strip

G = "mechanisms: [{{potassium_conductance: {{g: {g:g} mS/uF, reversal: -95 mV}}}}]"
STRONG = Strength(40.0, False)


def strip(g: float) -> Preparation:
    """A cable with a symmetric strip of added conductance [mS/uF]."""
    return tissue("[24 mm]", regions=stretch("strip", 10.0, 14.0, G.format(g=g)))


def late(first: float, second: float, reverse: bool = False) -> Preparation:
    """A cable with two stretches that recover late [ms], and a region around both; or its mirror image."""
    ends = [(12.0, 16.0), (20.0, 24.0)]
    places = [(36.0 - b, 36.0 - a) for a, b in ends] if reverse else ends
    parts = [
        stretch(f"late{k}", *place, f"behaviour: {{refractory_period: {period:g} ms}}")
        for k, (place, period) in enumerate(zip(places, (first, second), strict=True))
    ]
    return tissue("[36 mm]", regions=", ".join([*parts, stretch("both", 12.0, 24.0)]))


@pytest.mark.parametrize(("g", "outcome"), [(0.1, "delayed"), (0.25, "delayed"), (1.0, "blocked")])
def test_a_symmetric_region_does_the_same_both_ways(g: float, outcome: str) -> None:
    """To round-off."""
    found = perform(strip(g), Options("strip"))
    forward, backward = found.verdicts.values()
    assert forward.outcome == backward.outcome == outcome
    for name in ("velocity", "transit", "delay", "arrival"):
        assert getattr(forward, name) == pytest.approx(getattr(backward, name), rel=1e-9, nan_ok=True)
    np.testing.assert_allclose(
        found.maps["activation_forward"].values, found.maps["activation_backward"].values[:, ::-1], rtol=1e-9
    )
    assert found.sentences[0].startswith("Forward: ")
    assert "; backward: " in found.sentences[0]
    assert "block is not unidirectional" in found.sentences[0]


@pytest.fixture(scope="module")
def one_way() -> Outcome:
    options = Options("both", window=(310.0, 430.0), step=30.0, within=2.0, strength=STRONG)
    return perform(late(380.0, 420.0), options)


@pytest.mark.slow
def test_premature_waves_pass_only_towards_what_recovers_later(one_way: Outcome) -> None:
    """From the other side they come to the later stretch at once."""
    assert all(verdict.outcome == "conducted" for verdict in one_way.verdicts.values())
    way, start, end = (column.values for column in one_way.tables["window"].values())
    assert way.tolist() == [1]
    assert end[0] - start[0] > 20.0
    tried = {name: column.values for name, column in one_way.tables["tried"].items()}
    inside = (tried["interval"] > start[0]) & (tried["interval"] < end[0])
    assert (tried["forward"][inside] >= 1).all()
    assert (tried["backward"][inside] == 0).all()
    assert "forwards only" in one_way.sentences[0]


@pytest.mark.slow
@pytest.mark.slow
def test_the_mirror_image_has_the_same_window_the_other_way(one_way: Outcome) -> None:
    options = Options("both", window=(310.0, 430.0), step=30.0, within=2.0, strength=STRONG)
    mirrored = perform(late(380.0, 420.0, reverse=True), options).tables["window"]
    assert mirrored["way"].values.tolist() == [-1]
    for name in ("start", "end"):
        assert mirrored[name].values == pytest.approx(one_way.tables["window"][name].values, abs=1e-6)


def test_a_window_in_which_nothing_happens_says_so() -> None:
    found = perform(strip(0.1), Options("strip", window=(460.0, 490.0), step=20.0))
    assert "S2 does the same at every interval from 460 to 490 ms" in found.sentences[0]
    assert "move the window" in found.sentences[0]
    assert not len(found.tables["window"]["way"].values)


def graded(peak: float) -> Outcome:
    """Courtemanche cells with a conductance that rises in ten steps over 5 mm to a peak [mS/uF], then ends."""
    steps = [
        stretch(
            f"step{k}", 8.0 + 0.5 * k, 8.5 + 0.5 * k, G.replace("-95", "-90").format(g=peak * (k + 0.5) / 10)
        )
        for k in range(10)
    ]
    regions = ", ".join([*steps, stretch("all", 8.0, 13.0)])
    cable = tissue("[21 mm]", "0.1 mm", model="courtemanche_1998", regions=regions, run="space_order: 2")
    return perform(cable, Options("all", strength=STRONG))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("peak", "outcomes"),
    [(0.79, ["delayed", "delayed"]), (0.86, ["blocked", "delayed"]), (0.95, ["blocked", "blocked"])],
)
def test_a_graded_border_blocks_one_way_in_a_narrow_window(peak: float, outcomes: list[str]) -> None:
    """What enters gradually and leaves sharply is blocked first.

    In second order from 0.840 on, and the other way from 0.883 mS/uF on: a window of 5 %. Prototypes with another
    initial state, whose cells need less, have 0.765 and 0.796, a window of 4 %.
    """
    assert [verdict.outcome for verdict in graded(peak).verdicts.values()] == outcomes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options("strip", backward=Strip(7.0, 1.0)), 'region: "strip" is not on the straight way'),
        (Options("strip", forward=Strip(9.0, 1.0)), "forward: leaves no 4 space constants of tissue before"),
        (Options("strip", forward=Strip(12.0, 1.0)), "forward: leaves no"),
        (Options("strip", forward=Left(0.01)), "forward: "),
        (Options("strip", window=(300.0, 200.0)), "window: 300 ms is not before 200 ms"),
        (Options("strip", window=(300.0, 305.0)), "step: 10 ms is not shorter than the window"),
        (Options("strip", window=(1.0, 100.0)), "window: 1 ms is within the pulse of 2 ms - begin later"),
        (Options("strip", beats=2, cycle_length=15.0), "cycle_length: .* too short"),
    ],
)
def test_what_cannot_be_done_is_told(options: Options, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        perform(strip(0.1), options)
