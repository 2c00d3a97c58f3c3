"""Power of comparisons by scores, by formula."""

import math

import pytest

from analysis.power_analysis import power
from analysis.score_models import PreferenceModel, RatingModel, ScoreComponents, ScoreModel
from analysis.score_power import (
    ScoreDesign,
    detectable_difference,
    detectable_score,
    planned_scores,
    score_power,
    score_precision,
)


def test_the_formula_by_hand() -> None:
    """Var = σ²_prompt/J + σ²_people/N + σ²_answer/(J·R)."""
    components = ScoreComponents(prompt=0.3, people=0.2, answer=0.6)
    found = score_precision(ScoreDesign(prompts=20, people=40, answers_per_prompt=8), components)
    assert found.error == pytest.approx(math.sqrt(0.3 / 20 + 0.2 / 40 + 0.6 / 160))
    one, other = 0.2 / 40 + 0.6 / 160, 0.3 / 20 + 0.6 / 160
    assert found.df == pytest.approx((one + other) ** 2 / (one**2 / 39 + other**2 / 19))


def test_detectable_and_power_are_inverse() -> None:
    """The detectable difference is found with the power asked for, at the level that several comparisons leave."""
    design, components = ScoreDesign(comparisons=3), RatingModel().components
    found = score_precision(design, components)
    size = detectable_score(design, components, 0.9)
    assert power(size, found.error, found.df, 0.05 / 3) == pytest.approx(0.9, abs=1e-6)
    assert size > detectable_score(ScoreDesign(), components, 0.9)


def test_more_prompts_help_where_prompts_vary() -> None:
    """Twice the answers are worth more on prompts where these vary most, and on people where people do."""
    prompts = planned_scores(ScoreDesign(), PreferenceModel(sd_prompt=1.5, sd_people=0.1))
    people = planned_scores(ScoreDesign(people=10), PreferenceModel(sd_prompt=0.1, sd_people=1.5))
    for found in (prompts, people):
        assert found.share_of_prompts + found.share_of_people + found.share_of_answers == pytest.approx(1)
        assert found.power < min(found.power_with_more_prompts, found.power_with_more_people)
        sizes = (found.detectable_with_more_prompts, found.detectable, found.detectable_with_more_people)
        assert all(size is not None for size in sizes)
        assert sizes[1] == max(sizes, key=float)  # type: ignore[arg-type]
    assert prompts.power_with_more_prompts > prompts.power_with_more_people + 0.05
    assert people.power_with_more_people > people.power_with_more_prompts + 0.05


@pytest.mark.parametrize("model", [PreferenceModel(), RatingModel()], ids=str)
def test_the_detectable_difference_of_a_model(model: ScoreModel) -> None:
    """It is found with the power asked for, and there is none where even the largest is found too seldom."""
    size = detectable_difference(ScoreDesign(), model)
    assert size is not None
    assert score_power(ScoreDesign(), model.at(size)) == pytest.approx(0.8, abs=1e-6)
    few = ScoreDesign(prompts=2, people=2, answers_per_prompt=1, comparisons=1000)
    assert detectable_difference(few, model) is None


def test_no_difference_is_found_at_the_level() -> None:
    """The power to find nothing is the level of the test."""
    assert score_power(ScoreDesign(), RatingModel(difference=0.0)) == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"prompts": 1}, "prompts: must be at least 2, is 1"),
        ({"people": 5, "answers_per_prompt": 6}, "answers per prompt: 6 cannot come from 5 participants"),
        ({"confidence": 1.0}, "confidence: must lie between 0 and 1, is 1.0"),
    ],
)
def test_designs_that_cannot_exist(values: dict[str, float], message: str) -> None:
    """The message names the number."""
    with pytest.raises(ValueError, match=message):
        ScoreDesign(**values)  # type: ignore[arg-type]
