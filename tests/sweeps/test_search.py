"""The search along an axis: a narrow bracket around the boundary, in few runs, and nothing assumed of the rest."""

import math
import random

import pytest
from hypothesis import given
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
    led = searched(Search(axis(), PER_CENT, guess=guess, step=0.035), blocks(critical)).found
    assert led.low < critical <= led.high
    assert led.high / led.low <= 1.01 * (1 + 1e-6)
    assert led.runs <= alone.runs


@given(st.floats(0.1, 4.0))
def test_a_wrong_guess_does_no_harm(guess):
    found = searched(Search(axis(), PER_CENT, guess=math.log(guess)), blocks(1.0)).found
    assert found.low < 1.0 <= found.high


def in_any_order(search, answer, workers, order):
    """What a search has found, carried out by so many workers that answer in any order."""
    running = []
    while True:
        while len(running) < workers and (x := search.wanted(spare=bool(running))) is not None:
            search.ask(x)
            running.append(x)
        if not running:
            return search.found
        x = running.pop(order.randrange(len(running)))
        search.tell(x, answer(x))


@given(
    st.floats(0.101, 3.99),
    st.booleans(),
    st.integers(1, 8),
    st.none() | st.floats(0.1, 4.0),
    st.floats(0.0, 0.5),
    st.sampled_from([PER_CENT, Amount(0.003, ""), Amount(0.02, "mS/uF")]),
    st.randoms(use_true_random=False),
)
def test_what_is_found_depends_on_nothing_but_the_answers(
    critical, log, workers, guess, step, tolerance, order
):
    along = axis(log=log)
    alone = searched(Search(along, tolerance), blocks(critical)).found
    led = Search(along, tolerance, None if guess is None else along.measure(guess), step)
    found = in_any_order(led, blocks(critical), workers, order)
    assert found._replace(runs=0) == alone._replace(runs=0)


@given(
    st.lists(st.floats(0.1, 4.0), max_size=9),
    st.lists(st.floats(0.1, 4.0), max_size=2),
    st.integers(1, 8),
    st.none() | st.floats(0.1, 4.0),
    st.randoms(use_true_random=False),
)
def test_answers_that_change_more_than_once_lead_to_one_result_too(changes, failing, workers, guess, order):
    """However many workers there are, and whichever of them answers first; some places have no answer."""

    def answer(g):
        if any(abs(g - x) < 0.05 for x in failing):
            return None
        return ("conducted", "blocked", "delayed")[sum(g >= change for change in changes) % 3]

    along = axis()
    measured = None if guess is None else along.measure(guess)
    alone = searched(Search(along, PER_CENT, measured, 0.1), answer)
    led = Search(along, PER_CENT, measured, 0.1)
    assert str(in_any_order(led, answer, workers, order)) == str(alone.found)  # NaN where there is none
    assert led.places == alone.places


@given(st.floats(0.12, 3.8), st.booleans(), st.randoms(use_true_random=False))
def test_another_start_finds_the_same(critical, log, order):
    """Where it begins with some of the answers of the first, whichever."""
    first = searched(Search(axis(log=log), PER_CENT), blocks(critical), 3)
    second = Search(axis(log=log), PER_CENT)
    for place in order.sample(sorted(first.answers), len(first.answers) // 2):
        second.tell(first.lattice.at(place), first.answers[place])
    again = in_any_order(second, blocks(critical), 2, order).runs
    assert second.found._replace(runs=0) == first.found._replace(runs=0)
    assert again <= first.found.runs + 12


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("tolerance", [Amount(1e-9, ""), Amount(1e-300, ""), Amount(1e-12, "mS/uF")], ids=str)
def test_a_tolerance_finer_than_the_digits_of_a_coordinate_ends(log, tolerance):
    found = searched(Search(axis(log=log), tolerance), blocks(1.234), 2).found
    assert found.low < 1.234 <= found.high
    assert found.high - found.low <= 1.01e-7  # of eight digits
    assert found.runs < 60


def test_a_tiny_tolerance_around_zero_ends():
    found = searched(Search(axis(0.0, 4.0, log=False), Amount(1e-300, "mS/uF")), blocks(1e-13)).found
    assert found.low == 0.0
    assert found.runs < 60


def test_a_guess_of_a_neighbour_does_not_ask_for_more_when_it_is_far_off():
    order = random.Random(1)
    runs = [
        in_any_order(
            Search(axis(), PER_CENT, guess=math.log(order.uniform(0.1, 4.0))), blocks(g), 1, order
        ).runs
        for g in (0.15, 0.4, 1.1, 3.0)
    ]
    assert max(runs) <= 14  # two more than without one


def test_a_point_that_proves_unnecessary_may_lack_an_answer():
    answer, search = blocks(0.3), Search(axis(), PER_CENT)
    for place in search.coarse:
        search.tell(search.lattice.at(place), answer(search.lattice.at(place)))
    needed = search.wanted()
    search.ask(needed)
    for _ in range(2):
        search.ask(search.wanted(spare=True))
    above = max(map(search.lattice.at, search.asked))
    assert above > needed > 0.3
    search.tell(above, None, "undecided")
    for place in list(search.asked):
        search.tell(search.lattice.at(place), answer(search.lattice.at(place)))
    found = searched(search, answer).found
    assert found.low < 0.3 <= found.high
    assert found.remark == ""


def test_an_unfinished_search_says_so():
    search = Search(axis(), PER_CENT)
    assert search.found.remark == "the search was not finished"
    search.tell(0.1, "conducted")
    search.tell(4.0, "blocked")
    assert math.isnan(search.found.boundary)
    assert search.found.remark == "the search was not finished"


def test_nothing_that_changes_is_told_with_what_to_widen():
    found = searched(Search(axis(), PER_CENT), blocks(5.0)).found
    assert found.remark == "conducted at both ends: widen 0.1..4 mS/uF"
    assert math.isnan(found.boundary)
    assert found.runs == 5  # no gap is wider than a quarter


@given(st.floats(0.15, 1.45), st.floats(0.0, 1.0))
def test_an_answer_that_changes_back_is_told(first, part):
    """Where the second answer has more than a quarter of the axis to itself."""
    second = 2.6 * first + part * (3.9 - 2.6 * first)
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
    search.tell(0.1, None, "undecided")
    searched(search, blocks(1.0))
    assert search.over
    assert search.found.remark == "no answer at 0.1 mS/uF: undecided"
    assert search.found.runs == len(search.coarse)  # it is not looked at more closely
