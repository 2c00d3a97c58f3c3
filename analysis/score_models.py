"""Models of scores: how preferences and ratings vary over prompts, participants and answers.

An effect of a prompt is another one for every pair of videos, an effect of a participant another one for every pair of
methods: what is the same for both methods cancels in a comparison.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, Self

import numpy as np
from scipy import special

from analysis.intervals import root
from analysis.simulator import expected, location

Array = np.ndarray

#: Nodes of a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreComponents:
    """Variances of one score."""

    prompt: float
    people: float
    answer: float


class ScoreModel(Protocol):
    """What is assumed of scores."""

    @property
    def difference(self) -> float:
        """The true mean score, over new prompts and participants."""

    @property
    def components(self) -> ScoreComponents:
        """How scores vary."""

    @property
    def largest(self) -> float:
        """No difference is as large."""

    @property
    def limits(self) -> tuple[float, float] | None:
        """The lowest and the highest score, where the report's interval keeps to them; None where it is Student's."""

    def at(self, difference: float) -> Self:
        """The same with another true mean score."""

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) scores of answers to these prompts by these participants, effects drawn anew."""


@dataclass(frozen=True, kw_only=True)
class PreferenceModel:
    """Preferences: better, tie or worse by cumulative logits of δ + prompt + participant, both effects normal.

    Raises:
        ValueError: a value that it cannot have.
    """

    difference: float = 0.2
    """Net win rate: wins less losses, as a fraction of all answers."""
    ties: float = 0.2
    """Fraction of ties between methods that do not differ."""
    sd_prompt: float = 1.0
    """Standard deviation of prompts on the logit scale."""
    sd_people: float = 0.5
    """Standard deviation of participants on the logit scale."""

    def __post_init__(self) -> None:
        """Check the values."""
        if not -1 < self.difference < 1:
            raise ValueError(f"difference: must lie between -1 and 1, is {self.difference}")
        if not 0 <= self.ties < 1:
            raise ValueError(f"ties: must be 0 or more and less than 1, is {self.ties}")
        check_spreads(self, 5, "sd_prompt", "sd_people")

    @property
    def largest(self) -> float:
        """All votes won."""
        return 1.0

    @property
    def limits(self) -> tuple[float, float]:
        """All votes lost, and all won."""
        return -1.0, 1.0

    def at(self, difference: float) -> "PreferenceModel":
        """The same with another net win rate."""
        return replace(self, difference=difference)

    @property
    def spread(self) -> float:
        """Of both effects together."""
        return math.hypot(self.sd_prompt, self.sd_people)

    @cached_property
    def threshold(self) -> float:
        """Half the width of the ties on the logit scale."""
        return location((1 + self.ties) / 2, self.spread) if self.ties else 0.0

    @cached_property
    def location(self) -> float:
        """The δ of the net win rate."""
        return root(lambda delta: float(self._mean(np.array(delta), self.spread)) - self.difference, -40.0, 40.0)

    def _mean(self, delta: Array, spread: float) -> Array:
        """Net win rate of each δ, averaged over normal effects."""
        return np.asarray(expected(delta - self.threshold, spread) + expected(delta + self.threshold, spread) - 1)

    @property
    def components(self) -> ScoreComponents:
        """By numerical integration; what prompt and participant do together counts as the answer's."""
        prompt, people = self._explained(self.sd_prompt), self._explained(self.sd_people)
        delta = np.array(self.location)
        tied = expected(delta + self.threshold, self.spread) - expected(delta - self.threshold, self.spread)
        total = 1 - float(tied) - self.difference**2
        return ScoreComponents(prompt=prompt, people=people, answer=max(total - prompt - people, 0.0))

    def _explained(self, spread: float) -> float:
        return explained(self._mean, self.location, spread, self.spread)

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) 1, 0 or −1."""
        logit = self.location + effects(prompt, self.sd_prompt, rng) + effects(person, self.sd_people, rng)
        logit = logit + rng.logistic(size=len(prompt))
        return np.asarray(np.sign(logit) * (np.abs(logit) > self.threshold))


@dataclass(frozen=True, kw_only=True)
class RatingModel:
    """Ratings of both methods' videos by the same participants: normal effects and answers, rounded to whole points.

    Raises:
        ValueError: a value that it cannot have.
    """

    difference: float = 0.3
    """Difference of the mean ratings, in points."""
    mean: float = 3.0
    """Mean rating midway between the two methods."""
    points: int = 5
    """Points of the scale."""
    lowest: int = 1
    """The lowest of them."""
    sd_prompt: float = 0.5
    """Standard deviation of videos of one method, beyond what is the same for both, in points."""
    sd_people: float = 0.3
    """Standard deviation of the participant × method interaction, in points."""
    sd_answer: float = 0.8
    """Standard deviation of single answers, in points."""

    def __post_init__(self) -> None:
        """Check the values."""
        if self.points < 2:
            raise ValueError(f"points: must be at least 2, is {self.points}")
        if not self.lowest < min(self.means) <= max(self.means) < self.highest:
            raise ValueError(
                f"difference: {self.difference} around a mean of {self.mean} leaves {self.lowest} to {self.highest}"
            )
        check_spreads(self, self.points, "sd_prompt", "sd_people", "sd_answer")

    @property
    def largest(self) -> float:
        """The nearer end of the scale is reached."""
        return 2 * min(self.mean - self.lowest, self.highest - self.mean)

    @property
    def highest(self) -> int:
        """The highest point of the scale."""
        return self.lowest + self.points - 1

    @property
    def limits(self) -> None:
        """Mean ratings have Student's interval."""

    def at(self, difference: float) -> "RatingModel":
        """The same with another difference of the mean ratings."""
        return replace(self, difference=difference)

    @property
    def spread(self) -> float:
        """Of a rating before it is rounded."""
        return math.hypot(self.sd_prompt, self.sd_people, self.sd_answer)

    @property
    def means(self) -> tuple[float, float]:
        """The true mean ratings of the two methods."""
        return self.mean + self.difference / 2, self.mean - self.difference / 2

    @cached_property
    def locations(self) -> tuple[float, float]:
        """The means before rounding that give these."""

        def found(mean: float) -> float:
            reach = 10.0 * self.points
            ends = self.lowest - reach, self.highest + reach
            return root(lambda mu: float(self._mean(np.array(mu), self.spread)) - mean, *ends)

        return found(self.means[0]), found(self.means[1])

    @property
    def _steps(self) -> Array:
        """(points − 1,) where ratings of the second point, of the third and so on begin."""
        return self.lowest + np.arange(1, self.points) - 0.5

    def _above(self, mu: Array, spread: float) -> Array:
        """Chances (…, points − 1) of a rating of at least the second point, of at least the third, and so on."""
        return np.asarray(special.ndtr((mu[..., None] - self._steps) / max(spread, 1e-9)))

    def _mean(self, mu: Array, spread: float) -> Array:
        return np.asarray(self.lowest + self._above(mu, spread).sum(axis=-1))

    @property
    def components(self) -> ScoreComponents:
        """By numerical integration, of both methods together."""
        prompt = sum(self._explained(place, self.sd_prompt) for place in (0, 1))
        people = sum(self._explained(place, self.sd_people) for place in (0, 1))
        total = sum(self._variance(place) for place in (0, 1))
        return ScoreComponents(prompt=prompt, people=people, answer=max(total - prompt - people, 0.0))

    def _explained(self, place: int, spread: float) -> float:
        return explained(self._mean, self.locations[place], spread, self.spread)

    def _variance(self, place: int) -> float:
        """Of a rating, counted from the lowest: the mean of its square is Σ (k² − (k − 1)²)·P(at least k)."""
        above = self._above(np.array(self.locations[place]), self.spread)
        return float((2 * np.arange(1, self.points) - 1) @ above - (self.means[place] - self.lowest) ** 2)

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) rating of the first method's video less that of the second's."""
        first, second = (self._ratings(mu, prompt, person, rng) for mu in self.locations)
        return np.asarray(first - second)

    def _ratings(self, mu: float, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        both = effects(prompt, self.sd_prompt, rng) + effects(person, self.sd_people, rng)
        exact = mu + both + rng.normal(0, self.sd_answer, len(prompt))
        return np.asarray(np.clip(np.rint(exact), self.lowest, self.highest))


def check_spreads(model: object, largest: float, *names: str) -> None:
    """Refuse a standard deviation that is negative or larger than that.

    Raises:
        ValueError: there is one; the message begins with its name.
    """
    for name in names:
        if not 0 <= getattr(model, name) <= largest:
            raise ValueError(f"{name}: must lie between 0 and {largest:g}, is {getattr(model, name)}")


def explained(mean: Callable[[Array, float], Array], location: float, spread: float, total: float) -> float:
    """The variance of the means that one normal effect makes.

    Args:
        mean: of the score at each location, averaged over effects of that spread.
        location: the middle.
        spread: of this effect.
        total: of all effects together.
    """
    rest = math.sqrt(max(total**2 - spread**2, 0.0))
    means = mean(location + spread * _NODES, rest)
    return float(_WEIGHTS @ (means - _WEIGHTS @ means) ** 2)


def effects(codes: Array, spread: float, rng: np.random.Generator) -> Array:
    """(answers,) the normal effect of each answer's prompt or participant."""
    return np.asarray(rng.normal(0, spread, int(codes.max(initial=-1)) + 1)[codes])
