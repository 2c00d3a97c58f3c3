"""Opinion scores of videos: published results, and what happens where ratings are few."""

import numpy as np
import pytest
from scipy import stats

from analysis.rating.opinion_scores import LEAST_RATINGS, opinion_scores, without_bias
from tests.analysis.rating import netflix


def flat(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings, videos and participants of a table (videos, participants) with NaN for none."""
    video, participant = np.nonzero(~np.isnan(table))
    return table[video, participant], video, participant


def test_netflix_scores() -> None:
    """MOS and their standard errors are those of sureal's tests (`test_mos_subjective_model`) on the same data."""
    value, video, _ = flat(netflix.scores())
    found = opinion_scores(value, video, 79)
    assert found.mos[[0, 10]] == pytest.approx([4.884615384615385, 2.0769230769230771])
    assert found.mos.mean() == pytest.approx(3.544790652385589, abs=1e-12)
    assert (found.sd / np.sqrt(found.count)).mean() == pytest.approx(0.12986637295658307, abs=1e-12)
    assert found.sd.mean() == pytest.approx(0.6621911698651353, abs=1e-12)


def test_the_interval_is_students() -> None:
    """Each video's interval is SciPy's t interval of its ratings."""
    table = netflix.scrambled()
    value, video, _ = flat(table)
    found = opinion_scores(value, video, 79, confidence=0.9)
    for place in (0, 9, 68):
        own = table[place][~np.isnan(table[place])]
        low, high = stats.t.interval(0.9, len(own) - 1, own.mean(), stats.sem(own))
        assert (found.low[place], found.high[place]) == pytest.approx((low, high), abs=1e-9)


def test_few_ratings_have_no_interval() -> None:
    """A video with one rating has a MOS only; one without ratings has nothing."""
    found = opinion_scores(np.array([4.0, 2.0, 3.0]), np.array([0, 1, 1]), 3)
    assert found.count.tolist() == [1, 2, 0]
    assert found.mos[:2] == pytest.approx([4, 2.5])
    assert np.isnan([found.sd[0], found.low[0], found.mos[2], found.high[2]]).all()
    assert found.low[1] == pytest.approx(2.5 - stats.t.ppf(0.975, 1) / 2)


def test_scores_without_bias_are_those_of_the_reference() -> None:
    """Scores, errors, biases and inconsistencies are those that P.910's reference implementation prints."""
    value, video, participant = flat(netflix.scrambled())
    found = without_bias(value, video, participant, 79, 26)
    assert found.score == pytest.approx(netflix.numbers(netflix.MOS), abs=1e-6)
    assert found.standard_error == pytest.approx(netflix.numbers(netflix.STANDARD_ERROR), abs=1e-6)
    assert found.bias == pytest.approx(netflix.numbers(netflix.BIAS), abs=1e-6)
    assert found.inconsistency == pytest.approx(netflix.numbers(netflix.INCONSISTENCY), abs=1e-6)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * found.standard_error)


def test_biases_do_not_move_scores() -> None:
    """Whoever rates everything a point higher changes no score against another, and has a bias one point higher."""
    table = netflix.scores()
    before = without_bias(*flat(table), 79, 26)
    table[:, 3] += 1
    after = without_bias(*flat(table), 79, 26)
    assert np.diff(after.score) == pytest.approx(np.diff(before.score), abs=1e-6)
    assert after.bias[3] - after.bias[4] == pytest.approx(before.bias[3] - before.bias[4] + 1, abs=1e-6)


def test_participants_with_few_ratings_are_left_out() -> None:
    """They get no bias, change no score, and are counted."""
    value, video, participant = flat(netflix.scores())
    few = np.arange(LEAST_RATINGS - 1)
    found = without_bias(np.r_[value, few * 0 + 1.0], np.r_[video, few], np.r_[participant, few * 0 + 26], 79, 27)
    assert found.left_out == 1
    assert np.isnan(found.bias[26])
    assert found.score == pytest.approx(without_bias(value, video, participant, 79, 26).score)


def test_ratings_of_which_nobody_gave_enough_are_refused() -> None:
    """Without a participant of ten ratings there is no estimate."""
    with pytest.raises(ValueError, match="no participant has 10 ratings"):
        without_bias(np.ones(4), np.arange(4), np.zeros(4, int), 4, 1)
