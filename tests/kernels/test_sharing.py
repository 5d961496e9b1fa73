"""Threads that share work: all of it is done once, round after round, whoever comes late or not at all."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from cardiac.kernels.compose import BOUND, bind, compile_cached, loop
from cardiac.kernels.sharing import shared, team

add_neighbours = BOUND


def neighbours_added(first, end, old, new):
    """New numbers from the old ones beside them: wrong if one of those is not there yet."""
    n = old.shape[0]
    for k in range(first, end):
        new[k] += old[k] + old[(k + 1) % n] - old[(k + n - 1) % n]


def rounds(me, team, count, n, most, a, b):
    """So many pairs of rounds."""
    for _ in range(count):
        add_neighbours(me, team, n, most, (a, b))
        add_neighbours(me, team, n, most, (b, a))


@pytest.fixture(scope="module")
def run() -> Any:
    """`rounds`, compiled."""
    return compile_cached(bind(rounds, add_neighbours=shared(loop(bind(neighbours_added)))))


def expected(n: int, count: int) -> np.ndarray:
    """What one loop after the other gives."""
    a, b = np.arange(n), np.zeros(n, np.int64)
    for _ in range(count):
        b += a + np.roll(a, -1) - np.roll(a, 1)
        a += b + np.roll(b, -1) - np.roll(b, 1)
    return a


@pytest.mark.parametrize(("n", "most"), [(1, 1), (5, 1), (1000, 7), (1000, 5000)])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_round_is_done_once_and_after_the_one_before(run: Any, threads: int, n: int, most: int) -> None:
    a, b, together = np.arange(n), np.zeros(n, np.int64), team(threads)
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(run, me, together, 300, n, most, a, b) for me in range(threads)]:
            done.result()
    np.testing.assert_array_equal(a, expected(n, 300))


def test_nobody_waits_for_one_who_does_not_come_and_who_comes_late_finds_nothing_to_do(run: Any) -> None:
    n, together = 100, team(3)
    a, b = np.arange(n), np.zeros(n, np.int64)
    run(1, together, 20, n, 8, a, b)
    np.testing.assert_array_equal(a, expected(n, 20))
    run(2, together, 20, n, 8, a, b)
    run(0, together, 20, n, 8, a, b)
    np.testing.assert_array_equal(a, expected(n, 20))


def test_no_work_is_no_work(run: Any) -> None:
    nothing = np.zeros(0, np.int64)
    run(0, team(2), 3, 0, 8, nothing, nothing)
