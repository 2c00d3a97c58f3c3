"""Models of scores: what they draw has the mean and the variance components that they say."""

import numpy as np
import pytest

from analysis.score_models import PreferenceModel, RatingModel, ScoreModel

MODELS = [
    PreferenceModel(),
    PreferenceModel(difference=-0.6, ties=0.0, sd_prompt=2.0, sd_people=0.0),
    RatingModel(),
    RatingModel(difference=1.0, mean=4.0, sd_prompt=1.0, sd_people=0.6),
    RatingModel(difference=0.0, mean=5.0, points=9),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_what_is_drawn_has_the_moments_of_the_model(model: ScoreModel) -> None:
    """Mean and total variance of single scores, and products of two scores of one prompt or of one participant."""
    size = 200_000
    codes, rng = np.arange(size), np.random.default_rng(0)
    components = model.components
    scores = model.draw(np.repeat(codes, 2), np.arange(2 * size), rng).reshape(-1, 2) - model.difference
    assert scores.mean() == pytest.approx(0, abs=0.01)
    total = components.prompt + components.people + components.answer
    assert scores.var() == pytest.approx(total, rel=0.02)
    assert np.mean(scores[:, 0] * scores[:, 1]) == pytest.approx(components.prompt, abs=0.02 * total)
    scores = model.draw(np.arange(2 * size), np.repeat(codes, 2), rng).reshape(-1, 2) - model.difference
    assert np.mean(scores[:, 0] * scores[:, 1]) == pytest.approx(components.people, abs=0.02 * total)


def test_ties_are_as_many_as_asked_for() -> None:
    """Where methods do not differ, that fraction of the preferences is ties."""
    model = PreferenceModel(difference=0.0, ties=0.3)
    drawn = model.draw(np.arange(50_000), np.arange(50_000), np.random.default_rng(0))
    assert np.mean(drawn == 0) == pytest.approx(0.3, abs=0.01)
    assert set(np.unique(drawn)) == {-1, 0, 1}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"difference": 1.0}, "difference: must lie between -1 and 1, is 1.0"),
        ({"ties": 1.0}, "ties: must be 0 or more and less than 1, is 1.0"),
        ({"sd_people": -1.0}, "sd_people: must lie between 0 and 5, is -1.0"),
    ],
)
def test_values_that_no_preference_has(values: dict[str, float], message: str) -> None:
    """The message names the value."""
    with pytest.raises(ValueError, match=message):
        PreferenceModel(**values)


def test_values_that_no_rating_has() -> None:
    """Mean ratings beyond the ends of the scale, or a scale of one point, are refused."""
    with pytest.raises(ValueError, match=r"difference: 3.0 around a mean of 4.0 leaves 1 to 5"):
        RatingModel(difference=3.0, mean=4.0)
    with pytest.raises(ValueError, match="points: must be at least 2, is 1"):
        RatingModel(points=1)


def test_a_scale_may_begin_anywhere() -> None:
    """Points from 0 vary as those from 1 do, and the mean is counted as the points are."""
    one, other = RatingModel(), RatingModel(lowest=0, mean=2.0)
    for name in ("prompt", "people", "answer"):
        assert getattr(other.components, name) == pytest.approx(getattr(one.components, name), rel=1e-6)
    assert other.largest == one.largest
    drawn = [model.draw(np.arange(1000), np.arange(1000), np.random.default_rng(0)).tolist() for model in (one, other)]
    assert drawn[0] == drawn[1]
