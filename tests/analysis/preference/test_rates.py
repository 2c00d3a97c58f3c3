"""Win, tie and loss rates, net win rates and their tests."""

import numpy as np
import pytest

from analysis.clustering import TARGETS, cluster
from analysis.preference.rates import adjusted, by_method, by_pair, left_share, majorities, shown_both_ways
from analysis.preference.simulator import VoteModel, simulate
from analysis.preference.votes import LEFT, RIGHT, TIE, Votes, votes

STUDY = VoteModel(strengths=(0.8, 0.0, -0.4), num_participants=12, num_prompts=10, position=0.4)


def drawn(seed: int = 1, **changes: float) -> Votes:
    return simulate(STUDY, np.random.default_rng(seed))


def test_rates_are_counts() -> None:
    """PreferenceRates are shares of votes, whichever side a method stood on; ties of all kinds are ties."""
    found = votes(
        ["a", "b", "a", "b", "a"],
        ["b", "a", "b", "a", "b"],
        ["w1", "w1", "w2", "w2", "w3"],
        ["p", "q", "p", "q", "p"],
        ["left", "right", "right", "both_good", "both_bad"],
    )
    (pair,) = by_pair(found)
    assert (pair.a, pair.b) == ("a", "b")
    assert (pair.win.value, pair.tie.value, pair.loss.value) == (0.4, 0.4, 0.2)
    assert pair.net == pytest.approx(0.2)
    assert pair.score.value == 0.6
    assert (pair.both_good, pair.both_bad) == (0.2, 0.2)
    assert pair.strength is None


def test_net_win_rate_has_the_clustered_variance_of_its_votes() -> None:
    """The variance of the score is that of `cluster` for the votes' scores, a quarter of the net win rate's."""
    found = drawn()
    pair = by_pair(found)[1]
    own = np.flatnonzero(((found.left == 0) & (found.right == 2)) | ((found.left == 2) & (found.right == 0)))
    score = np.where(found.left[own] == 0, found.signs[own], -found.signs[own])
    direct = cluster((score - score.mean()) / len(own), found.participant[own], found.prompt[own])
    for target in TARGETS:
        assert 4 * pair.score.found.part(target).variance == pytest.approx(direct.part([1.0], target).variance)
    assert pair.net == pytest.approx(score.mean())


def test_a_method_is_compared_with_all_others() -> None:
    """A method's rates are over all its votes; the net win rates of all methods, weighted by votes, add up to 0."""
    found = drawn()
    rates = by_method(found)
    assert [each.a for each in rates] == found.methods
    assert sum(each.net * each.score.num_answers for each in rates) == pytest.approx(0, abs=1e-9)
    assert all(each.win.value + each.tie.value + each.loss.value == pytest.approx(1) for each in rates)
    assert rates[0].net == max(each.net for each in rates)


def test_interval_and_test_of_a_net_win_rate_agree() -> None:
    """The p is below .05 exactly where the 95 % interval leaves 0 out; new prompts are never surer than these."""
    for seed in range(10):
        for pair in by_pair(drawn(seed)):
            for target in TARGETS:
                interval = pair.net_interval(target)
                assert -1 <= interval.low <= pair.net <= interval.high <= 1
                assert (pair.p_value(target) < 0.05) == (not interval.low <= 0 <= interval.high)
            assert pair.p_value("new") >= pair.p_value("these")


def test_always_winning_is_not_certain() -> None:
    """A method that wins all votes of few people has a net win rate of 1 with an open interval."""
    person, prompt = np.divmod(np.arange(20), 5)
    all_won = Votes(
        methods=["a", "b"],
        left=np.zeros(20, int),
        right=np.ones(20, int),
        participant=person,
        prompt=prompt,
        outcome=np.full(20, LEFT),
    )
    (pair,) = by_pair(all_won)
    assert pair.net == 1
    assert pair.net_interval("new").low < 0
    assert pair.p_value("new") > 0.05
    (tied,) = by_pair(
        Votes(
            methods=["a", "b"],
            left=np.zeros(20, int),
            right=np.ones(20, int),
            participant=person,
            prompt=prompt,
            outcome=np.full(20, TIE),
        )
    )
    assert tied.p_value("these") == 1
    assert tied.net_interval("these").low < 0 < tied.net_interval("these").high


def test_strengths_are_means_with_signs() -> None:
    """The mean strength counts in favour of the pair's first method, and its interval stays within the scale."""
    found = votes(
        ["a", "b", "a", "b"], ["b", "a", "b", "a"], ["w1", "w2", "w3", "w4"], ["p", "q", "p", "q"], [-3, 2, 1, -1]
    )
    (pair,) = by_pair(found)
    assert pair.strength is not None
    assert pair.strength.value == pytest.approx((3 + 2 - 1 - 1) / 4)
    assert pair.net == pytest.approx(0.0)
    interval = pair.strength_interval("these")
    assert interval is not None
    assert -3 <= interval.low < pair.strength.value < interval.high <= 3


def test_mean_strength_is_over_the_votes_that_have_one() -> None:
    """Words for a side count in every share and in no mean strength, which is that of the numbers alone."""
    columns = ["a"] * 6, ["b"] * 6, ["w1", "w2", "w3"] * 2, ["p", "p", "p", "q", "q", "q"]
    (mixed,) = by_pair(votes(*columns, [-3, "left", 1, -1, "right", "tie"]))
    assert (mixed.win.value, mixed.loss.value) == (0.5, pytest.approx(1 / 3))
    assert mixed.strength is not None
    assert mixed.strength.value == pytest.approx((3 - 1 + 1 + 0) / 4)
    kept = [[column[place] for place in (0, 2, 3, 5)] for column in columns]
    (alone,) = by_pair(votes(*kept, [-3, 1, -1, 0]))  # type: ignore[arg-type]
    assert alone.strength is not None
    assert mixed.strength_interval("new") == pytest.approx(alone.strength_interval("new"))


def test_a_pair_without_numbers_has_no_mean_strength() -> None:
    """Where only another pair was asked for strengths."""
    found = votes(["a", "a"], ["b", "c"], ["w1", "w2"], ["p", "q"], ["left", -2])
    assert [pair.strength is None for pair in by_pair(found)] == [True, False]


def test_no_left_share_where_each_method_has_its_side() -> None:
    """Of a pair shown one way round only nothing tells the side from the method; other pairs' votes give the share."""
    one_way = votes(["a", "a", "b"], ["b", "b", "c"], ["w1", "w2", "w1"], ["p", "q", "p"], ["left", "left", "left"])
    assert left_share(one_way) is None
    both = votes(
        ["a", "a", "b", "b"],
        ["b", "b", "c", "a"],
        ["w1", "w2", "w1", "w2"],
        list("pqpq"),
        ["left", "left", "right", "right"],
    )
    assert shown_both_ways(both).tolist() == [True, True, False, True]
    share = left_share(both)
    assert share is not None
    assert share.num_answers == 3
    assert share.value == pytest.approx(2 / 3)


def test_left_share() -> None:
    """The share of the left among decided votes; a strong position effect shows, and all ties have none."""
    found = simulate(
        VoteModel(strengths=(0.0, 0.0), num_participants=30, num_prompts=10, position=1.0), np.random.default_rng(1)
    )
    share = left_share(found)
    assert share is not None
    decided = found.outcome != TIE
    assert share.value == pytest.approx((found.outcome[decided] == LEFT).mean())
    assert share.p_value("new") < 0.01
    assert left_share(found.take(np.flatnonzero(~decided))) is None


def test_adjustments() -> None:
    """Holm and max-t never lower a p; max-t is at most Bonferroni; another word is refused."""
    found = drawn()
    pairs = by_pair(found)
    plain = [pair.p_value("new") for pair in pairs]
    rng = np.random.default_rng(1)
    for name in ("holm", "max-t"):
        for p, after in zip(plain, adjusted(pairs, found, "new", name, 0.05, rng), strict=True):
            assert p <= after.p_value <= 3 * p + 0.003
    assert [each.p_value for each in adjusted(pairs, found, "new", "none", 0.05, rng)] == plain
    with pytest.raises(ValueError, match="adjustment 'tukey' is none of holm, max-t, none"):
        adjusted(pairs, found, "new", "tukey", 0.05, rng)


def test_majorities() -> None:
    """Signs of wins less losses, whichever side they were on."""
    found = votes(["a", "b", "a"], ["b", "a", "c"], ["w"] * 3, ["p"] * 3, ["left", "right", "tie"])
    assert majorities(found).tolist() == [[0, 1, 0], [-1, 0, 0], [0, 0, 0]]
    assert (found.outcome == RIGHT).sum() == 1
