"""Mean ranks, first places and pairs: by hand, in step with the ranks themselves, and covered."""

import numpy as np
import pytest
from scipy import special

from analysis.ranking.rankings import Rankings, implied_pairs
from analysis.ranking.ranks import method_ranks, pair_orders
from tests.analysis.ranking.scenes import drawn


def by_hand(*, best_and_worst: bool = False) -> Rankings:
    order = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [0, 1, -1]])
    return Rankings(
        methods=["a", "b", "c", "never shown"],
        order=order,
        participant=np.array([0, 1, 2, 0]),
        prompt=np.array([0, 0, 1, 1]),
        best_and_worst=best_and_worst,
    )


def test_by_hand() -> None:
    """Means are over the answers that show a method, and last is last of those that were shown."""
    rows = {row.method: row for row in method_ranks(by_hand())}
    assert set(rows) == {"a", "b", "c"}
    assert [rows[name].num_answers for name in "abc"] == [4, 4, 3]
    assert [rows[name].mean_rank.value for name in "abc"] == pytest.approx([5 / 4, 8 / 4, 8 / 3])
    assert [rows[name].first.value for name in "abc"] == pytest.approx([3 / 4, 1 / 4, 0])
    assert [rows[name].last.value for name in "abc"] == pytest.approx([0, 2 / 4, 2 / 3])
    pairs = {row.a + row.b: row for row in pair_orders(by_hand())}
    assert {name: row.num_answers for name, row in pairs.items()} == {"ab": 4, "ac": 3, "bc": 3}
    assert pairs["ab"].value == pytest.approx(2 * 3 / 4 - 1)
    assert pairs["bc"].ahead.value == pytest.approx(2 / 3)


def test_pairs_of_best_and_worst() -> None:
    """The order of the two between the best and the worst of four is not counted."""
    rankings = drawn([0.0] * 4, 30, np.random.default_rng(0), best_and_worst=True)
    assert sum(row.num_answers for row in pair_orders(rankings)) == 30 * 5 == len(implied_pairs(rankings).answer)


def test_intervals_hold_the_truth() -> None:
    """With participants and prompts who differ, about 19 of 20 intervals hold the mean rank and the share ahead."""
    strength, held = [0.5, 0.0, -0.5], []
    many = drawn(strength, 50_000, np.random.default_rng(0), people=5000, prompts=4999, sd_people=0.5, sd_prompt=0.7)
    truth = [row.mean_rank.value for row in method_ranks(many)]
    ahead = pair_orders(many)[0].ahead.value
    for seed in range(60):
        rankings = drawn(strength, 450, np.random.default_rng(seed), people=30, sd_people=0.5, sd_prompt=0.7)
        rows, pair = method_ranks(rankings), pair_orders(rankings)[0]
        low, high = rows[0].mean_rank.interval("new")
        from_pairs = pair.interval("new")
        held.append((low <= truth[0] <= high, from_pairs.low <= 2 * ahead - 1 <= from_pairs.high))
        assert (pair.p_value("new") < 0.05) == (not from_pairs.low <= 0 <= from_pairs.high)
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.08)


def test_the_model_of_two_methods_gives_the_share_ahead() -> None:
    """Without effects the share that is ahead is the inverse logit of the difference of strengths."""
    rankings = drawn([0.5, 0.0, -0.5], 40_000, np.random.default_rng(1))
    assert pair_orders(rankings)[1].ahead.value == pytest.approx(special.expit(1.0), abs=0.01)
