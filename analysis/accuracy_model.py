"""A model of right and wrong answers for planning: captions and statements, where guessing is right now and then."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis.score_models import ScoreComponents, check_spreads, effects, explained
from analysis.simulator import expected, location

Array = np.ndarray


@dataclass(frozen=True, kw_only=True)
class AccuracyModel:
    """Answers are right with probability chance + (1 − chance)·logistic(δ + video + participant × method).

    Both effects are normal. A score is 1 for a right answer to one method's video less 1 for one to the other's.

    Raises:
        ValueError: a value that it cannot have.
    """

    difference: float = 0.1
    """Difference of the two accuracies, a fraction."""
    chance: float = 0.0
    """Accuracy of those who guess."""
    accuracy: float = 0.65
    """Accuracy midway between the two methods."""
    sd_prompt: float = 1.0
    """Standard deviation of videos of one method, beyond what is the same for both, on the logit scale."""
    sd_people: float = 0.3
    """Standard deviation of the participant × method interaction, on the logit scale."""

    def __post_init__(self) -> None:
        """Check the values."""
        if not 0 <= self.chance < 1:
            raise ValueError(f"chance: must be 0 or more and less than 1, is {self.chance}")
        if not self.chance < min(self.accuracies) <= max(self.accuracies) < 1:
            raise ValueError(
                f"difference: {self.difference:g} around an accuracy of {self.accuracy:g} leaves {self.chance:g} to 1"
            )
        check_spreads(self, 5, "sd_prompt", "sd_people")

    @property
    def accuracies(self) -> tuple[float, float]:
        """The true accuracies of the two methods."""
        return self.accuracy + self.difference / 2, self.accuracy - self.difference / 2

    @property
    def largest(self) -> float:
        """One accuracy reaches chance, or the other 1."""
        return 2 * min(self.accuracy - self.chance, 1 - self.accuracy)

    @property
    def limits(self) -> None:
        """Differences of accuracies have Student's interval."""

    def at(self, difference: float) -> "AccuracyModel":
        """The same with another difference of the accuracies."""
        return replace(self, difference=difference)

    @property
    def spread(self) -> float:
        """Of both effects together."""
        return math.hypot(self.sd_prompt, self.sd_people)

    @cached_property
    def locations(self) -> tuple[float, float]:
        """The δ of each accuracy."""
        first, second = ((own - self.chance) / (1 - self.chance) for own in self.accuracies)
        return location(first, self.spread), location(second, self.spread)

    def _mean(self, delta: Array, spread: float) -> Array:
        """Accuracy at each δ, averaged over normal effects."""
        return np.asarray(self.chance + (1 - self.chance) * expected(delta, spread))

    @property
    def components(self) -> ScoreComponents:
        """By numerical integration, of both methods; what video and participant do together is the answer's."""
        prompt, people = (
            sum(explained(self._mean, delta, spread, self.spread) for delta in self.locations)
            for spread in (self.sd_prompt, self.sd_people)
        )
        total = sum(own * (1 - own) for own in self.accuracies)
        return ScoreComponents(prompt=prompt, people=people, answer=max(total - prompt - people, 0.0))

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) 1 where only the first method's video was answered rightly, −1 where only the second's, else 0."""
        first, second = (self._right(delta, prompt, person, rng) for delta in self.locations)
        return np.asarray(first.astype(float) - second)

    def _right(self, delta: float, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        logit = delta + effects(prompt, self.sd_prompt, rng) + effects(person, self.sd_people, rng)
        return np.asarray(rng.random(len(prompt)) < self._mean(logit, 0.0))
