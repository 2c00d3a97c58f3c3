"""Power of a comparison by scores, from simulated studies that the report's own clustered test analyses."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.clustering import Contrast, cluster, contrast
from analysis.score_models import ScoreModel
from analysis.score_power import ScoreDesign

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class SimulatedScores:
    """How a design fares in simulated studies."""

    studies: int
    #: Share of studies in which the test finds a difference.
    power: float
    power_with_more_prompts: float
    power_with_more_people: float
    #: Share that finds one where there is none.
    false_positives: float
    #: Share of the intervals that hold the true difference.
    coverage: float


def simulate_scores(design: ScoreDesign, model: ScoreModel, number: int, rng: np.random.Generator) -> SimulatedScores:
    """Simulate studies of the design, of both larger ones, and of the design without a difference.

    Args:
        design: the planned comparison.
        model: a dataclass with a field `difference`, such as `PreferenceModel` or `RatingModel`.
        number: studies of each.
        rng: draws them.
    """
    planned = [_study(design, model, rng) for _ in range(number)]
    null: Any = replace(model, difference=0.0)  # type: ignore[type-var]
    intervals = [study.interval("new", 1 - design.level) for study in planned]
    return SimulatedScores(
        studies=number,
        power=_found(planned, design),
        power_with_more_prompts=_found([_study(design.more_prompts, model, rng) for _ in range(number)], design),
        power_with_more_people=_found([_study(design.more_people, model, rng) for _ in range(number)], design),
        false_positives=_found([_study(design, null, rng) for _ in range(number)], design),
        coverage=float(np.mean([low <= model.difference <= high for low, high in intervals])),
    )


def _found(studies: list[Contrast], design: ScoreDesign) -> float:
    return float(np.mean([study.p_value("new") < design.level for study in studies]))


def _study(design: ScoreDesign, model: ScoreModel, rng: np.random.Generator) -> Contrast:
    prompt, person = allocated(design, rng)
    scores = model.draw(prompt, person, rng)
    mean = float(scores.mean())
    return contrast([mean], cluster((scores - mean) / len(scores), person, prompt))


def allocated(design: ScoreDesign, rng: np.random.Generator) -> tuple[Array, Array]:
    """(answers,) prompt and participant of each answer: equally many to every prompt, and by every participant ± 1."""
    prompt = np.repeat(np.arange(design.prompts), design.answers_per_prompt)
    turns = np.arange(len(prompt)) % design.people
    return prompt, rng.permutation(design.people)[turns]
