"""A model of right and wrong answers: what it draws has the mean and the variance components that it says."""

import numpy as np
import pytest

from analysis.accuracy_model import AccuracyModel
from analysis.planning import smallest_difference
from analysis.power_question import PowerQuestion
from analysis.score_power import ScoreDesign, detectable_difference, planned_scores
from analysis.score_simulation import simulate_scores

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


def test_without_guessing_the_plan_is_nearly_that_of_naming() -> None:
    """Naming of one label has the same components by another formula, with degrees of freedom of its own."""
    question = PowerQuestion(videos=30, classes=1, workers=60, answers_per_video=10, accuracy=0.65)
    found = detectable_difference(ScoreDesign(), AccuracyModel(chance=0.0, accuracy=0.65))
    assert found == pytest.approx(smallest_difference(question), rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS[1:], ids=str)
def test_the_formula_has_the_power_of_simulated_studies(model: AccuracyModel) -> None:
    """As for preferences and ratings; 600 studies leave a standard error of .02."""
    model = model.at(0.13)
    found = simulate_scores(ScoreDesign(), model, 600, np.random.default_rng(0))
    assert found.power == pytest.approx(planned_scores(ScoreDesign(), model).power, abs=0.06)
    assert found.false_positives == pytest.approx(0.05, abs=0.03)


def test_guessing_hides_what_videos_have() -> None:
    """At one accuracy, answers that are right by chance vary less between videos: single answers matter more."""
    plain, guessed = (AccuracyModel(chance=chance, accuracy=0.75).components for chance in (0.0, 0.5))
    assert guessed.prompt < plain.prompt
    assert guessed.answer > plain.answer
    assert detectable_difference(ScoreDesign(), AccuracyModel(chance=0.25, accuracy=0.625)) is not None
