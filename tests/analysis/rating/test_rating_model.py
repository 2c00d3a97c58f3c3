"""The model of a question's ratings: what it recovers, how it pairs, and what it says."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.rating import rating_model as module
from analysis.rating.rating_model import rating_model
from analysis.rating.ratings import Ratings, Scale
from analysis.separation import SeparationError
from tests.analysis.rating.simulated import study


def test_effects_are_recovered() -> None:
    """Log odds of known methods lie within three standard errors, and every variance is there."""
    rng = np.random.default_rng(5)
    ratings = study(5, people=40, prompts=30, effects=(0.0, 0.0, 0.0))
    latent = np.array([0.0, 1.0, -0.5])[ratings.method] + rng.normal(0, 0.9, 40)[ratings.participant]
    latent += rng.normal(0, 0.6, 30)[ratings.prompt] + rng.normal(0, 0.5, 90)[ratings.video]
    value = 1.0 + np.digitize(latent + rng.logistic(size=len(latent)), [-2, -0.7, 0.7, 2])
    model = rating_model(replace(ratings, value=value))
    for contrast, truth in zip(model.contrasts, (-1.0, 0.5, 1.5), strict=True):
        assert abs(contrast.log_odds - truth) < 3 * contrast.standard_error
        low, high = contrast.odds_ratio_interval
        assert low < contrast.odds_ratio < high
    assert set(model.sd) == {"participant", "participant × method", "video", "prompt"}
    assert model.sd["participant"] == pytest.approx(0.9, abs=0.3)
    assert model.thresholds == pytest.approx([-2, -0.7, 0.7, 2], abs=0.6)
    assert model.points.tolist() == [1, 2, 3, 4, 5]
    assert model.converged


def test_prompts_make_differences_surer() -> None:
    """Where methods share prompts that differ much, knowing them lowers the error of the difference."""
    ratings = study(3)
    with_prompts, without = rating_model(ratings), rating_model(replace(ratings, prompt=None))
    assert with_prompts.contrasts[0].standard_error < without.contrasts[0].standard_error
    assert "prompt" not in without.sd
    assert with_prompts.contrasts[0].df == 19
    assert without.contrasts[0].df == 38


def test_methods_turned_round() -> None:
    """Naming the methods in the other order turns the contrast round."""
    ratings = study(4)
    one, other = (rating_model(each).contrasts[0] for each in (ratings, replace(ratings, method=1 - ratings.method)))
    assert one.log_odds == pytest.approx(-other.log_odds, abs=1e-3)
    assert one.p_value == pytest.approx(other.p_value, rel=0.01)


def test_many_ratings_are_sampled_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit, the ratings of some participants are used, and a note says so."""
    monkeypatch.setattr(module, "MOST_RATINGS", 500)
    model = rating_model(study(6))
    assert model.num_ratings == 480
    assert any("random sample of participants" in note for note in model.notes)


def test_what_has_no_model_is_refused() -> None:
    """One method, a slider, and a method that only got the highest point."""
    ratings = study(1)
    with pytest.raises(ValueError, match=r"two methods with ratings are needed, found \['ours'\]"):
        rating_model(ratings.where(ratings.method == 0))
    slider = replace(ratings, value=np.linspace(1, 5, len(ratings)), scale=Scale(slider=True))
    with pytest.raises(ValueError, match="800 different ratings were given; the model takes at most 15 points"):
        rating_model(slider)
    best = replace(ratings, value=np.where(ratings.method == 1, 5, np.minimum(ratings.value, 4)))
    with pytest.raises(SeparationError, match="theirs: only the lowest or the highest point was given"):
        rating_model(best)


def test_a_video_each_has_no_variance_of_its_own() -> None:
    """With one rating per video, videos and chance cannot be told apart: a note says so, and p is Wald's."""
    number = 200
    rng = np.random.default_rng(2)
    ratings = Ratings(
        value=rng.integers(1, 6, number).astype(float),
        participant=np.arange(number) % 10,
        video=np.arange(number),
        method=np.arange(number) // 10 % 2,
        methods=["a", "b"],
        scale=Scale(),
    )
    model = rating_model(ratings)
    assert "video" not in model.sd
    assert any("variance of video" in note for note in model.notes)
    assert model.contrasts[0].df == np.inf
