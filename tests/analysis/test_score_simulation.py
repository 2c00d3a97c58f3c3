"""Power of comparisons by scores, by simulation."""

import numpy as np
import pytest

from analysis.score_models import PreferenceModel, RatingModel, ScoreModel
from analysis.score_power import ScoreDesign, planned_scores
from analysis.score_simulation import allocated, simulate_scores

DESIGN = ScoreDesign(prompts=20, people=24, answers_per_prompt=9)


@pytest.mark.parametrize("model", [PreferenceModel(difference=0.25), RatingModel(difference=0.3)], ids=str)
def test_formula_and_simulation_agree(model: ScoreModel) -> None:
    """Simulated studies find a difference about as often as the formula says, and so do the larger designs."""
    found, formula = simulate_scores(DESIGN, model, 120, np.random.default_rng(1)), planned_scores(DESIGN, model)
    assert 0.3 < formula.power < 0.9
    assert found.power == pytest.approx(formula.power, abs=0.12)
    assert found.power_with_more_prompts == pytest.approx(formula.power_with_more_prompts, abs=0.12)
    assert found.power_with_more_people == pytest.approx(formula.power_with_more_people, abs=0.12)
    assert found.false_positives < 0.12
    assert found.coverage > 0.9


def test_answers_are_shared_out_evenly() -> None:
    """Each prompt gets its answers from as many different participants, who all give as many, or one more."""
    prompt, person = allocated(ScoreDesign(prompts=7, people=10, answers_per_prompt=4), np.random.default_rng(0))
    assert np.bincount(prompt).tolist() == [4] * 7
    assert len(set(zip(prompt.tolist(), person.tolist(), strict=True))) == 28
    assert set(np.bincount(person, minlength=10).tolist()) == {2, 3}
