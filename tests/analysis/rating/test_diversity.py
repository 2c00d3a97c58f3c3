"""The parameter a of the SOS hypothesis."""

import numpy as np
import pytest

from analysis.rating.diversity import rating_diversity
from analysis.rating.opinion_scores import OpinionScores, opinion_scores
from analysis.rating.ratings import Scale


def scores_of(table: np.ndarray) -> OpinionScores:
    """Of (videos, ratings)."""
    return opinion_scores(table.ravel(), np.repeat(np.arange(len(table)), table.shape[1]), len(table))


@pytest.mark.parametrize(("low", "high"), [(1, 5), (1, 11), (0, 100)])
def test_the_extremes_are_recovered(low: int, high: int) -> None:
    """Ratings at both ends alone have a near 1, and two neighbouring points at the middle the a of their variance."""
    rng, scale = np.random.default_rng(0), Scale(low=low, high=high)
    chances = rng.uniform(0.2, 0.8, 100)[:, None]
    ends = scores_of(np.where(rng.random((100, 400)) < chances, low, high).astype(float))
    found = rating_diversity(ends, scale, rng)
    assert found is not None
    assert found.a == pytest.approx(400 / 399)
    assert found.low == pytest.approx(found.a)
    assert found.high == pytest.approx(found.a)


@pytest.mark.parametrize("a", [0.1, 0.3])
def test_the_formula_of_the_paper(a: float) -> None:
    """Where variances are a(−x² + (K + 1)x − K), Hoßfeld, Schatz & Egger 2011, a is found exactly."""
    x = np.linspace(1.2, 4.8, 30)
    n = np.full(30, 20)
    scores = OpinionScores(mos=x, sd=np.sqrt(a * (-(x**2) + 6 * x - 5)), count=n, low=x, high=x)
    found = rating_diversity(scores, Scale(low=1, high=5), np.random.default_rng(0))
    assert found is not None
    assert (found.a, found.low, found.high) == pytest.approx((a, a, a))
    assert found.num_videos == 30


def test_videos_that_tell_nothing_are_left_out() -> None:
    """A video at an end of the scale, or with one rating, does not enter; without others there is no a."""
    value, video = np.array([5.0, 5.0, 3.0]), np.array([0, 0, 1])
    assert rating_diversity(opinion_scores(value, video, 2), Scale(), np.random.default_rng(0)) is None
    value, video = np.array([5.0, 5.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
    found = rating_diversity(opinion_scores(value, video, 2), Scale(), np.random.default_rng(0))
    assert found is not None
    assert (found.num_videos, found.low, found.high) == (1, None, None)
    assert found.a == pytest.approx(0.5 / (2.5 * 1.5))


def test_the_interval_covers() -> None:
    """The 95 % interval holds the true a in 85 % or more of studies with 50 videos."""
    rng, truth, holds = np.random.default_rng(3), 0.2, 0
    for _ in range(40):
        # Beta-distributed ratings between 0 and 1 have the variance a·m(1 − m) with 1/a − 1 as the sum of parameters.
        m = rng.uniform(0.2, 0.8, (50, 1))
        total = 1 / truth - 1
        scores = scores_of(rng.beta(m * total, (1 - m) * total, (50, 40)))
        found = rating_diversity(scores, Scale(low=0, high=1, slider=True), rng)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        holds += found.low <= truth <= found.high
    assert holds >= 34
