"""Power of a comparison by scores, from simulated studies that the report's own clustered test analyses."""

from dataclasses import dataclass

import numpy as np

from analysis.clustering import cluster, contrast
from analysis.score_models import ScoreModel
from analysis.score_power import ScoreDesign
from analysis.shares import share_of

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
        model: what is true.
        number: studies of each.
        rng: draws them.
    """
    planned = _p_values(design, model, number, rng)
    return SimulatedScores(
        studies=number,
        power=float((planned[:, 0] < design.level).mean()),
        power_with_more_prompts=float((_p_values(design.more_prompts, model, number, rng)[:, 0] < design.level).mean()),
        power_with_more_people=float((_p_values(design.more_people, model, number, rng)[:, 0] < design.level).mean()),
        false_positives=float((_p_values(design, model.at(0.0), number, rng)[:, 0] < design.level).mean()),
        coverage=float((planned[:, 1] >= design.level).mean()),
    )


def _p_values(design: ScoreDesign, model: ScoreModel, number: int, rng: np.random.Generator) -> Array:
    """(studies, 2) p of no difference, and of the true one, which the interval leaves out where that p is below α."""
    return np.array([_study(design, model, rng) for _ in range(number)])


def _study(design: ScoreDesign, model: ScoreModel, rng: np.random.Generator) -> tuple[float, float]:
    prompt, person = allocated(design, rng)
    scores = model.draw(prompt, person, rng)
    if model.limits is None:
        mean = float(scores.mean())
        found = contrast([mean], cluster((scores - mean) / len(scores), person, prompt))
        return found.p_value("new"), found.p_value("new", model.difference)
    low, high = model.limits
    share = share_of((scores - low) / (high - low), person, prompt)
    assert share is not None  # noqa: S101  a design has answers
    none, true = ((value - low) / (high - low) for value in (0.0, model.difference))
    return share.p_value("new", none), share.p_value("new", true)


def allocated(design: ScoreDesign, rng: np.random.Generator) -> tuple[Array, Array]:
    """(answers,) prompt and participant of each answer: equally many to every prompt, and by every participant ± 1."""
    prompt = np.repeat(np.arange(design.prompts), design.answers_per_prompt)
    turns = np.arange(len(prompt)) % design.people
    return prompt, rng.permutation(design.people)[turns]
