"""The noise ceiling of people's means."""

import math

import numpy as np
import pytest

from analysis.metrics.ceiling import ceiling, reliability
from analysis.metrics.coefficients import pearson
from tests.analysis.metrics.simulated_metrics import MetricStudy

#: With a fixed number of systems their own variance differs from study to study, so there is none.
LARGE = MetricStudy(systems=4, prompts=300, people=12, person=1.0, answer=1.5, system=0.0)


def test_reliability_is_the_share_of_the_means_variance_that_videos_have() -> None:
    """With 12 answers to a video, videos' variance 1 and answers' 2.25, it is 1/(1 + 2.25/12)."""
    rng = np.random.default_rng(1)
    found = [reliability(LARGE.draw(rng), rng, splits=20).videos for _ in range(12)]
    assert np.mean(found) == pytest.approx(1 / (1 + 2.25 / 12), abs=0.02)  # type: ignore[arg-type]


def test_another_panel_agrees_as_well_as_the_reliability_says() -> None:
    """Two groups of 12 about the same videos correlate by the reliability of one group."""
    own = MetricStudy(systems=4, prompts=300, people=24, answer=1.5, system=0.0).draw(np.random.default_rng(2))
    half = np.repeat([[1.0, 0.0], [0.0, 1.0]], 12, axis=1)
    first, second = own.means(half)
    one = LARGE.draw(np.random.default_rng(2))
    assert pearson(first, second) == pytest.approx(reliability(one, np.random.default_rng(3)).videos, abs=0.04)


def test_a_metric_of_the_true_scores_reaches_the_ceiling() -> None:
    own = MetricStudy(systems=4, prompts=300, people=12, correlation=1.0, answer=1.5).draw(np.random.default_rng(4))
    found = ceiling(reliability(own, np.random.default_rng(5)).videos)
    assert found is not None
    assert pearson(own.means(), own.metric) == pytest.approx(found, abs=0.02)


def test_guessing_has_no_reliability() -> None:
    """Answers that have nothing to do with the videos give a ceiling near 0."""
    own = MetricStudy(prompts=300, people=12, answer=1e6).draw(np.random.default_rng(6))
    found = reliability(own, np.random.default_rng(7)).videos
    assert found is not None
    assert found < 0.2


def test_one_participant_has_no_ceiling() -> None:
    own = MetricStudy(people=1).draw(np.random.default_rng(8))
    found = reliability(own, np.random.default_rng(9))
    assert (found.videos, found.systems, ceiling(found.videos)) == (None, None, None)
    assert ceiling(0.49) == pytest.approx(math.sqrt(0.49))
