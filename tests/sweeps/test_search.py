"""The search along an axis: a narrow bracket around the boundary, in few runs, and nothing assumed of the rest."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cardiac.sweeps.axes import Amount, Axis
from cardiac.sweeps.search import Search

PER_CENT = Amount(0.01, "")
RATIO = 40.0  # of the ends of the axis
FULL = math.log(RATIO) / math.log(1.01)  # points of a grid at 1 %


def axis(low=0.1, high=4.0, log=True):
    return Axis("g", ("g",), "mS/uF", (), (low, high), log)


def searched(search, answer, workers=1):
    """The search, carried out by so many workers that answer in turn."""
    running = []
    while True:
        while len(running) < workers and (x := search.wanted(spare=bool(running))) is not None:
            search.ask(x)
            running.append(x)
        if not running:
            return search
        search.tell(x := running.pop(0), answer(x))


def blocks(critical):
    return lambda g: "blocked" if g >= critical else "conducted"


@given(st.floats(0.101, 3.99), st.booleans(), st.integers(1, 5))
def test_the_boundary_is_found_to_the_tolerance_in_few_runs(critical, log, workers):
    found = searched(Search(axis(log=log), PER_CENT), blocks(critical), workers).found
    assert found.low < critical <= found.high
    assert found.high / found.low <= 1.01 * (1 + 1e-6) or not log
    assert found.boundary == pytest.approx(critical, rel=0.02 if log else None, abs=None if log else 0.02)
    assert (found.below, found.above, found.remark) == ("conducted", "blocked", "")
    assert found.runs < FULL / 5
    assert found.runs <= 16 + 4 * workers


@given(st.floats(0.12, 3.8), st.floats(0.97, 1.03))
def test_a_good_guess_saves_runs(critical, error):
    alone = searched(Search(axis(), PER_CENT), blocks(critical)).found
    guess = math.log(critical * error)
    led = searched(Search(axis(), PER_CENT, guess=guess, below="conducted"), blocks(critical)).found
    assert led.low < critical <= led.high
    assert led.high / led.low <= 1.01 * (1 + 1e-6)
    assert led.runs <= alone.runs


@given(st.floats(0.1, 4.0))
def test_a_wrong_guess_does_no_harm(guess):
    found = searched(Search(axis(), PER_CENT, guess=math.log(guess)), blocks(1.0)).found
    assert found.low < 1.0 <= found.high


def test_nothing_that_changes_is_told_with_what_to_widen():
    found = searched(Search(axis(), PER_CENT), blocks(5.0)).found
    assert found.remark == "conducted at both ends: widen 0.1..4 mS/uF"
    assert math.isnan(found.boundary)
    assert found.runs == 5  # no gap is wider than a quarter


@given(st.floats(0.15, 3.0), st.floats(2.6, 20.0))
def test_an_answer_that_changes_back_is_told(first, ratio):
    """Where the second answer has more than a quarter of the axis to itself."""
    second = first * ratio
    assume(second < 3.9)
    found = searched(
        Search(axis(), PER_CENT), lambda g: "blocked" if first <= g < second else "conducted"
    ).found
    assert found.remark.startswith("not monotone: conducted from 0.1 mS/uF, blocked from ")
    assert found.low < first <= found.high


def test_a_tolerance_in_the_unit_of_the_axis():
    found = searched(Search(axis(log=False), Amount(0.02, "mS/uF")), blocks(1.234)).found
    assert found.high - found.low <= 0.02
    assert found.low < 1.234 <= found.high


def test_a_boundary_near_zero_is_found():
    found = searched(Search(axis(0.0, 4.0, log=False), PER_CENT), blocks(1e-9)).found
    assert found.low == 0.0
    assert found.runs < 40


def test_an_axis_may_run_downwards():
    found = searched(Search(axis(4.0, 0.1), PER_CENT), blocks(1.0)).found
    assert found.low < 1.0 <= found.high


def test_a_point_without_an_answer_ends_the_search_and_is_told():
    search = Search(axis(), PER_CENT)
    search.ask(search.wanted())
    search.tell(0.1, None, "undecided")
    assert search.over
    assert search.found.remark == "no answer at 0.1 mS/uF: undecided"
