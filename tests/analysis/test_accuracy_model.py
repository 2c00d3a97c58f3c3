"""A model of right and wrong answers: what it draws has the mean and the variance components that it says."""

import numpy as np
import pytest

from analysis.accuracy_model import AccuracyModel
from analysis.score_power import ScoreDesign, detectable_difference

MODELS = [
    AccuracyModel(),
    AccuracyModel(chance=0.25, accuracy=0.625),
    AccuracyModel(difference=-0.2, chance=0.5, accuracy=0.8, sd_prompt=2.0, sd_people=1.0),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_what_is_drawn_has_the_moments_of_the_model(model: AccuracyModel) -> None:
    """Mean and total variance of single scores, and products of two scores of one prompt or of one participant."""
    size = 100_000
    codes, rng = np.arange(size), np.random.default_rng(0)
    components = model.components
    scores = model.draw(np.repeat(codes, 2), np.arange(2 * size), rng).reshape(-1, 2) - model.difference
    assert scores.mean() == pytest.approx(0, abs=0.01)
    total = components.prompt + components.people + components.answer
    assert scores.var() == pytest.approx(total, rel=0.02)
    assert np.mean(scores[:, 0] * scores[:, 1]) == pytest.approx(components.prompt, abs=0.02 * total)
    scores = model.draw(np.arange(2 * size), np.repeat(codes, 2), rng).reshape(-1, 2) - model.difference
    assert np.mean(scores[:, 0] * scores[:, 1]) == pytest.approx(components.people, abs=0.02 * total)


def test_a_difference_leaves_both_accuracies_between_chance_and_one() -> None:
    """The largest difference is that of guessing from what is as far above the middle; what is beyond is refused."""
    model = AccuracyModel(chance=0.5, accuracy=0.75)
    assert model.largest == 0.5
    with pytest.raises(ValueError, match=r"difference: 0\.6 around an accuracy of 0\.75 leaves 0\.5 to 1"):
        model.at(0.6)
    with pytest.raises(ValueError, match="chance: must be 0 or more and less than 1, is 1"):
        AccuracyModel(chance=1.0)
    with pytest.raises(ValueError, match="sd_prompt: must lie between 0 and 5, is 6"):
        AccuracyModel(sd_prompt=6.0)


def test_guessing_hides_what_videos_have() -> None:
    """At one accuracy, answers that are right by chance vary less between videos: single answers matter more."""
    plain, guessed = (AccuracyModel(chance=chance, accuracy=0.75).components for chance in (0.0, 0.5))
    assert guessed.prompt < plain.prompt
    assert guessed.answer > plain.answer
    assert detectable_difference(ScoreDesign(), AccuracyModel(chance=0.25, accuracy=0.625)) is not None
