"""Rankings as arrays: their checks, their ranks, and the pairs that they imply."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.ranking.rankings import Rankings, implied_pairs
from tests.analysis.ranking.scenes import drawn

METHODS = ["a", "b", "c", "d"]


def of(*orders: list[int], best_and_worst: bool = False) -> Rankings:
    order, codes = np.array(orders), np.arange(len(orders))
    return Rankings(methods=METHODS, order=order, participant=codes, prompt=codes, best_and_worst=best_and_worst)


def named(rankings: Rankings) -> set[tuple[int, str]]:
    pairs = implied_pairs(rankings)
    rows = zip(pairs.answer, pairs.winner, pairs.loser, strict=True)
    return {(int(answer), METHODS[winner] + METHODS[loser]) for answer, winner, loser in rows}


def test_ranks_of_orders_of_different_lengths() -> None:
    """The first of an order has rank 1, and a method that was not shown has none."""
    expected = [[2, 1, 4, 3], [np.nan, 2, 1, np.nan]]
    np.testing.assert_array_equal(of([1, 0, 3, 2], [2, 1, -1, -1]).ranks, expected)


def test_best_and_worst_leave_the_others_in_the_middle() -> None:
    """The methods between the best and the worst share the mean rank, however they are written down."""
    for middle in ([0, 3], [3, 0]):
        np.testing.assert_array_equal(of([1, *middle, 2], best_and_worst=True).ranks, [[2.5, 1, 4, 2.5]])
    np.testing.assert_array_equal(of([1, 2, 0, -1], best_and_worst=True).ranks, [[3, 1, 2, np.nan]])


def test_implied_pairs() -> None:
    """An order of four implies six pairs, the best and the worst of four five, an order of two one."""
    assert named(of([1, 0, 3, 2])) == {(0, pair) for pair in ("ba", "bd", "bc", "ad", "ac", "dc")}
    assert named(of([1, 0, 3, 2], best_and_worst=True)) == {(0, pair) for pair in ("ba", "bd", "bc", "ac", "dc")}
    assert named(of([1, 0, 3, 2], [2, 3, -1, -1])) == {
        *((0, pair) for pair in ("ba", "bd", "bc", "ad", "ac", "dc")),
        (1, "cd"),
    }


@given(st.integers(0, 10_000), st.integers(2, 4), st.booleans())
def test_mean_ranks_count_the_pairs_lost(seed: int, shown: int, best_and_worst: bool) -> None:
    """In an order a method's rank is 1 and one more for every pair that it loses; all ranks add up to k(k + 1)/2."""
    rankings = drawn([0.5, 0.0, -0.5, 1.0], 12, np.random.default_rng(seed), shown=shown, best_and_worst=best_and_worst)
    np.testing.assert_allclose(np.nansum(rankings.ranks, axis=1), shown * (shown + 1) / 2)
    pairs = implied_pairs(rankings)
    lost = np.zeros((12, 4))
    np.add.at(lost, (pairs.answer, pairs.loser), 1)
    if not best_and_worst:
        np.testing.assert_array_equal(np.nan_to_num(rankings.ranks - 1), lost)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([[0, 0, 1]], "answer 0 names a method twice"),
        ([[0, 1, 2], [0, -1, -1]], "answer 1 orders fewer than two"),
        ([[0, -1, 1]], "−1 may only follow"),
        ([[0, 4, 1]], "codes must be −1 to 3"),
    ],
)
def test_what_is_no_order_is_refused(order: list[list[int]], message: str) -> None:
    """A method twice, a single method, a gap and an unknown code are named in the message."""
    with pytest.raises(ValueError, match=message):
        of(*order)


def test_lengths_must_fit() -> None:
    """Each answer has one participant and one prompt."""
    with pytest.raises(ValueError, match="prompt: has 1 values for 2 answers"):
        Rankings(methods=METHODS, order=np.array([[0, 1], [1, 0]]), participant=np.arange(2), prompt=np.arange(1))
