"""Simulated scores of people and of a metric, whose true correlations are known."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.metrics.scores import Scores, scores


@dataclass(frozen=True, kw_only=True)
class MetricStudy:
    """Standard deviations are of videos 1, of participants and of single answers as given."""

    systems: int = 4
    prompts: int = 30
    people: int = 20
    seen: float = 1.0
    """Share of the videos that a participant sees."""
    correlation: float = 0.7
    """Of the metric with what all people would say of a video in the mean."""
    person: float = 0.7
    answer: float = 1.0
    system: float = 0.5
    """Standard deviation of systems, beside that of videos of a system."""
    prompt: float = 0.0
    """Standard deviation of prompts, which all systems share."""
    fixed: bool = False
    """Whether systems are the same in every study: the quantiles of their distribution."""

    def draw(self, rng: np.random.Generator) -> Scores:
        """One study."""
        system, unit = np.divmod(np.arange(self.systems * self.prompts), self.prompts)
        own = math.sqrt(1 - self.system**2 - self.prompt**2)
        level = (
            stats.norm.ppf((np.arange(self.systems) + 0.5) / self.systems)
            if self.fixed
            else rng.standard_normal(self.systems)
        )
        worth = self.system * level[system] + own * rng.standard_normal(len(system))
        if self.prompt:
            worth += self.prompt * rng.standard_normal(self.prompts)[unit]
        metric = self.correlation * worth + math.sqrt(1 - self.correlation**2) * rng.standard_normal(len(system))
        who, video = np.nonzero(rng.random((self.people, len(system))) < self.seen)
        score = worth[video] + rng.normal(0, self.person, self.people)[who] + rng.normal(0, self.answer, len(who))
        return scores(score, who, video, metric, system, unit)
