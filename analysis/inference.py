"""One inference per target: what is random, the variance, its degrees of freedom, the interval and the test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.intervals import (
    LARGEST_QUANTILE,
    UNKNOWN_DIFFERENCE,
    Interval,
    clustered,
    newcombe,
    root,
    t_probability,
    t_quantile,
)
from analysis.layout import Layout, Unit
from analysis.sequential import always_valid, nominal_level
from analysis.variance import Part, over_workers, two_way

#: What an inference is about: exactly these videos; new videos with these labels; new videos with new labels.
Target = Literal["these-videos", "new-videos", "new-labels"]
TARGETS: tuple[Target, ...] = ("these-videos", "new-videos", "new-labels")

DIFFERENCE, FIRST, SECOND = (1.0, -1.0), (1.0, 0.0), (0.0, -1.0)


@dataclass(frozen=True, slots=True)
class Inference:
    """A difference of two accuracies with its variance, from which the test and intervals of any level follow.

    The interval is Newcombe's, from two clustered Wilson intervals to which the variance is shared out as the methods'
    own variances are; near 0 and 1 it is not symmetric, as Student's would be. The test inverts it: p < α exactly where
    the interval of 1 − α leaves out 0.
    """

    accuracies: tuple[float, float]
    answers: tuple[float, float]
    #: How many answers count where all of a method's agree.
    clusters: tuple[float, float]
    #: Whose variance it is: shares of the two methods, together 1.
    shares: tuple[float, float]
    part: Part
    #: Whether it holds at all looks at a running study together.
    sequential: bool = False

    @property
    def difference(self) -> float:
        """First less second."""
        return self.accuracies[0] - self.accuracies[1]

    def interval(self, confidence: float) -> Interval:
        """The interval of that confidence; −1 to 1 where nothing can be inferred."""
        if not self.part.known:
            return UNKNOWN_DIFFERENCE
        if self.sequential:
            confidence = 1 - nominal_level(1 - confidence, self.part.variance)
        return self.at(t_quantile(self.part.df, confidence))

    def at(self, quantile: float) -> Interval:
        """The interval whose ends lie so many standard errors away."""
        p, n = self.accuracies, self.answers
        ends = [
            clustered(p[place], self.part.variance * self.shares[place], n[place], self.clusters[place], quantile)
            for place in (0, 1)
        ]
        return newcombe(p[0], ends[0], p[1], ends[1])

    def p_value(self, value: float = 0.0) -> float:
        """Two-sided p of a difference: 1 less the largest confidence whose interval leaves it out."""
        p = self._p_value(value)
        return always_valid(p, self.part.variance) if self.sequential and p < 1 else p

    def _p_value(self, value: float) -> float:
        above = self.difference - value
        if not self.part.known or above == 0:
            return 1.0

        def beyond(quantile: float) -> float:
            interval = self.at(quantile)
            return interval.low - value if above > 0 else value - interval.high

        far = 4.0
        while beyond(far) > 0:
            if far > LARGEST_QUANTILE:
                return t_probability(far, self.part.df)
            far *= 4
        return t_probability(root(beyond, 0.0, far), self.part.df)

    def mirrored(self) -> "Inference":
        """Second less first."""
        pairs = {name: getattr(self, name)[::-1] for name in ("accuracies", "answers", "clusters", "shares")}
        return replace(self, **pairs)

    def one_sided(self, value: float, *, above: bool) -> float:
        """One-sided p against the null that the difference lies at `value` or below (`above`), or there or above."""
        half = self.p_value(value) / 2
        return half if (self.difference > value) == above else 1 - half


def infer(layout: Layout, target: Target, *, sequential: bool = False) -> Inference:
    """The inference of the difference between the layout's two methods for one target."""
    unit: Unit = "class" if target == "new-labels" else layout.unit
    if target == "these-videos":
        part = over_workers(layout, DIFFERENCE)
        own = [over_workers(layout, signs).variance for signs in (FIRST, SECOND)]
    else:
        part = two_way(layout, DIFFERENCE, unit)
        own = [(p * (1 - p)) ** 2 * per for p, per in zip(layout.accuracies, _per_video(layout), strict=True)]
        if unit != "class":
            own = [two_way(layout, signs, "video").variance for signs in (FIRST, SECOND)]
    clusters = [
        float(workers) if target == "these-videos" else min(float(units), workers)
        for units, workers in zip(_units(layout, unit), layout.num_present, strict=True)
    ]
    p, n = layout.accuracies, layout.answers
    return Inference((p[0], p[1]), (n[0], n[1]), (clusters[0], clusters[1]), _shares(own), part, sequential)


def _per_video(layout: Layout) -> list[float]:
    """Σ w²/K over classes of each method: how much of the videos' variance is left in its accuracy."""
    counting = layout.counting
    return [float((layout.weights[counting] ** 2 / row[counting]).sum()) for row in layout.num_videos]


def _units(layout: Layout, unit: Unit) -> list[int]:
    if unit == "class":
        return [int(np.count_nonzero(layout.counting))] * 2
    return [int(row.sum()) for row in layout.num_videos]


def _shares(own: Sequence[float]) -> tuple[float, float]:
    total = sum(own)
    return (own[0] / total, own[1] / total) if math.isfinite(total) and total > 0 else (0.5, 0.5)
