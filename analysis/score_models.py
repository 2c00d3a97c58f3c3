"""Models of scores: how preferences and ratings vary over prompts, participants and answers.

An effect of a prompt is another one for every pair of videos, an effect of a participant another one for every pair of
methods: what is the same for both methods cancels in a comparison.
"""

import math
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
        _check_spreads(self, "sd_prompt", "sd_people")

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
        rest = math.sqrt(max(self.spread**2 - spread**2, 0.0))
        means = self._mean(self.location + spread * _NODES, rest)
        return float(_WEIGHTS @ (means - self.difference) ** 2)

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) 1, 0 or −1."""
        logit = self.location + _effects(prompt, self.sd_prompt, rng) + _effects(person, self.sd_people, rng)
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
    """Points of the scale, 1 to this."""
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
        if not 1 < min(self.means) <= max(self.means) < self.points:
            raise ValueError(f"difference: {self.difference} around a mean of {self.mean} leaves 1 to {self.points}")
        _check_spreads(self, "sd_prompt", "sd_people", "sd_answer")

    @property
    def largest(self) -> float:
        """The nearer end of the scale is reached."""
        return 2 * min(self.mean - 1, self.points - self.mean)

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
            return root(lambda mu: float(self._mean(np.array(mu), self.spread)) - mean, -40.0, 60.0)

        return found(self.means[0]), found(self.means[1])

    @property
    def _steps(self) -> Array:
        """(points − 1,) where ratings of 2, of 3 and so on begin."""
        return np.arange(2, self.points + 1) - 0.5

    def _above(self, mu: Array, spread: float) -> Array:
        """Chances (…, points − 1) of a rating of at least 2, of at least 3, and so on."""
        return np.asarray(special.ndtr((mu[..., None] - self._steps) / max(spread, 1e-9)))

    def _mean(self, mu: Array, spread: float) -> Array:
        return np.asarray(1 + self._above(mu, spread).sum(axis=-1))

    @property
    def components(self) -> ScoreComponents:
        """By numerical integration, of both methods together."""
        prompt = sum(self._explained(place, self.sd_prompt) for place in (0, 1))
        people = sum(self._explained(place, self.sd_people) for place in (0, 1))
        total = sum(self._variance(place) for place in (0, 1))
        return ScoreComponents(prompt=prompt, people=people, answer=max(total - prompt - people, 0.0))

    def _explained(self, place: int, spread: float) -> float:
        rest = math.sqrt(max(self.spread**2 - spread**2, 0.0))
        means = self._mean(self.locations[place] + spread * _NODES, rest)
        return float(_WEIGHTS @ (means - self.means[place]) ** 2)

    def _variance(self, place: int) -> float:
        """Of a rating: the mean of its square is 1 + Σ (k² − (k − 1)²)·P(at least k)."""
        above = self._above(np.array(self.locations[place]), self.spread)
        return float(1 + (2 * np.arange(2, self.points + 1) - 1) @ above - self.means[place] ** 2)

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) rating of the first method's video less that of the second's."""
        first, second = (self._ratings(mu, prompt, person, rng) for mu in self.locations)
        return np.asarray(first - second)

    def _ratings(self, mu: float, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        effects = _effects(prompt, self.sd_prompt, rng) + _effects(person, self.sd_people, rng)
        exact = mu + effects + rng.normal(0, self.sd_answer, len(prompt))
        return np.asarray(np.clip(np.rint(exact), 1, self.points))


def _check_spreads(model: object, *names: str) -> None:
    for name in names:
        if not 0 <= getattr(model, name) <= 5:
            raise ValueError(f"{name}: must lie between 0 and 5, is {getattr(model, name)}")


def _effects(codes: Array, spread: float, rng: np.random.Generator) -> Array:
    """(answers,) the normal effect of each answer's prompt or participant."""
    return np.asarray(rng.normal(0, spread, int(codes.max(initial=-1)) + 1)[codes])
