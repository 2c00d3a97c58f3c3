"""What a plan assumes of answers: variances by moments, and values of the user's."""

import numpy as np
import pytest

from analysis.questions.assumptions import MeasuredModel, TwoMethodScores, components_of, scored_methods, with_values
from analysis.score_models import PreferenceModel, RatingModel, ScoreComponents

PEOPLE, PROMPTS = 120, 120


def crossed() -> tuple[np.ndarray, np.ndarray]:
    """Everybody answers about every prompt."""
    person, prompt = np.divmod(np.arange(PEOPLE * PROMPTS), PROMPTS)
    return person, prompt


def of_both(score: np.ndarray) -> TwoMethodScores:
    person, prompt = crossed()
    return TwoMethodScores(
        methods=("a", "b"), score=score, second=np.zeros(len(score), bool), participant=person, unit=prompt
    )


def test_components_are_those_that_scores_were_drawn_with() -> None:
    """Of large samples of scores with normal effects."""
    true = ScoreComponents(prompt=0.3, people=0.1, answer=0.6)
    person, prompt = crossed()
    model = MeasuredModel(components=true, largest=1.0)
    found = components_of(of_both(model.draw(prompt, person, np.random.default_rng(0))))
    assert (found.prompt, found.people, found.answer) == pytest.approx((0.3, 0.1, 0.6), rel=0.3)


def test_what_does_to_both_methods_the_same_cancels() -> None:
    """Prompts and people that raise the ratings of both methods leave no variance of their difference."""
    rng, (person, prompt) = np.random.default_rng(1), crossed()
    common = rng.normal(0, 2, PROMPTS)[prompt] + rng.normal(0, 2, PEOPLE)[person]
    value = np.concatenate([common + rng.normal(0, 1, len(common)), common + 1 + rng.normal(0, 1, len(common))])
    method = np.repeat([0, 1], len(common))
    scored = scored_methods(value, method, ["a", "b"], np.tile(person, 2), np.tile(prompt, 2))
    found = components_of(scored)
    assert found.prompt == pytest.approx(0, abs=0.1)
    assert found.people == pytest.approx(0, abs=0.1)
    assert found.answer == pytest.approx(2, rel=0.1)


def test_the_two_methods_with_the_most_answers_are_taken() -> None:
    """A third one with fewer is left out."""
    method = np.array([0, 1, 1, 2, 2, 2])
    found = scored_methods(np.arange(6.0), method, ["a", "b", "c"], np.arange(6), np.arange(6))
    assert found.methods == ("b", "c")
    assert found.score.tolist() == [1, 2, 3, 4, 5]
    assert found.second.tolist() == [False, False, True, True, True]


def test_values_are_the_models_own() -> None:
    """Others are refused by name; what follows from the question is no assumption."""
    assert with_values(PreferenceModel(), {"ties": 0.4}) == PreferenceModel(difference=0.0, ties=0.4)
    with pytest.raises(
        ValueError, match="sd_answer: is no assumption of this kind of question; it has ties, sd_prompt"
    ):
        with_values(PreferenceModel(), {"sd_answer": 1.0})
    with pytest.raises(ValueError, match="points: is no assumption"):
        with_values(RatingModel(), {"points": 9})
    with pytest.raises(ValueError, match="ties: must be 0 or more and less than 1, is 2"):
        with_values(PreferenceModel(), {"ties": 2.0})
