"""Mean, median and quartiles: Student's interval, coverage, and where there is nothing to infer."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.number.summaries import number_summaries


def test_asked_once_the_interval_is_students() -> None:
    """With one number per person the mean has Student's interval, as SciPy gives it, and quartiles are NumPy's."""
    values = np.random.default_rng(0).gamma(2.0, 10.0, 50)
    (found,) = number_summaries(values, np.arange(50))
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert tuple(found.mean.interval("these")) == pytest.approx((expected.low, expected.high))
    assert found.mean.interval("new") == found.mean.interval("these")
    assert [row.value for row in found.quartiles] == pytest.approx(np.quantile(values, [0.25, 0.5, 0.75]).tolist())


def test_intervals_hold_the_truth() -> None:
    """With people and prompts who differ, about 19 of 20 intervals for new prompts hold the true mean and median."""
    held = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        participant, prompt = np.divmod(np.arange(400), 20)
        effects = rng.normal(0, 1, 20)[participant] + rng.normal(0, 1, 20)[prompt]
        (found,) = number_summaries(5 + effects + rng.normal(0, 2, 400), participant, prompt)
        median = found.quartiles[1].new
        mean = found.mean.interval("new")
        held.append((mean.low <= 5 <= mean.high, median.low <= 5 <= median.high))
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.055)


def test_many_equal_values() -> None:
    """Where most answer the same number, the median is it, and its interval ends at numbers that were given."""
    values = np.array([3.0] * 60 + [5.0] * 20 + [1.0] * 20)
    (found,) = number_summaries(values, np.arange(100))
    assert found.quartiles[1].value == 3.0
    assert tuple(found.quartiles[1].these) == (3.0, 3.0)


def test_nothing_to_infer_from() -> None:
    """One person, or one number only, gives no interval with ends."""
    for values, people in (([1.0, 2.0], [0, 0]), ([2.0, 2.0], [0, 1])):
        (found,) = number_summaries(np.array(values), np.array(people))
        assert tuple(found.mean.interval("these")) == (-math.inf, math.inf)
        assert tuple(found.quartiles[1].these) == (-math.inf, math.inf)


def test_methods_apart() -> None:
    """Each method with answers has its own row."""
    codes = np.arange(4)
    rows = number_summaries(
        np.array([1.0, 2.0, 3.0, 5.0]), codes, codes, method=np.array([0, 0, 2, 2]), methods=["a", "b", "c"]
    )
    assert [(row.method, row.num_answers, row.mean.value) for row in rows] == [("a", 2, 1.5), ("c", 2, 4.0)]


def test_what_is_no_number_is_refused() -> None:
    """The message says which answer it is."""
    with pytest.raises(ValueError, match="values: answer 1 is not a finite number"):
        number_summaries(np.array([1.0, math.nan]), np.arange(2))
