"""How many prompts and participants a comparison by scores needs: preferences between two videos, or their ratings.

A score is what one participant's answer to one prompt says of two methods: 1, 0 or −1 for a preference, or the
difference of two ratings. Its mean is the net win rate, or the difference of the mean ratings.
"""

import math
from dataclasses import dataclass, replace

from analysis.intervals import root
from analysis.power_analysis import Precision, detectable, power
from analysis.score_models import ScoreComponents, ScoreModel
from analysis.variance import Part, satterthwaite


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreDesign:
    """A comparison of two methods by a question about both of a prompt's videos, as planned."""

    #: Prompts, each with a video of both methods.
    prompts: int = 30
    people: int = 60
    #: Participants who answer about each prompt.
    answers_per_prompt: int = 10
    #: Pairs of methods that share the level, by Holm.
    comparisons: int = 1
    #: 1 less the level of the test.
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Check that the design can exist."""
        for name, fewest in (("prompts", 2), ("people", 2), ("answers_per_prompt", 1), ("comparisons", 1)):
            if getattr(self, name) < fewest:
                raise ValueError(f"{name.replace('_', ' ')}: must be at least {fewest}, is {getattr(self, name)}")
        if self.answers_per_prompt > self.people:
            raise ValueError(
                f"answers per prompt: {self.answers_per_prompt} cannot come from {self.people} participants"
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence: must lie between 0 and 1, is {self.confidence}")

    @property
    def level(self) -> float:
        """The level at which the first of several comparisons is tested."""
        return (1 - self.confidence) / self.comparisons

    @property
    def more_prompts(self) -> "ScoreDesign":
        """Twice the prompts, each with as many answers as before."""
        return self.with_prompts(2 * self.prompts)

    def with_prompts(self, prompts: int) -> "ScoreDesign":
        """So many prompts, each with as many answers as before."""
        return replace(self, prompts=prompts)

    @property
    def more_people(self) -> "ScoreDesign":
        """Twice the participants, who give each prompt twice the answers: as many in all as with `more_prompts`."""
        return replace(self, people=2 * self.people, answers_per_prompt=2 * self.answers_per_prompt)


@dataclass(frozen=True, slots=True)
class PlannedScores:
    """What a design finds, and what twice the answers would find, spent on prompts or on participants."""

    #: Probability of finding the model's true difference.
    power: float
    power_with_more_prompts: float
    power_with_more_people: float
    #: The smallest true difference that is found with a chance of 80 %; None where none is.
    detectable: float | None
    detectable_with_more_prompts: float | None
    detectable_with_more_people: float | None
    #: Shares of the variance of the mean that are due to prompts, to participants and to single answers.
    share_of_prompts: float
    share_of_people: float
    share_of_answers: float


def variance_of_mean(design: ScoreDesign, components: ScoreComponents) -> tuple[float, float, float]:
    """Var(mean) = σ²_prompt/J + σ²_people/N + σ²_answer/(J·R), J prompts with R answers each by N participants.

    Returns:
        Its three parts.
    """
    answers = design.prompts * design.answers_per_prompt
    return components.prompt / design.prompts, components.people / design.people, components.answer / answers


def score_precision(design: ScoreDesign, components: ScoreComponents) -> Precision:
    """Standard error of the mean score, and Satterthwaite's degrees of freedom over participants and prompts."""
    prompts, people, answers = variance_of_mean(design, components)
    own = [Part(people + answers, design.people - 1), Part(prompts + answers, design.prompts - 1)]
    return Precision(math.sqrt(prompts + people + answers), satterthwaite(own))


def score_power(design: ScoreDesign, model: ScoreModel) -> float:
    """Probability that the two-sided test finds the model's true difference.

    The test of a score with limits has its variance where there is no difference, as Wilson's interval has.
    """
    found = score_precision(design, model.components)
    null = found if model.limits is None else score_precision(design, model.at(0.0).components)
    return power(model.difference, found.error, found.df, design.level, null.error)


def detectable_score(design: ScoreDesign, components: ScoreComponents, target: float = 0.8) -> float:
    """The smallest true mean that is found with probability `target`, for any score with these variances."""
    found = score_precision(design, components)
    return detectable(found.error, found.df, target, design.level)


def detectable_difference(design: ScoreDesign, model: ScoreModel, target: float = 0.8) -> float | None:
    """The smallest difference of the model that is found with probability `target`; None where none is."""
    most = 0.999 * model.largest
    if score_power(design, model.at(most)) < target:
        return None
    return root(lambda difference: score_power(design, model.at(difference)) - target, most * 1e-6, most)


def planned_scores(design: ScoreDesign, model: ScoreModel) -> PlannedScores:
    """By formula: the power of a design, and what more prompts and more participants add."""
    designs = (design, design.more_prompts, design.more_people)
    parts = variance_of_mean(design, model.components)
    return PlannedScores(
        *(score_power(tried, model) for tried in designs),
        *(detectable_difference(tried, model) for tried in designs),
        *(part / sum(parts) for part in parts),
    )
