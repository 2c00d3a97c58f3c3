"""Automatic metrics beside the answers to questions: where their scores come from, and which way they point."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import analyse
from tests.analysis.questions.tables import naming_rows, preference_rows, rating_rows


def scored(frame: pd.DataFrame, *, sign: float = 1.0) -> pd.DataFrame:
    """Ratings with a metric that is each video's mean rating, with noise."""
    means = frame["answer"].astype(float).groupby(frame["video_id"]).mean()
    noise = pd.Series(np.random.default_rng(0).normal(0, 0.1, len(means)), index=means.index)
    return frame.assign(clip_score=frame["video_id"].map(sign * (means + noise)))


def test_a_metric_is_compared_with_mean_ratings() -> None:
    """Its rank correlation by video is SciPy's of the videos' mean ratings."""
    frame = scored(rating_rows())
    (question,) = analyse(frame, metrics=["clip_score"], mixed=False).questions
    (metric,) = question.metrics
    by_video = frame.assign(answer=frame["answer"].astype(float)).groupby("video_id")[["answer", "clip_score"]].mean()
    expected = stats.spearmanr(by_video["answer"], by_video["clip_score"]).statistic
    assert {row.name: row.value for row in metric.by_video}["spearman"] == pytest.approx(expected)
    assert (metric.num_videos, metric.num_systems, metric.num_participants) == (24, 3, 12)


@pytest.mark.thorough
def test_a_loss_is_turned_round() -> None:
    """With `:lower` a metric whose small scores are good has the same coefficients."""
    one = analyse(scored(rating_rows()), metrics=["clip_score"], mixed=False).questions[0].metrics[0]
    other = analyse(scored(rating_rows(), sign=-1), metrics=["clip_score:lower"], mixed=False).questions[0].metrics[0]
    assert other.lower_is_better
    assert [row.value for row in one.by_video] == pytest.approx([row.value for row in other.by_video])


def test_pairs_have_a_score_for_each_side() -> None:
    """In a table of pairs the metric stands in two columns, and is compared with videos' net wins."""
    votes = preference_rows()
    quality = {"ours": 3.0, "theirs": 2.0, "base": 1.0}
    votes = votes.assign(left_fvd=votes["left_method"].map(quality), right_fvd=votes["right_method"].map(quality))
    (metric,) = analyse(votes, metrics=["fvd"]).questions[0].metrics
    assert metric.num_videos == 24
    assert {row.name: row.value for row in metric.by_system}["spearman"] == pytest.approx(1)


@pytest.mark.thorough
def test_naming_at_the_top_of_a_report_has_metrics_too() -> None:
    """The first naming question's videos are scored by their share of right answers."""
    frame = naming_rows()
    right = (frame["answer"] == frame["label"]).groupby(frame["video_id"]).mean()
    (metric,) = analyse(frame.assign(metric=frame["video_id"].map(right)), metrics=["metric"]).questions[0].metrics
    assert {row.name: row.value for row in metric.by_video}["pearson"] == pytest.approx(1)


@pytest.mark.thorough
def test_the_page_shows_metrics() -> None:
    """Page and Markdown have the metric beside the question."""
    report = analyse(scored(rating_rows()), metrics=["clip_score"], mixed=False)
    for text in (report.to_html(), report.to_markdown()):
        assert "clip" in text
    assert "Automatic metrics beside people" in report.to_html()
    assert "Automatic metrics beside people" not in analyse(rating_rows(), mixed=False).to_html()


def test_a_metric_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    """On one line, with its name; so is a score that is no number, or that a video has twice."""
    with pytest.raises(ValueError, match="metric 'clip_score': no column of the answers table"):
        analyse(rating_rows(), metrics=["clip_score"])
    with pytest.raises(ValueError, match="clip_score is 'much', no number"):
        analyse(rating_rows().assign(clip_score="much"), metrics=["clip_score"])
    twice = scored(rating_rows())
    twice.loc[0, "clip_score"] += 1
    with pytest.raises(ValueError, match="has two values of clip_score"):
        analyse(twice, metrics=["clip_score"])
