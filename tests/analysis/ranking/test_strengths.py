"""Plackett–Luce strengths: their sandwich, their ranks, and methods that are always ahead."""

import math

import numpy as np
import pytest

from analysis.preference.strengths import Strengths
from analysis.ranking.plackett_luce import fit, scores
from analysis.ranking.rankings import Rankings
from analysis.ranking.stages import stages_of
from analysis.ranking.strengths import RankingStrengths, implied_votes
from tests.analysis.ranking.scenes import drawn

STRENGTH = [0.8, 0.0, -0.3, -0.5]


def test_orders_of_two_are_preferences() -> None:
    """Where each order is of two methods, strengths, intervals and ranks are Bradley & Terry's."""
    rankings = drawn(STRENGTH, 400, np.random.default_rng(0), shown=2, sd_people=0.5, sd_prompt=0.5)
    orders, votes = RankingStrengths(rankings).summary(), Strengths(implied_votes(rankings), position=False).summary()
    for order, vote in zip(orders, votes, strict=True):
        assert order.value == pytest.approx(vote.value, abs=1e-8)
        assert (*order.new, *order.these) == pytest.approx((*vote.new, *vote.these), abs=1e-6)
        assert (order.rank_low, order.rank_high) == (vote.rank_low, vote.rank_high)


def test_without_clusters_the_covariance_is_the_sandwich() -> None:
    """With one answer per participant and about each prompt the variance is Huber's, up to n/(n − 1)."""
    rankings = drawn(STRENGTH, 500, np.random.default_rng(1), people=500, prompts=1)
    alone = Rankings(methods=rankings.methods, order=rankings.order, participant=np.arange(500), prompt=np.arange(500))
    stages = stages_of(alone)
    found = fit(stages)
    psi = scores(stages, found.strength) @ found.inverse
    sign = np.array([1.0, -1.0, 0.0, 0.0])
    part = RankingStrengths(alone).difference(0, 1).these
    assert part.variance == pytest.approx(float(sign @ psi.T @ psi @ sign) * 500 / 499)
    assert part.variance == pytest.approx(float(sign @ found.inverse @ sign), rel=0.15)


def test_implied_pairs_as_if_independent_are_too_sure() -> None:
    """The sandwich knows that the pairs of one answer and the answers of one person belong together."""
    rankings = drawn(STRENGTH, 300, np.random.default_rng(2), sd_people=1.0, sd_prompt=1.0)
    found = RankingStrengths(rankings)
    naive = fit(stages_of(rankings)).inverse
    sign = np.array([1.0, -1.0, 0.0, 0.0])
    assert found.difference(0, 1).new.variance > 2 * float(sign @ naive @ sign)


def test_known_strengths_are_covered_and_ranked() -> None:
    """About 19 of 20 intervals hold the true strengths, and simultaneous ranks hold the true order more often."""
    held, ranked = [], []
    for seed in range(25):
        rankings = drawn(STRENGTH, 300, np.random.default_rng(seed), people=25, prompts=12)
        rows = RankingStrengths(rankings).summary()
        held.append([row.new.low <= true <= row.new.high for row, true in zip(rows, STRENGTH, strict=True)])
        ranked.append(all(row.rank_low <= place <= row.rank_high for place, row in enumerate(rows, start=1)))
    assert np.mean(held) == pytest.approx(0.95, abs=0.06)
    assert np.mean(ranked) >= 0.88


def test_a_method_that_is_always_first_is_infinitely_strong() -> None:
    """Its interval has one end, the others are compared among themselves, and its rank is 1."""
    rest = drawn(STRENGTH, 200, np.random.default_rng(3)).order + 1
    order = np.column_stack([np.zeros(200, np.intp), rest])
    rankings = Rankings(
        methods=["first", "a", "b", "c", "d"],
        order=order,
        participant=np.arange(200) % 20,
        prompt=np.arange(200) * 30 // 200,
    )
    found = RankingStrengths(rankings)
    first, *others = found.summary()
    assert first.value == math.inf
    assert 0 < first.new.low < first.new.high == math.inf
    assert (first.rank_low, first.rank_high) == (1, 1)
    without = Rankings(
        methods=["a", "b", "c", "d"],
        order=order[:, 1:] - 1,
        participant=rankings.participant,
        prompt=rankings.prompt,
    )
    expected = RankingStrengths(without).summary()
    assert [row.value for row in others] == pytest.approx([row.value for row in expected], abs=1e-8)
    assert found.groups == [["a", "b", "c", "d"], ["first"]]


def test_methods_that_no_order_compares() -> None:
    """Two sets of methods that were never shown together have no difference, and this is said."""
    codes = np.arange(4)
    rankings = Rankings(
        methods=["a", "b", "c", "d"],
        order=np.array([[0, 1], [1, 0], [2, 3], [3, 2]]),
        participant=codes,
        prompt=codes,
    )
    found = RankingStrengths(rankings)
    assert ("a", "c") in found.incomparable()
    assert math.isnan(found.difference(0, 2).value)
    assert math.isfinite(found.difference(0, 1).value)
