"""Simulated scores of people and of a metric, whose true correlations are known."""

import math
from dataclasses import dataclass

import numpy as np

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

    def draw(self, rng: np.random.Generator) -> Scores:
        """One study."""
        system, unit = np.divmod(np.arange(self.systems * self.prompts), self.prompts)
        own = math.sqrt(1 - self.system**2)
        worth = self.system * rng.standard_normal(self.systems)[system] + own * rng.standard_normal(len(system))
        metric = self.correlation * worth + math.sqrt(1 - self.correlation**2) * rng.standard_normal(len(system))
        who, video = np.nonzero(rng.random((self.people, len(system))) < self.seen)
        score = worth[video] + rng.normal(0, self.person, self.people)[who] + rng.normal(0, self.answer, len(who))
        return scores(score, who, video, metric, system, unit)
