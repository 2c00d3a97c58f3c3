"""Mean ratings and their differences: what they equal in simple designs, and what pairing and mirroring do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.clustering import TARGETS, Contrast
from analysis.rating.means import compare_means, mean_intervals, method_ratings, unit_weights
from analysis.rating.ratings import Ratings, Scale
from analysis.variance import NOTHING, Part
from tests.analysis.rating.simulated import study


def test_a_row_per_method() -> None:
    """Mean, top-two share, distribution and numbers are those of a balanced design's plain counts."""
    ratings = study(1, effects=(0.0, 0.8, 1.5))
    rows = method_ratings(ratings)
    assert [row.method for row in rows] == ["ours", "theirs", "real"]
    for code, row in enumerate(rows):
        own = ratings.value[ratings.method == code]
        assert row.mean == pytest.approx(own.mean())
        assert row.top_two == pytest.approx((own >= 4).mean())
        assert row.distribution.tolist() == [(own == point).sum() for point in range(1, 6)]
        assert (row.num_ratings, row.num_videos, row.num_units, row.num_participants) == (400, 20, 20, 20)
        these, new = row.mean_intervals["these"], row.mean_intervals["new"]
        assert 1 <= new.low <= these.low < row.mean < these.high <= new.high <= 5
        assert row.top_two_intervals is not None
        assert row.top_two_intervals["new"].low <= row.top_two_intervals["these"].low < row.top_two


def test_units_weigh_the_same() -> None:
    """A prompt with many ratings counts as much as one with few."""
    ratings = Ratings(
        value=np.array([1.0, 1, 1, 5, 3, 3]),
        participant=np.array([0, 1, 2, 0, 0, 1]),
        video=np.array([0, 0, 0, 1, 2, 2]),
        method=np.array([0, 0, 0, 0, 1, 1]),
        methods=["a", "b"],
        scale=Scale(),
    )
    assert unit_weights(ratings) == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2, 1 / 2, 1 / 2])
    assert method_ratings(ratings)[0].mean == pytest.approx(3)


def test_many_people_make_it_the_paired_t_test() -> None:
    """Where participants are so many that they add nothing, the test is Student's of the prompts' differences."""
    ratings = study(2, people=3000, prompts=12)
    found = compare_means(ratings, "ours", "theirs")
    assert found is not None
    table = np.zeros((12, 2))
    np.add.at(table, (ratings.prompt, ratings.method), ratings.value / 3000)
    oracle = stats.ttest_rel(table[:, 0], table[:, 1])
    assert found.num_shared == 12
    assert found.difference == pytest.approx(float(np.diff(table).mean()) * -1)
    assert found.p_value("new") == pytest.approx(oracle.pvalue, rel=0.05)
    assert tuple(found.interval("new")) == pytest.approx(tuple(oracle.confidence_interval()), abs=0.01)


def test_many_videos_make_it_the_participants_paired_t_test() -> None:
    """For exactly these videos the test is Student's of the participants' differences."""
    ratings = study(3, people=15, prompts=10)
    found = compare_means(ratings, "ours", "theirs")
    assert found is not None
    table = np.zeros((15, 2))
    np.add.at(table, (ratings.participant, ratings.method), ratings.value / 10)
    oracle = stats.ttest_rel(table[:, 0], table[:, 1])
    assert found.p_value("these") == pytest.approx(oracle.pvalue, rel=1e-6)


def test_pairing_by_prompt_is_surer() -> None:
    """Shared prompts take their own differences out of the comparison."""
    ratings = study(4, spread=1.0)
    paired, unpaired = (compare_means(each, "ours", "theirs") for each in (ratings, replace(ratings, prompt=None)))
    assert paired is not None
    assert unpaired is not None
    assert unpaired.num_shared is None
    assert paired.difference == pytest.approx(unpaired.difference)
    assert paired.contrast.new.variance < unpaired.contrast.new.variance


def test_prompts_of_one_method_only_do_not_count() -> None:
    """A difference is over the prompts that both methods have; a method without ratings cannot be compared."""
    ratings = study(5)
    part = ratings.where((ratings.method == 0) | (ratings.prompt < 15))
    found, whole = (compare_means(each, "ours", "theirs") for each in (part, ratings.where(ratings.prompt < 15)))
    assert found is not None
    assert whole is not None
    assert found.num_shared == 15
    assert found.means == whole.means
    assert compare_means(ratings.where(ratings.method == 0), "ours", "theirs") is None
    with pytest.raises(ValueError, match=r"method 'other' is none of \['ours', 'theirs'\]"):
        compare_means(ratings, "ours", "other")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 6), st.integers(2, 6))
def test_turning_and_renaming(seed: int, people: int, prompts: int) -> None:
    """Swapping methods, turning the scale and renumbering people and prompts change signs and nothing else."""
    ratings = study(seed, people=people, prompts=prompts)
    rng = np.random.default_rng(seed)
    found, swapped = compare_means(ratings, "ours", "theirs"), compare_means(ratings, "theirs", "ours")
    turned = compare_means(replace(ratings, value=6 - ratings.value), "ours", "theirs")
    renamed = replace(
        ratings,
        participant=rng.permutation(people)[ratings.participant],
        prompt=rng.permutation(prompts)[ratings.prompt],
        video=rng.permutation(2 * prompts)[ratings.video],
    )
    same = compare_means(renamed, "ours", "theirs")
    assert found is not None
    for other, sign in ((swapped, -1), (turned, -1), (same, 1)):
        assert other is not None
        assert other.difference == pytest.approx(sign * found.difference, abs=1e-9)
        for target in ("these", "new"):
            assert other.p_value(target) == pytest.approx(found.p_value(target), abs=1e-6)
            expected = sorted(sign * end for end in found.interval(target))
            assert tuple(other.interval(target)) == pytest.approx(tuple(expected), abs=1e-6)


def test_how_good_given_videos_are_is_not_chance() -> None:
    """For exactly these videos, one that everybody likes better moves the mean and leaves its error as it is."""
    ratings = study(8, people=30, prompts=12)
    sparse = ratings.where(np.random.default_rng(0).random(len(ratings)) < 0.4)
    sparse = replace(sparse, scale=Scale(low=-10, high=10))
    better = replace(sparse, value=sparse.value + 4 * (sparse.video == 3))
    found, moved = (compare_means(each, "ours", "theirs") for each in (sparse, better))
    assert found is not None
    assert moved is not None
    assert moved.difference == pytest.approx(found.difference - 4 / 12)
    assert moved.contrast.these.variance == pytest.approx(found.contrast.these.variance)
    assert moved.contrast.new.variance > found.contrast.new.variance


def test_a_mean_of_zeros_and_ones_has_wilsons_interval() -> None:
    """One rating of 0 or 1 by each of many people: 81 of 263 in Newcombe (Statistics in Medicine 1998), table I."""
    p, scale = 81 / 263, Scale(low=0, high=1, slider=True)
    found = mean_intervals(Contrast(p, Part(p * (1 - p) / 263, math.inf), NOTHING), scale)
    assert tuple(found["these"]) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert tuple(found["new"]) == (0, 1)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 5), st.integers(2, 5), st.sampled_from([-2.0, 0.0, 1.5]))
def test_intervals_of_a_mean_stay_on_the_scale_and_turn_with_it(
    seed: int, people: int, prompts: int, effect: float
) -> None:
    """They hold the mean, have a width, are those of the turned scale turned, and are wider for new videos."""
    ratings = study(seed, people=people, prompts=prompts, effects=(effect, 0.0))
    row, turned = (method_ratings(each)[0] for each in (ratings, replace(ratings, value=6 - ratings.value)))
    for target in TARGETS:
        low, high = row.mean_intervals[target]
        assert 1 <= low <= row.mean <= high <= 5
        assert high - low > 0.1
        assert tuple(turned.mean_intervals[target]) == pytest.approx((6 - high, 6 - low), abs=1e-6)
    these, new = (row.mean_intervals[target] for target in TARGETS)
    if these.high - these.low < 4:
        assert new.low <= these.low < these.high <= new.high


def test_near_an_end_the_interval_of_a_mean_reaches_towards_the_middle() -> None:
    """It is Student's in the middle of the scale; near the top it reaches farther down than up."""
    part = Part(0.01, 200.0)
    middle, top = (mean_intervals(Contrast(mean, part, part), Scale())["new"] for mean in (3.0, 4.7))
    half = stats.t.ppf(0.975, 200) * 0.1
    assert tuple(middle) == pytest.approx((3 - half, 3 + half), abs=0.01)
    assert 4.7 - top.low > 1.2 * (top.high - 4.7)


def test_a_slider_has_no_top_two() -> None:
    """Its ratings are counted in ten bins."""
    ratings = replace(study(6), scale=Scale(low=0, high=100, slider=True))
    row = method_ratings(ratings)[0]
    assert row.top_two is None
    assert row.top_two_intervals is None
    assert row.distribution.tolist() == [400, *[0] * 9]


def test_certainty_is_never_pretended() -> None:
    """Where all ratings are the same, or one person gave them all, intervals are the whole scale and p is 1."""
    ratings = study(7)
    equal = replace(ratings, value=np.full(len(ratings), 5.0))
    alone = ratings.where(ratings.participant == 0)
    for case in (equal, alone):
        found = compare_means(case, "ours", "theirs")
        assert found is not None
        assert tuple(found.interval("new")) == (-4, 4)
        assert found.p_value("new") == 1
        assert tuple(method_ratings(case)[0].mean_intervals["new"]) == (1, 5)
    row = method_ratings(equal)[0]
    assert row.top_two == pytest.approx(1)
    assert row.top_two_intervals is not None
    assert 0.5 < row.top_two_intervals["new"].low < 0.95
