"""People's scores beside a metric's, and their resamples."""

import numpy as np
import pytest

from analysis.metrics.scores import Scores, resamples, scores, scores_of_votes


def small() -> Scores:
    """Three participants, four videos of two methods and two prompts; the last video has no metric, one no answer."""
    return scores(
        score=np.array([1, 0, 1, 1, 1, 0, 1]),
        participant=np.array([0, 0, 1, 1, 2, 2, 2]),
        video=np.array([0, 1, 0, 1, 0, 1, 3]),
        metric=np.array([0.5, 0.2, 0.9, np.nan]),
        system=np.array([0, 1, 0, 1]),
        unit=np.array([7, 7, 8, 8]),
    )


def test_videos_with_both_are_kept() -> None:
    """Means are over answers; videos without answers or without a metric are left out."""
    own = small()
    assert own.means() == pytest.approx([1.0, 1 / 3])
    assert own.metric.tolist() == [0.5, 0.2]
    assert (own.num_participants, own.num_units) == (3, 1)


def test_weights_count_participants_several_times() -> None:
    """A participant with weight 0 is left out, and one with 2 counts twice; nobody left gives no mean."""
    means = small().means(np.array([[0, 2, 1], [0, 0, 0]]))
    assert means[0] == pytest.approx([1.0, 2 / 3])
    assert np.isnan(means[1]).all()


def test_means_of_systems_are_over_videos() -> None:
    own = scores(
        score=np.array([1.0, 0, 0, 0.5]),
        participant=np.array([0, 1, 0, 0]),
        video=np.array([0, 0, 1, 2]),
        metric=np.array([1.0, 2.0, 3.0]),
        system=np.array([0, 0, 1]),
        unit=np.arange(3),
    )
    assert own.of_systems(own.means(), np.ones(3)) == pytest.approx([0.25, 0.5])
    assert own.of_systems(own.metric, np.array([0.0, 2.0, 0.0])) == pytest.approx([2.0, np.nan], nan_ok=True)


def test_votes_give_net_win_rates() -> None:
    """A video's mean score is its wins less its losses, by its votes."""
    outcome, left, right = np.array([-2, 3, 0]), np.array([0, 0, 1]), np.array([1, 1, 0])
    score, participant, video = scores_of_votes(outcome, np.array([0, 1, 1]), left, right)
    assert np.bincount(video, score).tolist() == [0, 0]
    assert score.tolist() == [1, -1, 0, -1, 1, 0]
    assert participant.tolist() == [0, 1, 1, 0, 1, 1]


def test_resamples_draw_participants_and_units() -> None:
    """Units are drawn whole, as often as there are units; the third of a triple has the draws of the first two."""
    rng = np.random.default_rng(0)
    video, participant = np.tile(np.arange(12), 5), np.repeat(np.arange(5), 12)
    own = scores(rng.random(60), participant, video, rng.random(12), np.arange(12) % 2, np.arange(12) // 2)
    triples = list(resamples(own, 120, rng))
    assert len(triples) == 120
    for people, units, both in triples:
        assert units.weights.sum() == 12
        assert np.array_equal(units.weights[::2], units.weights[1::2])
        assert np.array_equal(both.weights, units.weights)
        assert np.array_equal(both.means, people.means)
        assert np.array_equal(units.means, own.means())
    assert np.mean([people.means for people, _, _ in triples], axis=0) == pytest.approx(own.means(), abs=0.1)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"participant": np.zeros(2, int)}, "participant"),
        ({"unit": np.zeros(1, int)}, "unit"),
        ({"score": np.array([1.0, np.nan, 0.0])}, "score"),
        ({"metric": np.full(2, np.nan)}, "metric"),
    ],
)
def test_what_is_no_table_is_refused_by_name(change: dict[str, np.ndarray], name: str) -> None:
    columns = {
        "score": np.array([1.0, 0.0, 0.0]),
        "participant": np.arange(3),
        "video": np.array([0, 1, 1]),
        "metric": np.array([0.1, 0.2]),
        "system": np.array([0, 1]),
        "unit": np.array([0, 0]),
    }
    with pytest.raises(ValueError, match=name):
        scores(**(columns | change))
