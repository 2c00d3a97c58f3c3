"""Distances of marks: by hand, against chance, and where nothing is to be compared."""

import math

import numpy as np
import pytest

from analysis.moment.distances import distances
from tests.analysis.moment.scenes import drawn, of


def test_by_hand() -> None:
    """Three people mark one video, two another: four pairs, whose spans lie 0.1, 0.5, 0.5 and 2 s apart."""
    rows = [(0, 0, 1.0, 1.5), (1, 0, 1.1, 1.4), (2, 0, 0.6, 1.0), (0, 1, 0.0, 3.0), (1, 1, 1.0, 1.0)]
    rows += [(2, 1, math.nan, math.nan)]
    found = distances(of(rows), np.random.default_rng(0))
    assert found is not None
    assert (found.num_pairs, found.num_videos) == (4, 2)
    assert found.median_s == pytest.approx(0.5)
    assert [row.agreeing for row in found.tolerances] == pytest.approx([0.25, 0.25, 0.75, 0.75])


def test_two_marks_of_one_person_are_no_pair() -> None:
    """Only the marks of different people are compared; without any pair there is nothing to say."""
    assert distances(of([(0, 0, 1.0, 1.0), (0, 0, 1.2, 1.2), (1, 1, 1.0, 1.0)]), np.random.default_rng(0)) is None
    assert distances(of([(0, 0, math.nan, math.nan)]), np.random.default_rng(0)) is None


def test_marks_of_each_videos_moment_agree_more_than_by_chance() -> None:
    """People who mark the same moments agree within a tolerance above their noise, and far more than by chance."""
    found = distances(drawn(np.random.default_rng(1), noise_s=0.05), np.random.default_rng(2))
    assert found is not None
    half = found.tolerances[2]
    assert half.low is not None
    assert half.by_chance < 0.5 < half.low <= half.agreeing
    assert half.p_value == 0.001
    assert [row.agreeing for row in found.tolerances] == sorted(row.agreeing for row in found.tolerances)


def test_marks_anywhere_agree_as_by_chance() -> None:
    """Where marks say nothing of the video, p below .05 is as rare as it should be, and chance gives what was found."""
    p_values = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        found = distances(drawn(rng, people=4, prompts=6, noise_s=None), rng, tolerances_s=(0.5,))
        assert found is not None
        assert found.tolerances[0].by_chance == pytest.approx(found.tolerances[0].agreeing, abs=0.3)
        p_values.append(found.tolerances[0].p_value)
    assert np.mean(np.array(p_values) < 0.05) <= 0.15
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.2)


def test_a_habit_is_not_taken_for_agreement() -> None:
    """People who each mark one place in every video agree no more than by chance, however near their places are."""
    rows = [(person, video, 1.0 + 0.01 * person, 1.0 + 0.01 * person) for person in range(4) for video in range(10)]
    found = distances(of(rows), np.random.default_rng(0))
    assert found is not None
    assert all(row.agreeing == row.by_chance == 1.0 and row.p_value == 1.0 for row in found.tolerances)
